/**
 * The stream of news as server-sent events: topics, never content, and only of workflows that its reader sees.
 *
 * A heartbeat keeps proxies from closing it and looks whether its session still stands; the stream of one that ended is
 * closed, and so are all when the process stops. There is room for so many and no more.
 */
import type { FastifyReply } from "fastify";
import { sees, type Caller } from "../access/caller.ts";
import { PilotageError } from "../contract/errors.ts";
import type { News, Newsroom } from "../monitoring/news.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Handlers } from "./bind.ts";
import { seeWorkflow } from "./see.ts";

export interface LiveParts {
  news: Newsroom;
  clock: Clock;
  stopped: AbortSignal;
  /** The caller as of now, or undefined when they would be let in no more. */
  again(caller: Caller): Promise<Caller | undefined>;
  /** Milliseconds between two heartbeats. */
  heartbeat?: number;
}

const MOST_LISTENERS = 500;
const MOST_EACH = 12;
const HEARTBEAT = 10_000;
/** A reader that takes nothing is not written to for ever; bytes. */
const MOST_UNREAD = 64 * 1024;

export function liveHandlers(parts: LiveParts): Pick<Handlers, "live"> {
  const open = new Map<string, number>();
  return {
    async live({ query, caller, reply }) {
      if (query.workflow !== undefined) seeWorkflow(caller, query.workflow);
      const mine = open.get(caller.holder) ?? 0;
      if (parts.news.listeners >= MOST_LISTENERS || mine >= MOST_EACH)
        throw new PilotageError(
          "too_many_requests",
          "As many pages listen for news as there is room for; the page works without, and looks again by itself.",
          { hint: "Close some pages." },
        );
      open.set(caller.holder, mine + 1);
      stream(reply, caller, query.workflow, parts, () => {
        const left = (open.get(caller.holder) ?? 1) - 1;
        if (left > 0) open.set(caller.holder, left);
        else open.delete(caller.holder);
      });
    },
  };
}

function stream(
  reply: FastifyReply,
  first: Caller,
  workflow: string | undefined,
  { news, clock, stopped, again, heartbeat = HEARTBEAT }: LiveParts,
  closed: () => void,
): void {
  let caller = first;
  reply.hijack();
  const { raw } = reply;
  // The usual limit of a silent connection is for clients that ask; here we are the one who speaks.
  raw.socket?.setTimeout(0);
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-accel-buffering": "no",
  });
  raw.write("retry: 3000\n\n");

  const write = (text: string) => {
    if (raw.writableLength > MOST_UNREAD) end();
    else raw.write(text);
  };
  const leave = news.listen((heard) => {
    for (const one of heard.filter(concerns))
      write(
        `data: ${JSON.stringify({ topics: one.topics, workflow: one.workflow, at: isoTime(clock.now()) })}\n\n`,
      );
  });
  const beat = setInterval(() => {
    again(caller).then(
      (still) => {
        if (!still || (workflow !== undefined && !sees(still, workflow))) return end();
        caller = still;
        write(": still here\n\n");
      },
      // The database is away: nothing is known, and the reader is let go to come again.
      () => end(),
    );
  }, heartbeat);
  stopped.addEventListener("abort", end, { once: true });
  raw.once("close", end);

  function concerns(one: News): boolean {
    if (one.workflow === null) return true;
    return (workflow === undefined || one.workflow === workflow) && sees(caller, one.workflow);
  }

  let ended = false;
  function end(): void {
    if (ended) return;
    ended = true;
    clearInterval(beat);
    leave();
    stopped.removeEventListener("abort", end);
    closed();
    raw.end(() => {
      if (stopped.aborted) raw.socket?.end();
    });
  }
}
