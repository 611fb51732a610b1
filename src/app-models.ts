/**
 * The part of app.ts that is about models: their breakers, budgets and places, what opens them, and answers that are kept.
 *
 * Put together in a file of its own, so that app.ts still reads as a page; like app.ts it sees everything.
 */
import type { Audit } from "./audit/record.ts";
import { openBreakers } from "./cases/model/breakers.ts";
import { openBudgets } from "./cases/model/budget.ts";
import { openCachedAnswers, removeOverAnswers } from "./cases/model/cached.ts";
import { canaryDuty } from "./cases/model/canary.ts";
import { knownIdentities } from "./cases/model/canary-store.ts";
import type { Connections } from "./cases/model/connections.ts";
import { openOpeners } from "./cases/model/open.ts";
import type { Telling } from "./cases/model/telling.ts";
import { keyOfModel } from "./cases/model/used.ts";
import type { Registry } from "./cases/workflow/registry.ts";
import type { BreakerKey } from "./models/breaker-board.ts";
import { openSharedPlaces } from "./models/shared-places.ts";
import type { Limits } from "./models/limit-store.ts";
import type { PriceList } from "./models/price-list.ts";
import type { NewId } from "./platform/chance.ts";
import type { Clock } from "./platform/clock.ts";
import type { Database } from "./platform/database.ts";
import type { Egress } from "./platform/egress.ts";
import type { Log } from "./platform/log.ts";
import { recent } from "./platform/recent.ts";
import type { Vault } from "./platform/secrets.ts";

export interface ModelParts {
  database: Database;
  registry: Registry;
  connections: Connections;
  newId: NewId;
  vault: Vault;
  clock: Clock;
  audit: Audit;
  log: Log;
  egress: Egress;
  limits: Limits;
  prices: PriceList;
  telling: Telling;
  /** Where targets of the kinds file and folder lie. */
  files: string;
  /** The name of this process in records. */
  worker: string;
  /** Aborted when the process stops. */
  stopped: AbortSignal;
}

const HOUR = 3_600_000;
/** What the canary knows of models changes once in months. */
const BELIEVED_FOR = 1_000;

export function openModels(parts: ModelParts) {
  const { database, vault, clock, audit, log, worker, limits, prices, egress, files } = parts;
  const places = openSharedPlaces({ database, process: worker });
  // By name: each of these takes settings of its own under words that others use for something else.
  const breakers = openBreakers({ database, clock, log, audit, worker });
  const budgets = openBudgets({ database, limits, prices });
  const openers = openOpeners({ database, vault, clock, files, log, egress, places });
  const cached = openCachedAnswers({ database, vault, clock });
  const known = recent(BELIEVED_FOR, async () => {
    const found = await knownIdentities(database);
    return new Map(found.map(({ answered, ...key }) => [keyOfModel(key), answered]));
  });
  let hour = -1;
  return {
    breakers,
    budgets,
    places,
    openers,
    cached,
    knownAs: async ({ connection, model }: BreakerKey) =>
      (await known()).get(keyOfModel({ connection, model })),
    /** What a worker does for models in the background, twice a second. */
    duties: {
      "asking the canary": canaryDuty({ ...parts, places, breakers, budgets }),
      async "removing kept answers that are over"() {
        const now = Math.floor(clock.now() / HOUR);
        if (now === hour) return;
        await removeOverAnswers(database, clock.now());
        hour = now;
      },
    },
  };
}
