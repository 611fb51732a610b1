/**
 * What the calls of models cost: today, this month and per case, against the budget, and in twelve months.
 *
 * What has no price is said, and stands in no sum: an unknown cost is never shown as nothing.
 */
import { useMemo } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useMoney } from "../../locales/money.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Chart, type ChartSeries } from "../../parts/chart.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { COST } from "./cost-words.ts";
import styles from "./cost.module.css";

type Found = Reply<"getCost">;
type Spent = Found["today"];

export function Cost({ workflow }: { workflow: string }) {
  const t = useWords(COST);
  const read = useRead("getCost", { params: { workflow } }, { every: 60_000 });
  const { data } = read;
  if (data === undefined)
    return (
      <Section title={t("title")}>
        {read.isError ? <Failed error={read.error} retry={read.refetch} /> : <Loading />}
      </Section>
    );
  const calls = data.days.reduce((sum, one) => sum + one.calls, 0);
  return (
    <Section title={t("title")}>
      <div id="cost" className={styles["cost"]}>
        {calls === 0 ? (
          <>
            <p className={styles["soft"]}>{t("none", { days: data.days.length })}</p>
            {data.budget === null ? <p className={styles["soft"]}>{t("noneBudget")}</p> : null}
          </>
        ) : (
          <Figures found={data} />
        )}
        {calls === 0 && data.budget === null ? null : <Budget found={data} />}
        {calls === 0 ? null : (
          <>
            <InTwelveMonths found={data} />
            <Days found={data} />
            <Models found={data} />
          </>
        )}
      </div>
    </Section>
  );
}

function Figures({ found }: { found: Found }) {
  const t = useWords(COST);
  const formats = useFormats();
  const money = useMoney(found.currency);
  return (
    <>
      <dl className={styles["figures"]}>
        <Amount name={t("today")} spent={found.today} currency={found.currency} />
        <Amount name={t("month")} spent={found.month} currency={found.currency} />
        <div>
          <dt>{t("perCase")}</dt>
          <dd>
            {found.perCase === null ? (
              t("unknown")
            ) : (
              <>
                <b>{money(found.perCase.amount)}</b>{" "}
                <span className={styles["soft"]}>{t("cases", { n: found.perCase.cases })}</span>
              </>
            )}
          </dd>
        </div>
      </dl>
      {found.month.unknown === 0 ? null : (
        <p>
          <StatusWord plain tone="attention" word={t("lacking", { n: found.month.unknown })} />
        </p>
      )}
      <p className={styles["soft"]}>{t("prices", { day: formats.day(found.priceDate) })}</p>
    </>
  );
}

function Amount({ name, spent, currency }: { name: string; spent: Spent; currency: string }) {
  const t = useWords(COST);
  const money = useMoney(currency);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {spent.calls === 0 ? (
          t("noCalls")
        ) : (
          <>
            {spent.amount === null ? t("unknown") : <b>{money(spent.amount)}</b>}{" "}
            <span className={styles["soft"]}>
              {t("calls", { n: spent.calls })}
              {spent.estimated === 0 ? "" : `, ${t("estimated", { n: spent.estimated })}`}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}

const TONES: Record<"good" | "warning" | "spent", Tone> = {
  good: "good",
  warning: "attention",
  spent: "bad",
};

function Budget({ found }: { found: Found }) {
  const t = useWords(COST);
  const money = useMoney(found.currency);
  return (
    <div>
      <h3>{t("budget")}</h3>
      {found.budget === null ? (
        <p className={styles["soft"]}>{t("budgetNone")}</p>
      ) : (
        found.budget.standings.map((one) => (
          <div key={one.period} className={styles["standing"]}>
            <span>{t(`used.${one.period}`, { used: money(one.used), most: money(one.most) })}</span>
            <span aria-hidden className={styles["track"]}>
              <span
                className={styles["fill"]}
                data-state={one.state}
                style={{ inlineSize: `${Math.min(100, (Number(one.used) / Number(one.most)) * 100)}%` }}
              />
            </span>
            <StatusWord plain tone={TONES[one.state]} word={t(`state.${one.state}`)} />
            {one.refused ? <span className={styles["soft"]}>{t("didNotFit")}</span> : null}
            {one.unknown === 0 ? null : (
              <span className={styles["soft"]}>{t("uncounted", { n: one.unknown })}</span>
            )}
          </div>
        ))
      )}
    </div>
  );
}

function InTwelveMonths({ found }: { found: Found }) {
  const t = useWords(COST);
  const formats = useFormats();
  const money = useMoney(found.currency);
  const { forecast, forecastMissing } = found;
  return (
    <div>
      <h3>{t("forecast")}</h3>
      {forecast === null ? (
        <p className={styles["soft"]}>
          {t("forecastMissing", {
            what: formats.list(
              forecastMissing.map(({ code, have, need }) =>
                t(`missing.${code}`, { n: code === "abandoned" ? have : Math.abs(need - have) }),
              ),
            ),
          })}
        </p>
      ) : (
        <>
          <p>
            {t("forecastIs", {
              amount: money(forecast.amount),
              lower: money(forecast.lower),
              upper: money(forecast.upper),
              perCase: money(forecast.perCase),
              casesPerDay: formats.number(Math.round(forecast.casesPerDay * 10) / 10),
              days: formats.number(forecast.days),
              cases: formats.number(forecast.cases),
            })}
          </p>
          <p className={styles["soft"]}>{t("forecastWhat")}</p>
        </>
      )}
    </div>
  );
}

/** Days of which some call has no known cost are shown with what is known; the sentence above says so. */
function Days({ found }: { found: Found }) {
  const t = useWords(COST);
  const formats = useFormats();
  const money = useMoney(found.currency);
  const { days } = found;
  const points = useMemo(() => days.map((one) => formats.day(one.day)), [days, formats]);
  const values = useMemo(() => days.map((one) => Number(one.amount ?? 0)), [days]);
  const series = useMemo(
    (): ChartSeries[] => [{ id: "cost", name: t("cost"), colour: "--accent", kind: "bar", values }],
    [t, values],
  );
  const most = Math.max(...values);
  if (most === 0) return null;
  const sum = values.reduce((all, one) => all + one, 0);
  return (
    <Chart
      name={t("days")}
      points={points}
      pointsName={t("day")}
      series={series}
      fractions
      reading={t("daysReading", {
        days: days.length,
        sum: money(sum.toFixed(6)),
        peak: points[values.indexOf(most)] ?? "",
        most: money(most.toFixed(6)),
      })}
    />
  );
}

function Models({ found }: { found: Found }) {
  const t = useWords(COST);
  const formats = useFormats();
  const money = useMoney(found.currency);
  if (found.models.length === 0) return null;
  return (
    <div className={styles["models"]}>
      <DataTable
        caption={t("models")}
        rows={found.models}
        idOf={(row) => row.model}
        empty={null}
        columns={[
          { id: "model", head: t("model"), cell: (row) => <code>{row.model}</code> },
          { id: "calls", head: t("callsHead"), number: true, cell: (row) => formats.number(row.calls) },
          {
            id: "cost",
            head: t("cost"),
            number: true,
            cell: (row) => (row.amount === null ? t("unknown") : money(row.amount)),
          },
        ]}
      />
    </div>
  );
}
