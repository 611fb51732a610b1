/**
 * One attachment on screen: the picture of a page with its text beside it, or the plain words that it cannot be shown.
 *
 * Only pixels and words of it are here (sheets.ts). That it has been on screen is said once its picture has been painted
 * within the window, or once the sentence has that says why there is none. A value that is looked for is outlined in the
 * text.
 */
import { ActionIcon, Button, Loader } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { ATTACHMENTS } from "../locales/attachments.ts";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorText } from "../parts/page.tsx";
import { nameOf, type Attached, type Attachment, type Opened } from "./attached.ts";
import { Marked } from "./marked.tsx";
import { useOnScreen } from "./on-screen.ts";
import { kindOf, type Sheets } from "./sheets.ts";
import styles from "./viewer.module.css";

/** Milliseconds after which a person may go on without the picture, having been told. */
const TOO_LONG = 20_000;
/** Texts of so many pages are read to look values up in. */
const MOST_READ = 200;
const SIZES = [100, 150, 200, 300] as const;

export interface ViewerProps {
  attached: Attached;
  attachment: Attachment;
  sought: unknown;
  lang: string | undefined;
  /** What Esc does. */
  hint: string;
}

export function Viewer({ attached, attachment, sought, lang, hint }: ViewerProps) {
  const t = useWords(ATTACHMENTS);
  const frame = useWords(FRAME);
  const { load, forget, saw } = attached;
  const [opened, setOpened] = useState<Opened>();
  const [error, setError] = useState<Error>();
  const [late, setLate] = useState(false);
  const [tries, setTries] = useState(0);
  const told = useRef<HTMLDivElement>(null);
  const { no } = attachment;
  const kind = kindOf(attachment);

  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => setLate(true), TOO_LONG);
    load(attachment)
      .then(
        (found) => gone || setOpened(found),
        (failure: unknown) => gone || setError(failure as Error),
      )
      .finally(() => clearTimeout(timer));
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [attachment, load, tries]);

  const broken = opened !== undefined && opened.sheets === undefined;
  const why =
    kind === "other"
      ? t("unknown")
      : broken
        ? t("broken")
        : late && opened === undefined && error === undefined
          ? t("late")
          : undefined;
  useOnScreen(told, why ?? (error === undefined ? undefined : "error"), () => saw(no));

  return (
    <div className={styles["viewer"]} data-viewer>
      {error === undefined && why === undefined ? null : (
        <div ref={told} role="status" className={styles["told"]}>
          {error === undefined ? <p>{why}</p> : <ErrorText error={error} />}
          {error === undefined ? null : (
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="refresh" />}
              onClick={() => {
                forget(no);
                setError(undefined);
                setLate(false);
                setTries(tries + 1);
              }}
            >
              {frame("retry")}
            </Button>
          )}
        </div>
      )}
      {opened === undefined && error === undefined && why === undefined ? (
        <p className={styles["loading"]}>
          <Loader size="sm" /> {t("loading", { name: nameOf(attachment) })}
        </p>
      ) : null}
      {opened === undefined ? null : (
        <Opened
          attached={attached}
          attachment={attachment}
          opened={opened}
          sought={sought}
          lang={lang}
          hint={hint}
        />
      )}
    </div>
  );
}

type OpenedProps = ViewerProps & { opened: Opened };

function Opened({ opened, ...props }: OpenedProps) {
  const t = useWords(ATTACHMENTS);
  const { attached, attachment } = props;
  const { sheets } = opened;
  const { read, turnTo } = attached;
  const page = Math.min(attached.pageOf(attachment.no), sheets?.count ?? 1);
  const [size, setSize] = useState(0);

  useEffect(() => {
    if (sheets === undefined || attached.texts[attachment.no] !== undefined) return;
    let gone = false;
    void (async () => {
      const texts: string[] = [];
      for (let number = 1; number <= Math.min(sheets.count, MOST_READ) && !gone; number++) {
        texts.push(await sheets.text(number).catch(() => ""));
        // The first page at once; the others as they come, without drawing the form anew for each.
        if (number === 1 || number % 20 === 0) read(attachment.no, [...texts]);
      }
      if (!gone) read(attachment.no, texts);
    })();
    return () => {
      gone = true;
    };
    // Once: what is read does not change.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sheets, attachment.no, read]);

  return (
    <>
      <div className={styles["head"]}>
        {sheets === undefined || sheets.count < 2 ? null : (
          <Steps
            less={{ label: t("previousPage"), shown: <Icon name="fold" /> }}
            more={{ label: t("nextPage"), shown: <Icon name="unfold" /> }}
            says={t("page", { page, pages: sheets.count })}
            at={page - 1}
            of={sheets.count}
            go={(at) => turnTo(attachment.no, at + 1)}
          />
        )}
        {sheets?.draw === undefined ? null : (
          <Steps
            less={{ label: t("smaller"), shown: "−" }}
            more={{ label: t("larger"), shown: "+" }}
            says={t("size", { size: SIZES[size]! })}
            at={size}
            of={SIZES.length}
            go={setSize}
          />
        )}
        <Save bytes={opened.bytes} name={nameOf(attachment)} />
      </div>
      {sheets === undefined ? null : (
        <Sheet {...props} key={page} sheets={sheets} page={page} size={SIZES[size]!} />
      )}
      <div className={styles["hint"]}>{props.hint}</div>
    </>
  );
}

interface StepsProps {
  less: { label: string; shown: ReactNode };
  more: { label: string; shown: ReactNode };
  says: string;
  at: number;
  of: number;
  go: (at: number) => void;
}

/** Back and forth. At an end the button is dead but keeps the focus, so that nobody is thrown out of the viewer. */
function Steps({ less, more, says, at, of, go }: StepsProps) {
  const step = ({ label, shown }: StepsProps["less"], to: number) => {
    const ends = to < 0 || to >= of;
    return (
      <ActionIcon
        variant="default"
        size={32}
        aria-label={label}
        aria-disabled={ends || undefined}
        data-disabled={ends}
        onClick={() => (ends ? undefined : go(to))}
      >
        {shown}
      </ActionIcon>
    );
  };
  return (
    <div className={styles["group"]}>
      {step(less, at - 1)}
      <span role="status">{says}</span>
      {step(more, at + 1)}
    </div>
  );
}

type SheetProps = Omit<OpenedProps, "opened"> & { sheets: Sheets; page: number; size: number };

function Sheet({ attached, attachment, sheets, page, size, sought, lang }: SheetProps) {
  const t = useWords(ATTACHMENTS);
  const picture = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLElement>(null);
  const told = useRef<HTMLParagraphElement>(null);
  const [drawn, setDrawn] = useState<boolean>();
  const text = attached.texts[attachment.no]?.[page - 1];
  const [own, setOwn] = useState<string>();
  const shown = text ?? own;
  const kind = kindOf(attachment);

  useEffect(() => {
    if (sheets.draw === undefined || picture.current === null) return;
    let gone = false;
    const drawing = sheets.draw(page, picture.current);
    const timer = setTimeout(() => gone || setDrawn(false), TOO_LONG);
    drawing.done
      .then(
        () => gone || setDrawn(true),
        () => gone || setDrawn(false),
      )
      .finally(() => clearTimeout(timer));
    return () => {
      gone = true;
      clearTimeout(timer);
      drawing.cancel();
    };
  }, [sheets, page]);

  // Beyond the pages whose texts are looked through, and before they are.
  useEffect(() => {
    if (text !== undefined) return;
    let gone = false;
    sheets.text(page).then(
      (found) => gone || setOwn(found),
      () => gone || setOwn(""),
    );
    return () => {
      gone = true;
    };
  }, [sheets, page, text]);

  const saw = () => attached.saw(attachment.no);
  useOnScreen(picture, drawn === true ? "drawn" : undefined, saw);
  useOnScreen(told, drawn === false ? "told" : undefined, saw);
  useOnScreen(layer, sheets.draw === undefined && shown !== undefined ? "text" : undefined, saw);

  useEffect(() => {
    const mark = layer.current?.querySelector("mark");
    // Inside of its own part only: what else moves is for the page to say.
    if (mark && layer.current) layer.current.scrollTop = mark.offsetTop - layer.current.clientHeight / 3;
  }, [sought, shown]);

  const name = nameOf(attachment);
  const what = kind === "image" ? t("image", { name }) : t("page", { page, pages: sheets.count });
  return (
    <div className={styles["sheet"]} data-kind={kind}>
      {sheets.draw === undefined ? null : (
        <div className={styles["pane"]} data-document tabIndex={0} role="group" aria-label={what}>
          {drawn === false ? (
            <p ref={told} role="status" className={styles["told"]}>
              {t("pageBroken")}
            </p>
          ) : null}
          <canvas
            hidden={drawn === false}
            ref={picture}
            role="img"
            aria-label={what}
            data-drawn={drawn || undefined}
            style={{
              width: `${size}%`,
              // A small image is not blown up.
              ...(kind === "image" && drawn
                ? { maxWidth: ((picture.current?.width ?? 0) * size) / 100 }
                : {}),
            }}
          />
        </div>
      )}
      {kind === "image" ? (
        <p className={styles["none"]}>{t("imageNoText")}</p>
      ) : (
        <section
          ref={layer}
          aria-label={t("text", { page })}
          className={styles["layer"]}
          lang={lang}
          tabIndex={0}
        >
          {shown === undefined ? (
            <Loader size="xs" />
          ) : shown === "" ? (
            <p className={styles["none"]} lang="">
              {t("noText")}
            </p>
          ) : (
            <Marked text={shown} sought={sought} />
          )}
        </section>
      )}
    </div>
  );
}

function Save({ bytes, name }: { bytes: Uint8Array<ArrayBuffer>; name: string }) {
  const t = useWords(ATTACHMENTS);
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    // As bytes without a kind: saved, never opened in this page's name.
    const made = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return (
    <Button component="a" variant="default" size="xs" href={address} download={name}>
      {t("save")}
    </Button>
  );
}
