/**
 * The sample of `npm start` with a clerk that takes no time: its cases go out alone in the end, by labels, a certificate
 * and two people, and by no other way.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { workAsClerk } from "../examples/clerk-desk.ts";
import { readAnswers } from "../examples/known-answers.ts";
import { towardsAutomation } from "../examples/sample-automation.ts";
import { setUpSample } from "../examples/sample-set-up.ts";
import { ROUND, ticketsFrom } from "../examples/ticket-pieces.ts";
import { sendTickets } from "../examples/ticket-sender.ts";
import { openClient } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { install, until } from "./support/installation.ts";

const SAMPLE = fileURLToPath(new URL("../examples/support-triage/", import.meta.url));
const quiet = () => undefined;

test(
  "the sample becomes partly automatic, and a later start leaves it as it is",
  { timeout: 240_000 },
  async () => {
    const { app, client, url, key, dataHome } = await install();
    const told = new AbortController();
    const { signal } = told;
    const said: string[] = [];
    const ready = (await setUpSample({ url, operatorKey: key, folder: SAMPLE, signal, say: quiet }))!;
    const { workflow } = ready;
    const data = (name: string) => join(SAMPLE, "data", name);
    const sending = sendTickets({
      client: openClient({ url, key: ready.keys.intake }),
      workflow,
      tickets: ticketsFrom(
        await readFile(data("tickets.csv")),
        await readFile(data("tickets-web.jsonl"), "utf8"),
      ),
      inbox: join(dataHome, "files", workflow, ready.inbox),
      counter: join(dataHome, "trickle.json"),
      burst: 600,
      every: 500,
      again: true,
      signal,
      say: quiet,
    });
    const answers = await readAnswers({
      path: data("answers.jsonl"),
      keyColumn: "ticketNo",
      answerColumns: ["category", "team", "priority"],
      by: { kind: "externalId" },
      repeatsAfter: ROUND,
    });
    const working = workAsClerk({
      client: openClient({ url, key: ready.keys.clerk }),
      workflow,
      answers,
      claim: 20,
      parallel: 1,
      pace: 0,
      idleAfter: undefined,
      signal,
      say: quiet,
    });
    try {
      const nobody = await client.listCases({ params: { workflow }, query: {} });
      expect(nobody.cases.filter((one) => one.verdict === "auto")).toEqual([]);
      await towardsAutomation({ ...ready, signal, say: (line) => said.push(line), lookEvery: 200 });
      expect(said[0]).toMatch(
        /^The sample's owner asked for a certificate: on simulated labels: certified at 0\.\d\d, /,
      );
      expect(said.at(-1)).toContain("go out alone from now on");
      const { cases } = await until(
        () => client.listCases({ params: { workflow }, query: { state: "delivered", limit: 100 } }),
        (found) => found.cases.some((one) => one.verdict === "auto"),
        120_000,
      );
      const alone = await client.getCase({
        params: { case: cases.find((one) => one.verdict === "auto")!.id },
      });
      const status = await client.getWorkflow({ params: { workflow } });
      expect(status).toMatchObject({ autonomy: 0.8, certificates: [{ inForce: true }], pendingChanges: 0 });
      expect(alone.decision).toMatchObject({ outcome: "auto", certificate: status.certificates[0]!.id });
      const people = await app.database.all<{ requested_by: string; decided_by: string }>(
        sql`select requested_by, decided_by from workflow_setting_change where workflow = ${workflow} and setting = 'autonomy'`,
      );
      expect(people).toEqual([
        { requested_by: "m.lindacher@example.com", decided_by: "s.haberland@example.com" },
      ]);

      // A later start, after somebody lowered the autonomy: nothing is asked for again.
      await ready.owner.setAutonomy({ params: { workflow }, body: { autonomy: 0.1 } });
      const looks = async () =>
        (await client.listCertifications({ params: { workflow }, query: {} })).certifications;
      const before = await looks();
      said.length = 0;
      await towardsAutomation({ ...ready, signal, say: (line) => said.push(line), lookEvery: 200 });
      expect(said).toEqual([
        `Certificate: ${status.certificates[0]!.sentence}.`,
        "Autonomy: 10 % of the cases may go out alone.",
      ]);
      expect((await looks()).map((one) => one.id)).toEqual(before.map((one) => one.id));
      expect(await client.getWorkflow({ params: { workflow } })).toMatchObject({
        autonomy: 0.1,
        pendingChanges: 0,
      });
    } finally {
      told.abort();
      await Promise.all([sending, working]);
    }
  },
);
