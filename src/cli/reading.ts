/**
 * Reading what a command is given: files, standard input, JSON.
 *
 * Content must arrive as it was written, or not at all: bytes that are no UTF-8 are refused, and numbers keep their
 * digits, also those that JavaScript would round.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Readable } from "node:stream";
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { misuse } from "./exit.ts";

/** The bytes of a file, or of standard input for "-". */
export async function readBytes(path: string, stdin: Readable): Promise<Uint8Array> {
  if (path === "-") {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin)
      chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array));
    return Buffer.concat(chunks);
  }
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The fault of a file or folder that cannot be opened, as wrong usage. */
export function unreadable(path: string, error: unknown): Error {
  const reasons: Record<string, string> = {
    ENOENT: "it does not exist",
    EACCES: "permission is missing",
    EPERM: "permission is missing",
    EISDIR: "it is a folder",
    ENOTDIR: "it is no folder",
  };
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return misuse(
    `${path} cannot be read: ${reasons[code] ?? (error instanceof Error ? error.message : String(error))}`,
  );
}

/** Reads JSON from a file or standard input; throws `bad_json` with the place of the fault. */
export async function readJson(path: string, stdin: Readable): Promise<JsonValue> {
  const bytes = await readBytes(path, stdin);
  const where = path === "-" ? "Standard input" : path;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new PilotageError("bad_json", `${where} is not UTF-8; nothing was sent.`, {
      hint: "Convert it, for example: iconv -f windows-1252 -t utf-8",
    });
  }
  try {
    return parseExactly(text);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new PilotageError("bad_json", `${where} is not valid JSON: ${fault}. Nothing was sent.`);
  }
}

export async function readJsonObject(path: string, stdin: Readable): Promise<JsonObject> {
  const value = await readJson(path, stdin);
  if (isJsonObject(value)) return value;
  throw new PilotageError(
    "bad_json",
    `${path === "-" ? "Standard input" : path} holds no JSON object; nothing was sent.`,
  );
}

const { rawJSON } = JSON as unknown as { rawJSON(text: string): number };

/** As `JSON.parse`, but a number whose digits would change is written out again exactly as it stood. */
export function parseExactly(text: string): JsonValue {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    return typeof value === "number" && source !== undefined && source !== JSON.stringify(value)
      ? rawJSON(source)
      : value;
  }) as JsonValue;
}

const MEDIA_TYPES: Record<string, string> = {
  ".csv": "text/csv",
  ".eml": "message/rfc822",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".tiff": "image/tiff",
  ".txt": "text/plain",
  ".webp": "image/webp",
  ".xml": "application/xml",
  ".zip": "application/zip",
};

/** A file as an attachment; its media type follows from its ending. */
export async function readAttachment(
  path: string,
  stdin: Readable,
): Promise<{ name: string; mediaType: string; base64: string }> {
  if (path === "-") throw misuse("an attachment needs a file with a name");
  const bytes = await readBytes(path, stdin);
  return {
    name: basename(path),
    mediaType: MEDIA_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
    base64: Buffer.from(bytes).toString("base64"),
  };
}

/** Writes a file that is not there yet; one that exists is kept, and the command ends as wrongly used. */
export async function writeNew(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content, { flag: "wx" });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw misuse(
      `${path} cannot be written: ${exists ? "it exists already" : error instanceof Error ? error.message : String(error)}`,
    );
  }
}
