/** The tables of docs/reference/bad-input.md as expectations: which input, at which door, with which result. */
import { readFileSync } from "node:fs";

const DOORS = { HTTP: "http", NDJSON: "ndjson", "JSON Lines file": "jsonl", "CSV file": "csv" } as const;
export type Door = (typeof DOORS)[keyof typeof DOORS];

export interface Expectation {
  section: string;
  input: string;
  door: Door;
  result: string;
}

/** Reads every field of every table; a dash is no expectation. */
export function readTable(): Expectation[] {
  const text = readFileSync(new URL("../../../docs/reference/bad-input.md", import.meta.url), "utf8");
  const expectations: Expectation[] = [];
  let section = "";
  let doors: Door[] | undefined;
  for (const line of text.split("\n")) {
    if (line.startsWith("## ")) section = line.slice(3).trim();
    if (!line.startsWith("|")) doors = undefined;
    else {
      const cells = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim());
      if (doors === undefined) doors = cells.slice(1).map(doorOf);
      else if (!/^[-: ]+$/.test(cells.join("")))
        for (const [i, door] of doors.entries())
          if (cells[i + 1] !== "–")
            expectations.push({ section, input: cells[0]!, door, result: cells[i + 1]! });
    }
  }
  return expectations;
}

function doorOf(heading: string): Door {
  const door = Object.entries(DOORS).find(([name]) => name === heading)?.[1];
  if (door === undefined)
    throw new Error(`docs/reference/bad-input.md has a column "${heading}" that is no door.`);
  return door;
}
