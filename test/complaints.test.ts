/**
 * The answers of 14 language models to 600 complaints, measured and judged by the program: equal to what the data's own file
 * expects, in one order under the gate. Skipped where the data does not lie beside the checkout.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readRows } from "./support/csv-rows.ts";
import { judgeCriterion, type Criterion } from "../src/releases/criterion.ts";
import { judgeGate } from "../src/releases/gate.ts";
import { classTable, measure, type Item } from "../src/releases/measure.ts";
import { compileSchema } from "../src/definition/schema.ts";
import { mulberry32, quantile } from "../src/statistics/bootstrap.ts";
import { classify, confusions } from "../src/statistics/classification.ts";
import { compareReleases } from "../src/statistics/comparison.ts";
