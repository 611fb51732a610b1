/** `pilotage cost` and `pilotage budget`: what calls of models cost, and what those of a connection may cost. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { facts, percent, table } from "./text.ts";

type Found = Awaited<ReturnType<Client["getCost"]>>;
type Standing = NonNullable<Found["budget"]>["standings"][number];

export function addCost(program: Command, desk: Desk): void {
  const cost = program
    .command("cost")
    .argument("<workflow>", "its name")
    .description(
      "Shows what the calls of models of a workflow cost, against its budget, and in twelve months.",
    )
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).getCost({ params: { workflow } });
      desk.out.result(reply, () => shown(workflow, reply));
    });
  withExamples(cost, "pilotage cost support-triage");

  const group = program
    .command("budget")
    .description(
      "Budgets of connections, over all workflows. The budget of a workflow is a dial: pilotage dial <workflow> budget.",
    );

  const list = group
    .command("list")
    .description("Lists the budgets of connections and what is used of them.")
    .action(async () => {
      const reply = await (await desk.client("read")).listBudgets();
      desk.out.result(reply, () =>
        table(
          [
            "connection",
            "period",
            "used",
            "of",
            "currency",
            "state",
            "calls that did not fit",
            "without a price",
          ],
          reply.budgets.flatMap((one) =>
            one.standings.map((standing) => [
              one.connection,
              standing.period,
              standing.used,
              standing.most,
              reply.currency,
              standing.state,
              standing.refused ? "yes" : "no",
              standing.unknown,
            ]),
          ),
          "No connection has a budget.",
        ),
      );
    });
  withExamples(list, "pilotage budget list");

  const costs = group
    .command("costs")
    .argument("[connection]", "its name; then its days are shown, too")
    .description(
      "Shows what connections cost without a case: calls of programs that were passed on, and the canary, without evaluations and connection tests. Cases are in the cost of their workflow.",
    )
    .action(async (name: string | undefined) => {
      const reply = await (await desk.client("read")).listConnectionCosts();
      const found = reply.connections.filter((one) => name === undefined || one.connection === name);
      if (name !== undefined && found.length === 0)
        throw new PilotageError(
          "not_found",
          `There is no connection "${name.slice(0, 60)}" that is asked anything.`,
          { hint: "`pilotage budget costs` lists them." },
        );
      desk.out.result({ ...reply, connections: found }, () =>
        [
          `cost of models in ${reply.currency}, without cases, evaluations and connection tests`,
          table(
            ["connection", "what", "today", "this month", "in twelve months"],
            found.flatMap(({ connection, today, month, forecast }) => [
              [
                connection,
                "programs",
                spent(today.gateway),
                spent(month.gateway),
                forecast === null ? "not yet" : `${forecast.amount}, ${forecast.lower} to ${forecast.upper}`,
              ],
              ["", "canary", spent(today.canary), spent(month.canary), ""],
            ]),
            "No connection is asked anything.",
          ),
          ...(name === undefined ? [] : found.map(daysOf)),
        ].join("\n\n"),
      );
    });
  withExamples(costs, "pilotage budget costs", "pilotage budget costs mistral-eu");

  const set = group
    .command("set")
    .argument("<connection>", "its name")
    .description(
      "Sets what a connection may cost over all workflows; without an amount, as much as it likes.",
    )
    .option("--month <amount>", "in a month in UTC, in the currency of the price list", amount)
    .option("--day <amount>", "in a day in UTC", amount)
    .action(async (name: string, { month, day }: { month?: number; day?: number }) => {
      const client = await desk.client("change");
      const amounts = {
        ...(month === undefined ? {} : { perMonth: month }),
        ...(day === undefined ? {} : { perDay: day }),
      };
      const budget = Object.keys(amounts).length === 0 ? null : { ...amounts, warnAt: 0.8 };
      const reply = await client.setBudget({ params: { name }, body: { budget } });
      desk.out.result(reply, () =>
        reply.budget === null ? `${name} has no budget any more.` : `${name} has its budget.`,
      );
    });
  withExamples(
    set,
    "pilotage budget set mistral-eu --month 500 --day 40 --as j.okafor@example.com",
    "pilotage budget set mistral-eu --as j.okafor@example.com",
  );
}

type OfConnection = Awaited<ReturnType<Client["listConnectionCosts"]>>["connections"][number];

/** The days on which something was asked. */
function daysOf({ days }: OfConnection): string {
  return table(
    ["day", "programs", "canary"],
    days
      .filter(({ gateway, canary }) => gateway.calls + canary.calls > 0)
      .map(({ day, gateway, canary }) => [day, spent(gateway), spent(canary)]),
    "Nothing was asked in the last days.",
  );
}

function shown(workflow: string, found: Found): string {
  const { currency, today, month, perCase, forecast, budget } = found;
  return `${workflow}: cost of models in ${currency}, prices of ${found.priceDate}\n${facts([
    ["today", spent(today)],
    ["this month", spent(month)],
    ["per case", perCase === null ? "unknown" : `${perCase.amount} over ${perCase.cases} cases`],
    ["budget", budget === null ? "none" : budget.standings.map(standingLine).join("\n")],
    [
      "in twelve months",
      forecast === null
        ? `not yet; missing: ${found.forecastMissing.map(({ code, have, need }) => `${code} (${have} of ${need})`).join(", ")}`
        : `${forecast.amount}, ${forecast.lower} to ${forecast.upper}, from ${forecast.days} days with ${forecast.cases} cases`,
    ],
  ])}`;
}

function spent({ amount, calls, unknown, estimated }: Found["today"]): string {
  if (calls === 0) return "no calls";
  const notes = [
    ...(unknown > 0 ? [`${unknown} without a known price`] : []),
    ...(estimated > 0 ? [`${estimated} estimated`] : []),
  ];
  return `${amount ?? "unknown"} in ${calls} calls${notes.length > 0 ? `, ${notes.join(", ")}` : ""}`;
}

function standingLine({ period, used, most, state, refused }: Standing): string {
  return `${used} of ${most} a ${period} (${percent(Number(used) / Number(most))}, ${state}${refused ? "; a call did not fit" : ""})`;
}

function amount(text: string): number {
  const number = /^\d+(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0.01 && number <= 1e9) return number;
  throw misuse("an amount from 0.01 to 1000000000 is needed, such as 500 or 12.50");
}
