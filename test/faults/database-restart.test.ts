/** The database restarted under load: refused meanwhile with a time to come again, and then everything goes on by itself. */
import { expect, test } from "vitest";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { restartsUnderLoad } from "../support/restarts.ts";

test(
  "requests are answered 503 with Retry-After while it is away, no process ends, and nothing is lost or doubled",
  { timeout: 300_000 },
  async () => {
    const folder = temporaryFolder("restart");
    try {
      const { restarts, deaths, findings, acknowledged } = await restartsUnderLoad({
        folder,
        away: [
          { how: "fast", milliseconds: 300 },
          { how: "immediate", milliseconds: 300 },
          { how: "fast", milliseconds: 8_000 },
        ],
      });
      expect(findings).toEqual([]);
      expect(deaths).toEqual([]);
      expect(acknowledged).toBeGreaterThan(60);
      for (const restart of restarts) {
        const { "503": refused = 0, ...others } = restart.answers;
        expect(others).toEqual({});
        expect(refused).toBeGreaterThan(0);
        expect(restart.retryAfter).toBe(refused);
        expect(restart.slowestMs).toBeLessThan(10_000);
        expect(restart.backAfterMs).toBeLessThan(30_000);
      }
    } finally {
      removeFolder(folder);
    }
  },
);
