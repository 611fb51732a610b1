/** The life of an embedded server with one and with several processes; every end is a real one. */
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConnection } from "./connection.ts";
import { startEmbedded } from "./embedded.ts";
import { lookAt } from "./postmaster.ts";
import {
  asRoot,
  cleanUp,
  emptyFolder,
  eventually,
  newHome,
  postmasterOf,
  query,
  queryWhenBack,
  quiet,
  startMember,
} from "./testing.fixture.ts";

async function startHere(home: string): ReturnType<typeof startEmbedded> {
  const server = await startEmbedded({ dataHome: home, log: quiet });
  cleanUp(() => server.stop());
  return server;
}

/** Takes a port until the test ends. */
async function squat(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  cleanUp(() => void server.close());
}

const runs = (home: string, pid: number): boolean => lookAt(pid, join(home, "database")) === "server";

test("a server made in an empty folder takes connections with the password only, and is gone after stop", async () => {
  const home = newHome();
  const server = await startHere(home);
  expect(server.role).toBe("supervisor");
  const [row] = await query<Record<string, string>>(
    server.url,
    `select current_database() as database, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
            current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets,
            current_setting('server_encoding') as encoding, current_setting('jit') as jit, current_setting('timezone') as zone,
            (select string_agg(l, '' order by l) from (values ('b'), ('a'), ('B'), ('ä')) v(l)) as sorted, upper('ä') as upper`,
  );
  expect(row).toEqual({
    database: "pilotage",
    fsync: "on",
    commit: "on",
    listen: "127.0.0.1",
    sockets: "",
    encoding: "UTF8",
    jit: "off",
    zone: "UTC",
    sorted: "Babä",
    upper: "Ä",
  });
  const wrong = new URL(server.url);
  wrong.password = "wrong";
  await expect(query(wrong.href, "select 1")).rejects.toThrow(/password authentication failed/);

  const pid = postmasterOf(home);
  await server.stop();
  expect(lookAt(pid, join(home, "database"))).toBe("gone");
});

test("only the owner may read the connection file, the locks and the log", async () => {
  const home = newHome();
  await startHere(home);
  for (const name of ["connection.json", "supervisor.lock", "users.lock", "database.log"]) {
    expect([name, statSync(join(home, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
  expect(statSync(join(home, "database")).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(home, "database.log"), "utf8")).not.toMatch(/ERROR|FATAL|WARNING/);
  if (asRoot) expect(statSync(join(home, "database")).uid).toBeGreaterThan(0);
});

test("a stopped server starts again with its rows, on the same port", async () => {
  const home = newHome();
  const first = await startHere(home);
  await query(first.url, "create table kept (n int); insert into kept values (7)");
  await first.stop();
  const second = await startHere(home);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
});

test("two installations run side by side", async () => {
  const [one, two] = [await startHere(newHome()), await startHere(newHome())];
  await query(one.url, "create table only_here ()");
  expect(await query(two.url, "select to_regclass('only_here') as found")).toEqual([{ found: null }]);
  expect([one.role, two.role]).toEqual(["supervisor", "supervisor"]);
});

test("several processes that start at once share one server", async () => {
  const home = newHome();
  const members = [1, 2, 3, 4].map(() => startMember(home));
  const ready = await Promise.all(members.map((member) => member.ready()));
  expect(new Set(ready.map(({ url }) => url)).size).toBe(1);
  expect(ready.filter(({ role }) => role === "supervisor")).toHaveLength(1);
  const pid = postmasterOf(home);
  await Promise.all(members.map((member) => member.stop()));
  expect(runs(home, pid)).toBe(false);
});

test("when the supervisor stops gracefully, a client takes over the running server without a restart", async () => {
  const home = newHome();
  const supervisor = startMember(home);
  await supervisor.ready();
  const client = await startHere(home);
  expect(client.role).toBe("client");
  const [before] = await query(client.url, "select pg_postmaster_start_time() as at");

  await supervisor.stop();
  await eventually(() => expect(client.role).toBe("supervisor"));
  expect(await query(client.url, "select pg_postmaster_start_time() as at")).toEqual([before]);
  const pid = postmasterOf(home);
  await client.stop();
  expect(runs(home, pid)).toBe(false);
});

test("when the supervisor is killed, the server runs on and a client adopts it", async () => {
  const home = newHome();
  const supervisor = startMember(home);
  await supervisor.ready();
  const client = await startHere(home);
  const pid = postmasterOf(home);
  await supervisor.kill();
  await eventually(() => expect(client.role).toBe("supervisor"));
  expect(postmasterOf(home)).toBe(pid);

  // As its supervisor it restarts the server that it did not start itself.
  process.kill(pid, "SIGKILL");
  await queryWhenBack(() => client.url, "select 1");
  await eventually(() => expect(readConnection(join(home, "connection.json"))?.pid).toBe(postmasterOf(home)));
  expect(postmasterOf(home)).not.toBe(pid);
});

test("a server left over by a killed process is adopted at the next start", async () => {
  const home = newHome();
  const first = startMember(home);
  const { url } = await first.ready();
  const pid = postmasterOf(home);
  await first.kill();
  expect(runs(home, pid)).toBe(true);

  const second = await startHere(home);
  expect([second.role, second.url, postmasterOf(home)]).toEqual(["supervisor", url, pid]);
  await second.stop();
  expect(runs(home, pid)).toBe(false);
});

test("a left-over server of another version of the binaries is stopped and started with ours", async () => {
  const home = newHome();
  const first = startMember(home);
  await first.ready();
  const pid = postmasterOf(home);
  await first.kill();
  const file = join(home, "connection.json");
  writeFileSync(file, JSON.stringify({ ...readConnection(file), version: "18.0.0" }));

  const second = await startHere(home);
  expect(postmasterOf(home)).not.toBe(pid);
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a killed server comes back on its port with every acknowledged row", async () => {
  const home = newHome();
  const server = await startHere(home);
  await query(server.url, "create table kept (n int)");
  const before = server.url;
  for (let n = 1; n <= 3; n++) {
    await query(server.url, `insert into kept values (${n})`);
    process.kill(postmasterOf(home), "SIGKILL");
    expect(await queryWhenBack(() => server.url, "select count(*)::int as rows from kept")).toEqual([
      { rows: n },
    ]);
  }
  expect(server.url).toBe(before);
});

test("when its port was taken meanwhile, the server moves and every process hears the new address", async () => {
  const home = newHome();
  const supervisor = startMember(home);
  const { url } = await supervisor.ready();
  const client = await startHere(home);
  const heard: string[] = [];
  client.onChange((next) => heard.push(next));

  process.kill(supervisor.process.pid!, "SIGSTOP");
  process.kill(postmasterOf(home), "SIGKILL");
  await eventually(() => squat(Number(new URL(url).port)));
  process.kill(supervisor.process.pid!, "SIGCONT");

  await supervisor.until(({ event }) => event === "changed");
  await eventually(() => expect(heard).toHaveLength(1));
  expect(heard[0]).toBe(client.url);
  expect(client.url).not.toBe(url);
  expect(await query(client.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("Ctrl-C for the whole process group leaves the server to the graceful stop", async () => {
  const home = newHome();
  const member = startMember(home, { detached: true });
  const { url } = await member.ready();
  process.kill(-member.process.pid!, "SIGINT");
  await member.until(({ event }) => event === "interrupted");
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
  await member.stop();
});

test("a first start that is killed leaves nothing half-made", async () => {
  const home = newHome();
  const first = startMember(home);
  await eventually(() =>
    expect(readdirSync(home).some((name) => name.startsWith("database.new-"))).toBe(true),
  );
  await first.kill();
  expect(existsSync(join(home, "database"))).toBe(false);

  const second = await startHere(home);
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(readdirSync(home).toSorted()).toEqual([
    "connection.json",
    "database",
    "database.log",
    "supervisor.lock",
    "users.lock",
  ]);
});

test("a pid file that names a process of something else does not keep the server from starting", async () => {
  const home = newHome();
  const first = await startHere(home);
  await query(first.url, "create table kept ()");
  const pidFile = join(home, "database/postmaster.pid");
  const text = readFileSync(pidFile, "utf8");
  await first.stop();
  writeFileSync(pidFile, text.replace(/^\d+/, String(process.pid)));

  const second = await startHere(home);
  expect(await query(second.url, "select to_regclass('kept')::text as found")).toEqual([{ found: "kept" }]);
});

test("a lost connection file is made again with a new password, and the rows are there", async () => {
  const home = newHome();
  const first = await startHere(home);
  await query(first.url, "create table kept ()");
  await first.stop();
  rmSync(join(home, "connection.json"));

  const second = await startHere(home);
  expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
  expect(await query(second.url, "select to_regclass('kept')::text as found")).toEqual([{ found: "kept" }]);
});

test("a path far longer than a socket path may be is no obstacle", async () => {
  const home = join(emptyFolder(), "home", "a-folder-with-a-long-name".repeat(8), "and with spaces äöü");
  const server = await startHere(home);
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});
