/**
 * How good the work of a workflow's release is, and what may go out alone: one section for each question, each with its own read.
 *
 * First what was judged and waits for somebody, then what is in force and what speaks for it, last what it was measured by. A new
 * section is one more entry of `SECTIONS`; the page knows nothing of what they show.
 */
import type { ComponentType } from "react";
import { useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { NoWorkflow } from "../../parts/no-workflow.tsx";
import { PageSections } from "../../parts/page-sections.tsx";
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

/** Each under the name by which an address leads to it. */
const SECTIONS = {
  gates: Gates,
  standing: Standing,
  thresholds: Thresholds,
  errors: Bounds,
  disagreements: Disagreements,
  calibration: Calibration,
  runs: Runs,
  comparison: Comparison,
} satisfies Record<string, ComponentType<{ workflow: string }>>;
const NAMES = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[];

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
      <PageSections
        key={workflow.name}
        sections={NAMES.map((id) => {
          const Section = SECTIONS[id];
          return { id, word: t(`to.${id}`), content: <Section workflow={workflow.name} /> };
        })}
      />
    </Page>
  );
}
