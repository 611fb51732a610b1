/**
 * A text of what came in. A very long one is cut, which its head says, and shown whole on demand.
 *
 * Where the evidence for a value stands behind the cut, the text is whole from then on: what a field leads to is there to be
 * seen. A cut that has been on screen is reported once, so that nobody approves without knowing of it (pages/inbox/ready.ts).
 */
import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { INBOX } from "../locales/inbox.ts";
import { useWords } from "../locales/words.ts";
import { isCut, shownPart } from "./cut.ts";
import { evidenceIn } from "./evidence.ts";
import { Marked } from "./marked.tsx";
import { useOnScreen } from "./on-screen.ts";
import { labelOf } from "./output-fields.ts";
import styles from "./source.module.css";

export interface LongTextProps {
  path: string;
  text: string;
  lang: string | undefined;
  sought: unknown;
  cutSeen?: (() => void) | undefined;
}

export function LongText({ path, text, lang, sought, cutSeen }: LongTextProps) {
  const label = labelOf(path);
  const cut = isCut(text);
  const [asked, setAsked] = useState(false);
  const part = useMemo(() => shownPart(text), [text]);
  const behind = useMemo(
    () => cut && sought !== undefined && (evidenceIn(text, sought)[0]?.from ?? 0) >= part.length,
    [cut, text, part, sought],
  );
  useEffect(() => {
    if (behind) setAsked(true);
  }, [behind]);
  const whole = !cut || asked || behind;
  const rest = useRef<HTMLSpanElement>(null);
  function showRest() {
    setAsked(true);
    // The button is gone then; reading goes on where it stood.
    requestAnimationFrame(() => rest.current?.focus({ preventScroll: true }));
  }
  return (
    <section className={styles["long"]} data-source={path}>
      <h3>{label}</h3>
      {cut ? (
        <Cut path={path} text={text} whole={whole} toggle={() => setAsked(!whole)} seen={cutSeen} />
      ) : null}
      <div lang={lang} className={styles["text"]}>
        {!cut || !whole ? (
          <Marked text={part} sought={sought} />
        ) : (
          <>
            <Marked text={part} sought={sought} />
            <span ref={rest} tabIndex={-1}>
              <Marked text={text.slice(part.length)} sought={sought} />
            </span>
          </>
        )}
      </div>
      {whole ? null : <ShowRest label={label} show={showRest} />}
    </section>
  );
}

interface CutProps {
  path: string;
  text: string;
  whole: boolean;
  toggle: () => void;
  seen: (() => void) | undefined;
}

function Cut({ path, text, whole, toggle, seen }: CutProps) {
  const t = useWords(INBOX);
  const place = useRef<HTMLDivElement>(null);
  useOnScreen(place, path, () => seen?.());
  return (
    <div className={styles["cut"]} data-cut={path} ref={place}>
      <span>
        {whole
          ? t("cutWhole", { all: text.length })
          : t("cut", { shown: shownPart(text).length, all: text.length })}
      </span>
      <Button
        variant="default"
        size="xs"
        aria-expanded={whole}
        aria-label={t(whole ? "showLessOf" : "showRestOf", { label: labelOf(path) })}
        onClick={toggle}
      >
        {t(whole ? "showLess" : "showRest")}
      </Button>
    </div>
  );
}

function ShowRest({ label, show }: { label: string; show: () => void }) {
  const t = useWords(INBOX);
  return (
    <div className={styles["cutEnd"]}>
      <span aria-hidden>…</span>
      <Button variant="default" size="xs" aria-label={t("showRestOf", { label })} onClick={show}>
        {t("showRest")}
      </Button>
    </div>
  );
}
