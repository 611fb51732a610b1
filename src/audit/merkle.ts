/**
 * The Merkle tree of RFC 6962 over the leaves of the audit trail: roots, a growing frontier, and proofs.
 *
 * Pure. The frontier is all that a sequencer must keep: one hash per bit of the size.
 */
import { createHash, hash } from "node:crypto";

/** SHA-256 over 0x01 and both children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  // Through its text: a buffer of the hash's own costs more than the hash.
  return Buffer.from(hash("sha256", bytes, "hex"), "hex");
}

/** The roots of the perfect subtrees that make up a tree, the largest first. */
export interface Frontier {
  size: number;
  hashes: Buffer[];
}

export const EMPTY: Frontier = { size: 0, hashes: [] };

/** The frontier with one more leaf; the given one is left alone. */
export function grow(frontier: Frontier, leaf: Uint8Array): Frontier {
  const hashes = [...frontier.hashes];
  let hash: Buffer = Buffer.from(leaf);
  for (let size = frontier.size; size % 2 === 1; size = (size - 1) / 2) hash = nodeHash(hashes.pop()!, hash);
  hashes.push(hash);
  return { size: frontier.size + 1, hashes };
}

/** The root of the tree; of an empty one the hash of nothing. */
export function rootOf({ hashes }: Frontier): Buffer {
  const last = hashes.at(-1);
  if (!last) return createHash("sha256").digest();
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** A tree that grows in place; for long runs of leaves. */
export interface Tree {
  readonly size: number;
  append(leaf: Buffer): void;
  /** Appends a perfect subtree of 2^level leaves; throws a RangeError where no such subtree can stand. */
  appendSubtree(level: number, root: Buffer): void;
  root(): Buffer;
  frontier(): Frontier;
}

export function openTree(from: Frontier = EMPTY): Tree {
  const hashes = [...from.hashes];
  let { size } = from;
  function appendSubtree(level: number, root: Buffer): void {
    const leaves = 2 ** level;
    if (size % leaves !== 0) throw new RangeError(`no subtree of ${leaves} leaves can stand at ${size}`);
    let joined = root;
    for (let left = size / leaves; left % 2 === 1; left = (left - 1) / 2)
      joined = nodeHash(hashes.pop()!, joined);
    hashes.push(joined);
    size += leaves;
  }
  return {
    get size() {
      return size;
    },
    append: (leaf) => appendSubtree(0, leaf),
    appendSubtree,
    root: () => rootOf({ size, hashes }),
    frontier: () => ({ size, hashes: [...hashes] }),
  };
}

/** The levels of the perfect subtrees that make up the leaves from index `from` to before `to`, from left to right. */
export function levelsBetween(from: number, to: number): number[] {
  const levels: number[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level++;
    levels.push(level);
    at += 2 ** level;
  }
  return levels;
}

export interface Fold {
  /** The leaves gathered are those from index `from` to before `to`. */
  readonly from: number;
  readonly to: number;
  append(leaf: Buffer): void;
  /** The roots, from left to right. */
  nodes(): Buffer[];
}

/** Gathers leaves that are left out into the roots of perfect subtrees, so that a tree can be grown past them. */
export function openFold(from: number): Fold {
  const parts: { level: number; root: Buffer }[] = [];
  let to = from;
  return {
    from,
    get to() {
      return to;
    },
    append(leaf) {
      let part = { level: 0, root: leaf };
      to++;
      // Two neighbours are one subtree when the left one begins where a subtree of both can stand.
      for (let last = parts.at(-1); last?.level === part.level; last = parts.at(-1)) {
        if ((to - 2 ** (part.level + 1)) % 2 ** (part.level + 1) !== 0) break;
        parts.pop();
        part = { level: part.level + 1, root: nodeHash(last.root, part.root) };
      }
      parts.push(part);
    },
    nodes: () => parts.map((part) => part.root),
  };
}

/** The hashes of a frontier as one run of bytes, 32 each, and back. */
export function packed({ hashes }: Frontier): Buffer {
  return Buffer.concat(hashes);
}

export function unpacked(size: number, bytes: Buffer): Frontier {
  return {
    size,
    hashes: Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32)),
  };
}

export function rootOfLeaves(leaves: readonly Uint8Array[]): Buffer {
  return rootOf(leaves.reduce<Frontier>(grow, EMPTY));
}

/** The largest power of two below n, for n of two or more. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The hashes that lead from a leaf to the root, from the bottom up. */
export function inclusionProof(index: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  if (index < k) return [...inclusionProof(index, leaves.slice(0, k)), rootOfLeaves(leaves.slice(k))];
  return [...inclusionProof(index - k, leaves.slice(k)), rootOfLeaves(leaves.slice(0, k))];
}

/** Whether a proof shows that a leaf stands at an index of the tree with this size and root. */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index >= size) return false;
  let hash: Buffer = Buffer.from(leaf);
  let [node, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** The hashes that show that the tree of the first `from` leaves is a beginning of the whole. */
export function consistencyProof(from: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (from === 0 || from === leaves.length) return [];
  return subProof(from, leaves, true);
}

function subProof(from: number, leaves: readonly Uint8Array[], whole: boolean): Buffer[] {
  const n = leaves.length;
  if (from === n) return whole ? [] : [rootOfLeaves(leaves)];
  const k = split(n);
  if (from <= k) return [...subProof(from, leaves.slice(0, k), whole), rootOfLeaves(leaves.slice(k))];
  return [...subProof(from - k, leaves.slice(k), false), rootOfLeaves(leaves.slice(0, k))];
}

/** Whether a proof shows that an older tree is a beginning of a newer one (RFC 9162, section 2.1.4.2). */
export function isConsistent(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && Buffer.from(older.root).equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  const power = (older.size & (older.size - 1)) === 0;
  const path = power ? [older.root, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let [node, last] = [older.size - 1, newer.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let oldHash: Buffer = Buffer.from(first);
  let newHash: Buffer = Buffer.from(first);
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else newHash = nodeHash(newHash, sibling);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldHash.equals(older.root) && newHash.equals(newer.root);
}
