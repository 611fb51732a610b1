/**
 * What came with a case as sheets that are drawn: PDF, images, plain text. Everything else is not shown.
 *
 * Formats are told by what the sender called them, and by the end of the name where the sender only said "bytes". A file
 * that is something else in truth does not open, which is said; it never becomes part of the page.
 */
export interface Sheets {
  count: number;
  /** Draws the page, counted from 1; undefined where there is only text. */
  draw?: (page: number, canvas: HTMLCanvasElement) => Drawing;
  text(page: number): Promise<string>;
  close(): void;
}

export interface Drawing {
  done: Promise<void>;
  cancel(): void;
}

export type Kind = "pdf" | "image" | "text" | "other";

const KINDS: Readonly<Record<string, Kind>> = {
  "application/pdf": "pdf",
  "image/png": "image",
  "image/jpeg": "image",
  "image/jpg": "image",
  "image/gif": "image",
  "image/webp": "image",
  "text/plain": "text",
};
const ENDS: Readonly<Record<string, Kind>> = {
  pdf: "pdf",
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  txt: "text",
};

/** How it can be shown. Pure. */
export function kindOf({ mediaType, name = "" }: { mediaType: string; name?: string }): Kind {
  const [type = ""] = mediaType.toLowerCase().split(";");
  const named = type.trim();
  const end = name.toLowerCase().split(".").at(-1) ?? "";
  return (
    KINDS[named] ?? (named === "" || named === "application/octet-stream" ? ENDS[end] : undefined) ?? "other"
  );
}

export async function openSheets(kind: Kind, bytes: Uint8Array<ArrayBuffer>): Promise<Sheets | undefined> {
  switch (kind) {
    case "pdf": {
      const { openPdf } = await import("./pdf.ts");
      // pdf.js takes the bytes over; the download keeps its own.
      return openPdf(bytes.slice());
    }
    case "image":
      return openImage(bytes);
    case "text": {
      const text = new TextDecoder().decode(bytes);
      return { count: 1, text: () => Promise.resolve(text), close: () => undefined };
    }
    case "other":
      return undefined;
  }
}

const WIDEST_IMAGE = 2_200;
const MOST_PIXELS = 100_000_000;

/** Decoded by the browser outside of any document and drawn: of the file itself nothing gets into the page. */
async function openImage(bytes: Uint8Array<ArrayBuffer>): Promise<Sheets> {
  const image = await createImageBitmap(new Blob([bytes]));
  if (image.width * image.height > MOST_PIXELS) {
    image.close();
    throw new Error("The image is too large to be drawn.");
  }
  return {
    count: 1,
    draw(_, canvas) {
      const scale = Math.min(1, WIDEST_IMAGE / image.width);
      canvas.width = Math.max(1, Math.round(image.width * scale));
      canvas.height = Math.max(1, Math.round(image.height * scale));
      canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
      return { done: Promise.resolve(), cancel: () => undefined };
    },
    text: () => Promise.resolve(""),
    close: () => image.close(),
  };
}
