/** Writes the data of this example anew from its seed: `npx node examples/support-triage/generator/generate.ts`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { filesOf, makeDataset, SEED } from "./dataset.ts";

for (const [name, bytes] of Object.entries(filesOf(makeDataset(SEED)))) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  process.stdout.write(`${name}: ${bytes.length} bytes\n`);
}
