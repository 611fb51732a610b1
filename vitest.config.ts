/** How `npm test` runs: every *.test.ts beside its file and the journeys in test/, each file on a database of its own. */
import { defineConfig } from "vitest/config";

// Where CI wants the counts of the run, as JSON.
const counts = process.env["PILOTAGE_TEST_COUNTS"];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: counts === undefined ? ["default"] : ["default", ["json", { outputFile: counts }]],
  },
});
