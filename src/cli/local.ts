/**
 * What the command line asks of the machine that it runs on. `app.ts` gives these functions; everything else that the
 * command line does goes through the typed client.
 */

export const ROLES = ["all", "web", "worker"] as const;
export type Role = (typeof ROLES)[number];

/** One finding of `pilotage doctor`. */
export interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  /** What to do about it, when it is not ok. */
  help?: string;
}

export interface LocalCommands {
  /** Runs the program; resolves when it was stopped. */
  serve(options: { role: Role; port?: number; host?: string }): Promise<void>;
  doctor(): Promise<Finding[]>;
  /** Where a running program on this machine listens and the local operator's key, or undefined when none runs. */
  whereabouts(): { url: string; key: string } | undefined;
}
