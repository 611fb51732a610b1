/** CSV that a spreadsheet of the reader's country opens without asking. */
import { describe, expect, it } from "vitest";
import { csvText } from "./csv.ts";

const lines = (text: string) => text.replace("\uFEFF", "").trimEnd().split("\r\n");

describe("a table as CSV", () => {
  it("takes semicolon and decimal comma in German, comma and point in English", () => {
    expect(lines(csvText([["a", 1.5]], "de-DE"))).toEqual(["a;1,5"]);
    expect(lines(csvText([["a", 1.5]], "en-GB"))).toEqual(["a,1.5"]);
    expect(lines(csvText([["a", 1.5]], "de-CH"))).toEqual(["a;1.5"]);
  });

  it("quotes what would break a row, and writes nothing where there is nothing", () => {
    expect(lines(csvText([['say "hi"; now', null, undefined]], "de-DE"))).toEqual(['"say ""hi""; now";;']);
  });

  it("never hands a formula to a spreadsheet", () => {
    expect(lines(csvText([["=1+1", "-2", -2]], "en-GB"))).toEqual(["'=1+1,'-2,-2"]);
  });
});
