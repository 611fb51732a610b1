/**
 * Whether the evidence of a case has been on screen: what came in, and every attachment that can be shown.
 *
 * Before that nothing is approved, so that a key held down cannot approve what nobody saw. An attachment that cannot be
 * shown has to have said so on screen; then a person may decide, knowing it.
 */
import { useState, type RefObject } from "react";
import type { Attached, Attachment } from "../../case/attached.ts";
import { useOnScreen } from "../../case/on-screen.ts";

export interface Readiness {
  ready: boolean;
  /** Has not been on screen yet. */
  waitsFor: { source: boolean; attachments: readonly Attachment[] };
}

export function useReady(
  caseId: string,
  source: RefObject<HTMLElement | null>,
  { unseen }: Pick<Attached, "unseen">,
): Readiness {
  const [painted, setPainted] = useState<string>();
  useOnScreen(source, caseId, () => setPainted(caseId));
  const there = painted === caseId;
  return { ready: there && unseen.length === 0, waitsFor: { source: !there, attachments: unseen } };
}
