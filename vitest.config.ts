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
    testTimeout: 180_000,
    // On a shared machine a start can take ten times as long as usual; a second try tells that from a fault.
    retry: process.env["CI"] === undefined ? 0 : 1,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: counts === undefined ? ["default"] : ["default", ["json", { outputFile: counts }]],
  },
});
