/** What a run measures besides what it always does: the list, each of which can go, and a form for one more. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useRef, useState, type FormEvent, type RefObject } from "react";
import type { MetricNames } from "../../../definition/metric.ts";
import { useWords } from "../../locales/words.ts";
import {
  classesFor,
  fieldsFor,
  kindsFor,
  MOST_METRICS,
  readDraft,
  type AddedKind,
  type Draft,
} from "./metric-entry.ts";
import { useMetricInWords } from "./metric-words.ts";
import { START } from "./start-run-words.ts";
import styles from "./start-run.module.css";

export interface MeasuredProps {
  names: MetricNames;
  metrics: readonly string[];
  change: (metrics: string[]) => void;
}

export function Measured({ names, metrics, change }: MeasuredProps) {
  const t = useWords(START);
  const say = useMetricInWords();
  const form = useRef<HTMLSelectElement>(null);
  return (
    <>
      <section className={styles["part"]} aria-label={t("chosen")}>
        <h3 className={styles["name"]}>{t("chosen")}</h3>
        <p className={styles["soft"]}>{t(metrics.length === 0 ? "chosenNone" : "chosenWhat")}</p>
        <ul className={styles["metrics"]}>
          {metrics.map((metric) => (
            <li key={metric}>
              <span>{say(metric)}</span>
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={t("removeOne", { metric: say(metric) })}
                onClick={() => {
                  change(metrics.filter((one) => one !== metric));
                  // The button goes with its line; the keyboard goes on where another one is chosen.
                  form.current?.focus();
                }}
              >
                {t("remove")}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      {metrics.length >= MOST_METRICS ? (
        <p className={styles["soft"]}>{t("full", { most: MOST_METRICS })}</p>
      ) : (
        <AddMetric names={names} metrics={metrics} change={change} first={form} />
      )}
    </>
  );
}

function AddMetric({
  names,
  metrics,
  change,
  first,
}: MeasuredProps & { first: RefObject<HTMLSelectElement | null> }) {
  const t = useWords(START);
  const kinds = kindsFor(names);
  const [draft, setDraft] = useState<Draft>(() => empty(kinds[0] ?? "schema", names));
  const [tried, setTried] = useState(false);
  const { kind, field, parameter } = draft;
  const read = readDraft(draft, names, metrics);
  const wrong =
    !tried || read.ok ? undefined : read.wrong === "twice" ? t("twice") : t(`wrong.${kind}` as "twice");
  const set = (part: Partial<Draft>) => {
    setTried(false);
    setDraft({ ...draft, ...part });
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!read.ok) return;
    change([...metrics, read.metric]);
    setDraft(empty(kind, names));
    setTried(false);
  };
  const fields = fieldsFor(kind, names);
  const ofClass = kind === "recall" || kind === "precision";
  const own = ofClass || fields.length === 0 ? undefined : `parameter.${kind}`;
  const asks = kind === "judge" || (own !== undefined && own in START);
  return (
    <form onSubmit={add} noValidate className={styles["part"]} aria-label={t("addOne")}>
      <h3 className={styles["name"]}>{t("addOne")}</h3>
      <div className={styles["add"]}>
        <NativeSelect
          ref={first}
          label={t("kind")}
          value={kind}
          {...(kind === "steady" ? { description: t("what.steady") } : {})}
          {...(asks || wrong === undefined || fields.length > 0 ? {} : { error: wrong })}
          onChange={(event) => {
            setTried(false);
            setDraft(empty(event.currentTarget.value as AddedKind, names));
          }}
          data={kinds.map((one) => ({ value: one, label: t(`kind.${one}`) }))}
        />
        {fields.length === 0 ? null : (
          <NativeSelect
            label={t("field")}
            value={field}
            {...(asks || ofClass || wrong === undefined ? {} : { error: wrong })}
            onChange={({ currentTarget: { value } }) =>
              set({ field: value, parameter: ofClass ? (classesFor(value, names)[0] ?? "") : parameter })
            }
            data={fields}
          />
        )}
        {ofClass ? (
          <NativeSelect
            label={t(`parameter.${kind}`)}
            value={parameter}
            {...(wrong === undefined ? {} : { error: wrong })}
            onChange={(event) => set({ parameter: event.currentTarget.value })}
            data={classesFor(field, names)}
          />
        ) : asks ? (
          <TextInput
            label={t(`parameter.${kind}` as "parameter.text")}
            description={t(`what.${kind}` as "what.text")}
            value={parameter}
            maxLength={1_000}
            autoComplete="off"
            {...(wrong === undefined ? {} : { error: wrong })}
            onChange={(event) => set({ parameter: event.currentTarget.value })}
          />
        ) : null}
        <Button type="submit" variant="default">
          {t("add")}
        </Button>
      </div>
    </form>
  );
}

function empty(kind: AddedKind, names: MetricNames): Draft {
  const field = fieldsFor(kind, names)[0] ?? "";
  const ofClass = kind === "recall" || kind === "precision";
  return { kind, field, parameter: ofClass ? (classesFor(field, names)[0] ?? "") : "" };
}
