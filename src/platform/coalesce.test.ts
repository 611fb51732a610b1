/** Reads that share: nobody gets what was read before it asked, and no more than one read runs per key. */
import { expect, test } from "vitest";
import { coalesced } from "./coalesce.ts";

function stage() {
  const reads: { key: string; answer: PromiseWithResolvers<string> }[] = [];
  const read = coalesced((key) => {
    const answer = Promise.withResolvers<string>();
    reads.push({ key, answer });
    return answer.promise;
  });
  return { reads, read };
}

test("callers that come during a read share the next one, not the one under way", async () => {
  const { reads, read } = stage();
  const first = read("a");
  const second = read("a");
  const third = read("a");
  expect(reads).toHaveLength(1);
  reads[0]!.answer.resolve("old");
  expect(await first).toBe("old");
  await new Promise(setImmediate);
  expect(reads).toHaveLength(2);
  reads[1]!.answer.resolve("new");
  expect(await Promise.all([second, third])).toEqual(["new", "new"]);
  void read("a");
  expect(reads).toHaveLength(3);
});

test("keys do not wait for each other", () => {
  const { reads, read } = stage();
  void read("a");
  void read("b");
  expect(reads.map((one) => one.key)).toEqual(["a", "b"]);
});

test("a failed read fails its own callers, and the next ones are read for", async () => {
  const { reads, read } = stage();
  const first = read("a");
  const second = read("a");
  reads[0]!.answer.reject(new Error("away"));
  await expect(first).rejects.toThrow("away");
  await new Promise(setImmediate);
  reads[1]!.answer.resolve("back");
  expect(await second).toBe("back");
});
