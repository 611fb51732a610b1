/**
 * The output as a form: one entry per field of its schema, the doubtful one marked with the reason in words.
 *
 * A field that has the focus says which value is looked for in the source. Choices take digits while they have the focus,
 * and the first letters of an option. What is changed shows what was suggested.
 */
import { NativeSelect, Radio, Textarea, TextInput } from "@mantine/core";
import { useId, type KeyboardEvent, type ReactNode } from "react";
import type { JsonObject } from "../../contract/json.ts";
import { INBOX } from "../locales/inbox.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { KeyHint } from "../parts/small.tsx";
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
    ...(focused && text !== "" && field.entry !== "yes_no"
      ? [
          <span key="evidence" className={styles["note"]}>
            <EvidenceNote
              input={props.input}
              value={field.entry === "number" ? (valueAt(props.suggested, field.path) ?? text) : text}
            />
          </span>,
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
        <label htmlFor={id} id={`${id}-label`}>
          {field.label}
        </label>
        {props.suggestions.includes(field.path) ? (
          <span className={styles["aside"]}>{t("draftOnly")}</span>
        ) : null}
        {changed ? <span className={styles["changed"]}>{t("changed")}</span> : null}
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
      if (field.options.length <= SIDE_BY_SIDE)
        return (
          <Radio.Group
            value={text}
            onChange={set}
            aria-labelledby={`${id}-label`}
            aria-describedby={describedBy}
            onKeyDown={byDigit}
          >
            <div className={styles["options"]}>
              {field.options.map(({ text: value, label }, index) => (
                <label key={value} className={styles["option"]} data-on={value === text || undefined}>
                  <Radio value={value} size="xs" disabled={disabled} {...(index === 0 ? { id } : {})} />
                  {label}
                  {digits && index < 9 ? <KeyHint keys={String(index + 1)} /> : null}
                </label>
              ))}
            </div>
          </Radio.Group>
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
        <Radio.Group
          value={text}
          onChange={set}
          aria-labelledby={`${id}-label`}
          aria-describedby={describedBy}
        >
          <div className={styles["options"]}>
            {(["true", "false"] as const).map((value, index) => (
              <label key={value} className={styles["option"]} data-on={value === text || undefined}>
                <Radio value={value} size="xs" disabled={disabled} {...(index === 0 ? { id } : {})} />
                {t(value === "true" ? "yes" : "no")}
              </label>
            ))}
          </div>
        </Radio.Group>
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
