/**
 * The output as a form: one entry per field of its schema, the doubtful one marked with the reason in words.
 *
 * A field that has the focus says which value is looked for in the source. Choices take digits while they have the focus,
 * and the first letters of an option. What is changed shows what was suggested.
 */
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useId, type KeyboardEvent, type ReactNode } from "react";
import type { JsonObject } from "../../contract/json.ts";
import { INBOX } from "../locales/inbox.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import {
  entryText,
  labelOf,
  valueAt,
  type Composed,
  type Entries,
  type OutputField,
} from "./output-fields.ts";
import { EvidenceNote } from "./source.tsx";
import styles from "./output-form.module.css";

export interface OutputFormProps {
  fields: readonly OutputField[];
  entries: Entries;
  /** What was suggested, if it may be seen. */
  suggested: JsonObject | null;
  doubts: readonly { field: string; sentence: string }[];
  suggestions: readonly string[];
  problems: Composed["problems"];
  /** Whether what is missing is said already. */
  strict: boolean;
  input: JsonObject;
  /** Where a value stands in an attachment, in words. */
  elsewhere?: (value: unknown) => string | undefined;
  lang: string | undefined;
  focused: string | undefined;
  /** The choice that digits go to while nothing has the focus. */
  active: string | undefined;
  disabled: boolean;
  onFocus: (path: string | undefined) => void;
  onChange: (path: string, text: string) => void;
}

/** Up to so many options stand side by side; more become a list. */
const SIDE_BY_SIDE = 5;
const sideBySide = ({ entry, options }: OutputField) =>
  entry === "yes_no" || (entry === "choice" && options.length <= SIDE_BY_SIDE);

export function OutputForm(props: OutputFormProps) {
  return (
    <div
      className={styles["form"]}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) props.onFocus(undefined);
      }}
    >
      {props.fields.map((field) => (
        <OneField key={field.path} field={field} {...props} />
      ))}
    </div>
  );
}

function OneField({ field, ...props }: OutputFormProps & { field: OutputField }) {
  const t = useWords(INBOX);
  const id = useId();
  const text = props.entries[field.path] ?? "";
  const before =
    props.suggested === null ? undefined : entryText(field, valueAt(props.suggested, field.path));
  const changed = before !== undefined && before !== text;
  const doubt = props.doubts.find((one) => one.field === field.path);
  const problem = props.problems[field.path];
  const said =
    problem !== undefined && (problem !== "missing" || props.strict) ? t(`problem.${problem}`) : undefined;
  const focused = props.focused === field.path;
  const sought = field.entry === "number" ? (valueAt(props.suggested, field.path) ?? text) : text;
  const notes: ReactNode[] = [
    ...(doubt === undefined
      ? []
      : [<Note key="doubt" tone="attention" text={t("doubtful", { why: doubt.sentence })} />]),
    ...(said === undefined ? [] : [<Note key="problem" tone="bad" text={said} />]),
    ...(changed
      ? [
          <Note
            key="was"
            text={t("was", {
              value: before === "" ? t("empty") : field.entry === "choice" ? labelOf(before) : before,
            })}
          />,
        ]
      : []),
  ];
  return (
    <div
      className={styles["field"]}
      data-doubt={doubt === undefined ? undefined : true}
      data-changed={changed || undefined}
      data-path={field.path}
      onFocus={() => props.onFocus(field.path)}
    >
      <div className={styles["label"]}>
        {sideBySide(field) ? (
          // Names the group; as a label of the first option it would take the option's own name.
          <span id={`${id}-label`}>{field.label}</span>
        ) : (
          <label htmlFor={id}>{field.label}</label>
        )}
        {props.suggestions.includes(field.path) ? (
          <span className={styles["aside"]}>{t("draftOnly")}</span>
        ) : null}
        {changed ? <span className={styles["changed"]}>{t("changed")}</span> : null}
        {focused && text !== "" && field.entry !== "yes_no" ? (
          // Beside the label: below the entry it would push what somebody is about to click on.
          <span className={styles["evidence"]}>
            <EvidenceNote input={props.input} value={sought} elsewhere={props.elsewhere?.(sought)} />
          </span>
        ) : null}
      </div>
      <Entry
        field={field}
        id={id}
        text={text}
        invalid={said !== undefined}
        describedBy={`${id}-notes`}
        digits={focused || (props.focused === undefined && props.active === field.path)}
        {...props}
      />
      <div id={`${id}-notes`} className={styles["notes"]}>
        {notes}
      </div>
    </div>
  );
}

function Note({ text, tone }: { text: string; tone?: "attention" | "bad" }) {
  return (
    <span className={styles["note"]} data-tone={tone}>
      {tone === undefined ? null : <Icon name="warn" size={14} />}
      {text}
    </span>
  );
}

interface EntryProps {
  field: OutputField;
  id: string;
  text: string;
  invalid: boolean;
  describedBy: string;
  lang: string | undefined;
  disabled: boolean;
  /** Digits choose here now. */
  digits: boolean;
  onChange: (path: string, text: string) => void;
}

function Entry({ field, id, text, invalid, describedBy, lang, disabled, digits, onChange }: EntryProps) {
  const t = useWords(INBOX);
  const set = (value: string) => onChange(field.path, value);
  const shared = {
    id,
    disabled,
    "aria-describedby": describedBy,
    "aria-invalid": invalid || undefined,
  } as const;

  function byDigit(event: KeyboardEvent) {
    const option = field.options[Number(event.key) - 1];
    if (
      !/^[1-9]$/.test(event.key) ||
      event.repeat ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      option === undefined
    )
      return;
    event.preventDefault();
    event.stopPropagation();
    set(option.text);
  }

  switch (field.entry) {
    case "choice":
      if (sideBySide(field))
        return (
          <Options
            {...shared}
            options={field.options}
            text={text}
            digits={digits}
            set={set}
            onKeyDown={byDigit}
          />
        );
      return (
        <NativeSelect
          {...shared}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
          onKeyDown={byDigit}
          data={[
            ...(text === "" || !field.required
              ? [{ value: "", label: text === "" ? t("choose") : "–" }]
              : []),
            ...(text !== "" && !field.options.some((option) => option.text === text)
              ? [{ value: text, label: labelOf(text) }]
              : []),
            ...field.options.map(({ text: value, label }, index) => ({
              value: value,
              label: index < 9 ? `${label}  (${index + 1})` : label,
            })),
          ]}
        />
      );
    case "yes_no":
      return (
        <Options
          {...shared}
          options={(["true", "false"] as const).map((value) => ({
            text: value,
            label: t(value === "true" ? "yes" : "no"),
          }))}
          text={text}
          digits={false}
          set={set}
        />
      );
    case "text":
      return (
        <Textarea
          {...shared}
          lang={lang ?? ""}
          autosize
          minRows={3}
          maxRows={16}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "json":
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          maxRows={16}
          value={text}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mono)" } }}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <TextInput
          {...shared}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "date":
      return (
        <TextInput
          {...shared}
          type="date"
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "line":
      return (
        <TextInput
          {...shared}
          lang={lang ?? ""}
          autoComplete="off"
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
  }
}

interface OptionsProps {
  id: string;
  options: readonly { text: string; label: string }[];
  text: string;
  disabled: boolean;
  digits: boolean;
  set: (text: string) => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** Options side by side. The digits stand there also while they do not count, so that nothing moves under the mouse. */
function Options({ id, options, text, disabled, digits, set, ...rest }: OptionsProps) {
  return (
    <div role="radiogroup" className={styles["options"]} aria-labelledby={`${id}-label`} {...rest}>
      {options.map((option, index) => (
        <label key={option.text} className={styles["option"]} data-on={option.text === text || undefined}>
          <input
            type="radio"
            name={id}
            checked={option.text === text}
            disabled={disabled}
            onChange={() => set(option.text)}
          />
          {option.label}
          {index < 9 && rest.onKeyDown !== undefined ? (
            <span className={styles["digit"]} data-counts={digits || undefined} aria-hidden>
              {index + 1}
            </span>
          ) : null}
        </label>
      ))}
    </div>
  );
}
