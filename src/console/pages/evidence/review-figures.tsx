/** What reviewing measures: of the team where five or more worked, of oneself, and how far people agree. */
import { useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Figure, type Range } from "../../parts/figure.tsx";
import { Failed, Loading, NotPermitted, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

type Figures = NonNullable<Reply<"getReviewFigures">["own"]>;

const DAYS = 30;

export function ReviewFigures({ workflow }: { workflow: string }) {
  const t = useWords(EVIDENCE);
  const may = useMay();
  const formats = useFormats();
  const figures = useRead("getReviewFigures", { params: { workflow } }, { enabled: may("figures.team") });
  if (!may("figures.team")) return <NotPermitted />;
  if (figures.data === undefined)
    return figures.isError ? <Failed error={figures.error} retry={figures.refetch} /> : <Loading />;
  const { team, own, seenBy, teamSince, teamUntil } = figures.data;
  return (
    <>
      <Section title={t("team", { from: formats.day(teamSince), to: formats.day(teamUntil) })}>
        {team === null ? <p className={styles["soft"]}>{t("teamWithheld")}</p> : <FigureRow figures={team} />}
      </Section>
      <Section title={t("own")}>
        {own === null || own.decided === 0 ? (
          <p className={styles["soft"]}>{t("ownNone")}</p>
        ) : (
          <FigureRow figures={own} />
        )}
        {seenBy.length === 0 ? null : (
          <p className={styles["soft"]}>
            {t("seenBy", { people: formats.list([...new Set(seenBy.map((one) => one.person))]) })}
          </p>
        )}
      </Section>
      <Agreement workflow={workflow} />
    </>
  );
}

function FigureRow({ figures }: { figures: Figures }) {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  return (
    <div className={styles["figures"]}>
      <Figure
        name={t("unchanged")}
        range={figures.unchanged}
        days={DAYS}
        definition={t("define.unchanged")}
      />
      <Figure name={t("edited")} range={figures.edited} days={DAYS} definition={t("define.edited")} />
      <Figure name={t("rejected")} range={figures.rejected} days={DAYS} definition={t("define.rejected")} />
      <Figure
        name={t("seconds")}
        range={figures.activeSecondsMedian}
        days={DAYS}
        as={(value) => formats.span(value * 1_000)}
        definition={t("define.seconds")}
      />
      <Figure
        name={t("planted")}
        range={figures.plantedCaught}
        days={DAYS}
        definition={t("define.planted")}
      />
    </div>
  );
}

function Agreement({ workflow }: { workflow: string }) {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  const agreement = useRead("getAgreement", { params: { workflow } });
  const written = (range: Range, percent: boolean) => {
    const write = (value: number) => (percent ? formats.percent(value, 0) : formats.number(value, 2));
    if (range.value === null || range.missing > 0)
      return <StatusWord plain tone="unknown" word={t("notYet", { n: Math.max(1, range.missing) })} />;
    return range.low === null || range.high === null
      ? write(range.value)
      : `${write(range.value)} (${write(range.low)} – ${write(range.high)})`;
  };
  return (
    <Section title={t("agreement")}>
      {agreement.data === undefined ? (
        agreement.isError ? (
          <Failed error={agreement.error} retry={agreement.refetch} />
        ) : (
          <Loading />
        )
      ) : agreement.data.pairs === 0 ? (
        <p className={styles["soft"]}>{t("agreementNone")}</p>
      ) : (
        <>
          <p className={styles["soft"]} style={{ marginBottom: 8 }}>
            {t("agreementWhat", { pairs: agreement.data.pairs })}
          </p>
          <DataTable
            caption={t("agreement")}
            rows={agreement.data.fields}
            idOf={(row) => row.field}
            empty={null}
            columns={[
              { id: "field", head: t("field"), cell: (row) => row.field },
              { id: "n", head: t("n"), number: true, cell: (row) => formats.number(row.n) },
              { id: "same", head: t("same"), number: true, cell: (row) => written(row.same, true) },
              {
                id: "kappa",
                head: t("kappa"),
                number: true,
                wideOnly: true,
                cell: (row) => written(row.kappa, false),
              },
              {
                id: "alpha",
                head: t("alpha"),
                number: true,
                wideOnly: true,
                cell: (row) => written(row.alpha, false),
              },
            ]}
          />
        </>
      )}
    </Section>
  );
}
