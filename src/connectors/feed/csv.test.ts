/** Rows out of text: nothing lost, nothing swallowed, and the same as csv-parse wherever the file is well formed. */
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CsvSplitter, MAX_RECORD } from "./csv.ts";
import type { CsvDialect, CsvRow } from "./csv.ts";

const comma: CsvDialect = { delimiter: ",", lineEnd: "\n" };

/** Splits text that arrives in pieces of the given sizes, again and again. */
function split(text: string, sizes: number[] = [text.length + 1], dialect = comma): CsvRow[] {
  const splitter = new CsvSplitter(dialect);
  const rows: CsvRow[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length]!;
    rows.push(...splitter.push(text.slice(at, at + size), false));
    at += size;
  }
  return [...rows, ...splitter.push("", true)];
}

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
const noise = fc.string({
  unit: fc.constantFrom("a", "b", ",", '"', '"', "\n", "\r", "\r\n", '""', '","'),
  maxLength: 60,
});

describe("any text at all", () => {
  test("the records tile it without gap or overlap, and their lines add up", () => {
    fc.assert(
      fc.property(noise, (text) => {
        const rows = split(text);
        let at = 0;
        let line = 1;
        for (const row of rows) {
          expect([row.start, row.line]).toEqual([at, line]);
          expect(row.raw).toBe(text.slice(row.start, row.end).replace(/\r?\n$|\r$/, ""));
          at = row.end;
          line += row.lines;
        }
        expect(at).toBe(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("it does not matter in which pieces it arrives", () => {
    fc.assert(
      fc.property(noise, sizes, (text, pieces) => {
        expect(split(text, pieces)).toEqual(split(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("well-formed files", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "ü", " ", ",", ";", '"', "\n", "\r\n", "|"),
    maxLength: 8,
  });
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    );

  test("are read as csv-parse reads them", () => {
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), sizes, (rows, end, pieces) => {
        const text = rows
          .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(",") + end)
          .join("");
        const ours = split(text, pieces);
        expect(ours.map((row) => row.cells)).toEqual(parse(text, { record_delimiter: end }));
        expect(ours.map((row) => row.cells)).toEqual(rows);
        expect(ours.filter((row) => row.fault ?? row.suspect ?? row.oddQuote)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("line ends may be mixed, and the last one may be missing", () => {
    expect(split('a,b\r\n1,"x\r\ny"\n3,4').map((row) => row.cells)).toEqual([
      ["a", "b"],
      ["1", "x\r\ny"],
      ["3", "4"],
    ]);
  });

  test("files of old Macs end their lines with a carriage return", () => {
    const rows = split('a,b\r1,"x\ry"\r3,4\r', [3], { delimiter: ",", lineEnd: "\r" });
    expect(rows.map((row) => row.cells)).toEqual([["a", "b"], ["1", "x\ry"], ["3", "4"]]); // prettier-ignore
  });

  test("a quote inside an unquoted cell is text", () => {
    expect(split(`37°36'37.8"N 121°2'17.9"W,Modesto\n`)[0]).toMatchObject({
      cells: [`37°36'37.8"N 121°2'17.9"W`, "Modesto"],
      oddQuote: true,
    });
  });

  test("a file with one column is not cut", () => {
    expect(split("Hello, world\n", [4], { delimiter: "", lineEnd: "\n" })[0]?.cells).toEqual([
      "Hello, world",
    ]);
  });
});

describe("a quote that is not closed", () => {
  const plain = fc.array(fc.tuple(fc.nat(9), fc.constantFrom("x", "y z", '"q"', '"m\nn"')), {
    minLength: 2,
    maxLength: 8,
  });

  test("costs its own record and no other, wherever it stands", () => {
    fc.assert(
      fc.property(plain, fc.nat(), sizes, (cells, which, pieces) => {
        const lines = cells.map(([number, text]) => `${number},${text}`);
        const at = which % lines.length;
        lines[at] = `7,"open`;
        const rows = split(lines.map((line) => `${line}\n`).join(""), pieces);
        expect(rows.map((row) => row.raw)).toEqual(lines);
        expect(rows.findIndex((row) => row.fault === "broken_quote")).toBe(at);
        expect(rows.filter((row) => row.fault).length).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });

  test("does not take the rest of the file when nothing ever closes it", () => {
    const rows = split(`1,"open\n${"2,b\n".repeat(3)}`);
    expect(rows.map((row) => row.fault ?? row.cells.join())).toEqual(["broken_quote", "2,b", "2,b", "2,b"]);
    expect(rows.map((row) => row.suspect ?? false)).toEqual([false, true, true, true]);
  });

  test("inside a cell, merely not doubled, keeps the record together", () => {
    const rows = split('1,"he said "no" and\nleft",x\n2,b,c\n');
    expect(rows.map((row) => row.raw)).toEqual(['1,"he said "no" and\nleft",x', "2,b,c"]);
    expect(rows.map((row) => row.fault)).toEqual(["broken_quote", undefined]);
    expect(rows[1]?.line).toBe(3);
  });

  test("in every single line is read in one pass", () => {
    const lines = 400_000;
    const rows = split('a,""b\n'.repeat(lines), [256 * 1024]);
    expect(rows.length).toBe(lines);
    expect(rows.every((row) => row.fault === "broken_quote")).toBe(true);
  });
});

test("a line over the limit is one record; the next line is read", () => {
  const rows = split(`a,b\n1,${"x".repeat(MAX_RECORD + 10)}"",\n2,c\n`, [1024 * 1024]);
  expect(rows.map((row) => row.fault ?? row.cells.join().slice(0, 20))).toEqual(["a,b", "too_large", "2,c"]);
  expect(rows[2]?.line).toBe(3);
});

test("a quote that stays open over the limit costs one line", () => {
  const line = `2,${"x".repeat(1000)}\n`;
  const times = Math.ceil(MAX_RECORD / line.length) + 100;
  const rows = split(`1,"open\n${line.repeat(times)}`, [1024 * 1024]);
  expect(rows.length).toBe(times + 1);
  expect(rows.filter((row) => row.fault).map((row) => row.line)).toEqual([1]);
});
