/** The models of the workflow, and whether they are asked: one that kept failing is left alone until its next trial. */
import type { Reply } from "../../data/api.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

type Model = Reply<"getOperations">["models"][number];

const TONES: Record<Model["state"], Tone> = { closed: "good", open: "bad", trying: "attention" };

export function Models({ models }: { models: readonly Model[] }) {
  const t = useWords(OPERATIONS);
  return (
    <Section title={t("models")}>
      <DataTable
        caption={t("models")}
        rows={models}
        idOf={(row) => `${row.connection} ${row.model}`}
        empty={<p className={styles["soft"]}>{t("modelsNone")}</p>}
        columns={[
          {
            id: "model",
            head: t("model"),
            cell: (row) => (
              <>
                {row.connection} {row.model === "" ? null : <code>{row.model}</code>}
              </>
            ),
          },
          {
            id: "state",
            head: t("modelState"),
            cell: (row) => <StatusWord plain tone={TONES[row.state]} word={t(`modelIs.${row.state}`)} />,
          },
          { id: "since", head: t("modelSince"), cell: (row) => <RelativeTime at={row.since} /> },
          { id: "trial", head: t("modelTrial"), cell: (row) => <RelativeTime at={row.nextTrialAt} /> },
          {
            id: "because",
            head: t("modelBecause"),
            wideOnly: true,
            cell: (row) => (row.because === null ? "–" : <code>{row.because}</code>),
          },
        ]}
      />
    </Section>
  );
}
