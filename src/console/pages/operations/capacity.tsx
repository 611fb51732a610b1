/**
 * The queue to expect: what was measured, how long a case waits for a person, and what other numbers would come to.
 *
 * The program reckons; here stands what it found, in the reader's language, with a picture of the wait by number of people.
 */
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useId, useState } from "react";
import { readNumber } from "../../case/number-text.ts";
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Figure, type Range } from "../../parts/figure.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { CAPACITY } from "./capacity-words.ts";
import styles from "./capacity.module.css";

type Found = Reply<"getCapacity">;
type Assumption = "people" | "share" | "minutes";
type Typed = Record<Assumption, string>;

const NOTHING: Typed = { people: "", share: "", minutes: "" };
const PAUSE = 350;

export function Capacity({ workflow }: { workflow: string }) {
  const t = useWords(CAPACITY);
  const [typed, setTyped] = useState(NOTHING);
  const [settled] = useDebouncedValue(typed, PAUSE);
  const measured = useRead("getCapacity", { params: { workflow } });
  const read = useRead("getCapacity", { params: { workflow }, query: queryOf(settled) }, { keep: true });
  const found = read.data;
  return (
    <Section title={t("title")}>
      {found === undefined || measured.data === undefined ? (
        read.isError ? (
          <Failed error={read.error} retry={read.refetch} />
        ) : (
          <Loading />
        )
      ) : found.arrivalsPerHour.value === null ? (
        <p className={styles["soft"]}>{t("empty", { n: Math.max(1, found.arrivalsPerHour.missing) })}</p>
      ) : (
        <div className={styles["capacity"]}>
          <p aria-live="polite" className={styles["sentence"]}>
            <Sentence found={found} />
          </p>
          <Measured found={found} />
          <WhatIf typed={typed} change={setTyped} peopleNow={measured.data.people} />
          {found.byPeople.length === 0 ? null : <Picture found={found} />}
          <p className={styles["soft"]}>{t("model")}</p>
        </div>
      )}
    </Section>
  );
}

function Sentence({ found }: { found: Found }) {
  const t = useWords(CAPACITY);
  const formats = useFormats();
  const wait = useWait();
  const { arrivalsPerHour, reviewShare, minutesPerCase, people, utilisation, waitMinutes } = found;
  if (arrivalsPerHour.value === null || reviewShare.value === null || minutesPerCase.value === null)
    return t("lacking");
  if (waitMinutes === null || utilisation === null)
    return t("growing", {
      people,
      grows: formats.number(
        arrivalsPerHour.value * reviewShare.value - (people * 60) / minutesPerCase.value,
        1,
      ),
      needed: found.peopleNeeded,
    });
  return t("steady", { people, load: formats.percent(utilisation, 0), wait: wait(waitMinutes) });
}

function useWait(): (minutes: number) => string {
  const t = useWords(CAPACITY);
  const formats = useFormats();
  return (minutes) => (minutes < 1 ? t("short") : formats.span(Math.round(minutes) * 60_000));
}

function Measured({ found }: { found: Found }) {
  const t = useWords(CAPACITY);
  const formats = useFormats();
  return (
    <div className={styles["figures"]}>
      <OneMeasured name="arrivals" range={found.arrivalsPerHour} as={(value) => formats.number(value, 1)} />
      <OneMeasured name="reviewShare" range={found.reviewShare} as={(value) => formats.percent(value, 0)} />
      <OneMeasured name="minutes" range={found.minutesPerCase} as={(value) => formats.number(value, 1)} />
      <span className={styles["fact"]}>
        <span>{t("load")}</span>
        {found.utilisation === null ? "–" : <b>{formats.percent(found.utilisation, 0)}</b>}
      </span>
    </div>
  );
}

function OneMeasured({
  name,
  range,
  as,
}: {
  name: "arrivals" | "reviewShare" | "minutes";
  range: Range;
  as: (value: number) => string;
}) {
  const t = useWords(CAPACITY);
  // What the reader assumes rests on no case.
  if (range.value !== null && range.n === 0)
    return (
      <span className={styles["fact"]}>
        <span>{t(name)}</span>
        <span>
          <b>{as(range.value)}</b> <span className={styles["soft"]}>{t("assumed")}</span>
        </span>
      </span>
    );
  const figure = <Figure name={t(name)} range={range} as={as} definition={t(`define.${name}`)} />;
  if (name !== "minutes" || range.value !== null) return figure;
  return (
    <>
      {figure}
      <span className={styles["soft"]}>{t("needsFive")}</span>
    </>
  );
}

function WhatIf({
  typed,
  change,
  peopleNow,
}: {
  typed: Typed;
  change: (typed: Typed) => void;
  peopleNow: number;
}) {
  const t = useWords(CAPACITY);
  const id = useId();
  const field = (
    name: Assumption,
    texts: { label: string; description: string; bad: string; whole?: true },
  ) => (
    <TextInput
      label={texts.label}
      description={texts.description}
      inputMode={texts.whole ? "numeric" : "decimal"}
      value={typed[name]}
      {...(typed[name].trim() !== "" && valueOf(name, typed[name]) === undefined ? { error: texts.bad } : {})}
      onChange={(event) => change({ ...typed, [name]: event.currentTarget.value })}
    />
  );
  return (
    <div role="group" aria-labelledby={id} className={styles["whatIf"]}>
      <h3 id={id}>{t("what")}</h3>
      <div className={styles["fields"]}>
        {field("people", {
          label: t("people"),
          description: t("peopleNow", { n: peopleNow }),
          bad: t("badPeople"),
          whole: true,
        })}
        {field("share", { label: t("share"), description: t("measured"), bad: t("badShare") })}
        {field("minutes", { label: t("minutes"), description: t("measured"), bad: t("badMinutes") })}
        <Button
          variant="default"
          disabled={Object.values(typed).every((text) => text === "")}
          onClick={() => change(NOTHING)}
        >
          {t("reset")}
        </Button>
      </div>
    </div>
  );
}

/** The wait by number of people: each a row, with a bar as long as its wait. */
function Picture({ found }: { found: Found }) {
  const t = useWords(CAPACITY);
  const formats = useFormats();
  const wait = useWait();
  const longest = Math.max(...found.byPeople.map((one) => one.waitMinutes ?? 0));
  return (
    <div className={styles["picture"]}>
      <DataTable
        caption={t("picture")}
        rows={found.byPeople}
        idOf={(row) => String(row.people)}
        empty={null}
        columns={[
          {
            id: "people",
            head: t("people"),
            cell: (row) =>
              row.people === found.people ? (
                <b>
                  {formats.number(row.people)} {t("here")}
                </b>
              ) : (
                formats.number(row.people)
              ),
          },
          { id: "load", head: t("load"), number: true, cell: (row) => formats.percent(row.utilisation, 0) },
          {
            id: "wait",
            head: t("wait"),
            cell: (row) =>
              row.waitMinutes === null ? (
                <StatusWord plain tone="attention" word={t("grows")} />
              ) : (
                <span className={styles["wait"]}>
                  <span
                    aria-hidden
                    className={styles["bar"]}
                    style={{ inlineSize: `${longest === 0 ? 0 : (row.waitMinutes / longest) * 100}px` }}
                  />
                  {wait(row.waitMinutes)}
                </span>
              ),
          },
        ]}
      />
    </div>
  );
}

/** The number that stands for an assumption; undefined for what it cannot be. */
function valueOf(name: Assumption, text: string): number | undefined {
  const read = readNumber(text);
  if (read.kind !== "number") return undefined;
  const { value } = read;
  if (name === "people") return Number.isInteger(value) && value >= 1 && value <= 500 ? value : undefined;
  if (name === "share") return value >= 0 && value <= 100 ? value : undefined;
  return value >= 0.01 && value <= 1_000 ? value : undefined;
}

function queryOf(typed: Typed): Record<string, string> {
  const [people, share, minutes] = (["people", "share", "minutes"] as const).map((name) =>
    valueOf(name, typed[name]),
  );
  return {
    ...(people === undefined ? {} : { people: String(people) }),
    ...(share === undefined ? {} : { reviewShare: String(share / 100) }),
    ...(minutes === undefined ? {} : { minutesPerCase: String(minutes) }),
  };
}
