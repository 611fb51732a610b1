/** `pilotage key`: API keys with scopes and an end. The key itself is shown once, when it is made. */
import { Option, type Command } from "commander";
import type { KeyLimits } from "../contract/keys.ts";
import { SCOPES, type Scope } from "../contract/scopes.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { moment, table } from "./text.ts";

interface Options {
  name: string;
  scope: string[];
  workflow?: string;
  days: number;
  simulated?: boolean;
  limit?: KeyLimits;
}

const GIVEN = Object.keys(SCOPES).filter((scope) => scope !== "operator");

export function addKey(program: Command, desk: Desk): void {
  const group = program.command("key").description("Makes, lists and revokes API keys.");

  const make = group
    .command("make")
    .description("Makes an API key. It is shown this once; keep it where secrets are kept.")
    .requiredOption("--name <name>", "who or what will use it")
    .addOption(
      new Option("--scope <scope>", `what it may do: ${GIVEN.join(", ")}; several times, or with commas`)
        .makeOptionMandatory()
        .argParser(scopes),
    )
    .option("--workflow <workflow>", "bind the key to one workflow")
    .option("--days <days>", "how long it holds, parts of a day too", days, 365)
    .option("--simulated", "the key is for a program that plays a person; shown wherever its work appears")
    .addOption(limitOption())
    .action(async ({ name, scope, workflow, days, simulated = false, limit }: Options) => {
      const client = await desk.client("change");
      const body = {
        name,
        scopes: scope as Scope[],
        days,
        simulated,
        limits: limit ?? null,
        ...(workflow === undefined ? {} : { workflow }),
      };
      const key = await client.makeKey({ body });
      desk.out.note(`${key.id}, until ${moment(key.expiresAt)}. The key is not shown again:`);
      // Alone on stdout, so that a script can put it where it belongs.
      desk.out.result(key, () => key.secret);
    });
  withExamples(
    make,
    "pilotage key make --name helpdesk --scope intake --workflow support-triage --as j.okafor@example.com",
    "pilotage key make --name portal --scope gateway --limit requests/minute=60 --limit cost/day=5 --as j.okafor@example.com",
    "pilotage key make --name dashboard --scope read,content:read --days 30 --as j.okafor@example.com",
  );

  const list = group
    .command("list")
    .description("Lists the API keys, without the keys themselves.")
    .action(async () => {
      const reply = await (await desk.client("read")).listKeys();
      desk.out.result(reply, () =>
        table(
          ["key", "name", "scopes", "workflow", "until", "made by", "revoked", "simulated", "limits"],
          reply.keys.map((key) => [
            key.id,
            key.name,
            key.scopes.join(","),
            key.workflow ?? "all",
            moment(key.expiresAt),
            key.madeBy,
            key.revoked,
            key.simulated,
            shownLimits(key.limits),
          ]),
          "There is no API key yet.",
        ),
      );
    });
  withExamples(list, "pilotage key list");

  const limit = group
    .command("limit")
    .argument("<key>", "the id of the key")
    .description(
      "Sets what a key may use over the OpenAI-compatible endpoint, in place of the limits that it had; without any, as much as it likes.",
    )
    .addOption(limitOption())
    .action(async (id: string, options: Pick<Options, "limit">) => {
      const client = await desk.client("change");
      const key = await client.limitKey({ params: { id }, body: { limits: options.limit ?? null } });
      desk.out.result(key, () => `${id}: ${shownLimits(key.limits)}.`);
    });
  withExamples(
    limit,
    "pilotage key limit key_01hzy3v7k2e8t9qxw4m5n6p7r8 --limit tokens/day=200000 --as j.okafor@example.com",
    "pilotage key limit key_01hzy3v7k2e8t9qxw4m5n6p7r8 --as j.okafor@example.com",
  );

  const revoke = group
    .command("revoke")
    .argument("<key>", "the id of the key")
    .description("Revokes an API key; it is dead within a second.")
    .action(async (id: string) => {
      const reply = await (await desk.client("change")).revokeKey({ params: { id } });
      desk.out.result(reply, () => `${id} is revoked.`);
    });
  withExamples(revoke, "pilotage key revoke key_01hzy3v7k2e8t9qxw4m5n6p7r8 --as j.okafor@example.com");
}

function limitOption(): Option {
  return new Option(
    "--limit <limit>",
    "what it may use: requests, tokens or cost, in a minute, day or month, such as requests/minute=60; several times",
  ).argParser(limits);
}

function limits(text: string, before: KeyLimits | undefined): KeyLimits {
  const [, measure, period, most] =
    /^(requests|tokens|cost)\/(minute|day|month)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (measure === undefined || period === undefined || most === undefined)
    throw misuse(`${JSON.stringify(text)} is no limit; such as requests/minute=60 or cost/day=2.50`);
  const given = {
    ...before?.[measure as keyof KeyLimits],
    [period]: measure === "cost" ? most : Number(most),
  };
  return { ...before, [measure]: given };
}

function shownLimits(given: KeyLimits | null): string {
  const each = Object.entries(given ?? {}).flatMap(([measure, periods]) =>
    Object.entries(periods).map(([period, most]) => `${measure}/${period}=${most}`),
  );
  return each.length === 0 ? "none" : each.join(" ");
}

function scopes(text: string, before: string[] | undefined): string[] {
  const named = text.split(",").map((scope) => scope.trim());
  const unknown = named.find((scope) => !GIVEN.includes(scope));
  if (unknown !== undefined)
    throw misuse(`${JSON.stringify(unknown)} is no scope; there are ${GIVEN.join(", ")}`);
  return [...new Set([...(before ?? []), ...named])];
}

function days(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0.0001 && number <= 3650) return number;
  throw misuse("--days takes a number up to 3650");
}
