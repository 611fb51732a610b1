/** Many reviewers at once over the API, the short form of people.4: no double lease, no lost verdict, one delivery per case. */
import { expect, test } from "vitest";
import pg from "pg";
import { openDesk } from "./support/desk.ts";
import { until } from "./support/installation.ts";
import { problemsOf, STORED, workShift } from "./support/reviewers.ts";

const REVIEWERS = 50;
const CASES = 200;
const WORKFLOW = "crowd";

test("fifty reviewers who claim and decide at the same time never meet", async () => {
  const desk = await openDesk({ PILOTAGE_DATABASE_CONNECTIONS: "12" });
  const { installation } = desk;
  await desk.open(WORKFLOW, { workflow: { undo: 0 } });
  const { client, databaseUrl } = installation;
  for (let done = 0; done < CASES; done += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        client.submitCase({
          params: { workflow: WORKFLOW },
          body: { externalId: `${done + i}`, input: { text: `the bill ${done + i}` } },
        }),
      ),
    );
  await until(
    () => client.getWorkflow({ params: { workflow: WORKFLOW } }),
    ({ counts }) => counts["in_review"] === CASES,
  );
  const reviewers = await Promise.all(
    Array.from({ length: REVIEWERS }, () => installation.clientFor(["review"])),
  );
  const result = await workShift({ reviewers, workflow: WORKFLOW, cases: CASES });
  await until(
    () => client.getWorkflow({ params: { workflow: WORKFLOW } }),
    ({ counts }) => (counts["delivered"] ?? 0) + (counts["closed"] ?? 0) === CASES,
  );
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const { rows } = await database.query(STORED, [WORKFLOW]);
  await database.end();
  expect(rows).toHaveLength(CASES);
  expect(problemsOf(result, rows)).toEqual([]);
  expect(result.refused).toEqual({});
  // The comparison finds what it is there for.
  expect(problemsOf(result, [{ ...rows[0], deliveries: 2 }, ...rows.slice(1)])).not.toEqual([]);
});
