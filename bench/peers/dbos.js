/**
 * DBOS: a workflow of three steps, each of which returns a small object, over the PostgreSQL of DATABASE_URL.
 *
 * Its defaults, but for the log level and the number of connections, which is what Pilotage takes. Called in its own
 * process, without a queue in between.
 */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { serveRounds } from "./serving.js";

async function threeSteps(i) {
  const admitted = await DBOS.runStep(async () => ({ id: i, state: "admitted" }), { name: "admit" });
  const answered = await DBOS.runStep(async () => ({ ...admitted, category: "billing" }), { name: "answer" });
  return DBOS.runStep(async () => ({ ...answered, state: "delivered" }), { name: "deliver" });
}

const workflow = DBOS.registerWorkflow(threeSteps, { name: "threeSteps" });
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: Number(process.env.CONNECTIONS),
  logLevel: "error",
});
await DBOS.launch();

serveRounds({
  async work(i) {
    const { state } = await workflow(i);
    if (state !== "delivered") throw new Error(`Workflow ${i} ended as ${state}.`);
  },
  stop: () => DBOS.shutdown(),
});
