import { assert, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { decodeModel, encodeModel, featuresThatFit, FORMAT_VERSION, quantise } from "./bytes.ts";
import { loadLocal } from "./predict.ts";
import { trainLocal } from "./train.ts";
import { ticketJob } from "./tickets.testdata.ts";

const { bytes } = trainLocal(ticketJob());
const refused = expect.objectContaining({ code: "model_unavailable", retryable: false });

test("what was read writes the same bytes again, also from an odd place in a larger buffer", () => {
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(Buffer.compare(encodeModel(decodeModel(shifted.subarray(3))), bytes)).toBe(0);
});

test("a classifier does not follow later changes of the buffer it was read from", () => {
  const copy = bytes.slice();
  const classifier = loadLocal(copy);
  const before = classifier.predict({ subject: "Rechnung" });
  copy.fill(0);
  expect(classifier.predict({ subject: "Rechnung" })).toEqual(before);
});

test("one changed bit anywhere is noticed", () => {
  assert(
    property(nat(bytes.length - 1), nat(7), (at, bit) => {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << bit;
      expect(() => loadLocal(damaged)).toThrow(refused);
    }),
    { numRuns: 200 },
  );
});

test("missing, additional and foreign bytes are refused", () => {
  const odd = [
    new Uint8Array(),
    bytes.slice(0, 20),
    bytes.slice(0, -1),
    Buffer.concat([bytes, Buffer.of(0)]),
    Buffer.from("{}"),
  ];
  for (const damaged of odd) expect(() => loadLocal(damaged)).toThrow(refused);
});

test("another format version is named", () => {
  const other = bytes.slice();
  new DataView(other.buffer).setUint32(16, FORMAT_VERSION + 1, true);
  expect(() => loadLocal(other)).toThrow(`format version ${FORMAT_VERSION + 1}`);
});

test("rounding a row of weights errs by at most half a step of its scale", () => {
  const weights = Float32Array.of(0.5, -1.27, 0.004, 0, 0, 0, 30, 29.9, -3);
  const rounded = quantise(weights, 3);
  for (const [i, weight] of weights.entries()) {
    const scale = rounded.scales[Math.floor(i / 3)]!;
    expect(Math.abs(rounded.weights[i]! * scale - weight)).toBeLessThanOrEqual(scale / 2 + 1e-6);
  }
  expect(rounded.weights.slice(3, 6)).toEqual(Int8Array.of(0, 0, 0));
});

test("the number of features leaves room for all classes of all heads", () => {
  const perFeature = 4 + (4 + 77) + (4 + 3);
  const features = featuresThatFit(9_500_000, [77, 3]);
  expect(features * perFeature).toBeLessThan(9_500_000);
  expect(features).toBeGreaterThan(90_000);
});
