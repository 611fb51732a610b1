/**
 * The floors of the gateway bench: fastify and undici that pass a call on, and keep nothing; or, given a database, one bare row a call,
 * stored together with those of other calls before the answer is out. Each in a process of its own.
 */
import Fastify from "fastify";
import { Pool } from "undici";
import { openDatabase } from "../src/platform/database.ts";
import { openGroupCommit, type Operation } from "../src/platform/group-commit.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";

const { UPSTREAM = "", CONNECTIONS = "256", DATABASE_URL } = process.env;
const ROW = "-".repeat(200);

/** What is done for a call before it is answered. */
async function openRecord(url: string): Promise<(model: string) => Promise<void>> {
  const database = openDatabase({ url, log: silentLog });
  await database.run(
    sql`create table bench_call (no bigserial primary key, model text not null, about text not null)`,
  );
  const group = openGroupCommit(database);
  const insert: Operation<string, void> = {
    name: "bench call",
    async run(tx, models) {
      await tx.run(
        sql`insert into bench_call (model, about) select model, ${ROW} from unnest(${models}::text[]) model`,
      );
      return models.map(() => undefined);
    },
  };
  return (model) => group.do(insert, model);
}

const record = DATABASE_URL === undefined ? undefined : await openRecord(DATABASE_URL);
const pool = new Pool(UPSTREAM, { connections: Number(CONNECTIONS) });
const app = Fastify();
app.post("/v1/chat/completions", async (request, reply) => {
  const { statusCode, body } = await pool.request({
    path: "/v1/chat/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request.body),
  });
  const text = await body.text();
  await record?.((request.body as { model: string }).model);
  return reply.code(statusCode).type("application/json").send(text);
});
await app.listen({ host: "127.0.0.1", port: 0 });
const address = app.server.address();
process.on("message", (message: object) => {
  if ("stop" in message) process.disconnect();
  else process.send!({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true });
