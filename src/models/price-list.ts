/**
 * The price list: what providers ask for a million tokens, with the date on which that was noted.
 *
 * One list comes with the program (prices.yaml); an installation's own list goes before it, for contracts, own servers
 * and models that are not in it. One installation has one currency: the own list's, into which the built-in prices are
 * converted at the rate that it names. What a call costs by it is in prices.ts; the form is documented in
 * docs/reference/prices.md.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { PilotageError } from "../contract/errors.ts";
import { unitsOf, type Units } from "./money.ts";

/** Who is asked for an answer, and so who bills it. */
export interface Billed {
  connection: string;
  /** The kind of the connection. */
  kind: string;
  /** Where it lies, for kinds that have an address. */
  host: string | undefined;
  /** The model that is asked for. */
  model: string;
}

/** In units for one token or one call. */
export interface Price {
  provider: string;
  /** When it was noted, as YYYY-MM-DD. */
  date: string;
  input: Units;
  output: Units;
  /** Input that the provider had in its own cache. */
  cached: Units;
  call: Units;
}

export interface PriceList {
  currency: string;
  /** Of the newest list. */
  date: string;
  /** Undefined: nobody noted a price for it. */
  priceOf(billed: Billed): Price | undefined;
}

const MILLION = 1_000_000n;

const amount = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => /^\d{1,9}(\.\d{1,6})?$/.test(text), "an amount such as 0.15, with six decimals at most");
const rate = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(
    (text) => /^\d{1,6}(\.\d{1,6})?$/.test(text) && Number(text) > 0,
    "a rate such as 0.92, with six decimals at most",
  );
const day = z
  .union([z.string(), z.date()])
  .transform((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value))
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
    "a date such as 2026-11-28",
  );
const names = z.array(z.string().min(1).max(200)).max(200).default([]);

const modelSchema = z
  .strictObject({
    for: z.array(z.string().min(1).max(200)).min(1).max(50),
    input: amount.exactOptional(),
    cached: amount.exactOptional(),
    output: amount.exactOptional(),
    call: amount.exactOptional(),
    date: day.exactOptional(),
  })
  .refine(
    ({ input, output, call }) => (input !== undefined && output !== undefined) || call !== undefined,
    "a model has prices for input and output, or one for each call",
  );

const listSchema = z.strictObject({
  date: day,
  currency: z.string().regex(/^[A-Z]{3}$/, "a currency such as EUR"),
  rate: rate.exactOptional(),
  providers: z
    .array(
      z
        .strictObject({
          name: z.string().min(1).max(100),
          connections: names,
          hosts: names,
          kinds: names,
          date: day.exactOptional(),
          models: z.array(modelSchema).min(1).max(1_000),
        })
        .refine(
          ({ connections, hosts, kinds }) => connections.length + hosts.length + kinds.length > 0,
          "a provider is known by its connections, hosts or kinds",
        ),
    )
    .max(500),
});

type Listed = z.output<typeof listSchema>;
type Provider = Listed["providers"][number];

const BUILT_IN = fileURLToPath(new URL("prices.yaml", import.meta.url));

/** The list in force: the built-in one, under the installation's own where that file is there. */
export function readPriceList(own: string | undefined): PriceList {
  const builtIn = readList(BUILT_IN);
  return own === undefined ? priceList([builtIn]) : priceList([readList(own), builtIn]);
}

/** Where an installation's own list lies: where the setting says, else in the data home when it is there. */
export function ownPriceFile(setting: string | undefined, inDataHome: string): string | undefined {
  return setting ?? (existsSync(inDataHome) ? inDataHome : undefined);
}

function readList(file: string): Listed {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  return parsePrices(text, file);
}

/** The form of a list; throws `settings_invalid` with everything that is wrong. */
export function parsePrices(text: string, file: string): Listed {
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  const read = listSchema.safeParse(given);
  if (!read.success)
    throw unreadable(
      file,
      read.error.issues
        .slice(0, 20)
        .map(({ path, message }) => `${path.join(".") || "the list"}: ${message}`)
        .join("\n  "),
    );
  return read.data;
}

function unreadable(file: string, problems: string): PilotageError {
  return new PilotageError(
    "settings_invalid",
    `The price list ${file} cannot be used; Pilotage did not start.\n  ${problems}`,
    { hint: "docs/reference/prices.md shows the form of a price list." },
  );
}

/** Lists from the most particular to the most general, all in the currency of the first. */
export function priceList(lists: readonly Listed[]): PriceList {
  const first = lists[0]!;
  const entries = lists.flatMap((list) => {
    // Without a rate, amounts of another currency would be summed up with these: no price is better than a wrong one.
    const factor = list.currency === first.currency ? RATE_ONE : rateOf(first.rate);
    return factor === undefined ? [] : list.providers.map((provider) => ({ provider, list, factor }));
  });
  function find(billed: Billed): Price | undefined {
    // What names the connection is meant for it alone, so it goes before what names where it lies.
    for (const names of [namesConnection, namesPlace])
      for (const { provider, list, factor } of entries) {
        const model = names(provider, billed) ? bestMatch(provider.models, billed.model) : undefined;
        if (model !== undefined)
          return {
            provider: provider.name,
            date: model.date ?? provider.date ?? list.date,
            input: perToken(model.input, factor),
            output: perToken(model.output, factor),
            cached: perToken(model.cached ?? model.input, factor),
            call: converted(unitsOf(model.call ?? "0")!, factor),
          };
      }
    return undefined;
  }

  /** Asked several times for each call, about a few models. */
  const found = new Map<string, Price | undefined>();
  return {
    currency: first.currency,
    date: lists.reduce((newest, list) => (list.date > newest ? list.date : newest), first.date),
    priceOf(billed) {
      const key = `${billed.connection}\n${billed.kind}\n${billed.host ?? ""}\n${billed.model}`;
      let price = found.get(key);
      if (price === undefined && !found.has(key)) {
        // Names of models come from outside.
        if (found.size >= MOST_FOUND) found.clear();
        found.set(key, (price = find(billed)));
      }
      return price;
    },
  };
}

const MOST_FOUND = 1_000;

const RATE_ONE = unitsOf("1")!;

function rateOf(text: string | undefined): Units | undefined {
  return text === undefined ? undefined : unitsOf(text);
}

function converted(units: Units, factor: Units): Units {
  return factor === RATE_ONE ? units : (units * factor) / RATE_ONE;
}

function perToken(perMillion: string | undefined, factor: Units): Units {
  return converted(unitsOf(perMillion ?? "0")!, factor) / MILLION;
}

function namesConnection({ connections }: Provider, { connection }: Billed): boolean {
  return connections.some((name) => fits(name, connection));
}

function namesPlace({ hosts, kinds }: Provider, { host, kind }: Billed): boolean {
  return (host !== undefined && hosts.some((name) => fits(name, host))) || kinds.includes(kind);
}

/** The entry whose pattern says the most about the name; of two that say the same, the first. */
function bestMatch<M extends { for: string[] }>(models: readonly M[], name: string): M | undefined {
  let best: { model: M; weight: number } | undefined;
  for (const model of models)
    for (const pattern of model.for) {
      // A name without a star is meant exactly.
      const weight = pattern.includes("*") ? pattern.replaceAll("*", "").length : Infinity;
      if (fits(pattern, name) && weight > (best?.weight ?? -1)) best = { model, weight };
    }
  return best?.model;
}

/** A star stands for any letters; upper and lower case are alike. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  let rest = name.toLowerCase();
  if (parts.length === 1) return rest === parts[0];
  const last = parts.pop()!;
  if (!rest.startsWith(parts[0]!)) return false;
  rest = rest.slice(parts.shift()!.length);
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return false;
    rest = rest.slice(at + part.length);
  }
  return rest.endsWith(last);
}
