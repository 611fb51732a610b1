/** The thread that seals the inputs of new cases, many at a time. See sealing.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { vaultOf, type VaultKeys } from "../../platform/secrets.ts";
import { KEY, sealedHere, type AllSealed, type ToSeal } from "./sealing.ts";

const vault = vaultOf(workerData as VaultKeys);

parentPort!.on("message", ({ records, keys }: ToSeal) => {
  const parts: Uint8Array[] = [];
  const sizes: number[] = [];
  let size = 0;
  for (const [i, { id, input }] of records.entries()) {
    const key = keys.subarray(i * KEY, (i + 1) * KEY);
    const { wrappedKey, digest, sealedInput } = sealedHere(vault, { id, input, attachments: [] }, key);
    for (const part of [wrappedKey, digest, sealedInput]) {
      parts.push(part);
      sizes.push(part.length);
      size += part.length;
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  parentPort!.postMessage({ bytes, sizes } satisfies AllSealed, [bytes.buffer]);
});

// What could not be read must not be passed over: the answers behind it would be taken for others.
parentPort!.on("messageerror", (error) => {
  throw error;
});
