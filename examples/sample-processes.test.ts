import { expect, test } from "vitest";
import { readableLog, startProcess } from "./sample-processes.ts";

/** Starts a program of one line and waits until it says that it is there. */
async function started(script: string) {
  const lines: string[] = [];
  let there: () => void;
  const isThere = new Promise<void>((resolve) => (there = resolve));
  const running = startProcess({
    name: "test",
    arguments: ["-e", script],
    environment: process.env,
    onLine(line) {
      lines.push(line);
      if (line === "there") there();
    },
  });
  await Promise.race([isThere, running.gone]);
  return { running, lines };
}

test("lines of both outputs arrive, and the exit code is told", async () => {
  const { running, lines } = await started("console.log('there'); console.error('oh'); process.exitCode = 3");
  expect(await running.gone).toBe(3);
  expect(lines.toSorted()).toEqual(["oh", "there"]);
});

test("a program is asked to stop, and may end in its own way", async () => {
  const { running, lines } = await started(
    "process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => {}, 1000); console.log('there')",
  );
  await running.stop(10_000);
  expect(await running.gone).toBe(0);
  expect(lines).toEqual(["there", "bye"]);
});

test("a program that does not stop is ended", async () => {
  const { running } = await started(
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('there')",
  );
  await running.stop(20);
  expect(await running.gone).toBe("SIGKILL");
});

test("its input stays open, so that it can see when its starter is gone", async () => {
  const { running } = await started(
    "process.stdin.resume(); process.stdin.on('end', () => process.exit(7)); console.log('there')",
  );
  expect(running.child.exitCode).toBeNull();
  running.child.stdin!.end();
  expect(await running.gone).toBe(7);
});

test("a line of the log becomes a sentence; other lines stay as they are", () => {
  const line = (level: number) =>
    JSON.stringify({
      level,
      time: "2026-03-02T08:00:00Z",
      pid: 7,
      msg: "a feed could not be read",
      feed: "helpdesk",
      tries: 2,
    });
  expect(readableLog(line(40))).toBe("a feed could not be read (feed: helpdesk, tries: 2)");
  expect(readableLog(line(50))).toBe("Error: a feed could not be read (feed: helpdesk, tries: 2)");
  for (const other of ["plain words", "{broken", '{"no":"log"}']) expect(readableLog(other)).toBe(other);
});
