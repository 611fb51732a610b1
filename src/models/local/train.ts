/**
 * Trains the local model from labelled examples: one logistic regression per head, then the confidence of the whole answer.
 *
 * Confidence is measured on answers to examples that the answering model had not learned from (cross-fitting); the stored
 * model then learns from all. Pure and repeatable: the same job gives the same bytes. trainer.ts runs it in a thread of its own.
 */
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { mulberry32 } from "../../statistics/bootstrap.ts";
import { calibrationError } from "../../statistics/calibration.ts";
import { encodeModel, featuresThatFit, quantise, type StoredHead } from "./bytes.ts";
import { complete, confidenceOf, fitConfidence, type CaseOutcome } from "./confidence.ts";
import { featureExtractor, readText, spreadHash } from "./features.ts";
import { fitRegression, mostProbable, probabilities, type LinearModel } from "./regression.ts";
import { chooseVocabulary, vectorise, type SparseVector } from "./vocabulary.ts";

export interface TrainingExample {
  /** The case input after the data policy, as the model will get it. */
  input: JsonObject;
  /** The right answer. A head whose value is not a string here is not learned from this example. */
  output: JsonObject;
}

export interface TrainingJob {
  examples: TrainingExample[];
  /** Output fields (enums) to predict. */
  heads: string[];
  /** Dotted input paths with text. */
  textFields: string[];
  /** Dotted input paths with an enum or boolean. */
  categoryFields: string[];
  seed: number;
}

export interface TrainingReport {
  examples: number;
  /** Number of classes per head. */
  classes: Record<string, number>;
  /** Hashed features that the model knows. */
  features: number;
  /** Examples answered by a model that had not learned from them, with all heads known; the figures below rest on these. */
  heldOut: number;
  /** Share of the held-out answers with all heads right; `null` when there were none. */
  holdoutAccuracy: number | null;
  /** Calibration error of the confidence over ten bins, with curves fitted on the other half of the held-out answers. */
  holdoutEce: number | null;
  /** Per head: examples with a known value, and the share of held-out answers that were right. */
  heads: Record<string, { examples: number; holdoutAccuracy: number | null }>;
  epochs: number;
  folds: number;
}

export interface TrainedModel {
  bytes: Uint8Array;
  report: TrainingReport;
}

/** Stored bytes stay under 10 MB; what is left is for the header. */
const MAX_BYTES = 9_500_000;

/** Passes over the examples: about this many steps in all, within the two limits. */
const AIMED_STEPS = 40_000;
const FEWEST_EPOCHS = 8;
const MOST_EPOCHS = 20;

const FOLDS = 5;

/** Above so much work in all (some twenty seconds of one core), one fifth is held out once instead of each in turn. */
const MAX_WORK = 2e10;

/** Reaching a feature's row of weights costs about as much as working on so many classes. */
const ROW_WORK = 40;

/** With fewer examples than this, a feature seen once still counts. */
const FEW_EXAMPLES = 50;

/** Everything that the steps of training share. */
interface Prepared {
  vectors: SparseVector[];
  features: number;
  /** Fold per example. Equal texts share a fold, or a copy of a held-out text would be learned from. */
  foldOf: Int32Array;
  rounds: number;
  epochs: number;
  seed: number;
  onEpoch: () => void;
}

interface Head {
  field: string;
  classes: string[];
  /** Class per example; -1 where the example has no value. */
  targets: Int32Array;
}

/**
 * Trains a model and reports how it did on held-out examples.
 *
 * `onProgress` gets the share done, 0 to 1, rising. Throws `definition_invalid` when there is no head, a head is named twice
 * or no example has a value for a head.
 */
export function trainLocal(job: TrainingJob, onProgress: (share: number) => void = () => {}): TrainedModel {
  const heads = readHeads(job);
  const extract = featureExtractor(job);
  const limit = featuresThatFit(
    MAX_BYTES,
    heads.map((head) => head.classes.length),
  );
  // Counted one by one and extracted a second time below: keeping the counts of long texts would double the memory.
  const counts = job.examples.values().map(({ input }) => extract(input));
  const vocabulary = chooseVocabulary(counts, job.examples.length < FEW_EXAMPLES ? 1 : 2, limit);
  const vectors = job.examples.map(({ input }) => vectorise(extract(input), vocabulary));
  const plan = planRounds(vectors, heads);
  const passes = heads.length * (plan.rounds + 1) * plan.epochs;
  let passed = 0;
  const prepared: Prepared = {
    ...plan,
    vectors,
    features: vocabulary.rarity.length,
    foldOf: Int32Array.from(job.examples, ({ input }, row) =>
      foldOf(readText(input, job.textFields), row, job.seed),
    ),
    seed: job.seed,
    onEpoch: () => onProgress(++passed / passes),
  };

  const trained = heads.map((head, index) => trainHead(head, index, prepared));
  const cases = job.examples.map((_, row) => trained.map((head) => head.outcomes[row]));
  const bytes = encodeModel({
    fields: job,
    seed: job.seed,
    unknownRarity: vocabulary.unknownRarity,
    buckets: vocabulary.buckets,
    rarity: vocabulary.rarity,
    confidence: fitConfidence(heads.length, cases),
    heads: trained.map((head) => head.stored),
  });
  return { bytes, report: report(heads, cases, prepared) };
}

/** Cross-fits one head for its held-out outcomes, then fits it on all examples. */
function trainHead(
  head: Head,
  index: number,
  prepared: Prepared,
): { stored: StoredHead; outcomes: CaseOutcome } {
  const known = [...head.targets.keys()].filter((row) => head.targets[row]! >= 0);
  const outcomes: CaseOutcome = Array.from(head.targets, () => undefined);
  for (let fold = 0; fold < prepared.rounds; fold++) {
    const learned = known.filter((row) => prepared.foldOf[row] !== fold);
    if (learned.length === 0) continue;
    const model = fit(head, learned, prepared, index * (FOLDS + 1) + fold);
    for (const row of known) {
      if (prepared.foldOf[row] !== fold) continue;
      const shares = probabilities(model, prepared.vectors[row]!);
      const best = mostProbable(shares);
      outcomes[row] = { raw: shares[best]!, right: best === head.targets[row] };
    }
  }
  const { offsets, weights } = fit(head, known, prepared, index * (FOLDS + 1) + FOLDS);
  const { field, classes } = head;
  return { stored: { field, classes, offsets, ...quantise(weights, classes.length) }, outcomes };
}

function fit(head: Head, rows: number[], prepared: Prepared, round: number): LinearModel {
  return fitRegression({
    ...prepared,
    targets: head.targets,
    rows: Int32Array.from(rows),
    classes: head.classes.length,
    random: mulberry32(spreadHash(prepared.seed, `round ${round}`)),
  });
}

function readHeads({ heads, examples }: TrainingJob): Head[] {
  if (heads.length === 0 || new Set(heads).size < heads.length) {
    throw new PilotageError(
      "definition_invalid",
      "The local model needs at least one output field to predict, each named once.",
      { hint: "Name the enum fields of the output under `error: { equal: [...] }`." },
    );
  }
  return heads.map((field) => {
    const values = examples.map(({ output }) => (Object.hasOwn(output, field) ? output[field] : undefined));
    // Sorted by code unit, so that the order of the examples does not decide the order of the classes.
    const classes = [...new Set(values.filter((value) => typeof value === "string"))].sort();
    if (classes.length === 0) {
      throw new PilotageError(
        "definition_invalid",
        `The local model cannot learn "${field}": none of the ${examples.length} examples has a text value for it.`,
        { hint: `Add examples whose output has "${field}", or take it out of the fields to predict.` },
      );
    }
    const numberOf = new Map(classes.map((name, number) => [name, number]));
    const targets = Int32Array.from(values, (value) =>
      typeof value === "string" ? numberOf.get(value)! : -1,
    );
    return { field, classes, targets };
  });
}

/** Decides from counts, never from measured time, how much training is worth: the same job must give the same bytes. */
function planRounds(vectors: SparseVector[], heads: Head[]): { epochs: number; rounds: number } {
  const wanted = Math.round(AIMED_STEPS / vectors.length);
  const epochs = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, wanted));
  const entries = vectors.reduce((sum, vector) => sum + vector.features.length, 0);
  const perEntry = heads.reduce((sum, head) => sum + head.classes.length + ROW_WORK, 0);
  const work = entries * perEntry * epochs * FOLDS;
  return { epochs, rounds: work > MAX_WORK ? 1 : FOLDS };
}

/** By text, so that copies share a fold; by row where there is no text, as then all would be copies of each other. */
function foldOf(text: string, row: number, seed: number): number {
  return spreadHash(seed, text.trim() === "" ? `row ${row}` : text) % FOLDS;
}

function report(heads: Head[], cases: CaseOutcome[], { features, epochs, rounds }: Prepared): TrainingReport {
  const whole = complete(cases);
  return {
    examples: cases.length,
    classes: Object.fromEntries(heads.map((head) => [head.field, head.classes.length])),
    features,
    heldOut: whole.length,
    holdoutAccuracy: shareRight(whole.map((outcomes) => outcomes.every(({ right }) => right))),
    holdoutEce: calibrationError([...confidences(cases, 0), ...confidences(cases, 1)]) ?? null,
    heads: Object.fromEntries(
      heads.map((head, index) => [
        head.field,
        {
          examples: head.targets.filter((target) => target >= 0).length,
          holdoutAccuracy: shareRight(cases.flatMap((outcomes) => outcomes[index]?.right ?? [])),
        },
      ]),
    ),
    epochs,
    folds: rounds,
  };
}

/** The confidences that one half of the held-out cases gets from curves fitted on the other half. */
function confidences(cases: CaseOutcome[], half: 0 | 1): { confidence: number; right: boolean }[] {
  const curves = fitConfidence(
    cases[0]?.length ?? 0,
    cases.filter((_, row) => row % 2 !== half),
  );
  return complete(cases.filter((_, row) => row % 2 === half)).map((outcomes) => ({
    confidence: confidenceOf(
      outcomes.map(({ raw }) => raw),
      curves,
    ).all,
    right: outcomes.every(({ right }) => right),
  }));
}

function shareRight(answers: boolean[]): number | null {
  return answers.length === 0 ? null : answers.filter(Boolean).length / answers.length;
}
