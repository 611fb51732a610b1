/** A value of the output as text for reading; what is not there is a dash. Pure. */
import type { JsonValue } from "../../contract/json.ts";
import { labelOf, type OutputField } from "./output-fields.ts";

export function shownValue(value: JsonValue | undefined, field: OutputField): string {
  if (value === undefined || value === null || value === "") return "–";
  const text = typeof value === "object" ? JSON.stringify(value, undefined, 1) : String(value);
  return field.entry === "choice" ? labelOf(text) : text;
}
