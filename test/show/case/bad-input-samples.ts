/**
 * Each bad input of docs/reference/bad-input.md as it goes over the wire, by the words of its row.
 *
 * `id` is the record's own external id; `before` that of a healthy record that went through the same door before it.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Expectation } from "./bad-input-table.ts";

export interface Sample {
  /** Body of `POST .../cases`. */
  http?: string | Buffer;
  /** One line of a batch; undefined with `lines` set when the whole body is meant. */
  ndjson?: string | Buffer;
  /** One line of a JSON Lines file. */
  jsonl?: string | Buffer;
  /** One row of a CSV file, with the header that it needs. */
  csv?: { header: string; row: string | Buffer; /** No healthy row fits this header. */ alone?: true };
  /** The whole body or file instead of one line between two healthy ones. */
  whole?: Partial<Record<"ndjson" | "jsonl" | "csv", string>>;
  /** What an admitted case must hold, exactly. */
  keeps?: JsonObject;
}

const MB = 1024 * 1024;
const HEADER = "id,text,amount,channel";
const NUL = String.fromCharCode(0);
const q = (text: string) => JSON.stringify(text);

/** The same record at every JSON door; `fields` is JSON text without its braces. */
function record(id: string, fields: string): Pick<Sample, "http" | "ndjson" | "jsonl"> {
  const body = `{"externalId":${q(id)},"input":{"id":${q(id)},${fields}}}`;
  return { http: body, ndjson: body, jsonl: `{"id":${q(id)},${fields}}` };
}

/** The same record under an id that is given as JSON text, and in CSV as a cell. */
function withId(json: string, cell?: string): Sample {
  const body = `{"externalId":${json},"input":{"text":"x"}}`;
  return {
    http: body,
    ndjson: body,
    jsonl: `{"id":${json},"text":"x"}`,
    ...(cell === undefined ? {} : { csv: row(cell, "x") }),
  };
}

function row(...cells: string[]): NonNullable<Sample["csv"]> {
  return { header: HEADER, row: [...cells, "", "", ""].slice(0, 4).join(",") };
}

function withBody(id: string, more: string): Pick<Sample, "http" | "ndjson"> {
  const body = `{"externalId":${q(id)},"input":{"id":${q(id)},"text":"x"},${more}}`;
  return { http: body, ndjson: body };
}

const attachment = (base64: string, name = "a.bin") =>
  `{"name":"${name}","mediaType":"application/octet-stream","base64":"${base64}"}`;
const nested = (levels: number, inside: string) => `${"[".repeat(levels)}${inside}${"]".repeat(levels)}`;
/** Valid JSON but for one byte that no UTF-8 text holds. */
const broken = (text: string) =>
  Buffer.concat(
    text
      .split("\u{1}")
      .flatMap((part, i) => (i === 0 ? [Buffer.from(part)] : [Buffer.from([0xe9]), Buffer.from(part)])),
  );

export const SAMPLES: Record<string, (id: string, before: string) => Sample> = {
  "Text that is not JSON": (id) => ({
    http: `{"externalId":${q(id)},`,
    ndjson: `{"externalId":${q(id)},`,
    jsonl: `{'id':${q(id)}}`,
  }),
  "An empty body or file": () => ({ http: "", whole: { ndjson: "", jsonl: "", csv: "" } }),
  "A list in place of the record": (id) => ({
    http: `[${q(id)}]`,
    ndjson: `[${q(id)}]`,
    jsonl: `[${q(id)}]`,
  }),
  "A text in place of the case input": (id) => ({
    http: `{"externalId":${q(id)},"input":"x"}`,
    ndjson: `{"externalId":${q(id)},"input":"x"}`,
  }),
  "A field of the body that the API does not know": (id) => withBody(id, `"priority":1`),
  "A source name that cannot be one": (id) => withBody(id, `"source":"Help Desk"`),
  "A required field is missing": (id) => ({
    ...record(id, `"amount":1`),
    csv: { header: "id,amount", row: `${id},1`, alone: true },
  }),
  "A value of the wrong type": (id) => ({
    ...record(id, `"text":"x","amount":"much"`),
    csv: row(id, "x", "much"),
  }),
  "A field that the input schema does not name, at any depth": (id) => ({
    ...record(id, `"text":"x","colour":"red","sender":{"name":"y","colour":"blue"}`),
    csv: { header: `${HEADER},colour,sender`, row: `${id},x,,,red,"{""name"":""y"",""colour"":""blue""}"` },
    keeps: { id, text: "x", sender: { name: "y" } },
  }),
  "A text of 5 MB (at most 1 MB)": (id) => ({
    ...record(id, `"text":"${"a".repeat(5 * MB)}"`),
    csv: row(id, "a".repeat(5 * MB)),
  }),
  "A case of 11 MB in texts below 1 MB (at most 10 MB)": (id) => {
    const names = Array.from({ length: 12 }, (_, i) => `part${i}`);
    const text = "a".repeat(MB - 100_000);
    return {
      ...record(id, `"text":"x",${names.map((name) => `"${name}":"${text}"`).join(",")}`),
      csv: { header: `${HEADER},${names.join(",")}`, row: `${id},x,,,${names.map(() => text).join(",")}` },
    };
  },
  "A body over 48 MB": (id) => ({
    http: `{"externalId":${q(id)},"input":{"text":"${"a".repeat(48 * MB)}"}}`,
  }),
  "More than 100,000 lines in one batch": () => ({ whole: { ndjson: `${"\n".repeat(100_000)}{}\n` } }),
  "Nesting of 65 levels (at most 64)": (id) => record(id, `"text":"x","tree":${nested(64, "1")}`),
  "Nesting of 100,000 levels around a long number": (id) => {
    const { http, ...rest } = record(id, `"text":"x","tree":${nested(100_000, "1234567890123456")}`);
    // With an attachment, which makes the door write the input again.
    return { ...rest, http: `${String(http).slice(0, -1)},"attachments":[${attachment("QUJD")}]}` };
  },
  "NUL in a text (kept as it is)": (id) => ({
    ...record(id, String.raw`"text":"a\u0000b"`),
    csv: row(id, `a${NUL}b`),
    keeps: { id, text: `a${NUL}b` },
  }),
  "NUL in the id": (id) => withId(q(`${id}${NUL}`), `${id}${NUL}`),
  "NUL in a facet": (id) => ({
    ...record(id, String.raw`"text":"x","channel":"mail\u0000"`),
    csv: row(id, "x", "", `mail${NUL}`),
  }),
  "NUL in a field name": (id) => ({
    ...record(id, String.raw`"text":"x","na\u0000me":1`),
    csv: { header: `${HEADER},na${NUL}me`, row: `${id},x,,,1`, alone: true },
  }),
  "A lone surrogate in a text": (id) => record(id, String.raw`"text":"a\ud83d"`),
  "A lone surrogate in the id": (id) => withId(String.raw`"${id}\ud83d"`),
  "A lone surrogate in a field name": (id) => record(id, String.raw`"text":"x","na\ud83dme":1`),
  "Bytes that are not valid UTF-8": (id) => {
    const { http, ndjson, jsonl } = record(id, `"text":"caf\u{1}"`) as Record<
      "http" | "ndjson" | "jsonl",
      string
    >;
    return {
      http: broken(http),
      ndjson: broken(ndjson),
      jsonl: broken(jsonl),
      csv: { header: HEADER, row: broken(`${id},caf\u{1},,`) },
    };
  },
  "A whole number of 20 digits": (id) => ({
    ...record(id, `"text":"x","amount":12345678901234567890`),
    csv: row(id, "x", "12345678901234567890"),
  }),
  "A number beyond any range (1e400)": (id) => ({
    ...record(id, `"text":"x","amount":1e400`),
    csv: row(id, "x", "1e400"),
  }),
  "No id": () => ({
    http: `{"input":{"text":"x"}}`,
    ndjson: `{"input":{"text":"x"}}`,
    jsonl: `{"text":"x"}`,
    csv: row("", "x"),
  }),
  "An id of 201 characters (at most 200)": (id) => withId(q(id.padEnd(201, "x")), id.padEnd(201, "x")),
  "The id of another case, with the same content": (_, before) => ({
    ...record(before, `"text":"fine"`),
    csv: row(before, "fine"),
  }),
  "The id of another case, with other content (nothing is overwritten)": (_, before) => ({
    ...record(before, `"text":"other"`),
    csv: row(before, "other"),
  }),
  "An attachment over 10 MB": (id) =>
    withBody(id, `"attachments":[${attachment("AAAA".repeat(2_700_000 + 900_000))}]`),
  "21 attachments (at most 20)": (id) =>
    withBody(id, `"attachments":[${Array.from({ length: 21 }, () => attachment("QUJD")).join(",")}]`),
  "An attachment that is not base64": (id) => withBody(id, `"attachments":[${attachment("!!!!")}]`),
  "A control character in the name of an attachment": (id) =>
    withBody(id, `"attachments":[${attachment("QUJD", String.raw`a\u0000.bin`)}]`),
  "A lone surrogate in the name of an attachment": (id) =>
    withBody(id, `"attachments":[${attachment("QUJD", String.raw`a\ud83d.bin`)}]`),
  "A quotation mark that is not closed": (id) => ({ csv: { header: HEADER, row: `${id},"open,1,mail` } }),
  "A row with a cell too many": (id) => ({ csv: { header: HEADER, row: `${id},x,1,mail,more` } }),
  "A row with a cell too few": (id) => ({ csv: { header: HEADER, row: `${id},x,1` } }),
  "A header with a quotation mark that is not closed": (id) => ({
    whole: { csv: `id,"text,amount\n${id},x,1\n` },
  }),
};

/** Whose key, which workflow and which content type a request of the table has; the body is a healthy one. */
export const REQUESTS: Record<
  string,
  { key?: "none" | "wrong" | "expired" | "revoked" | "reading" | "bound"; workflow?: string; type?: string }
> = {
  "A workflow that does not exist": { workflow: "no-such-workflow" },
  "Another content type": { type: "text/plain" },
  "No API key": { key: "none" },
  "A wrong API key": { key: "wrong" },
  "An expired API key": { key: "expired" },
  "A revoked API key": { key: "revoked" },
  "An API key without the scope intake": { key: "reading" },
  "An API key that is bound to another workflow": { key: "bound" },
};

/** A healthy record for a door, with the content `{id, text: "fine"}`. */
export function healthy(id: string): {
  http: string;
  ndjson: string;
  jsonl: string;
  csv(header: string): string;
} {
  const { http, ndjson, jsonl } = record(id, `"text":"fine"`) as Record<"http" | "ndjson" | "jsonl", string>;
  const cells = (header: string) =>
    header.split(",").map((name) => (name === "id" ? id : name === "text" ? "fine" : ""));
  return { http, ndjson, jsonl, csv: (header) => cells(header).join(",") };
}

/** A row on its way: under which id it goes, and that of the healthy record before it. */
export type Sending = Expectation & { id: string; before: string };

export function sampleOf({ input, id, before }: Sending): Sample {
  const make = SAMPLES[input];
  if (make === undefined)
    throw new Error(`docs/reference/bad-input.md has the row "${input}", of which there is no sample.`);
  return make(id, before);
}
