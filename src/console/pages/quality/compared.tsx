/** What came out of comparing two runs: the verdict in words, its picture, the test behind it, and the items that changed. */
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Failed, Loading } from "../../parts/page.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { placesOf, verdictOf, type Compared, type Verdict } from "./comparison-verdict.ts";
import { Items, WhatLeadsWhere } from "./items.tsx";
import { RUNS } from "./run-words.ts";
import styles from "./runs.module.css";

const TONES: Record<Verdict, Tone> = {
  better: "good",
  notWorse: "good",
  worse: "bad",
  open: "attention",
  unknown: "unknown",
};
const TINY = 0.001;
/** Part of the picture's width below which two words under it would run into each other. */
const TOO_NEAR = 0.03;

export function Compare({
  fresh,
  old,
  metric,
  margin,
}: {
  fresh: string;
  old: string;
  metric: string;
  margin: number;
}) {
  const read = useRead(
    "compareEvaluations",
    { params: { run: fresh }, query: { with: old, metric, margin: String(margin) } },
    { keep: true },
  );
  if (read.data === undefined)
    return read.isError ? <Failed error={read.error} retry={read.refetch} /> : <Loading />;
  return (
    <>
      <InWords found={read.data} />
      <Picture found={read.data} />
      <Counts found={read.data} />
      <Changes found={read.data} />
    </>
  );
}

function usePoints(): (share: number) => string {
  const formats = useFormats();
  // Never "-0.0".
  return (share) => formats.number(Number((share * 100).toFixed(1)) + 0, 1);
}

function InWords({ found }: { found: Compared }) {
  const t = useWords(RUNS);
  const points = usePoints();
  const verdict = verdictOf(found);
  const { value = 0, lower = 0, upper = 0 } = found.difference ?? {};
  return (
    <div className={styles["verdict"]} role="status">
      <StatusWord tone={TONES[verdict]} word={t(`verdict.${verdict}`)} />
      <p className={styles["flat"]}>
        {t(`verdict.${verdict}What`, {
          value: points(value),
          lower: points(lower),
          upper: points(upper),
          margin: points(found.margin),
        })}
      </p>
    </div>
  );
}

/** The range on a line with zero and what is accepted; the sentence above says the same. */
function Picture({ found }: { found: Compared }) {
  const t = useWords(RUNS);
  const points = usePoints();
  const places = placesOf(found);
  if (places === undefined) return null;
  const at = (place: number) => ({ insetInlineStart: `${place * 100}%` });
  return (
    <div role="img" aria-label={t("picture")}>
      <div className={styles["scale"]} aria-hidden>
        <span className={styles["zero"]} style={at(places.zero)} />
        {found.margin === 0 ? null : <span className={styles["limit"]} style={at(places.limit)} />}
        <span
          className={styles["interval"]}
          style={{ ...at(places.lower), inlineSize: `${(places.upper - places.lower) * 100}%` }}
        />
        <span className={styles["point"]} style={at(places.value)} />
      </div>
      <div className={styles["ticks"]} aria-hidden>
        <span style={at(places.zero)}>0</span>
        {places.zero - places.limit < TOO_NEAR ? null : (
          <span className={styles["ofLimit"]} style={at(places.limit)}>
            −{points(found.margin)}
          </span>
        )}
      </div>
    </div>
  );
}

function Counts({ found }: { found: Compared }) {
  const t = useWords(RUNS);
  const formats = useFormats();
  const { p, unanswered, leftOut, sameRule } = found;
  const chance =
    p < TINY ? t("chanceTiny") : p > 0.995 ? t("chanceEven") : t("chance", { share: formats.percent(p) });
  return (
    <>
      <p className={styles["flat"]}>
        {t("mcnemar", {
          n: formats.number(found.n),
          both: formats.number(found.both),
          neither: formats.number(found.neither),
          onlyNew: formats.number(found.onlyNewRight),
          onlyOld: formats.number(found.onlyOldRight),
          chance,
          p: p < TINY ? t("pTiny", { p: formats.number(TINY, 3) }) : t("pIs", { p: formats.number(p, 3) }),
        })}
      </p>
      {unanswered.new + unanswered.old === 0 ? null : (
        <p className={styles["flat"]}>{t("noAnswer", { fresh: unanswered.new, old: unanswered.old })}</p>
      )}
      {leftOut === 0 ? null : <p className={styles["flat"]}>{t("onlyOne", { n: leftOut })}</p>}
      {sameRule ? null : <p className={styles["flat"]}>{t("otherRule")}</p>}
    </>
  );
}

/** A change tells who has it right; the other one has it wrong. */
function Changes({ found: { changes, onlyOldRight, onlyNewRight } }: { found: Compared }) {
  const t = useWords(RUNS);
  const sides = [
    { title: t("onlyNewWrong"), right: "old", of: onlyOldRight },
    { title: t("onlyOldWrong"), right: "new", of: onlyNewRight },
  ] as const;
  return (
    <>
      <div className={styles["two"]}>
        {sides.map(({ title, right, of }) => (
          <div key={right}>
            <h3>
              {title} ({of})
            </h3>
            {of === 0 ? (
              <p className={styles["soft"]}>{t("noneOfThese")}</p>
            ) : (
              <Items items={changes.filter((one) => one.right === right)} of={of} first={12} />
            )}
          </div>
        ))}
      </div>
      {changes.length === 0 ? null : <WhatLeadsWhere items={changes} />}
    </>
  );
}
