/**
 * How good the work of a workflow's release is, and what may go out alone: one section for each question, each with its own read.
 *
 * A new section is one more entry of `SECTIONS`; the page knows nothing of what they show.
 */
import type { ComponentType } from "react";
import { useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { NoWorkflow } from "../../parts/no-workflow.tsx";
import { Page } from "../../parts/page.tsx";
import { Bounds } from "./bounds.tsx";
import { Calibration } from "./calibration.tsx";
import { Comparison } from "./comparison.tsx";
import { Disagreements } from "./disagreements.tsx";
import { Gates } from "./gates.tsx";
import { Runs } from "./runs.tsx";
import { Standing } from "./standing.tsx";
import { Thresholds } from "./thresholds.tsx";
import { QUALITY } from "./words.ts";

const SECTIONS: readonly ComponentType<{ workflow: string }>[] = [
  Standing,
  Thresholds,
  Bounds,
  Disagreements,
  Calibration,
  Runs,
  Comparison,
  Gates,
];

export default function QualityPage() {
  const t = useWords(QUALITY);
  const workflow = useWorkflow();
  if (workflow === undefined)
    return (
      <NoWorkflow title={t("title")} icon="quality">
        <p>{t("what")}</p>
      </NoWorkflow>
    );
  return (
    <Page title={t("title")} needs="workflow.see" sentence={t("what")}>
      {SECTIONS.map((Section, at) => (
        <Section key={`${workflow.name} ${at}`} workflow={workflow.name} />
      ))}
    </Page>
  );
}
