/** Whole files: public collections of odd CSV, encodings, and JSON Lines that must not come through as they are. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { QUARANTINE_REASONS } from "../../contract/quarantine.ts";
import { readRecords } from "./records.ts";
import type { FeedReading, FeedRecord, ReadOptions } from "./records.ts";

const DATA =
  process.env["PILOTAGE_SHARED_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

async function all(reading: FeedReading): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of reading) records.push(record);
  return records;
}

function bytes(content: string | Buffer, size = 7): AsyncIterable<Uint8Array> {
  const buffer = Buffer.from(content);
  return (async function* () {
    for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size);
  })();
}

async function csv(
  content: string | Buffer,
  options: Partial<ReadOptions> = {},
): Promise<{ records: FeedRecord[]; reading: FeedReading }> {
  const reading = readRecords(bytes(content), { format: "csv", ...options });
  return { records: await all(reading), reading };
}

async function lines(content: string | Buffer): Promise<FeedRecord[]> {
  return await all(readRecords(bytes(content, 1000), { format: "jsonl" }));
}

const reasons = (records: FeedRecord[]) =>
  records.map((record) => record.problem?.reason ?? (record.blank ? "blank" : "read"));

const spectrum = `${DATA}/csv-spectrum`;
// Two files do not go with their answers: in one the line ends were changed on the way here, the other has other numbers.
const ODD_ANSWERS = new Set(["newlines_crlf", "location_coordinates"]);

describe.skipIf(!existsSync(spectrum))("csv-spectrum (skipped when the collection is not there)", () => {
  const names = existsSync(spectrum)
    ? readdirSync(`${spectrum}/csvs`).map((file) => file.replace(".csv", ""))
    : [];
  test.each(names.filter((name) => !ODD_ANSWERS.has(name)))("%s is read as it says", async (name) => {
    const records = await all(readRecords(`${spectrum}/csvs/${name}.csv`, { format: "csv" }));
    expect(records.map((record) => record.value)).toEqual(
      JSON.parse(readFileSync(`${spectrum}/json/${name}.json`, "utf8")),
    );
  });

  test("the two odd ones are read as they stand", async () => {
    const [place] = await all(readRecords(`${spectrum}/csvs/location_coordinates.csv`, { format: "csv" }));
    expect(place?.value).toMatchObject({
      Cities: "Modesto",
      "Location Coordinates": `37\ufffd36'37.8"N 121\ufffd2'17.9"W`,
    });
    const newlines = await all(readRecords(`${spectrum}/csvs/newlines_crlf.csv`, { format: "csv" }));
    expect(newlines.map((record) => record.value?.["a"])).toEqual(["1", "Once upon \na time", "7"]);
  });
});

interface Expected {
  file: string;
  encoding: string;
  delimiter: string;
  records: number;
  header_record: number | null;
  header: string[] | null;
  data_records_after_header_not_blank: number;
}

const messy = `${DATA}/messy-csv`;
// What a feed reader cannot be asked for: no header at all, or two header rows with a break inside the table.
const NO_FEED = new Set([
  "messytables/null.csv",
  "csvsniffer/Pipe character is more frequent than the comma.csv",
]);
const BY_HAND = new Set(["uk-open-data/Note_4_Staff_costs_-_Average_number_of_persons_employed_13-14.csv"]);
const WRONG_WIDTH: Record<string, number> = {
  "frictionless/defective-rows.csv": 2,
  "frictionless/skip-rows.csv": 1,
};

describe.skipIf(!existsSync(messy))("messy-csv (skipped when the collection is not there)", () => {
  const expected = existsSync(messy)
    ? (JSON.parse(readFileSync(`${messy}/expected.json`, "utf8")) as Expected[])
    : [];
  const feeds = expected.filter(
    ({ file, header_record }) => header_record !== null && !NO_FEED.has(file) && !BY_HAND.has(file),
  );
  test.each(feeds.map((one) => [one.file, one] as const))("%s", async (file, one) => {
    const options: ReadOptions = { format: "csv" };
    if (one.header_record! > 1) options.headerRecord = one.header_record!;
    if (one.encoding === "iso8859-7") options.encoding = one.encoding;
    const reading = readRecords(`${messy}/${file}`, options);
    const records = await all(reading);
    expect(records.length).toBe(one.records - one.header_record!);
    expect(records.filter((record) => !record.blank).length).toBe(one.data_records_after_header_not_blank);
    expect(reasons(records).filter((reason) => reason === "wrong_column_count").length).toBe(
      WRONG_WIDTH[file] ?? 0,
    );
    expect(reasons(records).filter((reason) => reason in QUARANTINE_REASONS).length).toBe(
      WRONG_WIDTH[file] ?? 0,
    );
    expect(reading.facts.delimiter).toBe(one.header!.length === 1 ? "" : one.delimiter);
    const named = one.header!.map((name) => name.trim());
    expect(
      reading.facts.columns!.filter(
        (name, i) => name !== named[i] && named.indexOf(named[i]!) === i && named[i] !== "",
      ),
    ).toEqual([]);
    expect(new Set(reading.facts.columns).size).toBe(named.length);
  });

  test("an empty file and a header alone have no records", async () => {
    for (const file of ["frictionless/empty.csv", "frictionless/without-rows.csv"])
      expect(await all(readRecords(`${messy}/${file}`, { format: "csv" }))).toEqual([]);
  });

  test("cells are text as they stand, in any encoding", async () => {
    const cells = async (file: string, options: Partial<ReadOptions> = {}) =>
      (await all(readRecords(`${messy}/${file}`, { format: "csv", ...options }))).map((record) =>
        Object.values(record.value ?? {}).at(-1),
      );
    expect(await cells("frictionless/latin1.csv")).toEqual(["english", "©"]);
    expect(await cells("frictionless/leading-zeros.csv")).toEqual(["01", "002", "00003"]);
    expect((await cells("frictionless/table-infer-iso-8859-7.csv", { encoding: "iso-8859-7" }))[0]).toBe(
      "Λεωνιδας",
    );
    const [row] = (
      await all(readRecords(`${messy}/messytables/sparse_with_column_errors.csv`, { format: "csv" }))
    ).filter((one) => one.value);
    expect(row?.value?.["Bezeichnung"]).toContain("Trägerorganisationen");
  });
});

describe("a CSV as Excel makes it", () => {
  test("sep=, semicolons, trailing separators, blank rows, title row: all rows are counted", async () => {
    const { records, reading } = await csv(
      'sep=;\r\nNr;Betreff;;\r\n1;Grüße;;\r\n;;;\r\n\r\n2;"a;b";;\r\n3;c\r\n4;d;;;;\r\n5\r\n',
    );
    expect(reasons(records)).toEqual([
      "read",
      "blank",
      "blank",
      "read",
      "read",
      "read",
      "wrong_column_count",
    ]);
    expect(records[0]).toEqual({
      number: 1,
      line: 3,
      raw: "1;Grüße;;",
      value: { Nr: "1", Betreff: "Grüße" },
    });
    expect(records[6]).toMatchObject({ number: 7, line: 9, raw: "5", value: undefined });
    expect(reading.facts).toMatchObject({
      delimiter: ";",
      encoding: "utf-8",
      columns: ["Nr", "Betreff", "column_3", "column_4"],
    });
  });

  test("columns without a name or with a name twice are kept apart and reported", async () => {
    const { records, reading } = await csv("id,,id,id_2,__proto__\n1,2,3,4,5\n");
    expect(Object.entries(records[0]!.value!)).toEqual([["id", "1"], ["column_2", "2"], ["id_3", "3"], ["id_2", "4"], ["__proto__", "5"]]); // prettier-ignore
    expect(reading.facts.notes).toEqual([
      { kind: "unnamed_column", column: 2, name: "column_2" },
      { kind: "duplicate_column", column: 3, name: "id_3" },
    ]);
  });

  test("a broken quote costs its record, and what may belong to it, but no other", async () => {
    const { records } = await csv('id,text\n1,ok\n2,"open\nloose end\n3,fine\n4,"good, ""quoted"""\n5,ok\n');
    expect(reasons(records)).toEqual(["read", "broken_quote", "broken_quote", "read", "read", "read"]);
    expect(records.map((record) => record.raw)).toEqual([
      "1,ok",
      '2,"open',
      "loose end",
      "3,fine",
      '4,"good, ""quoted"""',
      "5,ok",
    ]);
    expect(records[4]?.value).toEqual({ id: "4", text: 'good, "quoted"' });
  });

  test("a decimal comma is not a separator, a text with commas in a single column neither", async () => {
    expect((await csv("Preis;Menge\n1,5;2,5\n3,5;4,5\n")).reading.facts.delimiter).toBe(";");
    const single = await csv("text\nHello, world\nbye\n");
    expect(single.records.map((record) => record.value)).toEqual([{ text: "Hello, world" }, { text: "bye" }]);
  });

  test("a header with a broken quote is an error that says so, and nothing is read", async () => {
    await expect(csv('id,"text\n1,a\n')).rejects.toMatchObject({ code: "feed_unreadable", retryable: false });
  });

  test("a field over 1 MB is refused, its text cut with a mark", async () => {
    const { records } = await csv(`id,text\n1,${"x".repeat(1024 * 1024 + 1)}\n2,b\n`, {});
    expect(reasons(records)).toEqual(["value_too_large", "read"]);
    expect(records[0]?.raw).toMatch(/\[\.\.\. cut here: 3 more characters\]$/);
  });
});

describe("encodings", () => {
  const text = 'id;text\n1;"Größe – 5 €"\n2;Ä\n';
  test.each([
    ["utf-8", Buffer.from(text)],
    ["utf-8", Buffer.from(`\ufeff${text}`)],
    ["windows-1252", iconv.encode(text, "windows-1252")],
    ["utf-16le", iconv.encode(text, "utf-16le")],
    ["utf-16le", Buffer.concat([Buffer.from([0xff, 0xfe]), iconv.encode(text, "utf-16le")])],
    ["utf-16be", Buffer.concat([Buffer.from([0xfe, 0xff]), iconv.encode(text, "utf-16be")])],
  ])("%s is found, in whatever pieces it comes", async (encoding, content) => {
    for (const size of [1, 2, 3, 1000]) {
      const reading = readRecords(bytes(content, size), { format: "csv" });
      const records = await all(reading);
      expect(records.map((record) => record.value)).toEqual([
        { id: "1", text: "Größe – 5 €" },
        { id: "2", text: "Ä" },
      ]);
      expect(reading.facts.encoding).toBe(encoding);
    }
  });

  test("ASCII for long, and then one umlaut at the border of two chunks", async () => {
    const head = `id;text\n${"1;abc\n".repeat(2000)}`;
    for (const encoding of ["utf-8", "windows-1252"]) {
      const content = iconv.encode(`${head}2;für;\n`, encoding);
      const reading = readRecords(bytes(content, head.length + 4), { format: "csv" });
      expect((await all(reading)).at(-1)?.value).toEqual({ id: "2", text: "für" });
      expect(reading.facts.encoding).toBe(encoding);
    }
  });

  test("a broken line in a UTF-8 file is one bad record, a genuine U+FFFD none", async () => {
    const content = Buffer.concat([
      Buffer.from("id,text\n1,für\n2,\ufffd\n3,M"),
      Buffer.from([0xfc]),
      Buffer.from("ller\n4,ähm\n"),
    ]);
    const { records } = await csv(content);
    expect(reasons(records)).toEqual(["read", "read", "bad_encoding", "read"]);
    expect(records[2]?.raw).toBe("3,M\ufffdller");
  });

  test("what is said to be UTF-8 is not guessed otherwise", async () => {
    const { records, reading } = await csv(iconv.encode("id,text\n1,für\n2,x\n", "windows-1252"), {
      encoding: "utf-8",
    });
    expect(reasons(records)).toEqual(["bad_encoding", "read"]);
    expect(reading.facts.encodingGuessed).toBe(false);
  });

  test("bytes without a character in Windows-1252 are not replaced in silence", async () => {
    const { records } = await csv(
      Buffer.from([...Buffer.from("id,text\n1,f"), 0xfc, ...Buffer.from("r\n2,"), 0x81, 10]),
    );
    expect(reasons(records)).toEqual(["read", "bad_encoding"]);
  });

  test("an old DOS encoding is taken from the settings, an unknown one refused", async () => {
    expect(
      (await csv(iconv.encode("id,text\n1,Größe\n", "cp850"), { encoding: "cp850" })).records[0]?.value?.[
        "text"
      ],
    ).toBe("Größe");
    await expect(csv("a\n", { encoding: "klingon" })).rejects.toMatchObject({ code: "feed_unreadable" });
  });

  test("half a surrogate pair in a UTF-16 file is refused", async () => {
    const content = Buffer.from("\ufeffid,text\n1,a\ud800b\n2,😀\n", "utf16le");
    expect(reasons((await csv(content)).records)).toEqual(["lone_surrogate", "read"]);
  });
});

describe("JSON Lines", () => {
  test("marks, CRLF, blank lines and a missing last line end are no matter", async () => {
    const records = await lines('\ufeff{"a":1}\r\n\r\n  \n{"a":"ü"}');
    expect(records.map(({ number, line, value, blank }) => [number, line, value ?? blank])).toEqual([[1, 1, { a: 1 }], [2, 2, true], [3, 3, true], [4, 4, { a: "ü" }]]); // prettier-ignore
  });

  test.each([
    ["not_json", '{"a":1'],
    ["not_json", "{'a':1}"],
    ["not_json", '{"a":NaN}'],
    ["not_an_object", "[1]"],
    ["not_an_object", "null"],
    ["not_an_object", '"text"'],
    ["unsafe_number", '{"a":9007199254740993}'],
    ["unsafe_number", '{"a":{"b":[-12345678901234567890]}}'],
    ["unsafe_number", '{"a":1e400}'],
    ["lone_surrogate", '{"a":"x\\ud800y"}'],
    ["lone_surrogate", '{"\\udc00":1}'],
    ["nul_in_key", '{"a\\u0000b":1}'],
    ["too_deep", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`],
    ["too_deep", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["value_too_large", `{"a":"${"ü".repeat(524_289)}"}`],
    ["case_too_large", `{"a":[${Array.from({ length: 21 }, () => `"${"x".repeat(524_000)}"`).join()}]}`],
    ["case_too_large", `{"a":"${"x".repeat(12 * 1024 * 1024)}"}`],
  ])("%s (example %#) is quarantined, its neighbours are read", async (reason, line) => {
    const records = await lines(`{"n":1}\n${line}\n{"n":2}\n`);
    expect(reasons(records)).toEqual(["read", reason, "read"]);
    expect(records[1]?.raw.slice(0, 8)).toBe(line.slice(0, 8));
    expect(records[2]).toMatchObject({ number: 3, line: 3, value: { n: 2 } });
  });

  test.each([
    '{"a":9007199254740991,"b":"9007199254740993","c":0.12345678901234567,"d":1e30}',
    '{"a":"NUL \\u0000 stays","b":"\\ud83d\\ude00"}',
    '{"__proto__":{"x":1},"constructor":2}',
    '{"a":1,"a":2}',
    `{"a":${"[".repeat(63)}${"]".repeat(63)}}`,
  ])("example %# comes through as JSON.parse reads it", async (line) => {
    const [record] = await lines(line);
    expect(record?.problem).toBeUndefined();
    expect(JSON.stringify(record?.value)).toBe(JSON.stringify(JSON.parse(line)));
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  test("no message repeats what the record says", async () => {
    const records = await lines(
      '{"name":"Erika Mustermann" oops}\nErika Mustermann\n{"a":"Erika Mustermann\\ud800"}\n',
    );
    expect(records.map((record) => record.problem?.message)).toEqual(
      records.map(() => expect.not.stringMatching(/Erika|oops/)),
    );
  });

  test("broken bytes are reported where they stand", async () => {
    const records = await lines(
      Buffer.from([...Buffer.from('{"a":"ä"}\n{"a":"'), 0xff, ...Buffer.from('"}\n{"a":"ö"}\n')]),
    );
    expect(reasons(records)).toEqual(["read", "bad_encoding", "read"]);
  });
});

test("a file that is not there is an error with a hint", async () => {
  await expect(all(readRecords("/nowhere/at/all.csv", { format: "csv" }))).rejects.toMatchObject({
    code: "feed_unreadable",
    hint: expect.any(String),
  });
});

test("each reason says in both languages what it is and what helps", () => {
  for (const [code, reason] of Object.entries(QUARANTINE_REASONS)) {
    const texts = [reason.meaning, reason.de, reason.en, reason.help.de, reason.help.en];
    expect(
      texts.filter((text) => !/^\p{Lu}.*[.?]$/u.test(text)),
      code,
    ).toEqual([]);
  }
});
