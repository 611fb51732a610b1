/** A section of the page with its read: loading, failed, not permitted, empty, or what it shows. */
import type { ReactNode } from "react";
import { PilotageError } from "../../../contract/errors.ts";
import { Failed, Loading, NotPermitted, Section } from "../../parts/page.tsx";
import styles from "./quality.module.css";

interface Read<T> {
  data: T | undefined;
  isError: boolean;
  error: Error | null;
  refetch: () => unknown;
}

export function Part<T>({
  title,
  read,
  empty,
  isEmpty,
  aside,
  children,
}: {
  title: string;
  read: Read<T>;
  /** What stands here while there is nothing to show. */
  empty: ReactNode;
  isEmpty?: (data: T) => boolean;
  aside?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  return (
    <Section title={title} aside={aside}>
      <Content read={read} empty={empty} isEmpty={isEmpty ?? (() => false)}>
        {children}
      </Content>
    </Section>
  );
}

function Content<T>({
  read,
  empty,
  isEmpty,
  children,
}: {
  read: Read<T>;
  empty: ReactNode;
  isEmpty: (data: T) => boolean;
  children: (data: T) => ReactNode;
}) {
  const { data, isError, error, refetch } = read;
  const code = error instanceof PilotageError ? error.code : undefined;
  const nothing = typeof empty === "string" ? <p className={styles["soft"]}>{empty}</p> : empty;
  if (isError && code === "forbidden") return <NotPermitted />;
  // Without an AI release, or without an answer of it, there is nothing to look at yet.
  if (isError && code === "wrong_state") return nothing;
  if (data === undefined) return isError ? <Failed error={error} retry={refetch} /> : <Loading />;
  return isEmpty(data) ? nothing : <div className={styles["part"]}>{children(data)}</div>;
}
