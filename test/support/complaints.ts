/** The answers and seconds of 14 language models to 600 complaints, as items of evaluation runs. Data beside the checkout. */
import { parse } from "csv-parse/sync";
import { existsSync, readFileSync } from "node:fs";
import type { Item } from "../../src/releases/measure.ts";

export interface ModelAnswers {
  model: string;
  items: Item[];
  milliseconds: number[];
}

/** What the data's own file says of a model. */
export interface ExpectedModel {
  correct: number;
  accuracy: number;
  macro_f1_over_5_classes: number;
  labels_outside_taxonomy: Record<string, number>;
  seconds_median: number;
  seconds_max: number;
}

export interface Complaints {
  classes: string[];
  models: ModelAnswers[];
  expected: Record<string, ExpectedModel>;
}

const FOLDER = new URL("../../../shared/data/complaints-14-models/", import.meta.url);

/** Undefined where the data does not lie beside the checkout. */
export function readComplaints(): Complaints | undefined {
  const [answers, expectations] = [new URL("complaints.csv", FOLDER), new URL("expected.json", FOLDER)];
  if (!existsSync(answers) || !existsSync(expectations)) return undefined;
  const [head, ...rows] = parse(readFileSync(answers, "utf8"));
  const expected = JSON.parse(readFileSync(expectations, "utf8")) as {
    classes: string[];
    models: Record<string, ExpectedModel>;
  };
  const models = head!.flatMap((column, i) => {
    const model = /^(.*)_prediction$/.exec(column)?.[1];
    if (model === undefined) return [];
    return [
      {
        model,
        items: rows.map((row) => ({
          answers: [{ answer: { product: row[i]! } }],
          truth: { product: row[1]! },
        })),
        // The seconds of a model stand right of its answers.
        milliseconds: rows.map((row) => Math.round(Number(row[i + 1]) * 1_000)),
      },
    ];
  });
  return { classes: expected.classes, models, expected: expected.models };
}

/** The same answers, complaint by complaint, as a model service gives them. */
export interface Replay {
  complaints: { no: string; narrative: string; product: string }[];
  classes: string[];
  expected: Record<string, ExpectedModel>;
  /** In the order of the complaints. */
  answers: Record<string, { product: string; seconds: number }[]>;
}

/** Undefined where the data does not lie beside the checkout. */
export function readReplay(): Replay | undefined {
  const [file, expectations] = [new URL("complaints.csv", FOLDER), new URL("expected.json", FOLDER)];
  if (!existsSync(file) || !existsSync(expectations)) return undefined;
  const [head, ...rows] = parse(readFileSync(file, "utf8"));
  const { classes, models } = JSON.parse(readFileSync(expectations, "utf8")) as {
    classes: string[];
    models: Record<string, ExpectedModel>;
  };
  const text = head!.indexOf("narrative");
  const answers = Object.fromEntries(
    Object.keys(models).map((model) => {
      const at = head!.indexOf(`${model}_prediction`);
      return [model, rows.map((row) => ({ product: row[at]!, seconds: Number(row[at + 1]) }))];
    }),
  );
  const complaints = rows.map((row, i) => ({ no: String(i + 1), narrative: row[text]!, product: row[1]! }));
  return { complaints, classes, expected: models, answers };
}
