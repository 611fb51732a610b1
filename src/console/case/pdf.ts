/**
 * A PDF as pictures and text, page by page.
 *
 * Read by pdf.js in a worker of its own, without scripts, forms, links or anything loaded from elsewhere: a document from
 * outside is looked at, never run. Loaded only when somebody opens one.
 */
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";

const MOST_PAGES = 50;
const WIDTH = 1_100;

export interface PdfPage {
  number: number;
  text: string;
  draw(canvas: HTMLCanvasElement): Promise<void>;
}

export async function openPdf(
  bytes: Uint8Array,
): Promise<{ pages: number; shown: PdfPage[]; close: () => void }> {
  const worker = await import("pdfjs-dist/build/pdf.worker.min.mjs?url");
  GlobalWorkerOptions.workerSrc = worker.default;
  const task = getDocument({
    data: bytes,
    enableXfa: false,
    disableFontFace: false,
    stopAtErrors: false,
    useWasm: false,
  });
  const document: PDFDocumentProxy = await task.promise;
  const shown = await Promise.all(
    Array.from({ length: Math.min(document.numPages, MOST_PAGES) }, (_, index) =>
      pageOf(document, index + 1),
    ),
  );
  return { pages: document.numPages, shown, close: () => void task.destroy() };
}

async function pageOf(document: PDFDocumentProxy, number: number): Promise<PdfPage> {
  const page = await document.getPage(number);
  const content = await page.getTextContent();
  const text = content.items
    .map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""))
    .join("");
  return {
    number,
    text: text.trim(),
    async draw(canvas) {
      const natural = page.getViewport({ scale: 1 });
      const viewport = page.getViewport({ scale: WIDTH / natural.width });
      canvas.width = viewport.width;
      canvas.height = viewport.height;
      await page.render({ canvas, viewport }).promise;
    },
  };
}
