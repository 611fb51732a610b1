/**
 * A field that gets the focus leads to its evidence: in what came in, else in an attachment's text, whose page is turned to.
 *
 * Once for each time a field is entered: what somebody types there does not turn pages under their eyes. Where source and
 * form lie below each other, the field keeps its place.
 */
import { useEffect, useRef, type RefObject } from "react";
import type { Attached, FoundPlace } from "../../case/attached.ts";

export function useToEvidence(
  focused: string | undefined,
  found: FoundPlace | undefined,
  parts: {
    attached: Pick<Attached, "show" | "turnTo">;
    source: RefObject<HTMLElement | null>;
    column: RefObject<HTMLElement | null>;
  },
): void {
  const { attached, source, column } = parts;
  useEffect(() => {
    if (focused !== undefined) source.current?.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }, [focused, source]);

  const wentFor = useRef<string | undefined>(undefined);
  const no = found?.attachment.no;
  const page = found?.page;
  useEffect(() => {
    if (focused === undefined) wentFor.current = undefined;
    if (focused === undefined || no === undefined || page === undefined || wentFor.current === focused)
      return;
    wentFor.current = focused;
    attached.show(no);
    attached.turnTo(no, page);
    if (source.current?.querySelector("mark") || column.current === null) return;
    if (getComputedStyle(column.current).overflowY === "visible") return;
    column.current.querySelector("[data-attachments]")?.scrollIntoView({ block: "nearest" });
    // `attached` is new with each look; what it does is the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [focused, no, page, source, column]);
}
