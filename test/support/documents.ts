/** Small documents as they come with cases: a PDF of so many pages of lines, and a picture. Made here, byte by byte. */
import { crc32, deflateSync } from "node:zlib";

export interface PdfOptions {
  /** Runs, in a viewer that runs what documents bring along, as soon as the document opens. */
  script?: string;
  /** An address that the first page links to over its whole area. */
  link?: string;
}

/** A PDF with one line of text per string. */
export function pdfOf(pages: readonly (readonly string[])[], { script, link }: PdfOptions = {}): Buffer {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const first = 4;
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`);
  const action = (kind: string, key: string, value: string) =>
    `<< /S /${kind} /${key} (${value.replaceAll(/[()\\]/g, String.raw`\$&`)}) >>`;
  add(
    `<< /Type /Catalog /Pages 2 0 R ${script === undefined ? "" : `/OpenAction ${action("JavaScript", "JS", script)}`} >>`,
  );
  add(`<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pages.length} >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  for (const [index, lines] of pages.entries()) {
    const annotation =
      link === undefined || index > 0
        ? ""
        : `/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A ${action("URI", "URI", link)} >>]`;
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${first + index * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> ${annotation} >>`,
    );
    const text = lines
      .map((line) => `(${line.replaceAll(/[()\\]/g, String.raw`\$&`)}) Tj 0 -24 Td`)
      .join("\n");
    const content = `BT /F1 16 Tf 60 760 Td\n${text}\nET`;
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  let file = "%PDF-1.7\n";
  const offsets = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

/** A PNG of one colour. */
export function pngOf(width: number, height: number, colour: readonly [number, number, number]): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.from([0, ...Array.from({ length: width }, () => colour).flat()]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
