/** The layout of pages without a signed-in person: one column, language and theme within reach, nothing else. */
import { NativeSelect } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { useDevice, type Scheme } from "../console.tsx";
import { FRAME } from "../locales/frame.ts";
import { LOCALE_NAMES, useWords } from "../locales/words.ts";
import styles from "./outside.module.css";
import { WhomToAsk, type Contact } from "./whom-to-ask.tsx";

export function Outside({
  title,
  sentence,
  support,
  children,
}: {
  title: string;
  sentence?: ReactNode;
  /** Whom to ask, where the page may say it. */
  support?: Contact | null | undefined;
  children?: ReactNode;
}) {
  const t = useWords(FRAME);
  const device = useDevice();
  useEffect(() => {
    document.title = `${title} · Pilotage`;
  }, [title]);
  return (
    <div className={styles["outside"]}>
      <header className={styles["brand"]}>
        <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden>
          <rect width="32" height="32" rx="7" fill="var(--accent)" />
          <path d="M16 5.5 24 25l-8-4.2L8 25z" fill="#fff" />
        </svg>
        Pilotage
      </header>
      <main className={styles["main"]}>
        <h1 className={styles["title"]}>{title}</h1>
        {sentence === undefined ? null : <p className={styles["sentence"]}>{sentence}</p>}
        {children}
      </main>
      {support ? (
        <aside className={styles["support"]} aria-label={t("help")}>
          <WhomToAsk {...support} />
        </aside>
      ) : null}
      <footer className={styles["foot"]}>
        <NativeSelect
          size="xs"
          aria-label={t("language")}
          value={device.locale}
          onChange={(event) => device.setLocale(event.currentTarget.value)}
          data={Object.entries(LOCALE_NAMES).map(([value, label]) => ({ value, label }))}
        />
        <NativeSelect
          size="xs"
          aria-label={t("theme")}
          value={device.scheme}
          onChange={(event) => device.setScheme(event.currentTarget.value as Scheme)}
          data={(["system", "light", "dark"] as const).map((value) => ({
            value,
            label: t(`theme.${value}`),
          }))}
        />
      </footer>
    </div>
  );
}

/** For pages that take a token from behind `#`: another link that is opened in this tab changes only that. */
export function useAnotherLink(): void {
  useEffect(() => {
    const anew = () => location.reload();
    window.addEventListener("hashchange", anew);
    return () => window.removeEventListener("hashchange", anew);
  }, []);
}
