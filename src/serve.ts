/**
 * What `pilotage serve` and `pilotage doctor` do on this machine: settings, data home, embedded database, signals.
 *
 * Handed to the command line by main.ts; the program itself is put together in app.ts.
 */
import { hostname } from "node:os";
import { openApp, type App, type AppOptions, type Role } from "./app.ts";
import { SCOPES, type Scope } from "./contract/scopes.ts";
import { PilotageError } from "./contract/errors.ts";
import { examine, type Finding } from "./platform/doctor.ts";
import { keepOutOfGit, openDataHome } from "./platform/embedded/data-home.ts";
import { startEmbedded } from "./platform/embedded/embedded.ts";
import { openLog, type Log } from "./platform/log.ts";
import {
  readOperatorKey,
  readWhereabouts,
  removeWhereabouts,
  writeOperatorKey,
  writeWhereabouts,
} from "./platform/operator.ts";
import { readSettings, type Settings } from "./platform/settings.ts";
import { dataHomeOf } from "./whereabouts.ts";
import { sql } from "./platform/sql.ts";

export interface ServeOptions {
  role: Role;
  port?: number;
  host?: string;
}

const TEN_YEARS = 3_650;
/** Milliseconds. */
const SAME_WISH = 500;
const LAST_MOMENT = 1_000;

/** Serves until SIGINT or SIGTERM; resolves when everything is stopped. */
export async function serve(options: ServeOptions, more: Pick<AppOptions, "boundary"> = {}): Promise<void> {
  const settings = readSettings({
    ...process.env,
    ...(options.port === undefined ? {} : { PILOTAGE_PORT: String(options.port) }),
    ...(options.host === undefined ? {} : { PILOTAGE_HOST: options.host }),
  });
  const log = openLog(settings.PILOTAGE_LOG_LEVEL);
  const stopped = signalled(log);
  const running = await start(options.role, settings, log, more);
  await stopped;
  await running.stop();
  log.info("Pilotage has stopped");
  // A connection that nobody answers may be open still; nothing that it could bring is waited for.
  setTimeout(() => process.exit(), LAST_MOMENT).unref();
}

/** Starts one process of an installation, with the embedded database when no other is named. */
export async function start(
  role: Role,
  settings: Settings,
  log: Log,
  more: Pick<AppOptions, "boundary"> = {},
): Promise<{ app: App; dataHome: string; stop(): Promise<void> }> {
  const dataHome = dataHomeOf(settings);
  openDataHome(dataHome);
  keepOutOfGit(dataHome);
  const embedded = settings.DATABASE_URL === undefined ? await startEmbedded({ dataHome, log }) : undefined;
  try {
    const databaseUrl = settings.DATABASE_URL ?? embedded!.url;
    const app = await openApp({
      settings,
      role,
      databaseUrl,
      dataHome,
      log,
      why: () => embedded?.trouble,
      async announce({ url, ...parts }) {
        await keepOperatorKey(parts, dataHome);
        writeWhereabouts(dataHome, { url, pid: process.pid });
      },
      ...more,
    });
    embedded?.onChange((url) => app.moveTo(url));
    // It may have moved while the program was being put together.
    if (embedded && embedded.url !== databaseUrl) app.moveTo(embedded.url);
    if (app.url !== undefined) {
      log.info({ address: app.url }, "Pilotage serves");
      if (!(await anybodySignsIn(app)))
        log.info(
          {},
          "Nobody can sign in yet. Make the first link on this machine: pilotage user link <your e-mail address>",
        );
    }
    return {
      app,
      dataHome,
      async stop() {
        if (app.url !== undefined) removeWhereabouts(dataHome, process.pid);
        await app.stop();
        await embedded?.stop();
      },
    };
  } catch (error) {
    removeWhereabouts(dataHome, process.pid);
    await embedded?.stop();
    throw error;
  }
}

async function anybodySignsIn({ database }: Pick<App, "database">): Promise<boolean> {
  const found = await database.maybe(
    sql`select 1 from person where disabled_at is null and (last_seen_at is not null or password is not null) limit 1`,
  );
  return found !== undefined;
}

/** Looks at this machine and says what is fit and what is not; changes nothing. */
export async function doctor(): Promise<Finding[]> {
  try {
    const settings = readSettings(process.env);
    return await examine({
      settings,
      dataHome: dataHomeOf(settings),
      running: readWhereabouts(dataHomeOf(settings)),
    });
  } catch (error) {
    if (!(error instanceof PilotageError)) throw error;
    return [
      {
        name: "settings",
        ok: false,
        detail: error.message,
        ...(error.hint === undefined ? {} : { help: error.hint }),
      },
    ];
  }
}

/**
 * The local operator's key: made at the first start, made anew when the file or the database no longer knows it.
 *
 * Each data home has its own: of several machines on one database, none may take the key of another.
 */
async function keepOperatorKey(app: Pick<App, "keys" | "database">, dataHome: string): Promise<void> {
  const known = readOperatorKey(dataHome);
  if (
    known !== undefined &&
    (await app.keys.authenticate(`Bearer ${known}`, undefined).catch(() => undefined))
  )
    return;
  const by = { kind: "system", name: "first start" } as const;
  const name = `local operator at ${hostname()}:${dataHome}`.slice(0, 200);
  const old = await app.database.all<{ id: string }>(
    sql`select id from api_key where 'operator' = any(scopes) and name = ${name} and revoked_at is null`,
  );
  for (const { id } of old) await app.keys.revoke(id, by);
  const key = await app.keys.make(
    { name, scopes: Object.keys(SCOPES) as Scope[], workflow: undefined, days: TEN_YEARS, simulated: false },
    by,
  );
  writeOperatorKey(dataHome, key.secret);
}

/**
 * Resolves at the first signal to stop; a second one ends the process at once.
 *
 * Ctrl-C under npx or an older Node arrives twice, from the terminal and passed on by the process in front of this one.
 * So what follows within a moment is the same wish.
 */
function signalled(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        if (asked !== undefined) {
          if (performance.now() - asked > SAME_WISH) process.exit(130);
          return;
        }
        asked = performance.now();
        log.info({ signal }, "stopping: what is in flight is brought to an end");
        resolve();
      });
  });
}
