/**
 * What is asked of a gateway in each of the sixteen faults, from both sides: what the caller got, what the provider saw.
 *
 * Pure. The figures are those of the reference's table. `pass`: rescued, every check clean; `partial`: rescued, and only
 * something advisory is amiss; `safe`: not rescued, but a bounded and clean error; else `fail`.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Actor, Scenario, Seen } from "../../support/fault-provider/fault-provider.ts";
import { folded, HANGS_AFTER, type Form, type Heard } from "./asking.ts";

export type Verdict = "pass" | "partial" | "safe" | "fail";

/** What the program has on record of the call. */
export interface Recorded {
  outcome: string;
  inputTokens: number | null;
  outputTokens: number | null;
  tries: { connection: string; modelAsked: string; error: string | null; outputTokens: number | null }[];
}

export interface Played {
  scenario: Scenario;
  form: Form;
  heard: Heard;
  seen: readonly Seen[];
  record: Recorded | undefined;
  /** The whole text of a healthy answer. */
  text: string;
  answeredBy(actor: Actor): string;
  /** A healthy call afterwards. */
  after: Heard;
}

export interface Judged {
  verdict: Verdict;
  /** What was not as it should be. */
  problems: string[];
}

interface Check {
  holds: boolean;
  /** What is amiss when it does not. */
  amiss: string;
  advisory?: true;
}

export function judge(played: Played): Judged {
  const { scenario, heard, after } = played;
  // There the right end is the provider's own reason.
  const rescued = scenario === "S13" ? heard.error !== undefined : isWhole(played, heard);
  const checks = [
    ...always(played),
    ...OF_SCENARIO[scenario](played, rescued),
    must(isWhole(played, after), `a healthy call afterwards: ${told(after)}`),
    must(after.milliseconds < 10_000, `a healthy call afterwards took ${seconds(after.milliseconds)}`),
  ];
  const failed = checks.filter((one) => !one.holds);
  const problems = failed.map((one) => one.amiss);
  if (failed.some((one) => !one.advisory)) return { verdict: "fail", problems };
  if (!rescued) return { verdict: "safe", problems };
  return { verdict: failed.length === 0 ? "pass" : "partial", problems };
}

const must = (holds: boolean, amiss: string): Check => ({ holds, amiss });
const should = (holds: boolean, amiss: string): Check => ({ holds, amiss, advisory: true });

function isWhole({ text }: Pick<Played, "text">, heard: Heard): boolean {
  return heard.status === 200 && heard.whole && !heard.error && heard.text === folded(text);
}

function always({ heard, seen, record, text, answeredBy, scenario, form }: Played): Check[] {
  const success = heard.whole && heard.error === undefined;
  const error = heard.error ?? {};
  const last = seen.at(-1);
  return [
    must(heard.status !== 0 && heard.milliseconds < HANGS_AFTER, `it hung: ${told(heard)}`),
    must(success || heard.error !== undefined, "neither an answer nor an error"),
    must(!(heard.error && heard.whole), "an error and an end"),
    must(!success || heard.text === folded(text), `a part was given for the whole: ${heard.text.length}`),
    must(
      success || ["message", "type", "param", "code"].every((key) => key in error),
      `an error without its four keys: ${JSON.stringify(error)}`,
    ),
    must(heard.malformed.length === 0, `malformed events: ${heard.malformed.join(" ")}`),
    must(seen.length <= 6, `${seen.length} attempts`),
    must(record !== undefined, "no record of the call"),
    must(record === undefined || record.tries.length === seen.length, "not every attempt is on record"),
    must(
      record === undefined || (record.outcome === "answered") === success,
      `on record as ${record?.outcome}`,
    ),
    should(
      heard.headers.get("x-pilotage-attempts") === String(seen.length),
      `attempts by the header ${heard.headers.get("x-pilotage-attempts")}, by the provider ${seen.length}`,
    ),
    should(
      !success || heard.headers.get("x-pilotage-model") === answeredBy(last!.actor),
      `the header names ${heard.headers.get("x-pilotage-model")}`,
    ),
    should(!success || heard.usage !== undefined, "no usage"),
    // A plain or buffered call can always be rescued.
    should(success || scenario === "S13" || form === "live", `not rescued: ${told(heard)}`),
  ];
}

const of = (seen: readonly Seen[], actor: Actor) => seen.filter((one) => one.actor === actor);
const asked = (seen: readonly Seen[]) => seen.map(({ actor }) => actor).join(" ");
const within = (seen: readonly Seen[], ms: number) =>
  seen.filter(({ atMs }) => atMs < seen[0]!.atMs + ms).length;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
export const told = (heard: Heard) =>
  `${heard.status} ${heard.whole ? "whole" : "not whole"} ${heard.text.length} characters ${JSON.stringify(heard.error ?? heard.malformed)}`;

const once = ({ seen }: Played) =>
  must(of(seen, "primary").length === 1, `the first model was asked ${of(seen, "primary").length} times`);
const faster = ({ heard }: Played, ms: number) =>
  must(heard.milliseconds < ms, `it took ${seconds(heard.milliseconds)}`);
const byFallback = ({ seen }: Played, rescued: boolean) =>
  must(!rescued || seen.at(-1)?.actor === "fallback", `asked: ${asked(seen)}`);

const OF_SCENARIO: Record<Scenario, (played: Played, rescued: boolean) => Check[]> = {
  S01: ({ seen }) => {
    const again = of(seen, "primary")[1];
    return [
      must(within(seen, 1_500) <= 2, `${within(seen, 1_500)} attempts in 1.5 s`),
      must(
        again === undefined || again.atMs - seen[0]!.atMs >= 1_800,
        `asked again after ${seconds((again?.atMs ?? 0) - seen[0]!.atMs)}`,
      ),
    ];
  },
  S02: (played, rescued) => {
    const primary = of(played.seen, "primary");
    return [
      must(within(primary, 3_000) <= 4, `${within(primary, 3_000)} attempts in 3 s`),
      byFallback(played, rescued),
    ];
  },
  S03: ({ seen }) => [must(asked(seen) === "primary primary", `asked: ${asked(seen)}`)],
  S04: (played, rescued) => [byFallback(played, rescued)],
  S05: ({ seen }) => [
    must(of(seen, "primary").length >= 2, `asked: ${asked(seen)}`),
    should(asked(seen) === "primary primary", `asked: ${asked(seen)}`),
  ],
  S06: (played, rescued) => [once(played), byFallback(played, rescued)],
  S07: (played, rescued) => [faster(played, 15_000), once(played), byFallback(played, rescued)],
  S08: () => [],
  S09: (played) => [faster(played, 45_000), once(played)],
  S10: () => [],
  S11: (played) => [
    faster(played, 8_000),
    once(played),
    must(played.heard.usage !== undefined, "no usage was reported"),
  ],
  S12: (played, rescued) => [
    once(played),
    must(of(played.seen, "fallback").length <= 1, `asked: ${asked(played.seen)}`),
    should(asked(played.seen) === "primary larger", `asked: ${asked(played.seen)}`),
    must(!rescued || played.seen.at(-1)?.actor === "larger", `asked: ${asked(played.seen)}`),
  ],
  S13: ({ heard, seen }) => [
    must(asked(seen) === "primary", `asked: ${asked(seen)}`),
    must(heard.status === 400, `the status is ${heard.status}`),
    must(
      heard.error?.["code"] === "content_policy_violation",
      `the code is ${JSON.stringify(heard.error?.["code"])}`,
    ),
    must(
      JSON.stringify(heard.error?.["message"] ?? "").includes(
        "it asks for instructions that our policy does not allow",
      ),
      `the provider's reason is lost: ${JSON.stringify(heard.error?.["message"])}`,
    ),
  ],
  S14: ({ heard, seen }) => [
    must(
      of(seen, "fallback").every(({ body }) => lastRole(body) === "user"),
      "the fallback was given the beginning of an answer",
    ),
    must(!JSON.stringify(heard.error ?? "").includes("prefill"), "the fallback's error was seen"),
  ],
  // Judged over all its calls, in outage.ts.
  S15: () => [],
  S16: (played, rescued) => {
    const { heard, record, answeredBy } = played;
    const failed = record?.tries.filter((one) => one.error !== null) ?? [];
    return [
      byFallback(played, rescued),
      must(
        heard.headers.get("x-pilotage-model") === answeredBy("fallback"),
        `the reply names ${heard.headers.get("x-pilotage-model")}`,
      ),
      must(heard.usage?.["prompt_tokens"] === 43, `the usage is ${JSON.stringify(heard.usage)}`),
      must(record?.inputTokens === 43 && record.outputTokens === 60, "the record has another usage"),
      must(
        failed.every((one) => one.outputTokens === null),
        "failed attempts are billed as completions",
      ),
    ];
  },
};

function lastRole(body: JsonObject): unknown {
  const { messages } = body;
  return (Array.isArray(messages) ? (messages.at(-1) as { role?: unknown }) : undefined)?.role;
}
