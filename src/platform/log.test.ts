/** A log on a disk that is full: what is lost, and what is said about it afterwards. The whole program on one is in test/faults. */
import { expect, test } from "vitest";
import { openLog, steadyFile } from "./log.ts";

/** A file that takes so many bytes, until it has room again. */
function smallFile(room: number) {
  const file = { room, text: "" };
  const target = steadyFile((line) => {
    const taken = line.slice(0, file.room);
    if (taken === "") throw new Error("ENOSPC: no space left on device, write");
    file.text += taken;
    file.room -= taken.length;
    return taken.length;
  });
  return { file, target };
}

test("lines that do not fit are dropped, and the first that fits again says how many those were", () => {
  const { file, target } = smallFile(12);
  for (const line of ["first\n", "second\n", "third\n", "fourth\n"]) target.write(line);
  expect(file.text).toBe("first\nsecond");
  file.room = Number.MAX_SAFE_INTEGER;
  target.write("fifth\n");
  const [, torn, apology, fifth] = file.text.split("\n");
  expect(torn).toBe("second");
  expect(JSON.parse(apology!)).toMatchObject({ level: 40, lost: 3, msg: "3 log lines could not be written" });
  expect(fifth).toBe("fifth");
  target.write("sixth\n");
  expect(file.text.endsWith("fifth\nsixth\n")).toBe(true);
});

test("whoever logs onto a full disk hears nothing of it", () => {
  const { file, target } = smallFile(0);
  const log = openLog("info", target);
  for (let line = 0; line < 3; line++) log.info({ line }, "nobody reads this");
  expect(file.text).toBe("");
});
