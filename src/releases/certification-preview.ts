/**
 * What a threshold would mean before it is certified: how many cases it lets out, and whether it could be proved.
 *
 * Pure. Coverage comes from traffic and labels are only counted, so that a preview tells nothing of what a look would find:
 * how many of them were wrong is shown of the last look, or where the labels lie open (label-opening.ts).
 */
import { acceptanceNumber, GRID, tally } from "../statistics/certification.ts";
import { alwaysValidInterval } from "../statistics/proportion.ts";
import { calibrated, type Curve } from "./calibration.ts";
import {
  deltaOf,
  judgeSample,
  type GroupStart,
  type Look,
  type LookPlan,
  type StoredEvidence,
} from "./certification.ts";
import type { CertificationSample } from "./certification-sample.ts";

export interface PreviewRow {
  /** In the model's own confidence. */
  threshold: number;
  /** What that is worth by the calibration; null without one. */
  calibrated: number | null;
  /** The share of the answered cases at or above it. */
  coverage: number;
  /** The labelled cases there, and how many of them may be wrong at the next look; -1: not even one without a fault would do. */
  labels: number;
  mayBeWrong: number;
  /** What was wrong there: of the last look, or of labels that lie open. With bounds that may be read at any time. */
  seen: { n: number; errors: number; lower: number; upper: number; of: "look" | "open" } | null;
}

export interface PreviewGiven {
  sample: Pick<CertificationSample, "labels" | "traffic">;
  grid: readonly number[];
  curve: Curve | undefined;
  /** Set where the labels lie open. */
  starts: readonly GroupStart[] | undefined;
  /** Of the look that would come next. */
  look: number;
  target: number;
  confidence: number;
  per: "all" | "category";
  /** What the last look of this release and step saw; it is written down, and no secret. */
  last: StoredEvidence | undefined;
}

export interface Previewed {
  rows: PreviewRow[];
  /** What a look would find now; undefined where labels are not open and a threshold would be tested. */
  now: Pick<Look, "result" | "threshold" | "coverage" | "bound" | "moreLabels"> | undefined;
  /** Labels that are missing before the next look tests anything at all; 0: it would test. */
  missing: number;
}

export function previewOf(given: PreviewGiven): Previewed {
  const { sample, grid, curve, starts, look, target, confidence } = given;
  const { at, traffic } = tally(sample.labels, sample.traffic, grid);
  const delta = deltaOf(look, confidence);
  const rows = grid.map((threshold, i): PreviewRow => {
    const counts = at[i]!;
    return {
      threshold,
      calibrated: curve ? calibrated(curve, threshold) : null,
      coverage: traffic === 0 ? 0 : counts.traffic / traffic,
      labels: counts.n,
      mayBeWrong: acceptanceNumber(counts.n, target, delta, starts ? "anytime" : "once"),
      seen: starts ? boundsOf(counts, "open") : seenBefore(given.last, threshold),
    };
  });
  const plan: LookPlan = { look, target, confidence, per: given.per, grid, starts };
  const judged = judgeSample(sample, plan);
  const tests = judged.spent;
  const { result, threshold, coverage, bound, moreLabels } = judged;
  return {
    rows,
    // A look that tests nothing looks at no label: that much may be told.
    now: starts || !tests ? { result, threshold, coverage, bound, moreLabels } : undefined,
    missing: tests ? 0 : (judged.moreLabels ?? 0),
  };
}

const ALPHA = 0.05;

function boundsOf({ n, errors }: { n: number; errors: number }, of: "look" | "open"): PreviewRow["seen"] {
  return n === 0 ? null : { n, errors, ...alwaysValidInterval(errors, n, ALPHA), of };
}

/** All groups of the last look at this threshold, where it was on its grid. */
function seenBefore(last: StoredEvidence | undefined, threshold: number): PreviewRow["seen"] {
  const place = last?.grid.indexOf(threshold) ?? -1;
  if (!last || place < 0) return null;
  // By category, the group of all others is a sum of categories that are there by themselves, too.
  const byCategory = last.groups.some(({ category }) => category !== null);
  const groups = last.groups.filter(({ category }) => !byCategory || category !== null);
  const sum = (which: 0 | 1) => groups.reduce((all, group) => all + group.at[place]![which], 0);
  return boundsOf({ n: sum(0), errors: sum(1) }, "look");
}

/**
 * The rows that a person looks at first: every fifth hundredth of the grid, and the one that was asked for. Of thresholds that
 * let out the same cases the loosest stands for all.
 */
export function fewRows(rows: readonly PreviewRow[], wanted: number | undefined): PreviewRow[] {
  const worth = (row: PreviewRow) => row.calibrated ?? row.threshold;
  const places = GRID.filter((value) => Math.round(value * 100) % 5 === 0 || value === GRID[0]);
  const chosen = new Set(
    [...places, ...(wanted === undefined ? [] : [wanted])].flatMap(
      (place) => rows.find((row) => worth(row) <= place + 1e-9) ?? [],
    ),
  );
  const asked = rows.find((row) => wanted !== undefined && worth(row) <= wanted + 1e-9);
  const few = rows.filter((row) => chosen.has(row));
  return few.filter((row, i) => {
    const looser = few[i + 1];
    return row === asked || !looser || looser.coverage !== row.coverage || looser.labels !== row.labels;
  });
}
