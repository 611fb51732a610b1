/**
 * Why a case cannot be approved yet: what came in or an attachment has not been on screen, with a button that shows it.
 *
 * Said after a moment only: as a rule everything is there before anybody could read the sentence.
 */
import { Button } from "@mantine/core";
import { useEffect, useState, type RefObject } from "react";
import { nameOf, type Attached } from "../../case/attached.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import styles from "./at-work.module.css";
import type { Readiness } from "./ready.ts";

const AFTER = 800;

export interface WaitsForProps {
  waitsFor: Readiness["waitsFor"];
  attached: Pick<Attached, "show">;
  source: RefObject<HTMLElement | null>;
}

export function WaitsFor({ waitsFor, attached, source }: WaitsForProps) {
  const t = useWords(INBOX);
  const [said, setSaid] = useState(false);
  const [next] = waitsFor.attachments;
  const waiting = waitsFor.source || waitsFor.cut !== undefined || next !== undefined;
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSaid(true), AFTER);
    return () => {
      clearTimeout(timer);
      setSaid(false);
    };
  }, [waiting]);

  function show() {
    if (next === undefined) {
      const cut =
        waitsFor.source || waitsFor.cut === undefined
          ? undefined
          : source.current?.querySelector(`[data-cut="${CSS.escape(waitsFor.cut)}"]`);
      return (cut ?? source.current)?.scrollIntoView({ block: "start" });
    }
    attached.show(next.no);
    // In the next frame it is the one that is shown.
    requestAnimationFrame(() =>
      source.current?.parentElement?.querySelector("[data-viewer]")?.scrollIntoView({ block: "start" }),
    );
  }
  return (
    <div role="status">
      {!said || !waiting ? null : (
        <div className={styles["lease"]}>
          <span>
            {next !== undefined
              ? t("waitsFor", { n: waitsFor.attachments.length })
              : t(waitsFor.source ? "waitsForSource" : "waitsForCut")}
          </span>
          <Button variant="default" size="xs" onClick={show}>
            {next === undefined ? t("showSource") : t("showIt", { name: nameOf(next) })}
          </Button>
        </div>
      )}
    </div>
  );
}
