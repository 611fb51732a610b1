/**
 * What a call costs: usage times price, as decimal text, exact.
 *
 * Pure. A price that nobody noted makes the cost unknown (undefined), never zero. Where the provider says nothing of
 * tokens they are estimated from bytes, and the cost says so. The prices are in price-list.ts.
 */
import type { PilotageError } from "../contract/errors.ts";
import { isJsonObject } from "../contract/json.ts";
import { amountOf, unitsFrom, type Units } from "./money.ts";
import type { ModelRequest } from "./model.ts";
import type { Billed, Price, PriceList } from "./price-list.ts";

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** Of the input, what the provider had in its own cache. */
  cachedTokens?: number;
}

export interface Cost {
  /** Decimal text. */
  amount: string;
  currency: string;
  /** The tokens were estimated, or whether the call was billed at all. */
  estimated: boolean;
  /** When the price was noted; undefined for what has none, as a model of the house. */
  priceDate: string | undefined;
}

/** A call's size in bytes, for when the provider says nothing of tokens. */
export interface Sizes {
  inputBytes: number;
  outputBytes: number;
}

/** A token is three to four bytes of European text; the smaller figure, so that an estimate is rather too high. */
const BYTES_PER_TOKEN = 3;
/** What an answer is expected to hold at most where the release sets no limit. */
const ANSWER_WITHOUT_LIMIT = 1_000;

export function estimatedTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

export function unitsFor(price: Price, usage: Usage): Units {
  // A provider may count what it took from its cache beside the input, or within: never more of it than there was input.
  const cached = Math.min(usage.cachedTokens ?? 0, usage.inputTokens);
  return (
    price.call +
    price.input * BigInt(usage.inputTokens - cached) +
    price.cached * BigInt(cached) +
    price.output * BigInt(usage.outputTokens)
  );
}

/** The cost of a call that was answered; `answered` is the model that did so, by its own words. Undefined: unknown. */
export function costOfAnswer(
  list: PriceList,
  billed: Billed | undefined,
  call: { answered: string; usage: Usage | undefined } & Sizes,
): Cost | undefined {
  if (billed === undefined) return costsNothing(list);
  // A provider may answer with another model than the one asked for, and bills that one; often it only adds a date.
  const price = list.priceOf({ ...billed, model: call.answered }) ?? list.priceOf(billed);
  if (price === undefined) return undefined;
  const estimated = {
    inputTokens: estimatedTokens(call.inputBytes),
    outputTokens: estimatedTokens(call.outputBytes),
  };
  const countsTokens = price.input > 0n || price.output > 0n;
  return costAt(list, price, call.usage ?? estimated, call.usage === undefined && countsTokens);
}

/**
 * The cost of a call that failed. Nothing where the provider refused it or was not reached; where it had the prompt in
 * hand, as before a time-out, it may bill that, so the prompt counts, as an estimate.
 */
export function costOfFailure(
  list: PriceList,
  billed: Billed | undefined,
  failure: PilotageError,
  { inputBytes }: Pick<Sizes, "inputBytes">,
): Cost | undefined {
  if (billed === undefined || !mayBeBilled(failure)) return costsNothing(list);
  const price = list.priceOf(billed);
  const usage = { inputTokens: estimatedTokens(inputBytes), outputTokens: 0 };
  return price && costAt(list, price, usage, true);
}

/** What a call may come to cost, before it is made: the prompt, and as many answers as it asks for, as long as they may become. */
export function costBefore(
  list: PriceList,
  billed: Billed | undefined,
  call: { inputBytes: number; maxTokens: number | undefined; answers?: number },
): { units: Units | undefined; tokens: number } {
  const usage = {
    inputTokens: estimatedTokens(call.inputBytes),
    outputTokens: (call.maxTokens ?? ANSWER_WITHOUT_LIMIT) * (call.answers ?? 1),
  };
  const tokens = usage.inputTokens + usage.outputTokens;
  if (billed === undefined) return { units: 0n, tokens };
  const price = list.priceOf(billed);
  return { units: price && unitsFor(price, usage), tokens };
}

/** The bytes that a request holds: its messages, or the input where a model takes that. */
export function bytesOfRequest(request: Pick<ModelRequest, "messages" | "input" | "attachments">): number {
  const texts =
    request.messages.length > 0
      ? request.messages.map((one) => one.content)
      : [JSON.stringify(request.input)];
  const attached = request.attachments.reduce((sum, one) => sum + one.bytes.length, 0);
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), attached);
}

/** The cost of several calls together; unknown as soon as one is. */
export function sumOfCosts(costs: readonly (Cost | undefined)[]): Cost | undefined {
  if (costs.length === 1) return costs[0];
  const known = costs.filter((one) => one !== undefined);
  const [first] = known;
  if (first === undefined || known.length < costs.length) return undefined;
  return {
    ...first,
    amount: amountOf(known.reduce((sum, one) => sum + unitsFrom(one.amount), 0n)),
    estimated: known.some((one) => one.estimated),
  };
}

function costAt(list: PriceList, price: Price, usage: Usage, estimated: boolean): Cost {
  return {
    amount: amountOf(unitsFor(price, usage)),
    currency: list.currency,
    estimated,
    priceDate: price.date,
  };
}

function costsNothing(list: PriceList): Cost {
  return { amount: "0", currency: list.currency, estimated: false, priceDate: undefined };
}

/** Failures after which the provider had the whole prompt and may have worked on it. */
const AT_WORK = new Set(["timeout_first_token", "timeout_idle", "timeout_total", "cut", "malformed"]);
const BROKEN_OFF = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "CONNECTION_CLOSED"]);

function mayBeBilled({ code, details }: PilotageError): boolean {
  const said = isJsonObject(details) ? details : {};
  if (typeof said["class"] === "string") return AT_WORK.has(said["class"]);
  if (typeof said["status"] === "number") return false;
  if (code === "model_bad_answer") return true;
  return "timeoutMs" in said || (typeof said["cause"] === "string" && BROKEN_OFF.has(said["cause"]));
}
