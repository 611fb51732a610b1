/**
 * Tables as CSV: by the reader's country (semicolon and decimal comma where that is usual), or by ISO for programs.
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe in front: it came from outside.
 */
export type Cell = string | number | null | undefined;

export function csvText(rows: readonly (readonly Cell[])[], locale: string): string {
  const comma = new Intl.NumberFormat(locale).format(1.5).includes(",");
  const separator = comma || locale === "de-CH" ? ";" : ",";
  const written = (cell: Cell): string => {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "number") return comma ? String(cell).replace(".", ",") : String(cell);
    const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return /["\n\r;,]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  // The mark at the start tells spreadsheets that it is UTF-8.
  return `\uFEFF${rows.map((row) => row.map(written).join(separator)).join("\r\n")}\r\n`;
}

/** Hands a text to the browser as a file. */
export function saveFile(name: string, content: BlobPart[], type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(content, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveCsv(name: string, rows: readonly (readonly Cell[])[], locale: string): void {
  saveFile(`${name}.csv`, [csvText(rows, locale)], "text/csv;charset=utf-8");
}
