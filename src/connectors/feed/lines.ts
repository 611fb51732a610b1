/** The records of a JSON Lines file: one object per line, blank lines allowed, lines without end given up. */
import { MAX_RECORD } from "./csv.ts";
import { parseRecord } from "./json.ts";
import { badEncoding, capped, tooLarge } from "./record.ts";
import type { BadLines, FeedRecord } from "./record.ts";

export class LineReader {
  #text = "";
  #base = 0;
  #line = 0;
  #number = 0;
  /** What is kept of a line that grew over the limit; its rest is dropped. */
  #giant: string | undefined;

  read(text: string, end: boolean, bad: BadLines): FeedRecord[] {
    this.#text += text;
    const records: FeedRecord[] = [];
    // Looking at a long line again for each small piece would take squared time.
    if (!end && this.#text.length <= MAX_RECORD && !text.includes("\n")) return records;
    let at = 0;
    for (let stop = this.#text.indexOf("\n"); stop >= 0; stop = this.#text.indexOf("\n", at)) {
      records.push(this.#record(this.#text.slice(at, stop), at, bad));
      at = stop + 1;
    }
    if (end && (at < this.#text.length || this.#giant !== undefined)) {
      records.push(this.#record(this.#text.slice(at), at, bad));
      at = this.#text.length;
    }
    if (this.#giant !== undefined || this.#text.length - at > MAX_RECORD) {
      this.#giant ??= capped(this.#text.slice(at));
      at = this.#text.length;
    }
    this.#base += at;
    this.#text = this.#text.slice(at);
    return records;
  }

  #record(line: string, at: number, bad: BadLines): FeedRecord {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    const base = {
      number: ++this.#number,
      line: ++this.#line,
      raw: this.#giant ?? capped(text),
      value: undefined,
    };
    const giant = this.#giant !== undefined;
    this.#giant = undefined;
    if (giant) return { ...base, problem: tooLarge(this.#line) };
    const start = this.#base + at;
    if (bad.touches(start, start + line.length))
      return { ...base, problem: badEncoding({ line: this.#line }) };
    if (text.trim() === "") return { ...base, blank: true };
    const { value, problem } = parseRecord(text);
    return problem ? { ...base, problem } : { ...base, value };
  }
}
