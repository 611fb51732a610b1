/**
 * CSV as an older helpdesk exports it: Windows-1252, semicolons, line ends of Windows, line breaks inside quotes. Pure.
 */
import iconv from "iconv-lite";

/** Whether every character of a text has a place in Windows-1252. */
export function fitsWindows1252(text: string): boolean {
  return iconv.decode(iconv.encode(text, "windows-1252"), "windows-1252") === text;
}

/** The bytes of a file; throws `RangeError` for a character that Windows-1252 does not have. */
export function csvFile(rows: string[][]): Buffer {
  const text = rows.map((cells) => `${cells.map(quoted).join(";")}\r\n`).join("");
  if (!fitsWindows1252(text)) throw new RangeError("A row has a character that Windows-1252 does not have.");
  return iconv.encode(text, "windows-1252");
}

function quoted(cell: string): string {
  return /[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
