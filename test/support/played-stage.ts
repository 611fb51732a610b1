/** The program for played rollouts: its web role alone, so that nobody else looks at them, on a clock that is moved by hand. */
import { openGround } from "../../bench/installation.ts";
import { openApp, type Role } from "../../src/app.ts";
import { openClient } from "../../src/contract/client.ts";
import { SCOPES, type Scope } from "../../src/contract/scopes.ts";
import { openLog } from "../../src/platform/log.ts";
import { readSettings } from "../../src/platform/settings.ts";
import type { Context } from "../show/point.ts";
import type { Stage } from "./played-rollouts.ts";

/** An installation for a proof; `open` starts a program over it. Stopped when the point has ended. */
export async function openTheatre(
  context: Pick<Context, "after">,
): Promise<{ open(role: Role): Promise<Stage & { stop(): Promise<void> }> }> {
  const ground = await openGround();
  context.after(() => ground.stop());
  return {
    async open(role) {
      const app = await openApp({
        settings: readSettings({
          PILOTAGE_PORT: "0",
          PILOTAGE_CLOCK: "2026-01-05T08:00:00Z",
          PILOTAGE_DATABASE_CONNECTIONS: "8",
        }),
        role,
        databaseUrl: ground.databaseUrl,
        dataHome: ground.dataHome,
        log: openLog("error"),
      });
      let stopped: Promise<void> | undefined;
      const stop = () => (stopped ??= app.stop());
      context.after(stop);
      return { ...(await peopleOf(app)), stop };
    },
  };
}

/** Two people of a program, with a key that outlives the months that are played. */
export async function peopleOf(app: Stage["app"]): Promise<Stage> {
  const { secret } = await app.keys.make(
    {
      name: "played",
      scopes: Object.keys(SCOPES) as Scope[],
      workflow: undefined,
      days: 700,
      simulated: false,
    },
    { kind: "system", name: "proof" },
  );
  const as = (person: string) => openClient({ url: app.url!, key: secret, as: person });
  return { app, owner: as("E. Brandt"), second: as("J. Okafor") };
}
