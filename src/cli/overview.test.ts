/** What `pilotage overview` prints: sentences for people, and beneath each the command that helps. */
import { expect, test } from "vitest";
import { overviewText } from "./overview.ts";
import { SAMPLES } from "./samples.fixture.ts";

const AT = "2026-01-05T08:00:00.000Z";
const { sentences } = SAMPLES.getOverview;
const need = (code: string, values: Record<string, string | number>) => ({
  kind: "change" as const,
  id: "qua_1",
  code,
  values,
  at: AT,
  link: "/operations",
});

test("the answers come first, each with what it rests on; nothing waiting is said once", () => {
  const [runs, ...others] = sentences;
  const late = {
    ...runs!,
    state: "attention" as const,
    code: "runs_overdue",
    values: { cases: 1, received: 4, delivered: 1 },
  };
  expect(overviewText("tickets", { sentences: [late, ...others], needs: [] })).toContain(
    `tickets: Running, with a fault, quality proven, used, worth it. Nothing waits for your decision.

Is it running?
  One case is overdue. Today 4 came in, 1 is delivered. (n 3, since 2026-01-05 08:00:00Z)
    pilotage review inbox tickets

Is it good?`,
  );
});

test("what waits for a decision stands below, with the command that settles it", () => {
  const needs = [
    need("quarantine_open", { count: 2 }),
    need("waiver_ends", { item: "works_council", until: AT }),
    need("change_waits", { setting: "undo", before: "5000", after: "0", by: "E. Brandt\u001b[2J" }),
  ];
  expect(overviewText("tickets", { sentences, needs })).toContain(`3 decisions wait for you.`);
  expect(overviewText("tickets", { sentences, needs })).toContain(`Needs your decision
  2 records wait in quarantine (2026-01-05 08:00:00Z)
    pilotage quarantine list tickets
  The waiver “works council” ends 2026-01-05 08:00:00Z
    pilotage waive tickets works_council --reason "..." --as <person>
  undo from 5000 to 0, asked for by E. Brandt\\u001b[2J (2026-01-05 08:00:00Z)
    pilotage approve qua_1 --as <person>`);
});

test("a code that a newer server sends is shown as it is, with its values", () => {
  const text = overviewText("tickets", { sentences, needs: [need("tide_is_low", { metres: 2 })] });
  expect(text).toContain("  tide is low, metres 2 (2026-01-05 08:00:00Z)");
});
