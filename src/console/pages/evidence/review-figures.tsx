/**
 * What reviewing measures: of the team where five or more worked, of oneself, of single persons where an agreement allows
 * it and somebody asks, and how far people agree.
 */
import { Button } from "@mantine/core";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Figure, type Range } from "../../parts/figure.tsx";
import { ErrorText, Failed, Loading, NotPermitted, Section } from "../../parts/page.tsx";
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
        <SeenBy looks={seenBy} />
      </Section>
      {may("figures.individual") ? <Individuals workflow={workflow} /> : null}
      <Agreement workflow={workflow} />
    </>
  );
}

/** Who else looked at the reader's own figures: each with their last look. */
function SeenBy({ looks }: { looks: Reply<"getReviewFigures">["seenBy"] }) {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  const own = useMe().person?.email;
  const others = looks.filter((one) => one.person !== own);
  if (others.length === 0)
    return <p className={`${styles["soft"]} ${styles["seen"]}`}>{t("seenByNobody")}</p>;
  const byPerson = [...Map.groupBy(others, (one) => one.person)].map(([person, list]) =>
    t("seenByOne", {
      person,
      n: list.length,
      at: formats.moment(list.map((one) => one.at).reduce((last, at) => (at > last ? at : last))),
    }),
  );
  return (
    <p className={`${styles["soft"]} ${styles["seen"]}`}>{t("seenBy", { people: formats.list(byPerson) })}</p>
  );
}

/**
 * Figures of single persons, only when somebody deliberately asks for them. Every answer is a look on record, so this is
 * no read that a page makes fresh by itself.
 */
function Individuals({ workflow }: { workflow: string }) {
  const t = useWords(EVIDENCE);
  const agreement = useRead("getWorksAgreement", { params: { workflow } });
  const look = useAct("getReviewFigures");
  const record = agreement.data?.record;
  if (agreement.data === undefined) return null;
  const people = record?.individuals ? look.data?.individuals : undefined;
  return (
    <Section title={t("individuals")}>
      {record?.individuals ? (
        <>
          <p className={styles["soft"]}>{t("individualsWhat", { reference: record.reference ?? "" })}</p>
          <Button
            variant="default"
            mt={10}
            loading={look.isPending}
            onClick={() => look.mutate({ params: { workflow }, query: { individuals: "true" } })}
          >
            {t(people == null ? "individualsShow" : "individualsAgain")}
          </Button>
          {look.isError ? (
            <div role="alert">
              <ErrorText error={look.error} />
            </div>
          ) : null}
        </>
      ) : (
        <p className={styles["soft"]}>{t("individualsOff")}</p>
      )}
      {people == null ? null : people.length === 0 ? (
        <p className={styles["soft"]}>{t("individualsNone")}</p>
      ) : (
        <ul className={styles["people"]} aria-label={t("individuals")}>
          {/* As the program sends them: by their names, in no other order. */}
          {people.map(({ person, ...figures }) => (
            <li key={person}>
              <h3>{person}</h3>
              <FigureRow figures={figures} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function FigureRow({
  figures,
}: {
  figures: Omit<Figures, "plantedCaught"> & { plantedCaught?: Figures["plantedCaught"] };
}) {
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
      {figures.plantedCaught === undefined ? null : (
        <Figure
          name={t("planted")}
          range={figures.plantedCaught}
          days={DAYS}
          definition={t("define.planted")}
        />
      )}
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
