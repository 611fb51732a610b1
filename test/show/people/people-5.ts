/**
 * `people.5`: the table of what the server lets people do is the table of rules.
 *
 * The real program; people with one role each, with none, and nobody at all try every action through its API. What takes
 * two is tried by every role with every role, and by one person who has both. Two tables with one fault planted must be
 * told from what the server does.
 */
import { RULES } from "../../../src/access/rules.ts";
import { openSessions } from "../../../src/access/sessions.ts";
import { openAudit } from "../../../src/audit/record.ts";
import { openClient } from "../../../src/contract/client.ts";
import { idSource } from "../../../src/platform/chance.ts";
import { systemClock as clock } from "../../../src/platform/clock.ts";
import { signedIn } from "../../support/people.ts";
import {
  differences,
  EVERY_ROLE,
  isRefusal,
  prepareTrials,
  resultTable,
  tryAlone,
  tryPairs,
  trySamePerson,
  type Cell,
  type PairCell,
  type Rules,
  type World,
} from "../../support/rule-trials.ts";
import type { Context, Outcome } from "../point.ts";
import { openStore, startProgram, type Program } from "../program.ts";

export const title =
  "Every rule of who may do what, tried by every role, by nobody and by a second person who is the first: the table of results is the table of rules";

export async function run(context: Context): Promise<Outcome> {
  const program = await startProgram(context, { dataHome: context.folder("rules") });
  const world = await worldOf(context, program);
  const trials = await prepareTrials(world);
  context.progress("every action by every role");
  const cells = await tryAlone(world, trials, RULES);
  for (const line of resultTable(cells).split("\n")) context.progress(line);
  context.progress("every pair of roles");
  const pairs = await tryPairs(world, trials, RULES);
  for (const line of pairLines(pairs)) context.progress(line);
  context.progress("one person for both");
  const same = await trySamePerson(world, trials, RULES);

  const differ = differences(cells, pairs);
  for (const line of differ) context.progress(`differs: ${line}`);
  const missed = plantedFaults().filter(({ rules }) => differences(retold(cells, rules), pairs).length === 0);
  const approvedOwn = same.filter((one) => !one.refused);
  return {
    met: differ.length === 0 && approvedOwn.length === 0 && missed.length === 0,
    figures: {
      actions: new Set(cells.map((one) => one.action)).size,
      roles: EVERY_ROLE.length,
      tried: cells.length,
      allowed: cells.filter((one) => one.happened).length,
      refused: cells.filter((one) => isRefusal(one.outcome)).length,
      pairsTried: pairs.length,
      pairsDone: pairs.filter((one) => one.happened).length,
      ownApprovalsTried: same.length,
      ownApprovalsDone: approvedOwn.map((one) => `${one.action} by ${one.by}`),
      differences: differ,
      plantedFaults: plantedFaults().length,
      plantedFaultsMissed: missed.map((one) => one.name),
      // Allowed by the rule, and not possible in this installation for anybody.
      otherRefusals: [
        ...new Set(
          cells
            .filter((one) => one.happened && !["done", "asked"].includes(one.outcome))
            .map((one) => `${one.action}: ${one.outcome}`),
        ),
      ],
    },
  };
}

async function worldOf(context: Context, program: Program): Promise<World> {
  const { database } = await openStore(program);
  context.after(() => database.close());
  const newId = idSource(clock);
  const audit = openAudit({ clock, newId });
  const sessions = openSessions({ database, clock, newId, audit, idleHours: 8, longestHours: 24 });
  const { url, key } = program;
  const as = (name: string) => openClient({ url, key, as: name });
  return {
    url,
    operator: as("e.brandt@example.com"),
    other: as("m.keller@example.com"),
    database,
    person: (email, grants) => signedIn({ url, app: { database, clock, newId, sessions } }, email, grants),
    as,
  };
}

/** Tables in which one rule is another than the server's. */
function plantedFaults(): { name: string; rules: Rules }[] {
  return [
    {
      name: "on-call moves the ladder back",
      rules: { ...RULES, "ladder.loosen": { ...RULES["ladder.loosen"], alone: ["owner", "on_call"] } },
    },
    {
      name: "an auditor reads cases",
      rules: {
        ...RULES,
        "case.read": { ...RULES["case.read"], alone: [...RULES["case.read"].alone, "auditor"] },
      },
    },
    {
      name: "engineers do not apply",
      rules: { ...RULES, "workflow.apply": { ...RULES["workflow.apply"], alone: ["owner"] } },
    },
  ];
}

/** The same results beside another table. */
function retold(cells: readonly Cell[], rules: Rules): Cell[] {
  return cells.map((one) => {
    if (one.role === "nobody" || one.role === "no role" || one.place === "elsewhere") return one;
    const { alone, pair, whole } = rules[one.action];
    const { role } = one;
    const named = alone.includes(role) || (pair ?? []).some((group) => group.includes(role));
    return { ...one, expected: named && !(whole && one.place !== "installation") };
  });
}

function pairLines(pairs: readonly PairCell[]): string[] {
  const done = pairs.filter((one) => one.happened);
  return [...new Set(pairs.map((one) => one.action))].map(
    (action) =>
      `${action}: ${done
        .filter((one) => one.action === action)
        .map((one) => `${one.asks} + ${one.approves}`)
        .join(", ")}; no other pair`,
  );
}
