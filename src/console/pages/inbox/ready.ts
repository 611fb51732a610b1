/**
 * Whether the evidence of a case has been on screen: what came in, and every attachment that can be shown.
 *
 * Before that nothing is approved, so that a key held down cannot approve what nobody saw. An attachment that cannot be
 * shown has to have said so on screen, and so has a text that is cut; then a person may decide, knowing it.
 */
import { useCallback, useMemo, useState, type RefObject } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import type { Attached, Attachment } from "../../case/attached.ts";
import { useOnScreen } from "../../case/on-screen.ts";
import { cutsOf } from "../../case/source.tsx";

export interface Readiness {
  ready: boolean;
  /** What has not been on screen yet; of texts that are cut the first. */
  waitsFor: { source: boolean; cut: string | undefined; attachments: readonly Attachment[] };
  /** To be told of a cut text whose head has been on screen. */
  cutSeen: (path: string) => void;
}

export function useReady(
  { caseId, input }: { caseId: string; input: JsonObject },
  source: RefObject<HTMLElement | null>,
  { unseen }: Pick<Attached, "unseen">,
): Readiness {
  const [painted, setPainted] = useState<string>();
  useOnScreen(source, caseId, () => setPainted(caseId));
  const cuts = useMemo(() => cutsOf(input), [input]);
  const [known, setKnown] = useState<readonly string[]>([]);
  const cutSeen = useCallback((path: string) => setKnown((before) => [...before, path]), []);
  const there = painted === caseId;
  const cut = cuts.find((path) => !known.includes(path));
  return {
    ready: there && cut === undefined && unseen.length === 0,
    waitsFor: { source: !there, cut, attachments: unseen },
    cutSeen,
  };
}
