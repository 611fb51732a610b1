/**
 * The same call again, under the same `Idempotency-Key`: it gets the answer of the first one, and no model is asked.
 *
 * Only of calls to models of connections; a workflow has its case for that. The answer is kept for a day, sealed under a key
 * of its own. While the first call runs, the same call waits for it; another body under the same key is refused. Only whole answers
 * are kept: a call that failed gives its key free, and may be made again. A stream comes again as a stream, all at once.
 */
import { badExternalId } from "../cases/intake/check.ts";
import { INTERRUPTED } from "../contract/gateway-endpoints.ts";
import type { Clock } from "../platform/clock.ts";
import { stopwatch } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import type { ChatCall, ChatReply } from "./call.ts";
import { clientLeft } from "./call.ts";
import { DONE } from "./completion.ts";
import type { CallRecords, Mode } from "./record.ts";
import { badRequest, GatewayError } from "./wire-error.ts";

export interface SameAgain {
  /** What the first call of this key answered, or what `ask` answers now. */
  answer(call: ChatCall, about: About, ask: Ask): Promise<ChatReply>;
}

interface About {
  connection: string;
  mode: Mode;
}

type Ask = () => Promise<ChatReply>;

/** As it is kept. */
interface Kept {
  kind: "json" | "events";
  headers: Record<string, string>;
  text: string;
}

interface Row {
  call_id: string;
  body: Uint8Array;
  sealed: Uint8Array | null;
  wrapped: Uint8Array | null;
}

const DAY = 86_400_000;
/** The longest that a call may run; one of a process that died is given free when it is found (gateway.ts). */
const RUNS = 15 * 60_000;
/** How long the same call waits for the first one, and how often it looks; milliseconds. */
const PATIENCE = 30_000;
const LOOK = 200;
/** Longer answers are passed on and not kept. */
const MOST_KEPT = 8 * 1024 * 1024;

export function openSameAgain(parts: {
  database: Database;
  vault: Vault;
  clock: Clock;
  records: CallRecords;
  /** Of the price list. */
  currency: string;
}): SameAgain {
  const { database, vault, clock, records } = parts;

  /** What this call is known by; nobody without the master key can try keys or bodies out. */
  function namesOf(call: ChatCall) {
    const key = call.caller.key!.id;
    return {
      key,
      name: vault.digest("gateway call", `${key} ${call.idempotencyKey}`),
      body: vault.digest("gateway body", call.digest()),
    };
  }

  /** Takes the key for this call; what stands there already otherwise. One whose time is over counts no more. */
  async function claim(call: ChatCall, names: ReturnType<typeof namesOf>): Promise<Row | "ours"> {
    const { key, name, body } = names;
    const now = clock.now();
    return database.transaction(async (tx) => {
      const stale = await tx.maybe<{ call_id: string }>(
        sql`delete from call_answer where key = ${key} and name = ${name} and until < ${time(now)} returning call_id`,
      );
      if (stale) await tx.run(sql`delete from case_key where owner = ${stale.call_id}`);
      const ours = await tx.run(sql`
        insert into call_answer (key, name, call_id, body, until) values (${key}, ${name}, ${call.id}, ${body}, ${time(now + RUNS)})
        on conflict do nothing`);
      if (ours === 1) return "ours";
      return tx.one<Row>(sql`
        select call_id, body, sealed, (select wrapped from case_key where owner = call_id) as wrapped
        from call_answer where key = ${key} and name = ${name}`);
    });
  }

  /** Never throws: an answer that cannot be kept is still one. */
  async function keep(call: ChatCall, kept: Kept): Promise<void> {
    if (kept.text.length > MOST_KEPT) return release(call);
    const { key, wrapped } = vault.newKey(call.id);
    const sealed = key.seal("answer", JSON.stringify(kept));
    await database
      .transaction(async (tx) => {
        const ours = await tx.run(
          sql`update call_answer set sealed = ${sealed}, until = ${time(clock.now() + DAY)} where call_id = ${call.id} and sealed is null`,
        );
        if (ours === 1)
          await tx.run(sql`insert into case_key (owner, wrapped) values (${call.id}, ${wrapped})`);
      })
      .catch(() => undefined);
  }

  async function release(call: ChatCall): Promise<void> {
    await database
      .run(sql`delete from call_answer where call_id = ${call.id} and sealed is null`)
      .catch(() => undefined);
  }

  /** A live stream, kept before its end is said: whoever has seen the end gets it again. */
  async function* keeping(call: ChatCall, headers: Kept["headers"], events: AsyncIterable<string>) {
    const texts: string[] = [];
    let size = 0;
    let whole = false;
    try {
      for await (const text of events) {
        if ((size += text.length) <= MOST_KEPT) texts.push(text);
        if (text === DONE) {
          whole = true;
          if (size <= MOST_KEPT) await keep(call, { kind: "events", headers, text: texts.join("") });
          else await release(call);
        }
        yield text;
      }
    } finally {
      if (!whole) await release(call);
    }
  }

  async function first(call: ChatCall, ask: () => Promise<ChatReply>): Promise<ChatReply> {
    let reply: ChatReply;
    try {
      reply = await ask();
    } catch (error) {
      await release(call);
      throw error;
    }
    const { headers } = reply;
    if (reply.kind === "live") return { ...reply, events: keeping(call, headers, reply.events) };
    const text = reply.kind === "json" ? reply.body : reply.text;
    await keep(call, { kind: reply.kind, headers, text });
    return reply;
  }

  /** On record as a call of its own that asked nobody and cost nothing. */
  async function again(call: ChatCall, row: Row, { connection, mode }: About): Promise<ChatReply> {
    const key = vault.openKey(row.call_id, row.wrapped!);
    const kept = JSON.parse(Buffer.from(key.open("answer", row.sealed!)).toString("utf8")) as Kept;
    await records.keep({
      id: call.id,
      key: call.caller.key!.id,
      about: { connection },
      asked: call.request.model,
      answered: kept.headers["x-pilotage-model"],
      streamed: call.request.stream,
      mode,
      startedAt: call.startedAt,
      milliseconds: call.elapsed(),
      firstTokenMs: undefined,
      tokens: undefined,
      finish: "again",
      outcome: "answered",
      status: 200,
      error: undefined,
      cost: { amount: "0", currency: parts.currency },
      tries: [],
    });
    const headers = { ...kept.headers, "x-pilotage-replayed": "true" };
    return kept.kind === "json"
      ? { kind: "json", headers, body: kept.text }
      : { kind: "events", headers, text: kept.text };
  }

  async function answerOnce(call: ChatCall, key: string, about: About, ask: Ask): Promise<ChatReply> {
    const bad = badExternalId(key);
    if (bad) throw badRequest(`The header Idempotency-Key cannot be used: ${bad}.`, "Idempotency-Key");
    const names = namesOf(call);
    const waited = stopwatch();
    for (;;) {
      const found = await claim(call, names);
      if (found === "ours") return first(call, ask);
      if (!names.body.equals(found.body)) throw otherBody();
      // Without its key it cannot be opened any more: it is as if it had been removed.
      if (found.sealed && found.wrapped) return again(call, found, about);
      if (call.signal.aborted) throw clientLeft();
      if (found.sealed || waited() > PATIENCE) throw stillRuns();
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  return {
    answer: (call, about, ask) =>
      call.idempotencyKey === undefined ? ask() : answerOnce(call, call.idempotencyKey, about, ask),
  };
}

function otherBody(): GatewayError {
  return new GatewayError(
    409,
    "idempotency_conflict",
    "This Idempotency-Key was used before, with another body. No model was asked; send a key of its own with each call.",
    { param: "Idempotency-Key", headers: { "x-should-retry": "false" } },
  );
}

function stillRuns(): GatewayError {
  return new GatewayError(
    409,
    "idempotency_in_progress",
    "The first call with this Idempotency-Key still runs; its answer is not there yet. Ask again in a moment.",
    { param: "Idempotency-Key", headers: { "retry-after": "2" } },
  );
}

/** Answers whose day is over go, with their keys; those of calls that a killed process left without an end are given free. */
export async function removeOldAnswers(database: Database, now: number): Promise<void> {
  await database.run(sql`
    with gone as (delete from call_answer where until < ${time(now)} returning call_id)
    delete from case_key k using gone where k.owner = gone.call_id`);
  await database.run(sql`
    delete from call_answer a using model_call m where a.sealed is null and m.id = a.call_id and m.error = ${INTERRUPTED}`);
}
