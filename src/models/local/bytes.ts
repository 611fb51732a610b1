/**
 * The stored form of a local model: one run of bytes with a version at the front and a checksum at the end.
 *
 *   "PILOTAGE-LOCAL" and version | length and text of the JSON header | bitmap of the buckets that count | rarity per feature
 *   | per head: class offsets, row scales, weights in one byte each | SHA-256 of all before
 *
 * Numbers are little-endian, each part is filled up to four bytes. The same model always gives the same bytes.
 */
import { createHash } from "node:crypto";
import { PilotageError } from "../../contract/errors.ts";
import type { ConfidenceCurves } from "./confidence.ts";
import { BUCKETS, type FieldSelection } from "./features.ts";

/** Raised whenever features, layout or meaning change: older bytes are then refused, never misread. */
export const FORMAT_VERSION = 1;

export interface StoredHead {
  field: string;
  classes: string[];
  /** Logarithm of each class's share. */
  offsets: Float32Array;
  /** A weight is its byte times the scale of its feature. */
  scales: Float32Array;
  weights: Int8Array;
}

export interface StoredModel {
  fields: FieldSelection;
  seed: number;
  unknownRarity: number;
  /** The buckets that count, ascending. */
  buckets: number[];
  rarity: Float32Array;
  confidence: ConfidenceCurves;
  heads: StoredHead[];
}

interface Header {
  fields: FieldSelection;
  seed: number;
  unknownRarity: number;
  features: number;
  confidence: ConfidenceCurves;
  heads: { field: string; classes: string[] }[];
}

const MAGIC = Buffer.from("PILOTAGE-LOCAL\0\0", "latin1");
const CHECKSUM_BYTES = 32;
const BITMAP_BYTES = BUCKETS / 8;

/** How many features fit when the bytes, header aside, may not exceed `limit` and the heads have these numbers of classes. */
export function featuresThatFit(limit: number, classes: number[]): number {
  const perFeature = classes.reduce((sum, count) => sum + 4 + count, 4);
  return Math.max(0, Math.floor((limit - BITMAP_BYTES) / perFeature));
}

/** Writes a model as bytes. */
export function encodeModel(model: StoredModel): Uint8Array {
  const header: Header = {
    fields: { textFields: model.fields.textFields, categoryFields: model.fields.categoryFields },
    seed: model.seed,
    unknownRarity: model.unknownRarity,
    features: model.buckets.length,
    confidence: model.confidence,
    heads: model.heads.map(({ field, classes }) => ({ field, classes })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const bitmap = new Uint8Array(BITMAP_BYTES);
  for (const bucket of model.buckets) bitmap[bucket >>> 3]! |= 1 << (bucket & 7);

  const parts: Uint8Array[] = [];
  const add = (part: Uint8Array): void => void parts.push(part, new Uint8Array(-part.length & 3));
  add(MAGIC);
  add(asBytes(Uint32Array.of(FORMAT_VERSION, text.length)));
  add(text);
  add(bitmap);
  add(asBytes(model.rarity));
  for (const head of model.heads)
    for (const part of [head.offsets, head.scales, head.weights]) add(asBytes(part));
  const content = Buffer.concat(parts);
  return new Uint8Array(Buffer.concat([content, checksum(content)]));
}

/** Reads a model. Throws `model_unavailable`, not to be tried again, when the bytes are damaged or of another version. */
export function decodeModel(bytes: Uint8Array): StoredModel {
  // A copy of its own: numbers must start at a multiple of four, and the caller may reuse its buffer.
  const whole = new Uint8Array(bytes);
  if (whole.length < MAGIC.length + 8 + CHECKSUM_BYTES || !MAGIC.equals(whole.subarray(0, MAGIC.length))) {
    throw unreadable("they are not a local model or their beginning is missing");
  }
  const [version, headerLength] = new Uint32Array(whole.buffer, MAGIC.length, 2);
  if (version !== FORMAT_VERSION) {
    throw unreadable(`they have format version ${version}, and this program reads version ${FORMAT_VERSION}`);
  }
  const content = whole.subarray(0, whole.length - CHECKSUM_BYTES);
  if (!checksum(content).equals(whole.subarray(content.length))) {
    throw unreadable("their checksum does not fit, so some bytes are missing or changed");
  }
  return readContent(content, MAGIC.length + 8, headerLength!);
}

function readContent(content: Uint8Array<ArrayBuffer>, start: number, headerLength: number): StoredModel {
  let at = start;
  const take = (length: number): number => {
    const from = at;
    at += length + (-length & 3);
    return from;
  };
  const floats = (count: number): Float32Array => new Float32Array(content.buffer, take(count * 4), count);

  const header = JSON.parse(
    Buffer.from(content.buffer, take(headerLength), headerLength).toString(),
  ) as Header;
  const bitmap = new Uint8Array(content.buffer, take(BITMAP_BYTES), BITMAP_BYTES);
  const rarity = floats(header.features);
  const heads = header.heads.map(({ field, classes }) => ({
    field,
    classes,
    offsets: floats(classes.length),
    scales: floats(header.features),
    weights: new Int8Array(
      content.buffer,
      take(header.features * classes.length),
      header.features * classes.length,
    ),
  }));
  const { fields, seed, unknownRarity, confidence } = header;
  return { fields, seed, unknownRarity, buckets: setBits(bitmap), rarity, confidence, heads };
}

/** Rounds each feature's row of weights to whole bytes, -127 to 127, with one scale per row. */
export function quantise(
  weights: Float32Array | Int8Array,
  classes: number,
): { scales: Float32Array; weights: Int8Array } {
  const features = weights.length / classes;
  const scales = new Float32Array(features);
  const rounded = new Int8Array(weights.length);
  for (let feature = 0; feature < features; feature++) {
    const row = weights.subarray(feature * classes, (feature + 1) * classes);
    let largest = 0;
    for (const weight of row) largest = Math.max(largest, Math.abs(weight));
    if (largest === 0) continue;
    const scale = (scales[feature] = largest / 127);
    for (let c = 0; c < classes; c++) rounded[feature * classes + c] = Math.round(row[c]! / scale);
  }
  return { scales, weights: rounded };
}

function setBits(bitmap: Uint8Array): number[] {
  const set: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    if ((bitmap[bucket >>> 3]! >>> (bucket & 7)) & 1) set.push(bucket);
  return set;
}

function asBytes(part: Float32Array | Uint32Array | Int8Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function checksum(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

function unreadable(reason: string): PilotageError {
  return new PilotageError(
    "model_unavailable",
    `The stored bytes of the local model cannot be read: ${reason}.`,
    { hint: "Publish the release again: that trains the model anew from its examples.", retryable: false },
  );
}
