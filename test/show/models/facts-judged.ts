/** What a caller must get in every case of openai-wire/FACTS.md, and what the cases look like that only streams have. Pure. */
import type { Fact } from "../../support/fault-provider/fault-provider.ts";
import { folded, type Form, type Heard } from "./asking.ts";
import { told } from "./judging.ts";

const LABEL = '{"category":"billing"}';

/** The answer is the first model's own, with this text; or another model gives the whole. */
type Expected =
  | { from: "primary"; text?: string; more?: (heard: Heard) => string | undefined }
  /** `live`: the code of the error that ends a stream whose tokens are out. */
  | { from: "fallback"; live?: string };

const own = (text?: string, more?: (heard: Heard) => string | undefined): Expected => ({
  from: "primary",
  ...(text === undefined ? {} : { text }),
  ...(more === undefined ? {} : { more }),
});
const next = (live?: string): Expected => ({ from: "fallback", ...(live === undefined ? {} : { live }) });
const unless = (holds: boolean, amiss: string) => (holds ? undefined : amiss);
const withUsage = ({ usage }: Heard) =>
  unless(usage?.["prompt_tokens"] === 41, `the usage is ${JSON.stringify(usage)}`);

export const EXPECTED: Record<Fact | "connect refused", Expected> = {
  "plain answer": own(undefined, withUsage),
  "JSON in a string": own('{ "category": "billing" }'),
  "JSON cut by its length": own(LABEL.slice(0, 14), ({ finish }) =>
    unless(finish === "length", `the finish is ${finish}`),
  ),
  "empty content": own(""),
  "null content with a refusal": own("", ({ refusal }) =>
    unless(refusal === "I'm sorry, I cannot assist with that request.", `the refusal is ${refusal}`),
  ),
  "label outside the taxonomy": own('{"category":"spam"}'),
  "reasoning beside the answer": own(LABEL),
  "tool call in pieces": own("", ({ tools, finish }) =>
    unless(
      finish === "tool_calls" && tools.join(" ") === 'weather{"city": "Mainz"} time{}',
      `the tools are ${tools.join(" ")}`,
    ),
  ),
  "usage chunk with empty choices": own(undefined, withUsage),
  "usage in the finish chunk": own(undefined, withUsage),
  "no usage at all": own(undefined),
  "first chunk empty": own(undefined, withUsage),
  "comments and other events": own(undefined, withUsage),
  "stream without [DONE]": own(undefined, withUsage),
  "[DONE] without an empty line": own(undefined, withUsage),
  "[DONE] without a finish": next("provider_cut_off"),
  "stream cut in a character": next("provider_cut_off"),
  "error inside the stream": next("provider_overloaded"),
  "400 unsupported parameter": next(),
  "401": next(),
  "429 with retry-after": next(),
  "429 with retry-after-ms": next(),
  "429 with nonsense": next(),
  "429 with quota": next(),
  "500 with HTML": next(),
  "503": next(),
  "slow first byte": next(),
  "slow drip": own(),
  "another model than asked": own(undefined, ({ headers }) =>
    unless(
      headers.get("x-pilotage-model") === "router-pick-7b",
      `the header names ${headers.get("x-pilotage-model")}`,
    ),
  ),
  "logprobs: null": own(LABEL),
  "connect refused": next(),
};

/** What was not as it should be. */
export function amissIn(
  fact: keyof typeof EXPECTED,
  form: Form,
  heard: Heard,
  provider: { text: string; answeredBy(actor: "fallback"): string },
): string[] {
  const expected = EXPECTED[fact];
  const malformed = heard.malformed.length === 0 ? [] : [`malformed events: ${heard.malformed.join(" ")}`];
  if (expected.from === "fallback" && expected.live !== undefined && form === "live") {
    const isClean = !heard.whole && heard.error?.["code"] === expected.live;
    return [...malformed, ...(isClean ? [] : [told(heard)])];
  }
  const text = folded((expected.from === "primary" ? expected.text : undefined) ?? provider.text);
  const good = heard.status === 200 && heard.whole && !heard.error && heard.text === text;
  const by = heard.headers.get("x-pilotage-model");
  const more =
    expected.from === "primary"
      ? expected.more?.(heard)
      : unless(by === provider.answeredBy("fallback"), `the header names ${by}`);
  return [...malformed, ...(good ? [] : [told(heard)]), ...(more === undefined ? [] : [more])];
}
