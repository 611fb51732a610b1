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
  url: process.env["PILOTAGE_URL"] || undefined,
  key: process.env["PILOTAGE_KEY"] || undefined,
  local: () => import("./serve.ts"),
});
