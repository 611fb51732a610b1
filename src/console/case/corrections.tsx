/** What was corrected after the delivery, field by field, with who, why and how far; what waits can be settled here. */
import type { ReactNode } from "react";
import { isJsonObject } from "../../contract/json.ts";
import { useMay } from "../data/me.tsx";
import { CORRECTIONS, CORRECTION_STATE_WORDS } from "../locales/corrections.ts";
import { REVIEW_REASON_WORDS } from "../locales/codes.ts";
import { useFormats } from "../locales/formats.ts";
import { useCode, useSay, useWords } from "../locales/words.ts";
import { Section } from "../parts/page.tsx";
import { Simulated } from "../parts/small.tsx";
import { StatusWord, type Tone } from "../parts/status-word.tsx";
import styles from "./corrections.module.css";
import type { Case } from "./fields-of-case.ts";
import { labelOf, valueAt, type OutputField } from "./output-fields.ts";
import { SettleCorrection } from "./settle-correction.tsx";
import { shownValue } from "./shown-value.ts";

export type Correction = Case["corrections"][number];

const TONES: Record<Correction["state"], Tone> = {
  waiting: "waiting",
  refused: "unknown",
  withdrawn: "unknown",
  replaced: "unknown",
  made: "waiting",
  delivered: "good",
  failed: "bad",
  undone: "unknown",
};

export function Corrections({ found, fields }: { found: Case; fields: readonly OutputField[] }) {
  const t = useWords(CORRECTIONS);
  const may = useMay();
  if (found.corrections.length === 0) return null;
  return (
    <Section title={t("title")}>
      {found.corrections.map((one) => (
        <CorrectionView key={one.id} one={one} found={found} fields={fields}>
          {one.state === "waiting" &&
          one.proposal !== null &&
          may("case.correct") &&
          found.content !== null ? (
            <SettleCorrection caseId={found.id} proposal={one.proposal} own={one.own} />
          ) : null}
        </CorrectionView>
      ))}
    </Section>
  );
}

export function CorrectionView({
  one,
  found,
  fields,
  children,
}: {
  one: Correction;
  found: Case;
  fields: readonly OutputField[];
  children?: ReactNode;
}) {
  const t = useWords(CORRECTIONS);
  const say = useSay();
  const reason = useCode(REVIEW_REASON_WORDS);
  const formats = useFormats();
  const content = found.content?.corrections.find((other) => other.id === one.id);
  const who = (name: string | null) => name ?? t("somebody");
  const named = one.fields.map((path) => fields.find((field) => field.path === path)?.label ?? labelOf(path));
  return (
    <article
      className={styles["one"]}
      aria-label={t(one.correction === null ? "proposed" : "made", { no: one.correction ?? 0 })}
    >
      <header className={styles["head"]}>
        <h3>{t(one.correction === null ? "proposed" : "made", { no: one.correction ?? 0 })}</h3>
        <StatusWord tone={TONES[one.state]} word={say(CORRECTION_STATE_WORDS[one.state])} />
      </header>
      <p className={styles["who"]}>
        {t("by", { who: who(one.person), when: formats.when(one.at) })} {one.simulated ? <Simulated /> : null}
        <br />
        {t("reason", { reason: reason(one.reason) })}
      </p>
      {content === undefined ? (
        <p>{t("changed", { fields: formats.list(named) })}</p>
      ) : (
        <>
          {content.text === null ? null : <blockquote className={styles["words"]}>{content.text}</blockquote>}
          <Difference before={content.before} after={content.after} changed={one.fields} fields={fields} />
        </>
      )}
      <Second one={one} answer={content?.answer ?? null} />
      {children}
    </article>
  );
}

/** Only what differs: what stood there, and what takes its place. */
function Difference({
  before,
  after,
  changed,
  fields,
}: {
  before: unknown;
  after: unknown;
  changed: readonly string[];
  fields: readonly OutputField[];
}) {
  const t = useWords(CORRECTIONS);
  const rows = changed.map((path) => fields.find((field) => field.path === path) ?? path);
  const shown = (value: unknown, field: OutputField | string) => {
    const found = isJsonObject(value)
      ? valueAt(value, typeof field === "string" ? field : field.path)
      : undefined;
    return typeof field === "string"
      ? found === undefined
        ? "–"
        : typeof found === "string"
          ? found
          : JSON.stringify(found)
      : shownValue(found, field);
  };
  return (
    <table className={styles["difference"]}>
      <thead>
        <tr>
          <th scope="col">{t("field")}</th>
          <th scope="col">{t("before")}</th>
          <th scope="col">{t("after")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((field) => (
          <tr key={typeof field === "string" ? field : field.path}>
            <th scope="row">{typeof field === "string" ? labelOf(field) : field.label}</th>
            <td data-head={t("before")}>
              <del>{shown(before, field)}</del>
            </td>
            <td data-head={t("after")}>
              <ins>{shown(after, field)}</ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What became of it through another person. */
function Second({ one, answer }: { one: Correction; answer: string | null }) {
  const t = useWords(CORRECTIONS);
  const formats = useFormats();
  if (one.endedAt === null) return null;
  const given = { who: one.second ?? t("somebody"), when: formats.when(one.endedAt) };
  const sentence =
    one.state === "withdrawn"
      ? t("withdrawnAt", given)
      : one.state === "refused"
        ? t("refusedBy", given)
        : one.state === "replaced"
          ? t("replacedBy", given)
          : t("approvedBy", given);
  return (
    <>
      <p className={styles["who"]}>{sentence}</p>
      {answer === null ? null : <blockquote className={styles["words"]}>{answer}</blockquote>}
    </>
  );
}
