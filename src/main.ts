/**
 * The entry of the program: reads the arguments and runs the command line.
 *
 * The program itself (serve.ts, app.ts) is loaded only by commands that act on this machine, so that all others start
 * quickly.
 */
import { run } from "./cli/run.ts";

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  url: process.env["PILOTAGE_URL"],
  key: process.env["PILOTAGE_KEY"],
  local: async () => ({
    serve: async (options) => (await import("./serve.ts")).serve(options),
    doctor: async () => (await import("./serve.ts")).doctor(),
    whereabouts: (await import("./whereabouts.ts")).whereabouts,
  }),
});
