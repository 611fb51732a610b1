/**
 * What a worker answers beside live cases: in shadow, and over evaluation sets. Live cases come first.
 *
 * Put together here, so that app.ts starts and ends it as one.
 */
import type { NewId } from "../platform/chance.ts";
import type { Log } from "../platform/log.ts";
import { answeringEvaluations, type EvaluationParts } from "./evaluation-answer.ts";
import { openEvaluations, type Evaluations } from "./evaluation-run.ts";
import { emptyLateAnswers, removeOverSets } from "./evaluation-keep.ts";
import { removeUnfinished } from "./evaluation-writer.ts";
import type { SampleSources } from "./certification-sample.ts";
import { setSample } from "./set-sample.ts";
import { answeringShadows, type ShadowParts } from "./shadow-answer.ts";
import { shadowSample } from "./shadow-sample.ts";
import { scoreShadows, type ScoreParts } from "./shadow-score.ts";
import { openShadows, type Shadows } from "./shadow.ts";

/** What is asked for from outside: settings of shadow, runs over sets. */
export function openTrials(parts: Parameters<typeof openEvaluations>[0]): {
  shadows: Shadows;
  evaluations: Evaluations;
} {
  return { shadows: openShadows(parts), evaluations: openEvaluations(parts) };
}

/** The sources of certificates that are not labels of a release's own cases. */
export function trialSources(parts: ScoreParts): Pick<SampleSources, "shadow" | "set"> {
  return {
    async shadow(database, request) {
      // What waits to be compared is compared first: a label of a moment ago counts.
      await scoreShadows(parts);
      return shadowSample(database, request);
    },
    set: setSample,
  };
}

export interface Beside {
  /** By what they do; each is run again so long after it ended. */
  duties: Record<string, () => Promise<void>>;
  /** Removes what dead processes left behind of sets, and sets whose time is over; every hour or so. */
  tidy(): Promise<void>;
  /** Resolves when nothing is under way any more; the signal `stopped` ends it. */
  ended(): Promise<void>;
}

export function workBeside(
  parts: Omit<ShadowParts & EvaluationParts, "failed"> & {
    log: Log;
    newId: NewId;
    /** Runs that this process was asked for. */
    whenAsked: Evaluations["whenAsked"];
  },
): Beside {
  const { database, clock, log } = parts;
  const answerShadows = answeringShadows(parts);
  const evaluations = answeringEvaluations({
    ...parts,
    failed: (run, error) =>
      log.warn(
        { err: error instanceof Error ? error.message : String(error), run },
        "an evaluation was broken off; it goes on",
      ),
  });
  // What fails here is tried again with the next look.
  parts.whenAsked(() => void evaluations.look().catch(() => undefined));
  let shadowing: Promise<void> | undefined;
  return {
    duties: {
      "answering in shadow": () => (shadowing = answerShadows()),
      "comparing what was answered in shadow": async () => void (await scoreShadows(parts)),
      evaluating: evaluations.look,
    },
    async tidy() {
      await removeUnfinished(database, clock.now());
      await removeOverSets(parts);
      await emptyLateAnswers(database, clock.now());
    },
    async ended() {
      await Promise.all([shadowing?.catch(() => undefined), evaluations.ended()]);
    },
  };
}
