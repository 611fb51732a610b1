/**
 * `pilotage serve` in one role, which kills itself with SIGKILL at a transaction boundary when told to.
 *
 *     node test/support/serve-with-kills.ts worker                    serves as usual
 *     node test/support/serve-with-kills.ts worker settle:before:2    dies before the second commit that settles
 *
 * Before it dies it says `killed at settle:before` on standard output. Settings come from the environment, as always.
 */
import { writeSync } from "node:fs";
import type { Role } from "../../src/app.ts";
import { serve } from "../../src/serve.ts";

const [role, at] = process.argv.slice(2);
const [name, moment, occurrence] = (at ?? "").split(":");
let left = Number(occurrence ?? 0);

await serve(
  { role: role as Role },
  {
    boundary(reached, names) {
      if (reached !== moment || !names.includes(name!) || --left !== 0) return;
      writeSync(1, `killed at ${name}:${moment}\n`);
      process.kill(process.pid, "SIGKILL");
    },
  },
);
