/** Tree and checkpoints against the published vectors, where they lie beside the checkout, and against themselves. */
import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openCheckpoint, openNote, signCheckpoint, signingKey, verifierKey } from "./checkpoint.ts";
import {
  consistencyProof,
  EMPTY,
  grow,
  inclusionProof,
  isConsistent,
  isIncluded,
  rootOf,
  rootOfLeaves,
} from "./merkle.ts";
import { leafHash } from "./record.ts";

interface Vectors {
  rfc6962_merkle: {
    leaf_hash_hex: string[];
    roots_by_size_hex: string[];
    inclusion: { index: number; size: number; path_hex: string[] }[];
    consistency: { from: number; to: number; proof_hex: string[] }[];
  };
  signed_note: { vkey: string; text: string; signature_line_b64: string };
  own_example: {
    canonical: string[];
    leaf_hash_hex: string[];
    root_hex: string;
    vkey: string;
    checkpoint: string;
  };
}

const path = new URL("../../../shared/reference/audit-vectors.json", import.meta.url);
const vectors = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Vectors) : undefined;
const bytes = (hex: string) => Buffer.from(hex, "hex");

describe.skipIf(!vectors)("the published vectors", () => {
  const tree = vectors?.rfc6962_merkle ?? {
    leaf_hash_hex: [],
    roots_by_size_hex: [],
    inclusion: [],
    consistency: [],
  };
  const leaves = tree.leaf_hash_hex.map(bytes);

  test("roots of every size", () => {
    expect(
      tree.roots_by_size_hex.map((_, size) => rootOfLeaves(leaves.slice(0, size)).toString("hex")),
    ).toEqual(tree.roots_by_size_hex);
  });

  test("inclusion and consistency proofs are made and believed", () => {
    for (const { index, size, path_hex } of tree.inclusion) {
      expect(inclusionProof(index, leaves.slice(0, size)).map((one) => one.toString("hex"))).toEqual(
        path_hex,
      );
      expect(
        isIncluded(leaves[index]!, index, size, path_hex.map(bytes), rootOfLeaves(leaves.slice(0, size))),
      ).toBe(true);
    }
    for (const { from, to, proof_hex } of tree.consistency) {
      expect(consistencyProof(from, leaves.slice(0, to)).map((one) => one.toString("hex"))).toEqual(
        proof_hex,
      );
      const [older, newer] = [from, to].map((size) => ({ size, root: rootOfLeaves(leaves.slice(0, size)) }));
      expect(isConsistent(older!, newer!, proof_hex.map(bytes))).toBe(true);
    }
  });

  test("a signed note of another program opens", () => {
    const { vkey, text, signature_line_b64 } = vectors!.signed_note;
    const name = vkey.slice(0, vkey.indexOf("+"));
    expect(openNote(`${text}\n— ${name} ${signature_line_b64}\n`, vkey)).toBe(text);
    expect(
      openNote(`${text.replace("answer", "Answer")}\n— ${name} ${signature_line_b64}\n`, vkey),
    ).toBeUndefined();
  });

  test("events, leaves, root and checkpoint of the example", () => {
    const example = vectors!.own_example;
    const exampleLeaves = example.canonical.map(leafHash);
    expect(exampleLeaves.map((leaf) => leaf.toString("hex"))).toEqual(example.leaf_hash_hex);
    const root = rootOfLeaves(exampleLeaves);
    expect(root.toString("hex")).toBe(example.root_hex);
    const key = signingKey(Buffer.alloc(32, 7));
    const origin = "pilotage.example/audit";
    expect(verifierKey(origin, key)).toBe(example.vkey);
    expect(signCheckpoint({ origin, size: 3, root }, key)).toBe(example.checkpoint);
    expect(openCheckpoint(example.checkpoint, example.vkey)).toEqual({ origin, size: 3, root });
  });
});

describe("what must hold for any tree", () => {
  const sizes = fc.integer({ min: 1, max: 70 });
  const leaves = Array.from({ length: 70 }, (_, i) => leafHash(`event ${i}`));

  test("the frontier that grows leaf by leaf has the root of the whole", () => {
    let frontier = EMPTY;
    for (const [i, leaf] of leaves.entries()) {
      frontier = grow(frontier, leaf);
      expect(rootOf(frontier)).toEqual(rootOfLeaves(leaves.slice(0, i + 1)));
    }
  });

  test("each leaf is proved in its place and in no other", () => {
    fc.assert(
      fc.property(sizes, fc.nat(69), fc.nat(69), (size, a, b) => {
        const [index, other] = [a % size, b % size];
        const tree = leaves.slice(0, size);
        const proof = inclusionProof(index, tree);
        expect(isIncluded(leaves[index]!, index, size, proof, rootOfLeaves(tree))).toBe(true);
        if (other !== index)
          expect(isIncluded(leaves[index]!, other, size, proof, rootOfLeaves(tree))).toBe(false);
        expect(isIncluded(leafHash("forged"), index, size, proof, rootOfLeaves(tree))).toBe(false);
      }),
    );
  });

  test("a tree that grew is consistent with what it was, and a rewritten one is not", () => {
    fc.assert(
      fc.property(sizes, fc.nat(69), (size, part) => {
        const from = (part % size) + 1;
        const older = { size: from, root: rootOfLeaves(leaves.slice(0, from)) };
        const newer = { size, root: rootOfLeaves(leaves.slice(0, size)) };
        expect(isConsistent(older, newer, consistencyProof(from, leaves.slice(0, size)))).toBe(true);
        const rewritten = [leafHash("forged"), ...leaves.slice(1, size)];
        expect(
          isConsistent(older, { size, root: rootOfLeaves(rewritten) }, consistencyProof(from, rewritten)),
        ).toBe(false);
      }),
    );
  });

  test("a checkpoint of another origin, size, root or key does not open", () => {
    const key = signingKey(Buffer.alloc(32, 1));
    const note = signCheckpoint({ origin: "a.example/audit", size: 2, root: leafHash("x") }, key);
    const verifier = verifierKey("a.example/audit", key);
    expect(openCheckpoint(note, verifier)).toMatchObject({ size: 2 });
    expect(openCheckpoint(note.replace("\n2\n", "\n3\n"), verifier)).toBeUndefined();
    expect(openCheckpoint(note, verifierKey("b.example/audit", key))).toBeUndefined();
    expect(
      openCheckpoint(note, verifierKey("a.example/audit", signingKey(Buffer.alloc(32, 2)))),
    ).toBeUndefined();
  });
});
