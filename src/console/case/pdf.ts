/**
 * A PDF as pictures and text, page by page.
 *
 * What is shown of a document from outside is its pixels and its words, never the document: pdf.js reads it in a worker
 * that ends with it, and draws on a canvas. No scripts, forms or links of it exist here: what pdf.js has for them is not
 * used, what runs scripts not loaded. Nothing is evaluated or loaded from elsewhere, and the policy of the page
 * forbids all of that once more. See docs/decisions/0016. Loaded only when somebody opens one.
 */
import { AnnotationMode, getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import type { Drawing, Sheets } from "./sheets.ts";

const WIDTH = 1_400;
/** Pixels. A page that is very long is drawn smaller: browsers show nothing of larger canvases. */
const MOST_PIXELS = 16_000_000;
const LONGEST_SIDE = 8_000;

export async function openPdf(bytes: Uint8Array): Promise<Sheets> {
  const worker = await import("pdfjs-dist/build/pdf.worker.min.mjs?url");
  GlobalWorkerOptions.workerSrc = worker.default;
  const task = getDocument({
    data: bytes,
    enableXfa: false,
    stopAtErrors: false,
    useWasm: false,
    maxImageSize: MOST_PIXELS * 4,
  });
  const document: PDFDocumentProxy = await task.promise;
  return {
    count: document.numPages,
    draw: (number, canvas) => draw(document, number, canvas),
    text: (number) => textOf(document, number),
    close: () => void task.destroy(),
  };
}

async function textOf(document: PDFDocumentProxy, number: number): Promise<string> {
  const page = await document.getPage(number);
  const content = await page.getTextContent();
  return content.items
    .map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""))
    .join("")
    .trim();
}

function draw(document: PDFDocumentProxy, number: number, canvas: HTMLCanvasElement): Drawing {
  let cancelled = false;
  let cancel = () => {};
  const done = (async () => {
    const page = await document.getPage(number);
    if (cancelled) return;
    const { width, height } = page.getViewport({ scale: 1 });
    const scale = Math.min(WIDTH / width, LONGEST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
    const viewport = page.getViewport({ scale });
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    // Notes and stamps are drawn as they lie on the page; nothing of them can be pressed.
    const task = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
    cancel = () => task.cancel();
    await task.promise;
  })();
  return {
    done,
    cancel() {
      cancelled = true;
      cancel();
    },
  };
}
