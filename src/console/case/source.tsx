/**
 * What came in: texts first, then every other field, as the schema demands them, with the evidence for a value outlined.
 *
 * A very long text is cut and says so (long-text.tsx). Shown as plain text and nothing else: no markup is interpreted, no address is a link, no image is loaded. Texts carry
 * the language that the case says it is in, so that a screen reader pronounces it.
 */
import { useMemo, type Ref } from "react";
import { isJsonObject, type JsonObject, type JsonValue } from "../../contract/json.ts";
import { INBOX } from "../locales/inbox.ts";
import { useFormats } from "../locales/formats.ts";
import { useWords } from "../locales/words.ts";
import { isCut } from "./cut.ts";
import { evidenceIn } from "./evidence.ts";
import { LongText } from "./long-text.tsx";
import { Marked } from "./marked.tsx";
import { demandedAt, labelOf } from "./output-fields.ts";
import styles from "./source.module.css";

interface Shown {
  path: string;
  text: string;
  long: boolean;
}

/** Beyond this, or over several lines, a text is read and not looked up. */
const LONG = 60;
/** What texts are usually called: read first, whatever their length. */
const IS_TEXT =
  /(?:^|\.)(?:subject|title|body|text|message|description|comment|content|betreff|nachricht|beschreibung)$/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

export interface SourceProps {
  input: JsonObject;
  schema?: JsonObject;
  /** The value whose evidence is outlined. */
  sought?: unknown;
  /** Somebody marked text of this field. */
  onMark?: (path: string) => void;
  /** The head of a text that is cut has been on screen. */
  cutSeen?: (path: string) => void;
  ref?: Ref<HTMLDivElement>;
}

export function Source({ input, schema, sought, onMark, cutSeen, ref }: SourceProps) {
  const fields = useMemo(() => shownFields(input, schema), [input, schema]);
  const formats = useFormats();
  const lang = languageOfCase(input);
  const short = fields.filter((field) => !field.long);
  const long = fields.filter((field) => field.long);
  function marked() {
    const selection = document.getSelection();
    if (onMark === undefined || selection === null || selection.isCollapsed) return;
    const node = selection.anchorNode;
    const element = node instanceof Element ? node : node?.parentElement;
    const path = element?.closest("[data-source]")?.getAttribute("data-source");
    if (path) onMark(path);
  }
  return (
    <div className={styles["source"]} ref={ref} onPointerUp={marked} onKeyUp={marked}>
      {long.map((field) => (
        <LongText
          key={field.path}
          path={field.path}
          text={field.text}
          lang={lang}
          sought={sought}
          cutSeen={cutSeen && (() => cutSeen(field.path))}
        />
      ))}
      {short.length === 0 ? null : (
        <dl className={styles["short"]}>
          {short.map((field) => (
            <div key={field.path} data-source={field.path}>
              <dt>{labelOf(field.path)}</dt>
              <dd lang={lang}>
                {MOMENT.test(field.text) ? (
                  <time dateTime={field.text}>{formats.moment(field.text)}</time>
                ) : (
                  <Marked text={field.text} sought={sought} />
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** The paths of what came in, as they are shown. */
export function sourcePaths(input: JsonObject, schema?: JsonObject): string[] {
  return shownFields(input, schema).map((field) => field.path);
}

/** The texts that are shown cut. */
export function cutsOf(input: JsonObject): string[] {
  return shownFields(input)
    .filter((field) => isCut(field.text))
    .map((field) => field.path);
}

/** How often a value stands in the source. */
export function evidenceCount(input: JsonObject, value: unknown): number {
  return shownFields(input).reduce((sum, field) => sum + evidenceIn(field.text, value).length, 0);
}

function shownFields(input: JsonObject, schema?: JsonObject): Shown[] {
  const flat: Shown[] = [];
  const collect = (value: JsonValue, path: string) => {
    if (isJsonObject(value)) {
      for (const [name, one] of Object.entries(value)) collect(one, path === "" ? name : `${path}.${name}`);
      return;
    }
    if (value === null || value === "") return;
    const text = Array.isArray(value)
      ? value.every((one) => typeof one !== "object")
        ? value.join(", ")
        : JSON.stringify(value, undefined, 2)
      : String(value);
    flat.push({ path, text, long: text.length > LONG || text.includes("\n") || IS_TEXT.test(path) });
  };
  collect(input, "");
  return flat.sort((a, b) => demandedAt(schema, a.path) - demandedAt(schema, b.path));
}

/** The language that the case says it is in; undefined when it does not say. */
export function languageOfCase(input: JsonObject): string | undefined {
  for (const name of ["language", "lang", "locale", "sprache"]) {
    const value = input[name];
    if (typeof value === "string" && /^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/.test(value))
      return value.replace("_", "-");
  }
  return undefined;
}

export interface EvidenceNoteProps {
  input: JsonObject;
  value: unknown;
  /** Where it stands in an attachment, in words. */
  elsewhere: string | undefined;
}

export function EvidenceNote({ input, value, elsewhere }: EvidenceNoteProps) {
  const t = useWords(INBOX);
  const n = useMemo(() => evidenceCount(input, value), [input, value]);
  if (n === 0) return <>{elsewhere ?? t("evidenceNone")}</>;
  return (
    <>
      {t("evidenceFound", { n })}
      {elsewhere === undefined ? "" : ` · ${elsewhere}`}
    </>
  );
}
