/** What came with a case is shown by what it is called; what is called nothing of ours is not shown. */
import { expect, test } from "vitest";
import { kindOf } from "./sheets.ts";

test.each<[string, string, string]>([
  ["application/pdf", "invoice", "pdf"],
  ["Application/PDF; charset=binary", "invoice", "pdf"],
  ["application/octet-stream", "Rechnung.PDF", "pdf"],
  ["image/jpeg", "scan", "image"],
  ["application/octet-stream", "scan.jpeg", "image"],
  ["text/plain; charset=utf-8", "note", "text"],
  ["text/html", "page.pdf", "other"],
  ["image/svg+xml", "drawing.png", "other"],
  ["application/octet-stream", "page.html", "other"],
  ["application/octet-stream", "", "other"],
])("%s called “%s” is shown as %s", (mediaType, name, kind) => {
  expect(kindOf({ mediaType, name })).toBe(kind);
});
