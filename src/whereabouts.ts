/**
 * Where the installation of this machine keeps its data, where its program listens, and the local operator's key.
 *
 * Loaded by every command of the command line, so it must stay light. Both come from the data home together: the
 * operator's key never goes to an address that somebody set by other means.
 */
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { dataHomeFor, folderOfInstallation } from "./platform/embedded/data-home.ts";
import { readOperatorKey, readWhereabouts } from "./platform/operator.ts";
import { readSettings, type Settings } from "./platform/settings.ts";

const PROGRAM = fileURLToPath(new URL("..", import.meta.url));

export function dataHomeOf(settings: Settings): string {
  const folder = folderOfInstallation(PROGRAM, homedir());
  return dataHomeFor({ folder, override: settings.PILOTAGE_DATA, uid: process.getuid?.() ?? -1 });
}

/** The running program of this machine and its operator's key; undefined when none runs. */
export function whereabouts(): { url: string; key: string } | undefined {
  const dataHome = dataHomeOf(readSettings(process.env));
  const url = readWhereabouts(dataHome)?.url;
  const key = readOperatorKey(dataHome);
  return url === undefined || key === undefined ? undefined : { url, key };
}
