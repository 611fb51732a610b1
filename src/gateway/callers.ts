/**
 * What a connection's models are called through: one pool for each connection, kept while its settings stay as they are,
 * and the places that it has for whoever calls it. Calls under way end on what they began with.
 */
import type { Bulkhead, Bulkheads } from "../models/bulkhead.ts";
import { openChatCaller, type ChatCaller } from "../models/chat-caller.ts";
import type { Clock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import type { Log } from "../platform/log.ts";
import type { Known } from "./directory.ts";

export interface Callers {
  of(connection: Known): { caller: ChatCaller; places: Bulkhead | undefined };
  close(): Promise<void>;
}

interface Open {
  version: string;
  caller: ChatCaller;
  places: Bulkhead | undefined;
}

/** The longest that any call may take: each sets its own limits. */
const LONGEST = 600_000;

export function openCallers(parts: { clock: Clock; egress: Egress; log: Log; places: Bulkheads }): Callers {
  const { clock, egress, log, places } = parts;
  const open = new Map<string, Open>();

  /** Waits for the calls under way, so nobody waits for it. */
  function close(name: string, { caller }: Open): Promise<void> {
    return caller
      .close()
      .catch((error: unknown) =>
        log.warn(
          { connection: name, err: error instanceof Error ? error.message : String(error) },
          "a connection could not be closed; what it holds is freed when this process ends",
        ),
      );
  }

  return {
    of({ name, version, settings }) {
      const known = open.get(name);
      if (known?.version === version) return known;
      const { baseUrl, apiKey, headers, mostInFlight } = settings;
      const made: Open = {
        version,
        caller: openChatCaller({
          baseUrl,
          describe: `the connection ${name}`,
          deadlines: { totalMs: LONGEST },
          clock,
          egress,
          ...(apiKey === undefined ? {} : { apiKey }),
          ...(headers === undefined ? {} : { headers }),
        }),
        places: places.of(name, mostInFlight),
      };
      open.set(name, made);
      if (known) void close(name, known);
      return made;
    },
    async close() {
      const all = [...open];
      open.clear();
      await Promise.all(all.map(([name, one]) => close(name, one)));
    },
  };
}
