/** When models retire, as one line of a form: `small-1 2027-06-30, large-1 2028-01-31`. Pure. */

/** Undefined for what is no such list. */
export function textOfDays(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value)
    .map(([model, day]) => `${model} ${String(day)}`)
    .join(", ");
}

/** What is no day stays as it was written: the server says what is wrong with it. */
export function daysFrom(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").flatMap((part): [string, string][] => {
      const words = part.trim().split(/\s+/);
      const day = words.pop() ?? "";
      return day === "" ? [] : [[words.join(" "), day]];
    }),
  );
}
