/** Whatever a server says about itself, its answer is stored, once, and the case goes on. */
import { describe, expect, test } from "vitest";
import { install, launch, until } from "../../../test/support/installation.ts";
import { startProvider, type ProviderAnswer } from "../../../test/support/provider.ts";

async function attemptsWith(answer: Partial<ProviderAnswer>) {
  const installation = await install();
  const provider = await startProvider({ answer: () => ({ output: { category: "billing" }, ...answer }) });
  try {
    const { client } = installation;
    await client.saveConnection({
      params: { name: "chat" },
      body: { settings: { kind: "openai", baseUrl: provider.url } },
    });
    await launch(installation, {
      script: null,
      release: { model: { connection: "chat", name: "small", timeout: 5_000 }, prompt: "{{ input.text }}" },
    });
    const { caseId } = await client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "T-1", input: { text: "hello" } },
    });
    const found = await until(
      () => client.getCase({ params: { case: caseId } }),
      (one) => one.state === "in_review",
    );
    return { attempts: found.attempts, asked: provider.requests.length };
  } finally {
    await installation.stop();
    await provider.stop();
  }
}

describe("a model's answer", () => {
  test.each<[string, Partial<ProviderAnswer>, string]>([
    ["an ordinary name", { model: "mistral-small-2026:latest@eu" }, "mistral-small-2026:latest@eu"],
    ["a name with bytes that no database takes", { model: "bad\0name \ud800 end" }, "bad-name-end"],
    ["a name that is a text", { model: "You wrote: ".repeat(1_000) }, "You-wrote:-".repeat(10).slice(0, 100)],
    [
      "more tokens than there are",
      { model: "small", usage: { prompt_tokens: 9e15, completion_tokens: 3e9 } },
      "small",
    ],
  ])("with %s is stored at the first try", async (_, answer, name) => {
    const { attempts, asked } = await attemptsWith(answer);
    expect(attempts).toMatchObject([{ state: "answered", modelAnswered: name }]);
    expect(asked).toBe(1);
  });
});
