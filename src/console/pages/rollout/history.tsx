/** What happened, newest first; each judgement was made again from its stored numbers. */
import { ALARM_WORDS } from "../../locales/rollout.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import type { Alarm, Move } from "../../../contract/rollout.ts";
import type { Rollout } from "./page.tsx";
import { MOVE_WORDS, ROLLOUT, STATE_WORDS } from "./words.ts";

type Row = Rollout["history"][number];

export function History({ rollout }: { rollout: Rollout }) {
  const t = useWords(ROLLOUT);
  const say = useSay();
  const formats = useFormats();
  const byProgram = (row: Row) => row.by.startsWith("wrk_");
  const reason = (row: Row) => {
    if (row.reason === null) return "–";
    return byProgram(row) && Object.hasOwn(ALARM_WORDS, row.reason)
      ? say(ALARM_WORDS[row.reason as Alarm])
      : row.reason;
  };
  return (
    <Section title={t("history")}>
      <DataTable
        caption={t("history")}
        rows={rollout.history.toReversed()}
        idOf={(row) => String(row.no)}
        empty={null}
        columns={[
          { id: "at", head: t("at"), cell: (row) => formats.when(row.at) },
          {
            id: "what",
            head: t("what"),
            cell: (row) => `${say(MOVE_WORDS[row.move as Move])} → ${say(STATE_WORDS[row.to])}`,
          },
          {
            id: "who",
            head: t("who"),
            cell: (row) =>
              byProgram(row)
                ? t("byProgram")
                : row.askedBy === null
                  ? row.by
                  : t("two", { by: row.askedBy, asked: row.by }),
          },
          { id: "why", head: t("why"), cell: reason },
          {
            id: "agrees",
            head: t("agreesHead"),
            wideOnly: true,
            cell: (row) =>
              row.agrees ? (
                <StatusWord plain tone="good" word={t("agrees")} />
              ) : (
                <StatusWord tone="bad" word={t("differs")} />
              ),
          },
        ]}
      />
    </Section>
  );
}
