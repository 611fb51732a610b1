/** Installs the programs beside which a bench measures into a folder of the run: they are no dependencies of Pilotage. */
import { copyFileSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../test/show/program.ts";
import { progress } from "./measure.ts";

const INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** `name`: the folder beside this file that pins them. Why it could not be done; undefined when it was. */
export async function installPeers(name: string, folder: string): Promise<string | undefined> {
  const sources = fileURLToPath(new URL(`${name}/`, import.meta.url));
  for (const file of readdirSync(sources)) copyFileSync(join(sources, file), join(folder, file));
  // npm gets the caller's settings: registry, proxy, certificates. Node is the one that runs here.
  const settings = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const install = () =>
    runProcess("npm", ["--prefix", folder, ...INSTALL], {
      ...Object.fromEntries(settings),
      PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    });
  let { code, said } = await install();
  // Of hundreds of packages one may meet a registry that stumbles.
  if (code !== 0) ({ code, said } = await install());
  if (code === 0) return undefined;
  const why = `Its packages could not be installed: ${said.trim().split("\n")[0] ?? ""}`;
  progress(why);
  return why;
}
