/** That a workflow's rollout is held or was rolled back, why, and the way to its page. Nothing where it runs. */
import { Link } from "@tanstack/react-router";
import type { Alarm } from "../../contract/rollout.ts";
import { useFormats } from "../locales/formats.ts";
import { ALARM_WORDS, STOPPED } from "../locales/rollout.ts";
import { useSay, useWords } from "../locales/words.ts";
import { sameWorkflow } from "../shell/same-workflow.ts";
import { StatusWord } from "./status-word.tsx";

interface Stopped {
  id: string;
  release: string;
  state: "held" | "rolled_back";
  alarm: Alarm | null;
  at: string;
}

export function StoppedRollout({ stopped }: { stopped: Stopped | null }) {
  const t = useWords(STOPPED);
  const say = useSay();
  const formats = useFormats();
  if (stopped === null) return null;
  const { id, release, state, alarm, at } = stopped;
  return (
    <p style={{ margin: 0 }}>
      <StatusWord tone={state === "held" ? "attention" : "bad"} word={t(state)} /> {release},{" "}
      {formats.when(at)}: {alarm === null ? t("byPerson") : say(ALARM_WORDS[alarm])}.{" "}
      <Link to="/rollout" search={(now: { workflow?: string }) => ({ ...sameWorkflow(now), rollout: id })}>
        {t("toRollout")}
      </Link>
    </p>
  );
}
