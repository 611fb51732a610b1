/** Models behind Anthropic, Amazon Bedrock and Google: what they ask, and how they read what the published wire answers. */
import { describe, expect, test, vi } from "vitest";
import { json } from "../../test/support/provider-plays.ts";
import { simulatedClock } from "../platform/clock.ts";
import { openEgress } from "../platform/egress.ts";
import { started, type Wire, WIRES } from "./ai-sdk.fixture.ts";
import { failing, request, RIGHT, schema } from "./openai.fixture.ts";

const RIGHT_TEXT = JSON.stringify(RIGHT);
const never = new AbortController().signal;

describe.each(WIRES.map((wire): [string, Wire] => [wire.kind, wire]))("%s", (kind, wire) => {
  const errorFor = async (...plays: Parameters<Wire["error"]>) => {
    const { model } = await started(wire, [wire.error(...plays)], {
      clock: simulatedClock("2026-11-01T10:00:00Z"),
    });
    return failing(model.ask(request(), never));
  };

  test("asks with prompt, schema, limit and temperature, and with nothing else of the case", async () => {
    const { double, model } = await started(wire, [wire.answer(RIGHT_TEXT)], {
      temperature: 0.2,
      maxTokens: 300,
      headers: { "x-team": "pilot" },
    });
    await model.ask(request(), never);
    const [sent] = double.requests;
    expect(sent).toMatchObject({ method: "POST", path: wire.path });
    expect(sent!.headers).toMatchObject({ "x-team": "pilot", "content-type": "application/json" });
    expect(sent!.headers).not.toHaveProperty("user-agent");
    expect(wire.read(sent!.json)).toStrictEqual({
      system: "You sort tickets.",
      user: "My invoice is wrong.",
      limit: 300,
      temperature: 0.2,
      schema: expect.objectContaining({ type: "object", properties: schema["properties"] }) as unknown,
    });
    expect(double.bytes().toString()).not.toMatch(/marker000/);
    expect(Object.values(sent!.headers).join(" ")).toContain(wire.key);
  });

  test("reads output, text, model and tokens", async () => {
    const { model } = await started(wire, [wire.answer(`${RIGHT_TEXT}\n`)]);
    expect(model.describe).toBe(`${kind} ${wire.name} at cloud`);
    expect(await model.ask(request(), never)).toStrictEqual({
      output: RIGHT,
      text: `${RIGHT_TEXT}\n`,
      model: wire.answersAs,
      ...(kind === "bedrock" ? {} : { id: { anthropic: "msg_01", google: "r-1" }[kind] }),
      finish: "stop",
      usage: {
        inputTokens: 41,
        outputTokens: 17,
        ...(kind === "anthropic" ? { cachedTokens: 11 } : {}),
        ...(kind === "google" ? { reasoningTokens: 5 } : {}),
      },
    });
  });

  test("does not read an answer that was cut off", async () => {
    const { model } = await started(wire, [wire.cut(RIGHT_TEXT)]);
    expect(await model.ask(request(), never)).toMatchObject({
      output: undefined,
      finish: "length",
      text: RIGHT_TEXT,
      usage: { outputTokens: 17 },
    });
  });

  test("takes a refusal as one", async () => {
    const { model } = await started(wire, [wire.refusal()]);
    expect(await model.ask(request(), never)).toMatchObject({ output: undefined, finish: "refusal" });
  });

  test("sends images and PDF as such and text as text, and refuses what no model reads", async () => {
    const { double, model } = await started(wire, [wire.answer(RIGHT_TEXT)]);
    const file = (name: string, mediaType: string, text: string) => ({
      name,
      mediaType,
      bytes: Buffer.from(text),
    });
    const attachments = [
      file("scan.png", "image/png", "PNG-BYTES"),
      file("bill.pdf", "application/pdf", "PDF-BYTES"),
      file("note.txt", "text/plain", "seen on Monday"),
    ];
    await model.ask(request({ attachments }), never);
    const sent = JSON.stringify(double.requests[0]!.json);
    for (const text of ["PNG-BYTES", "PDF-BYTES"])
      expect(sent).toContain(Buffer.from(text).toString("base64"));
    expect(sent).toContain("note.txt:\\nseen on Monday");
    const error = await failing(
      model.ask(request({ attachments: [file("a.zip", "application/zip", "x")] }), never),
    );
    expect(error).toMatchObject({ code: "model_refused", retryable: false });
    expect(error.message).toContain("application/zip");
    expect(double.requests).toHaveLength(1);
  });

  test("carries an earlier answer and what was wrong with it", async () => {
    const { double, model } = await started(wire, [wire.answer(RIGHT_TEXT)]);
    const messages = [
      ...request().messages,
      { role: "assistant" as const, content: '{"category":"bill"}' },
      { role: "user" as const, content: "category: not one of the values" },
    ];
    await model.ask(request({ messages }), never);
    expect(JSON.stringify(double.requests[0]!.json)).toMatch(/My invoice.*bill.*not one of the values/);
  });

  test("says the schema in words once the model refuses it as a parameter, and remembers that", async () => {
    const refusal = wire.error(
      400,
      "ValidationException",
      "output_config.format: JSON schema is not supported",
    );
    const { double, model } = await started(wire, [
      refusal,
      wire.answer(RIGHT_TEXT),
      wire.answer(RIGHT_TEXT),
    ]);
    expect(await model.ask(request(), never)).toMatchObject({ output: RIGHT });
    await model.ask(request(), never);
    const [first, second, third] = double.requests.map(({ json }) => wire.read(json));
    expect(first!.schema).toBeDefined();
    for (const sent of [second, third]) {
      expect(sent!.schema).toBeUndefined();
      expect(sent!.system).toContain(`It must meet this JSON Schema:\n${JSON.stringify(schema)}`);
    }
    expect(double.requests).toHaveLength(3);
  });

  test("waits as long as a rate limit asks, and asks only once", async () => {
    const { double, model } = await started(wire, [
      wire.error(429, "ThrottlingException", "Too many requests", { "retry-after": "7" }),
    ]);
    expect(await failing(model.ask(request(), never))).toMatchObject({
      code: "model_unavailable",
      retryable: true,
      details: { status: 429, type: "ThrottlingException", retryAfterMs: 7_000 },
    });
    expect(double.requests).toHaveLength(1);
  });

  test.each([500, 503, 529])("is unavailable after %i", async (status) => {
    expect(await errorFor(status, "overloaded_error", "Overloaded")).toMatchObject({
      code: "model_unavailable",
      retryable: true,
      details: { status, type: "overloaded_error", providerMessage: "Overloaded" },
    });
  });

  test.each([400, 401, 403, 404])("refuses after %i, and never repeats the key", async (status) => {
    const error = await errorFor(status, "some_error", `Not with the key ${wire.key}.`);
    expect(error).toMatchObject({ code: "model_refused", retryable: false, details: { status } });
    expect(JSON.stringify([error.message, error.details])).not.toContain(wire.key);
  });

  test("knows an input that is too long, whatever the provider calls it", async () => {
    for (const words of [
      "prompt is too long: 210000 tokens > 200000 maximum",
      "Input is too long for requested model.",
      "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
    ])
      expect(await errorFor(400, "invalid_request_error", words)).toMatchObject({
        code: "model_refused",
        details: { class: "too_long" },
      });
  });

  test("calls what is no answer of the provider a bad answer, without quoting it", async () => {
    for (const play of [
      json(200, { choices: [{ message: { content: "private-words" } }] }),
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>private-words</html>" },
      { status: 200, body: "" },
      { status: 200, body: Buffer.from([0x22, 0xff, 0x22]) },
    ]) {
      const { model } = await started(wire, [play]);
      const error = await failing(model.ask(request(), never));
      expect(error.code).toBe("model_bad_answer");
      expect(JSON.stringify([error.message, error.details])).not.toContain("private-words");
    }
  });

  test("does not follow a redirect", async () => {
    const { double, model } = await started(wire, [
      { status: 307, headers: { location: "/elsewhere" }, body: "" },
    ]);
    expect(await failing(model.ask(request(), never))).toMatchObject({ code: "model_refused" });
    expect(double.requests).toHaveLength(1);
  });

  test("ends in time when nothing comes back, and when the connection breaks", async () => {
    const { model } = await started(wire, [{ silent: true }], { timeoutMs: 200 });
    expect(await failing(model.ask(request(), never))).toMatchObject({
      code: "model_unavailable",
      details: { timeoutMs: 200, class: "timeout_total" },
    });
    for (const reset of ["before", "middle"] as const) {
      const broken = await started(wire, [{ reset }]);
      expect(await failing(broken.model.ask(request(), never))).toMatchObject({
        code: "model_unavailable",
        retryable: true,
      });
    }
  });

  test("breaks off when the caller does", async () => {
    const { double, model } = await started(wire, [{ silent: true }]);
    const stop = new AbortController();
    const asking = failing(model.ask(request(), stop.signal));
    await double.received(1);
    stop.abort();
    expect(await asking).toMatchObject({ code: "model_unavailable", details: { aborted: true } });
    expect(await failing(model.ask(request(), stop.signal))).toMatchObject({ details: { aborted: true } });
  });

  test("looks for no key and no address on the machine", async () => {
    for (const name of [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "GOOGLE_GENERATIVE_AI_API_KEY",
      "AWS_BEARER_TOKEN_BEDROCK",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
    ])
      vi.stubEnv(name, "from-the-environment");
    for (const name of ["ANTHROPIC_BASE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"])
      vi.stubEnv(name, "http://127.0.0.1:1");
    vi.stubEnv("AWS_REGION", "us-gov-west-1");
    try {
      const { double, model } = await started(wire, [wire.answer(RIGHT_TEXT)]);
      await model.ask(request(), never);
      expect(double.bytes().toString()).not.toContain("from-the-environment");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("goes only where connections may lead", async () => {
    const { double, model } = await started(wire, [], {
      egress: openEgress([], (_, __, found) => found(null, [{ address: "127.0.0.1", family: 4 }])),
    });
    const { port } = new URL(double.url);
    const named = wire.make(`http://models.example.com:${port}`, {
      name: wire.name,
      timeoutMs: 2_000,
      connection: "cloud",
      egress: openEgress([], (_, __, found) => found(null, [{ address: "127.0.0.1", family: 4 }])),
    });
    const error = await failing(named.ask(request(), never));
    expect(error).toMatchObject({ code: "model_refused", retryable: false });
    expect(error.message).toContain("loopback address");
    expect(double.requests).toHaveLength(0);
    await named.close!();
    await model.close!();
  });
});
