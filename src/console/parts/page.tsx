/**
 * A page: one title, one sentence under it that answers the page's question, then content.
 *
 * Shows one of four states in place of the content: loading, failed, not permitted, or empty. A page hands over the read
 * that it depends on; what the others say stands with them. An empty state says what will appear, why it matters, and
 * has one button to get it.
 */
import { Button, Loader } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useIntl } from "react-intl";
import type { Action } from "../../contract/access.ts";
import { PilotageError } from "../../contract/errors.ts";
import { useMay, useWorkflow } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { GERMAN_ERRORS } from "../locales/errors.ts";
import { languageOf, useWords } from "../locales/words.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./page.module.css";

interface Read {
  isPending: boolean;
  isError: boolean;
  error: Error | null;
  data: unknown;
  refetch: () => unknown;
}

export interface PageProps {
  title: string;
  /** Answers the page's question in words. */
  sentence?: ReactNode;
  /** Without it, the page says that it is not permitted. */
  needs?: Action;
  /** What the page cannot do without. */
  read?: Read | undefined;
  /** In place of the content. */
  empty?: ReactNode;
  /** At most one primary button, and what else belongs to the whole page. */
  actions?: ReactNode;
  /** Uses the whole width and height; the page scrolls its own parts. */
  full?: boolean;
  children?: ReactNode;
}

export function Page({ title, sentence, needs, read, empty, actions, full = false, children }: PageProps) {
  const may = useMay();
  useEffect(() => {
    document.title = `${title} · Pilotage`;
  }, [title]);
  const refused = (needs !== undefined && !may(needs)) || isForbidden(read?.error);
  return (
    <div className={full ? styles["full"] : styles["page"]}>
      <header className={styles["head"]}>
        <div>
          <h1 className={styles["title"]}>{title}</h1>
          {sentence === undefined ? null : <p className={styles["sentence"]}>{sentence}</p>}
        </div>
        {actions === undefined ? null : <div className={styles["actions"]}>{actions}</div>}
      </header>
      {refused ? <NotPermitted /> : <State read={read} empty={empty} children={children} />}
    </div>
  );
}

function State({ read, empty, children }: Pick<PageProps, "read" | "empty" | "children">) {
  if (read?.data === undefined && read?.isError) return <Failed error={read.error} retry={read.refetch} />;
  if (read?.isPending) return <Loading />;
  if (empty !== undefined && empty !== null && empty !== false) return empty;
  return children;
}

const isForbidden = (error: Error | null | undefined) =>
  error instanceof PilotageError && error.code === "forbidden";

/** Only what takes a moment is announced; a flash of "loading" helps nobody. */
export function Loading() {
  const t = useWords(FRAME);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles["state"]} role="status">
      {late ? (
        <>
          <Loader size="sm" aria-hidden />
          <p>{t("loading")} …</p>
        </>
      ) : null}
    </div>
  );
}

export function Failed({ error, retry }: { error: Error | null; retry?: () => unknown }) {
  const t = useWords(FRAME);
  return (
    <div className={styles["state"]} role="alert">
      <span className={styles["bad"]}>
        <Icon name="warn" size={24} />
      </span>
      <h2>{t("failed")}</h2>
      <ErrorText error={error} />
      {retry === undefined ? null : (
        <Button variant="default" leftSection={<Icon name="refresh" />} onClick={() => void retry()}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}

/** What happened, and what to do: in German by its code, with the program's more exact words beside it. */
export function ErrorText({ error }: { error: Error | null }) {
  const t = useWords(FRAME);
  const { locale } = useIntl();
  if (!(error instanceof PilotageError) || error.cause !== undefined)
    return (
      <div className={styles["error"]}>
        <p>{t("unreachable")}</p>
        <p>{t("unreachableHint")}</p>
      </div>
    );
  const exact = (
    <>
      <p>{error.message}</p>
      {error.hint === undefined ? null : <p>{error.hint}</p>}
    </>
  );
  if (languageOf(locale) === "en") return <div className={styles["error"]}>{exact}</div>;
  return (
    <div className={styles["error"]}>
      <p>{GERMAN_ERRORS[error.code]}</p>
      <details className={styles["exact"]}>
        <summary>{t("exactly")}</summary>
        <div lang="en">{exact}</div>
      </details>
    </div>
  );
}

export function NotPermitted() {
  const t = useWords(FRAME);
  const workflow = useWorkflow();
  return (
    <div className={styles["state"]}>
      <Icon name="stop" size={24} />
      <h2>{t("notPermitted")}</h2>
      <p>{t("notPermittedWhat", { who: workflow?.support?.contact ?? t("notPermittedWho") })}</p>
    </div>
  );
}

/** What will appear here, why it matters, and one button to get it. */
export function Empty({
  icon = "unknown",
  title,
  children,
  action,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles["state"]}>
      <Icon name={icon} size={24} />
      <h2>{title}</h2>
      {children === undefined ? null : <div className={styles["teaches"]}>{children}</div>}
      {action}
    </div>
  );
}

/** A part of a page with its own heading. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={styles["section"]}>
      <div className={styles["sectionHead"]}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
