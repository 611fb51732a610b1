/** What connections cost without a case: calls of programs that were passed on, and the canary. */
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useMoney } from "../../locales/money.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { BUDGETS } from "./budgets-words.ts";
import styles from "./settings.module.css";

type Found = Reply<"listConnectionCosts">;
type Spent = Found["connections"][number]["today"]["gateway"];
interface Row {
  connection: string;
  path: "gateway" | "canary";
  today: Spent;
  month: Spent;
  /** Of the last weeks, oldest first; only those with calls. */
  days: { day: string; spent: Spent }[];
}

const SHOWN_DAYS = 7;

export function ConnectionCosts() {
  const t = useWords(BUDGETS);
  const read = useRead("listConnectionCosts", undefined, { every: 60_000 });
  return (
    <Section title={t("costs")}>
      <p className={styles["soft"]}>{t("costsWhat")}</p>
      {read.data === undefined ? (
        read.isError ? (
          <Failed error={read.error} retry={read.refetch} />
        ) : (
          <Loading />
        )
      ) : (
        <CostTable found={read.data} />
      )}
    </Section>
  );
}

function CostTable({ found }: { found: Found }) {
  const t = useWords(BUDGETS);
  const formats = useFormats();
  const money = useMoney(found.currency);
  const rows = found.connections.flatMap(({ connection, today, month, days }) =>
    (["gateway", "canary"] as const).map((path): Row => ({
      connection,
      path,
      today: today[path],
      month: month[path],
      days: days
        .map((one) => ({ day: one.day, spent: one[path] }))
        .filter(({ spent }) => spent.calls > 0)
        .slice(-SHOWN_DAYS),
    })),
  );
  const say = ({ amount, calls, unknown }: Spent) =>
    calls === 0
      ? "–"
      : t("spent", { amount: amount === null ? t("unknown") : money(amount), calls, unknown });
  return (
    <DataTable
      caption={t("costs")}
      rows={rows.filter((row) => row.days.length > 0)}
      idOf={(row) => `${row.connection} ${row.path}`}
      empty={<p className={styles["soft"]}>{t("costsNone")}</p>}
      columns={[
        { id: "connection", head: t("connection"), cell: (row) => row.connection },
        { id: "path", head: t("path"), cell: (row) => t(`path.${row.path}`) },
        { id: "today", head: t("today"), cell: (row) => say(row.today) },
        { id: "month", head: t("month"), cell: (row) => say(row.month) },
        {
          id: "days",
          head: t("days"),
          wideOnly: true,
          cell: (row) =>
            row.days.map(({ day, spent }) => (
              <div key={day}>
                {formats.day(day)}: {say(spent)}
              </div>
            )),
        },
      ]}
    />
  );
}
