/**
 * The models of the workflow: whether they are asked, whether they are still the ones that they were, and when they retire.
 *
 * One that kept failing is left alone until its next trial; another one behind the same name is noticed by the daily canary.
 */
import { now } from "../../clock.ts";
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { CANARY } from "./canary-words.ts";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

type Model = Reply<"getOperations">["models"][number];
/** What is known of a model apart from whether it is asked; also over all workflows. */
type Watched = Omit<Reply<"listModels">["models"][number], "workflows">;

const TONES: Record<Model["state"], Tone> = { closed: "good", open: "bad", trying: "attention" };

export function Models({ models }: { models: readonly Model[] }) {
  const t = useWords(OPERATIONS);
  const c = useWords(CANARY);
  return (
    <Section title={t("models")}>
      <DataTable
        caption={t("models")}
        rows={models}
        idOf={(row) => `${row.connection} ${row.model}`}
        empty={<p className={styles["soft"]}>{t("modelsNone")}</p>}
        columns={[
          {
            id: "model",
            head: t("model"),
            cell: (row) => (
              <span>
                {row.connection} {row.model === "" ? null : <code>{row.model}</code>}
              </span>
            ),
          },
          { id: "state", head: t("modelState"), cell: (row) => <Asked row={row} /> },
          { id: "canary", head: c("head"), cell: (row) => <Same row={row} /> },
          { id: "retires", head: c("retires"), cell: (row) => <Retires row={row} /> },
        ]}
      />
    </Section>
  );
}

/** Its breaker: since when it is left alone, why, and until when. */
function Asked({ row }: { row: Model }) {
  const t = useWords(OPERATIONS);
  return (
    <span className={styles["lines"]}>
      <StatusWord plain tone={TONES[row.state]} word={t(`modelIs.${row.state}`)} />
      {row.state === "closed" ? null : (
        <span className={styles["soft"]}>
          {row.because === null ? null : <code>{row.because}</code>} <RelativeTime at={row.since} />
          {row.nextTrialAt === null ? null : (
            <>
              {" · "}
              {t("modelTrial")}: <RelativeTime at={row.nextTrialAt} />
            </>
          )}
        </span>
      )}
    </span>
  );
}

/** What the canary says of it, and what it said when it found another model. */
export function Same({ row }: { row: Watched }) {
  const c = useWords(CANARY);
  const formats = useFormats();
  const { canary, lastChange, nextCanaryAt } = row;
  if (nextCanaryAt === null && canary === null) return <span className={styles["soft"]}>{c("never")}</span>;
  if (canary === null)
    return (
      <span className={styles["lines"]}>
        <StatusWord plain tone="waiting" word={c("notYet")} />
        {nextCanaryAt === null ? null : (
          <span className={styles["soft"]}>
            {c("next")} <RelativeTime at={nextCanaryAt} />
          </span>
        )}
      </span>
    );
  const { compared, differing, because, outcome } = canary;
  const changed = isNew(lastChange) ? (lastChange?.change ?? "name") : undefined;
  const said = canary.answered.map((one) => one.model + (one.version === null ? "" : ` (${one.version})`));
  return (
    <span className={styles["lines"]}>
      {changed === undefined ? (
        <StatusWord plain tone={OUTCOME_TONES[outcome]} word={c(`is.${outcome}`)} />
      ) : (
        <StatusWord
          plain
          tone="bad"
          word={c(`changed.${changed}`, { at: formats.when(lastChange!.startedAt) })}
        />
      )}
      {said.length === 0 ? null : (
        <span className={styles["soft"]}>
          {c("answersAs")} <code>{formats.list(said)}</code>
        </span>
      )}
      <span className={styles["soft"]}>
        {c("asked")} <RelativeTime at={canary.startedAt} />
        {outcome === "same" && compared > 0 ? ` · ${c("differ", { differing, compared })}` : null}
        {because === null ? null : ` · ${becauseOf(c, because)}`}
      </span>
    </span>
  );
}

const CHANGE_NEW = 7 * 86_400_000;

/** As long as the overview says so. */
export function isNew(change: Model["lastChange"]): boolean {
  return change !== null && now() - Date.parse(change.startedAt) < CHANGE_NEW;
}

const OUTCOME_TONES: Record<NonNullable<Model["canary"]>["outcome"], Tone> = {
  baseline: "good",
  same: "good",
  changed: "bad",
  inconclusive: "unknown",
};

const REASONS = ["no_questions", "breaker_open", "budget_spent", "answers_vary"] as const;

/** A reason of ours in words; the class of a failure as it is. */
function becauseOf(c: ReturnType<typeof useWords<typeof CANARY>>, because: string): string {
  const known = REASONS.find((one) => one === because);
  return known === undefined ? c("failed", { because }) : c(`because.${known}`);
}

/** Days in which another model can be tried and certified in good time. */
const SOON = 90;

export function Retires({ row: { retiresAt, retiresIn } }: { row: Watched }) {
  const c = useWords(CANARY);
  const formats = useFormats();
  if (retiresAt === null || retiresIn === null) return "–";
  const day = formats.day(`${retiresAt}T12:00:00Z`);
  const word = retiresIn < 0 ? c("retired", { day }) : c("retiresIn", { days: retiresIn, day });
  return retiresIn > SOON ? day : <StatusWord plain tone={retiresIn < 0 ? "bad" : "attention"} word={word} />;
}
