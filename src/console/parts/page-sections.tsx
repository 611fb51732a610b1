/**
 * The sections of a long page: a list of links to them above, then each behind its own `#`, to which other pages may lead.
 *
 * The focus goes along to the heading, so that the next tab stop is one of the section and not of the list. What the address
 * names stays in sight while the sections above it load.
 */
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import styles from "./page-sections.module.css";

export interface SectionOfPage {
  id: string;
  /** Short: its heading says it whole. */
  word: string;
  content: ReactNode;
}

export function PageSections({ sections }: { sections: readonly SectionOfPage[] }) {
  const t = useWords(FRAME);
  const { hash } = useLocation();
  useEffect(() => (sections.some(({ id }) => id === hash) ? holdInSight(hash) : undefined), [hash]);
  return (
    <>
      <nav aria-label={t("onThisPage")}>
        <ul className={styles["list"]}>
          {sections.map(({ id, word }) => (
            <li key={id}>
              <Link to="." search hash={id} onClick={() => goTo(id)}>
                {word}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {sections.map(({ id, content }) => (
        <div key={id} id={id} className={styles["section"]}>
          {content}
        </div>
      ))}
    </>
  );
}

/** No longer than reads usually take: what moves later is not to move the reader. */
const HELD = 5_000;
const READER_ACTS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/** Until the reader does something. Answers how to let go before. */
function holdInSight(id: string): () => void {
  const section = document.getElementById(id);
  const loading = new ResizeObserver(() => section?.scrollIntoView());
  for (const one of section?.parentElement?.children ?? []) loading.observe(one);
  const letGo = () => loading.disconnect();
  const timer = setTimeout(letGo, HELD);
  for (const act of READER_ACTS) addEventListener(act, letGo, { once: true, passive: true });
  return () => {
    letGo();
    clearTimeout(timer);
    for (const act of READER_ACTS) removeEventListener(act, letGo);
  };
}

function goTo(id: string): void {
  const section = document.getElementById(id);
  const heading = section?.querySelector("h2");
  if (!section || !heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  section.scrollIntoView();
}
