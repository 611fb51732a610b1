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
    backup: async (wish, show) => (await import("./backup.ts")).backup(wish, show),
    verifyBackup: async (folder, keys, show) =>
      (await import("./backup.ts")).verifyBackupHere(folder, keys, show),
    restore: async (wish, show) => (await import("./backup.ts")).restore(wish, show),
    verifyBundle: async (folder, wish) => (await import("./audit/bundle.ts")).verifyBundle(folder, wish),
    verifyLines: async (lines, wish) => (await import("./audit/bundle.ts")).verifyLines(lines, wish),
    whereabouts: (await import("./whereabouts.ts")).whereabouts,
  }),
});
