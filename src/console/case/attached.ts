/**
 * The attachments of a case in front of somebody: which one is shown, at which page, which ones have been on screen, and
 * the texts of their pages, as far as they have been read.
 *
 * Each is loaded once, when it is first shown, and let go with the case.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call } from "../data/api.ts";
import { placeIn, type Place } from "./evidence.ts";
import { kindOf, openSheets, type Sheets } from "./sheets.ts";

export interface Attachment {
  no: number;
  name?: string;
  mediaType: string;
  size: number;
}

export interface Opened {
  bytes: Uint8Array<ArrayBuffer>;
  /** Undefined: it cannot be read as what it is called. */
  sheets: Sheets | undefined;
}

export interface FoundPlace extends Place {
  attachment: Attachment;
}

export interface Attached {
  all: readonly Attachment[];
  shown: Attachment | undefined;
  show(no: number | undefined): void;
  pageOf(no: number): number;
  turnTo(no: number, page: number): void;
  /** Asks for it, or answers what was asked for before. */
  load(attachment: Attachment): Promise<Opened>;
  /** Asks anew after a failure. */
  forget(no: number): void;
  seen: ReadonlySet<number>;
  saw(no: number): void;
  /** Can be shown, and has not been on screen. */
  unseen: readonly Attachment[];
  texts: Readonly<Record<number, readonly string[]>>;
  read(no: number, pages: readonly string[]): void;
  /** Where a value stands: the one that is shown first, its page first. */
  find(value: unknown): FoundPlace | undefined;
}

export const nameOf = (one: Attachment) => one.name ?? `${one.no} · ${one.mediaType}`;

/** `open`: the first one is shown without being asked for. Fresh for each case. */
export function useAttached(
  caseId: string,
  all: readonly Attachment[],
  { open = false }: { open?: boolean } = {},
): Attached {
  const [no, setNo] = useState<number | undefined>(() =>
    open ? (all.find((one) => kindOf(one) !== "other") ?? all[0])?.no : undefined,
  );
  const [pages, setPages] = useState<Readonly<Record<number, number>>>({});
  const [texts, setTexts] = useState<Attached["texts"]>({});
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  const loaded = useRef(new Map<number, Promise<Opened>>());

  useEffect(() => {
    const held = loaded.current;
    return () => {
      for (const one of held.values())
        one.then(
          ({ sheets }) => sheets?.close(),
          () => undefined,
        );
      held.clear();
    };
  }, []);

  const load = useCallback(
    (attachment: Attachment) => {
      const before = loaded.current.get(attachment.no);
      if (before !== undefined) return before;
      const opened = (async (): Promise<Opened> => {
        const bytes = (await call("getAttachment", {
          params: { case: caseId, no: String(attachment.no) },
        })) as Uint8Array<ArrayBuffer>;
        return { bytes, sheets: await openSheets(kindOf(attachment), bytes).catch(() => undefined) };
      })();
      loaded.current.set(attachment.no, opened);
      return opened;
    },
    [caseId],
  );
  const forget = useCallback((which: number) => void loaded.current.delete(which), []);
  const saw = useCallback(
    (which: number) => setSeen((before) => (before.has(which) ? before : new Set(before).add(which))),
    [],
  );
  const read = useCallback(
    (which: number, found: readonly string[]) => setTexts((before) => ({ ...before, [which]: found })),
    [],
  );
  const turnTo = useCallback(
    (which: number, page: number) => setPages((before) => ({ ...before, [which]: page })),
    [],
  );
  const unseen = useMemo(
    () => all.filter((one) => kindOf(one) !== "other" && !seen.has(one.no)),
    [all, seen],
  );
  return {
    all,
    shown: all.find((one) => one.no === no),
    show: setNo,
    pageOf: (which) => pages[which] ?? 1,
    turnTo,
    load,
    forget,
    seen,
    saw,
    unseen,
    texts,
    read,
    find(value) {
      for (const attachment of all.toSorted((a, b) => Number(b.no === no) - Number(a.no === no))) {
        const place = placeIn(texts[attachment.no] ?? [], value, pages[attachment.no] ?? 1);
        if (place !== undefined) return { ...place, attachment };
      }
      return undefined;
    },
  };
}
