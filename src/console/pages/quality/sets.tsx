/** The evaluation sets of a workflow: what each holds and proves; choosing one shows the runs over it alone. */
import { Button } from "@mantine/core";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { Worth } from "./run-shown.tsx";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";
import type { EvaluationSet } from "./runs-of-sets.ts";

export function Sets({
  sets,
  chosen,
  choose,
}: {
  sets: readonly EvaluationSet[];
  chosen: string | undefined;
  choose: (set: string | undefined) => void;
}) {
  const t = useWords(RUNS);
  const formats = useFormats();
  return (
    <DataTable
      caption={t("sets")}
      rows={sets}
      idOf={(set) => set.id}
      empty={null}
      columns={[
        {
          id: "name",
          head: t("set"),
          cell: (set) => {
            const name = `${set.name}@${set.version}`;
            return (
              <Button
                size="compact-sm"
                variant={set.id === chosen ? "filled" : "subtle"}
                aria-pressed={set.id === chosen}
                aria-label={t("showRunsOf", { set: name })}
                onClick={() => choose(set.id === chosen ? undefined : set.id)}
              >
                <span className={styles["name"]}>{name}</span>
              </Button>
            );
          },
        },
        {
          id: "worth",
          head: t("worth"),
          cell: (set) => (
            <span className={styles["stack"]}>
              <Worth set={set} />
              {set.classesDiffer === null ? null : (
                <span className={styles["soft"]}>{t("classesDiffer")}</span>
              )}
            </span>
          ),
        },
        {
          id: "items",
          head: t("items"),
          number: true,
          cell: (set) =>
            set.removed === 0
              ? formats.number(set.items)
              : t("itemsGone", {
                  n: formats.number(set.items - set.removed),
                  removed: formats.number(set.removed),
                }),
        },
        { id: "looks", head: t("looks"), number: true, cell: (set) => formats.number(set.looks) },
        { id: "made", head: t("made"), wideOnly: true, cell: (set) => <RelativeTime at={set.importedAt} /> },
      ]}
    />
  );
}

/** How a set comes to be, as commands that can be copied. */
export function HowToMakeOne({ workflow }: { workflow: string }) {
  const t = useWords(RUNS);
  return (
    <div className={styles["how"]}>
      <p>{t("setsNone")}</p>
      <ul>
        <li>
          {t("setFromCases")}
          <code>pilotage evaluation collect {workflow} --name tickets-may</code>
        </li>
        <li>
          {t("setFromFile")}
          <code>pilotage evaluation import {workflow} tickets.ndjson --name tickets-may</code>
        </li>
      </ul>
    </div>
  );
}
