/** One server as a process: telling it from others, stopping it when it hangs, waiting for what a killed one left. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startEmbedded, type EmbeddedServer } from "./embedded.ts";
import { lookAt, orphansGone, processesIn, readPidFile, stopPostmaster } from "./postmaster.ts";
import {
  asRoot,
  cleanUp,
  emptyFolder,
  eventually,
  newHome,
  postmasterOf,
  query,
  quiet,
  startMember,
} from "./testing.fixture.ts";

async function runningServer(): Promise<{
  home: string;
  database: string;
  pid: number;
  server: EmbeddedServer;
}> {
  const home = newHome();
  const server = await startEmbedded({ dataHome: home, log: quiet });
  cleanUp(() => server.stop());
  return { home, database: join(home, "database"), pid: postmasterOf(home), server };
}

test("only the server of the folder counts as its server", async () => {
  const one = await runningServer();
  const two = await runningServer();
  expect(lookAt(one.pid, one.database)).toBe("server");
  expect(lookAt(two.pid, one.database)).toBe("other");
  expect(lookAt(process.pid, one.database)).toBe("other");
  expect(lookAt(1, one.database)).toBe("gone");
  expect(lookAt(2 ** 22 + 1, one.database)).toBe("gone");
  expect(processesIn(one.database)).toContain(one.pid);
  expect(processesIn(one.database)).not.toContain(two.pid);
});

test("a process that ended and was not collected counts as gone", async () => {
  // The shell becomes a program that never collects children before its child ends.
  const parent = spawn("/bin/sh", ["-c", "sleep 0.2 & echo $!; exec tail -f /dev/null"], {
    stdio: ["ignore", "pipe", "ignore"],
    // Our own PATH may hold nothing but node.
    env: { PATH: "/usr/bin:/bin" },
  });
  cleanUp(() => void parent.kill("SIGKILL"));
  const [text] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(text.toString());
  await eventually(() => expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toMatch(/\) Z/));
  expect(lookAt(pid, emptyFolder())).toBe("gone");
});

test("the pid file tells process, port and state, and none of them where there is no file", async () => {
  const { database, pid, server } = await runningServer();
  expect(readPidFile(database)).toEqual({ pid, port: Number(new URL(server.url).port), ready: true });
  expect(readPidFile(emptyFolder())).toBeUndefined();
});

test("a server with open sessions stops fast, one that hangs is ended by force, and neither loses a row", async () => {
  const { home, database, pid, server } = await runningServer();
  await query(server.url, "create table kept as select 1 as n");
  const open = new Client({ connectionString: server.url });
  open.on("error", () => undefined);
  await open.connect();
  await open.query("begin; insert into kept values (2)");
  expect(await stopPostmaster(pid, database)).toBe("fast");

  await eventually(() => query(server.url, "select 1"));
  const next = postmasterOf(home);
  process.kill(next, "SIGSTOP");
  expect(await stopPostmaster(next, database, { fast: 50, immediate: 50 })).toBe("killed");
  expect(lookAt(next, database)).toBe("gone");
  expect(await eventually(() => query(server.url, "select n from kept"))).toEqual([{ n: 1 }]);
});

test("a child that a killed server left behind is ended before anything else may start", async () => {
  const home = newHome();
  const database = join(home, "database");
  const member = startMember(home);
  const { url } = await member.ready();
  const pid = postmasterOf(home);
  // Without a supervisor, so that nobody else clears up.
  await member.kill();
  const open = new Client({ connectionString: url });
  open.on("error", () => undefined);
  await open.connect();
  const { rows } = await open.query<{ pid: number }>("select pg_backend_pid() as pid");
  const child = rows[0]!.pid;
  process.kill(child, "SIGSTOP");
  process.kill(pid, "SIGKILL");
  await eventually(() => expect(lookAt(pid, database)).toBe("gone"));
  expect(processesIn(database)).toContain(child);

  await orphansGone(database, 0);
  expect(processesIn(database)).toEqual([]);
  await eventually(() => expect(lookAt(child, database)).toBe("gone"));
});

test("root without the right to look into other processes, as in a container, still knows its server", async (context) => {
  context.skip(!asRoot, "only root uses another account for the server");
  const home = newHome();
  const member = startMember(home, { through: ["setpriv", "--bounding-set=-sys_ptrace", "--"] });
  const { url } = await member.ready();
  const pid = postmasterOf(home);
  // A restart proves that it saw the end; that it restarts once proves that it sees the life.
  process.kill(pid, "SIGKILL");
  await eventually(() => query(url, "select 1"));
  await member.until(({ message }) => message === "Embedded database started");
  const next = postmasterOf(home);
  member.say("role");
  await member.until(({ event }) => event === "role");
  await member.stop();
  expect(lookAt(next, join(home, "database"))).toBe("gone");
  expect(member.events.filter(({ message }) => message === "Embedded database started")).toHaveLength(1);
});
