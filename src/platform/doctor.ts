/** `pilotage doctor`: looks at this machine and says, point by point, whether Pilotage can run here. Changes nothing. */
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import pg from "pg";
import { findPackage } from "./embedded/binaries.ts";
import { readConnection } from "./embedded/connection.ts";
import { openModels } from "./open-models.ts";
import { lookAtProgramRole } from "./program-role.ts";
import type { Settings } from "./settings.ts";

export interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  help?: string;
}

/** The oldest Node that the program is tried with; bin/pilotage.js goes by the same. */
const NODE = 24;
const ENOUGH_DISK = 2 * 1024 ** 3;

interface Machine {
  settings: Settings;
  dataHome: string;
  running: { url: string; pid: number } | undefined;
}

export async function examine(machine: Machine): Promise<Finding[]> {
  const { settings, dataHome } = machine;
  return [
    node(),
    home(dataHome),
    disk(dataHome),
    masterKey(settings, dataHome),
    auditKey(settings, dataHome),
    settings.DATABASE_URL === undefined ? embedded() : await database(settings.DATABASE_URL),
    await listening(machine),
    ...(await offered(machine)),
  ];
}

function node(): Finding {
  const ok = Number.parseInt(process.versions.node, 10) >= NODE;
  return {
    name: "node",
    ok,
    detail: `Node ${process.versions.node} on ${process.platform}-${process.arch}`,
    ...(ok
      ? {}
      : { help: `Node ${NODE} or newer is needed; the bundled one is used when it was installed.` }),
  };
}

function home(dataHome: string): Finding {
  const nearest = nearestFolder(dataHome);
  try {
    accessSync(nearest, constants.W_OK);
    return {
      name: "data home",
      ok: true,
      detail: nearest === dataHome ? dataHome : `${dataHome} (made at the first start)`,
    };
  } catch {
    return {
      name: "data home",
      ok: false,
      detail: `${nearest} may not be written`,
      help: "Set PILOTAGE_DATA to a folder that this account may write.",
    };
  }
}

function disk(dataHome: string): Finding {
  const { bavail, bsize } = statfsSync(nearestFolder(dataHome));
  const free = bavail * bsize;
  const ok = free >= ENOUGH_DISK;
  return {
    name: "disk",
    ok,
    detail: `${(free / 1024 ** 3).toFixed(1)} GiB free`,
    ...(ok ? {} : { help: "Leave at least 2 GiB free: a full disk stops intake." }),
  };
}

function masterKey(settings: Settings, dataHome: string): Finding {
  if (settings.PILOTAGE_MASTER_KEY !== undefined)
    return { name: "master key", ok: true, detail: "from PILOTAGE_MASTER_KEY" };
  const path = join(dataHome, "master.key");
  if (!existsSync(path)) return { name: "master key", ok: true, detail: "made at the first start" };
  const mode = statSync(path).mode & 0o777;
  const ok = (mode & 0o077) === 0;
  return {
    name: "master key",
    ok,
    detail: `${path}, mode ${mode.toString(8)}; keep a copy apart from the database`,
    ...(ok ? {} : { help: `Run: chmod 600 ${path}` }),
  };
}

function auditKey(settings: Settings, dataHome: string): Finding {
  const name = "audit key";
  if (settings.PILOTAGE_AUDIT_KEY !== undefined) return { name, ok: true, detail: "from PILOTAGE_AUDIT_KEY" };
  const path = join(dataHome, "audit.key");
  if (!existsSync(path)) return { name, ok: true, detail: "made when the first worker starts" };
  const mode = statSync(path).mode & 0o777;
  const ok = (mode & 0o077) === 0;
  return {
    name,
    ok,
    detail: `${path}, mode ${mode.toString(8)}; keep a copy apart from the database`,
    ...(ok ? {} : { help: `Run: chmod 600 ${path}` }),
  };
}

function embedded(): Finding {
  try {
    const found = findPackage();
    return { name: "database", ok: true, detail: `the PostgreSQL that comes along, ${found.version}` };
  } catch (error) {
    return {
      name: "database",
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      help: "Set DATABASE_URL to a PostgreSQL 15 or newer.",
    };
  }
}

/** Only where the database is there: the embedded one while Pilotage runs. */
async function offered({ settings, dataHome, running }: Machine): Promise<Finding[]> {
  const own = running && isAlive(running.pid) ? readConnection(join(dataHome, "connection.json")) : undefined;
  const url = settings.DATABASE_URL ?? own?.url;
  return url === undefined ? [] : openModels(url);
}

async function database(url: string): Promise<Finding> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; n: number; create: boolean }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as n, has_database_privilege(current_database(), 'create') as create",
    );
    const { version, n, create } = rows[0]!;
    if (n < 150_000)
      return {
        name: "database",
        ok: false,
        detail: `PostgreSQL ${version}`,
        help: "PostgreSQL 15 or newer is needed.",
      };
    if (!create)
      return {
        name: "database",
        ok: false,
        detail: `PostgreSQL ${version}, but the role may not create schemas`,
        help: "Grant it: grant create on database ... to ...",
      };
    const { missing } = await lookAtProgramRole(client);
    const { rows: may } = await client.query<{ make: boolean }>(
      "select rolcreaterole or rolsuper as make from pg_roles where rolname = current_user",
    );
    // What a role with the right makes at the first start is not missing.
    const open =
      missing !== undefined && !may[0]?.make ? `. Audit rows are kept by triggers alone: ${missing}` : "";
    return { name: "database", ok: true, detail: `PostgreSQL ${version}, your own${open}` };
  } catch (error) {
    return {
      name: "database",
      ok: false,
      detail: `DATABASE_URL does not answer: ${error instanceof Error ? error.message : String(error)}`,
      help: "Check the address, the password and the firewall.",
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The port is free, or it is ours. */
async function listening({ settings, running }: Machine): Promise<Finding> {
  if (running && isAlive(running.pid))
    return {
      name: "listening",
      ok: true,
      detail: `Pilotage runs at ${running.url} (process ${running.pid})`,
    };
  const port = settings.PILOTAGE_PORT;
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, settings.PILOTAGE_HOST, () => server.close(() => resolve(true)));
  });
  return {
    name: "listening",
    ok: free,
    detail: free ? `port ${port} is free` : `port ${port} is taken by another program`,
    ...(free ? {} : { help: "Set PILOTAGE_PORT to another port." }),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}
