/**
 * What is attached to a case, and a viewer for it: images and PDF, with the text of each page beside its picture.
 *
 * The bytes come from the program and are shown from memory. Only formats that cannot run anything are shown; everything
 * else is a download. Esc leaves the viewer and the focus returns to where it was.
 */
import { Button, Loader, Modal } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { call } from "../data/api.ts";
import { ATTACHMENTS } from "../locales/attachments.ts";
import { useFormats } from "../locales/formats.ts";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorText } from "../parts/page.tsx";
import type { PdfPage } from "./pdf.ts";
import styles from "./attachments.module.css";

export interface Attachment {
  no: number;
  name?: string;
  mediaType: string;
  size: number;
}

const IMAGES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function Attachments({ caseId, attachments }: { caseId: string; attachments: readonly Attachment[] }) {
  const t = useWords(ATTACHMENTS);
  const frame = useWords(FRAME);
  const formats = useFormats();
  const [open, setOpen] = useState<Attachment>();
  if (attachments.length === 0) return null;
  return (
    <section className={styles["list"]} aria-label={t("title")}>
      {attachments.map((one) => (
        <Button
          key={one.no}
          variant="default"
          size="xs"
          leftSection={<Icon name="clip" />}
          onClick={() => setOpen(one)}
        >
          {nameOf(one)} · {formats.bytes(one.size)}
        </Button>
      ))}
      <Modal
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        size="90%"
        title={open === undefined ? "" : nameOf(open)}
        closeButtonProps={{ "aria-label": frame("close") }}
      >
        {open === undefined ? null : <Viewer key={open.no} caseId={caseId} attachment={open} />}
      </Modal>
    </section>
  );
}

const nameOf = (one: Attachment) => one.name ?? `${one.no} · ${one.mediaType}`;

function Viewer({ caseId, attachment }: { caseId: string; attachment: Attachment }) {
  const t = useWords(ATTACHMENTS);
  const [bytes, setBytes] = useState<Uint8Array<ArrayBuffer>>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    let gone = false;
    call("getAttachment", { params: { case: caseId, no: String(attachment.no) } }).then(
      (found) => gone || setBytes(found as Uint8Array<ArrayBuffer>),
      (failure: unknown) => gone || setError(failure as Error),
    );
    return () => {
      gone = true;
    };
  }, [caseId, attachment.no]);
  if (error !== undefined) return <ErrorText error={error} />;
  if (bytes === undefined) return <Loader size="sm" />;
  return (
    <>
      <div className={styles["head"]}>
        <span>{t("leave")}</span>
        <Save bytes={bytes} name={nameOf(attachment)} />
      </div>
      {attachment.mediaType === "application/pdf" ? (
        <Pdf bytes={bytes} />
      ) : IMAGES.has(attachment.mediaType) ? (
        <Picture bytes={bytes} attachment={attachment} />
      ) : attachment.mediaType === "text/plain" ? (
        <pre className={styles["text"]}>{new TextDecoder().decode(bytes)}</pre>
      ) : (
        <p>{t("unknown")}</p>
      )}
    </>
  );
}

/** An address for bytes in memory, for as long as they are shown. */
function useBlobAddress(bytes: Uint8Array<ArrayBuffer>, type: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return address;
}

function Save({ bytes, name }: { bytes: Uint8Array<ArrayBuffer>; name: string }) {
  const t = useWords(ATTACHMENTS);
  // As bytes without a kind: saved, never opened in this page's name.
  const address = useBlobAddress(bytes, "application/octet-stream");
  return (
    <Button component="a" variant="default" size="xs" href={address} download={name}>
      {t("save")}
    </Button>
  );
}

function Picture({ bytes, attachment }: { bytes: Uint8Array<ArrayBuffer>; attachment: Attachment }) {
  const t = useWords(ATTACHMENTS);
  const address = useBlobAddress(bytes, attachment.mediaType);
  return address === undefined ? null : (
    <img className={styles["picture"]} src={address} alt={t("image", { name: nameOf(attachment) })} />
  );
}

function Pdf({ bytes }: { bytes: Uint8Array<ArrayBuffer> }) {
  const t = useWords(ATTACHMENTS);
  const [pages, setPages] = useState<{ pages: number; shown: PdfPage[] }>();
  const [broken, setBroken] = useState(false);
  // pdf.js takes the bytes over; the download keeps its own.
  const copy = useMemo(() => bytes.slice(), [bytes]);
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    void (async () => {
      try {
        const { openPdf } = await import("./pdf.ts");
        const opened = await openPdf(copy.slice());
        close = opened.close;
        if (gone) close();
        else setPages(opened);
      } catch {
        setBroken(true);
      }
    })();
    return () => {
      gone = true;
      close?.();
    };
  }, [copy]);
  if (broken) return <p>{t("broken")}</p>;
  if (pages === undefined) return <Loader size="sm" />;
  return pages.shown.map((page) => <Sheet key={page.number} page={page} pages={pages.pages} />);
}

function Sheet({ page, pages }: { page: PdfPage; pages: number }) {
  const t = useWords(ATTACHMENTS);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) void page.draw(canvas.current).catch(() => undefined);
  }, [page]);
  return (
    <div className={styles["sheet"]}>
      <canvas ref={canvas} role="img" aria-label={t("page", { page: page.number, pages })} />
      <section aria-label={t("text", { page: page.number })} className={styles["layer"]} tabIndex={0}>
        <h3>{t("page", { page: page.number, pages })}</h3>
        {page.text === "" ? <p>{t("noText")}</p> : <div>{page.text}</div>}
      </section>
    </div>
  );
}
