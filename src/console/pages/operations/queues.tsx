/** What waits for what, with the age of the oldest; and how many cases stand in each state. */
import { Link } from "@tanstack/react-router";
import type { Reply } from "../../data/api.ts";
import { useWorkflow } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { CaseState, StatusWord } from "../../parts/status-word.tsx";
import styles from "./operations.module.css";
import { OPERATIONS, QUEUE_WORDS } from "./words.ts";

type Queue = Reply<"getOperations">["queues"][number];

export function Queues({ queues, states }: { queues: readonly Queue[]; states: Record<string, number> }) {
  const t = useWords(OPERATIONS);
  const queue = useWords(QUEUE_WORDS);
  const formats = useFormats();
  const workflow = useWorkflow();
  const held = Object.entries(states).filter(([, cases]) => cases > 0);
  return (
    <>
      <Section title={t("queues")}>
        <DataTable
          caption={t("queues")}
          rows={queues}
          idOf={(row) => row.name}
          empty={null}
          columns={[
            { id: "queue", head: t("queue"), cell: (row) => queue(row.name) },
            { id: "waiting", head: t("waiting"), number: true, cell: (row) => formats.number(row.waiting) },
            { id: "oldest", head: t("oldest"), cell: (row) => <RelativeTime at={row.oldestAt} /> },
            {
              id: "overdue",
              head: t("overdue"),
              number: true,
              cell: (row) =>
                row.overdue === 0 ? (
                  formats.number(0)
                ) : (
                  <StatusWord plain tone="attention" word={formats.number(row.overdue)} />
                ),
            },
          ]}
        />
      </Section>
      <Section title={t("states")}>
        {held.length === 0 ? (
          <p className={styles["soft"]}>{t("statesNone")}</p>
        ) : (
          <ul className={styles["states"]}>
            {held.map(([state, cases]) => (
              <li key={state}>
                <Link
                  to="/cases"
                  search={{ ...(workflow === undefined ? {} : { workflow: workflow.name }), state }}
                >
                  <CaseState state={state} /> <b>{formats.number(cases)}</b>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}
