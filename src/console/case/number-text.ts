/**
 * Numbers as people type them: 1.234,56 and 1,234.56 and 1'234.56 alike, as long as only one meaning is possible.
 *
 * `1.234` can mean two things; the locale does not decide that, the person is asked. Pure.
 */

export type NumberReading =
  { kind: "number"; value: number } | { kind: "ambiguous"; either: number; or: number } | { kind: "none" };

export function readNumber(typed: string): NumberReading {
  const text = typed.trim().replaceAll(/[\s'’\u00a0\u202f]/g, "");
  if (!/^[+-]?[\d.,]*\d[\d.,]*$/.test(text)) return { kind: "none" };
  const dots = text.split(".").length - 1;
  const commas = text.split(",").length - 1;
  if (dots > 0 && commas > 0) {
    const point = text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",";
    const group = point === "." ? "," : ".";
    return text.split(point).length === 2 && groupsWell(text.split(point)[0]!, group)
      ? plain(text.replaceAll(group, "").replace(point, "."))
      : { kind: "none" };
  }
  const mark = dots > 0 ? "." : ",";
  const marks = dots + commas;
  if (marks === 0) return plain(text);
  if (marks > 1) return groupsWell(text, mark) ? plain(text.replaceAll(mark, "")) : { kind: "none" };
  const asPoint = Number(text.replace(mark, "."));
  if (groupsWell(text, mark))
    return { kind: "ambiguous", either: asPoint, or: Number(text.replace(mark, "")) };
  return Number.isFinite(asPoint) ? { kind: "number", value: asPoint } : { kind: "none" };
}

/** Thousands: one to three digits without a zero in front, then groups of three. */
function groupsWell(text: string, mark: string): boolean {
  const [first = "", ...rest] = text.replace(/^[+-]/, "").split(mark);
  return /^[1-9]\d{0,2}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group));
}

function plain(text: string): NumberReading {
  const value = Number(text);
  return Number.isFinite(value) ? { kind: "number", value } : { kind: "none" };
}
