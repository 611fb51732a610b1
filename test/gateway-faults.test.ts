/**
 * The sixteen faults of a provider, seen by a client of the endpoint: plain, streamed whole, and streamed live.
 *
 * The provider plays ten times faster than in full timing, and the limits are a tenth. Each scenario has a connection of
 * its own, so that no breaker carries over. S15, which takes a minute, is in the proof of models.
 */
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { startFaultProvider, SCENARIOS, type Scenario } from "./support/fault-provider/fault-provider.ts";
import { install } from "./support/installation.ts";

const SPEED = 10;
const provider = await startFaultProvider({ speed: SPEED });
afterAll(() => provider.stop());
const installation = await install();
const { app, client, url } = installation;
const { secret: key } = await app.keys.make(
  { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
  { kind: "system", name: "test" },
);

type Form = "plain" | "buffered" | "live";
const FORMS: Form[] = ["plain", "buffered", "live"];
const PLAYED = (Object.keys(SCENARIOS) as Scenario[]).filter((one) => one !== "S15");
const nameOf = (scenario: Scenario) => `at-${scenario.toLowerCase()}`;
for (const scenario of PLAYED) {
  const name = nameOf(scenario);
  await client.saveConnection({
    params: { name },
    body: {
      settings: {
        kind: "openai",
        baseUrl: provider.url,
        passThrough: FORMS.map((form) => ({
          name: `primary-${form}`,
          fallback: [`${name}/fallback-${form}`],
          larger: `${name}/larger-${form}`,
          limits: {
            firstTokenMs: 10_000 / SPEED,
            idleMs: 15_000 / SPEED,
            wholeMs: 60_000 / SPEED,
            totalMs: 120_000 / SPEED,
          },
        })),
      },
    },
  });
}

interface Heard {
  status: number;
  text: string;
  /** A stream said its end, or a plain answer came whole. */
  whole: boolean;
  error: (JsonObject & { code?: string; message?: string }) | undefined;
  headers: Headers;
}

async function ask(scenario: Scenario, form: Form): Promise<Heard> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...(form === "plain" ? {} : { "x-pilotage-mode": form }),
    },
    body: JSON.stringify({
      model: `${nameOf(scenario)}/primary-${form}`,
      messages: [{ role: "user", content: "Say something long." }],
      ...(form === "plain" ? {} : { stream: true, stream_options: { include_usage: true } }),
    }),
    signal: AbortSignal.timeout(100_000),
  });
  const { status, headers } = response;
  const body = await response.text();
  if (headers.get("content-type")?.includes("json")) {
    const { error, choices } = JSON.parse(body) as JsonObject & {
      error?: JsonObject;
      choices?: { message: { content: string } }[];
    };
    const text = choices?.[0]?.message.content ?? "";
    return { status, text, whole: error === undefined, error, headers };
  }
  const events = body
    .split("\n\n")
    .filter((one) => one.startsWith("data: {"))
    .map(
      (one) =>
        JSON.parse(one.slice(6)) as { error?: JsonObject; choices?: { delta: { content?: string } }[] },
    );
  return {
    status,
    text: events.map((one) => one.choices?.[0]?.delta.content ?? "").join(""),
    whole: body.endsWith("data: [DONE]\n\n"),
    error: events.find((one) => one.error)?.error,
    headers,
  };
}

/** Once tokens are out a live stream cannot be rescued; it must not pass for whole. */
const BREAKS_LIVE: Partial<Record<Scenario, string>> = {
  S08: "provider_cut_off",
  S09: "provider_timeout",
  S10: "provider_bad_answer",
  S14: "provider_cut_off",
};
const fold = (text: string) => text.replaceAll(/\s+/g, " ").trim();

describe.each(FORMS)("%s", (form) => {
  test.each(PLAYED)(
    "%s",
    async (scenario) => {
      provider.play(scenario);
      const heard = await ask(scenario, form);
      const broken = form === "live" ? BREAKS_LIVE[scenario] : undefined;
      if (scenario === "S13") {
        expect(heard).toMatchObject({ status: 400, error: { code: "content_policy_violation" } });
        expect(heard.error!.message).toContain("our policy does not allow");
        expect(provider.seen).toHaveLength(1);
      } else if (broken !== undefined) {
        expect(heard).toMatchObject({ whole: false, error: { code: broken } });
        expect(fold(provider.text).startsWith(fold(heard.text))).toBe(true);
      } else {
        expect(heard).toMatchObject({ status: 200, whole: true, error: undefined });
        expect(fold(heard.text)).toBe(fold(provider.text));
        const actor = provider.seen.at(-1)!.actor;
        expect(heard.headers.get("x-pilotage-model")).toBe(provider.answeredBy(actor));
        expect(Number(heard.headers.get("x-pilotage-attempts"))).toBe(provider.seen.length);
        expect(provider.seen.length).toBeLessThanOrEqual(6);
      }
      const [call] = (await client.listModelCalls({ query: { limit: "1" } })).calls;
      expect(call!.tries).toHaveLength(provider.seen.length);

      provider.play("healthy");
      const after = await ask(scenario, form);
      expect(after).toMatchObject({ status: 200, whole: true });
      expect(fold(after.text)).toBe(fold(provider.text));
    },
    120_000,
  );
});
