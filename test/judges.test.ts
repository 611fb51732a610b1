/** A judging model beside reviewers: what they left as the model wrote it, or changed, in the cases that a set was made of. */
import { expect, test } from "vitest";
import { install, launch, until } from "./support/installation.ts";
import { startProvider } from "./support/provider.ts";

const params = { workflow: "tickets" };

test("a judge is compared with what reviewers left unchanged or changed, and confusions name the cases behind the items", async () => {
  const provider = await startProvider({
    answer(call) {
      const [system, user] =
        call.kind === "chat"
          ? call.messages.map(({ content }) => (typeof content === "string" ? content : ""))
          : [];
      if (system?.startsWith("You judge"))
        return { output: { verdict: user?.includes("polite") ?? false, reason: "so it reads" } };
      const rude = user?.includes("angry") ?? false;
      return { output: { category: "billing", note: rude ? "go away" : "polite words" } };
    },
  });
  const installation = await install();
  const { client } = installation;
  await client.saveConnection({
    params: { name: "chat" },
    body: { settings: { kind: "openai", baseUrl: provider.url } },
  });
  const release = await launch(installation, {
    script: null,
    workflow: {
      qa: { share: 1 },
      judges: [
        {
          name: "tone",
          asks: "Is the note polite?",
          of: "note",
          model: { connection: "chat", name: "large" },
        },
      ],
    },
    release: {
      model: { connection: "chat", name: "small", timeout: 30_000 },
      prompt: "Sort.\n---\n{{ input }}",
    },
  });
  const review = async (
    id: string,
    text: string,
    note: string | undefined,
    category = "billing",
    reviewer = client,
  ) => {
    const { caseId } = await client.submitCase({ params, body: { externalId: id, input: { text } } });
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "in_review",
    );
    const { lease } = await reviewer.claimReview({ params: { case: caseId }, body: {} });
    await reviewer.giveVerdict({
      params: { case: caseId },
      body:
        note === undefined
          ? { lease, verdict: "approve" }
          : { lease, verdict: "edit", output: { category, note } },
    });
    return caseId;
  };
  await review("1", "calm one", undefined);
  await review("2", "an angry one", "kind words");
  await review("3", "calm three", "other words");
  const mistaken = await review("4", "calm four", "polite words", "technical");
  // A program that plays a reviewer is no person to agree with.
  const clerk = await installation.clientFor(["review", "read"], { simulated: true });
  await review("5", "calm five", undefined, "billing", clerk);
  for await (const line of client.collectSet("tickets", { name: "may", from: "reviews", simulated: "true" }))
    if (line.code !== undefined) throw new Error(line.message);
  const { id } = await client.startEvaluation({
    params,
    body: { set: "may", release, metrics: ["judge tone"] },
  });
  const { figures, state } = await until(
    () => client.getEvaluation({ params: { run: id } }),
    (found) => found.state === "done" || found.state === "failed",
  );
  expect(state).toBe("done");
  // Left as it was: 1 and 4. Changed: 2, which the judge finds rude, and 3, which it finds polite.
  expect(figures!.judges).toMatchObject([
    { judge: "tone", cases: 4, bothYes: 2, onlyJudge: 1, onlyPerson: 0, bothNo: 1 },
  ]);
  expect(figures!.measures[1]).toMatchObject({ metric: "judge tone", right: 4, n: 5 });
  expect(figures!.classes[0]!.confusions).toMatchObject([
    { truth: "technical", answer: "billing", n: 1, items: [{ case: mistaken }] },
  ]);
  await provider.stop();
});
