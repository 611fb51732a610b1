/** `npm run show`: one line of JSON, and an honest exit code. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Point } from "./show/point.ts";

const SHOW = fileURLToPath(new URL("show/show.ts", import.meta.url));

function show(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SHOW, ...words], { encoding: "utf8" });
  return { status, lines: stdout.trimEnd().split("\n"), stderr };
}

describe("npm run show", () => {
  test("a point that cannot be run here is skipped, and that is not met", () => {
    const { status, lines, stderr } = show("case.2", "--folder", "/no/such/folder");
    expect(status).toBe(1);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ point: "case.2", met: false, skipped: expect.any(String) });
    expect(stderr).toContain("/no/such/folder");
  });

  test("a point or an area that does not exist is refused with the areas that do", () => {
    for (const wanted of ["nonsense", "case.99", ""]) {
      const { status, stderr } = show(wanted);
      expect(status).toBe(64);
      expect(stderr).toContain("Areas: case");
    }
  });

  test("every point has a title and can be run", async () => {
    const areas = { case: 6, depth: 6, models: 6, people: 6, releases: 6 };
    const files = Object.entries(areas).flatMap(([area, least]) => {
      const points = readdirSync(new URL(`show/${area}`, import.meta.url)).filter((name) =>
        new RegExp(`^${area}-\\d+\\.ts$`).test(name),
      );
      expect(points.length, area).toBeGreaterThanOrEqual(least);
      return points.map((name) => `${area}/${name}`);
    });
    for (const file of files) {
      const point = (await import(`./show/${file}`)) as Point;
      expect(point.title.length, file).toBeGreaterThan(20);
      expect(point.run, file).toBeTypeOf("function");
    }
  });
});
