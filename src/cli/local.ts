/**
 * What the command line asks of the machine that it runs on. `app.ts` gives these functions; everything else that the
 * command line does goes through the typed client.
 */
import type { Verdict, VerifyWish } from "../contract/audit.ts";

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

export interface BackupWish {
  to: string;
  keysTo?: string | undefined;
  /** A file that gets the installation's own keys. */
  withMasterKey?: string | undefined;
  /** Who asked for it, for the audit log. */
  person?: string | undefined;
}

export interface BackupMade {
  id: string;
  folder: string;
  keys: string;
  /** The file with the installation's own keys, when one was asked for. */
  masterKey: string | null;
  madeAt: string;
  tables: number;
  rows: number;
  bytes: number;
  keyBytes: number;
  seconds: number;
  /** The audit log knows of it. */
  recorded: boolean;
}

export interface BackupVerified {
  ok: boolean;
  id: string | null;
  madeAt: string | null;
  files: number;
  rows: number;
  keys: "checked" | "absent";
  problems: { file: string; problem: string }[];
}

export interface RestoreWish {
  folder: string;
  keys?: string | undefined;
  withoutKeys?: boolean;
  masterKeyFile?: string | undefined;
  auditKeyFile?: string | undefined;
  person?: string | undefined;
}

export interface Restored {
  id: string;
  madeAt: string;
  dataHome: string;
  tables: number;
  rows: number;
  /** False: content stays closed. */
  keys: boolean;
  /** Migrations beyond those of the backup. */
  migrations: number;
  /** Tables in the backup that are not Pilotage's. */
  leftOut: string[];
  seconds: number;
}

export interface LocalCommands {
  /** Verifies an audit bundle, or the lines of a running export. */
  verifyBundle(folder: string, wish: VerifyWish): Promise<Verdict>;
  verifyLines(lines: AsyncIterable<string>, wish: VerifyWish): Promise<Verdict>;
  /** Runs the program; resolves when it was stopped. */
  serve(options: { role: Role; port?: number; host?: string }): Promise<void>;
  doctor(): Promise<Finding[]>;
  /** `show` hears how far it has come. */
  backup(wish: BackupWish, show: (line: string) => void): Promise<BackupMade>;
  verifyBackup(
    folder: string,
    keys: string | undefined,
    show: (line: string) => void,
  ): Promise<BackupVerified>;
  restore(wish: RestoreWish, show: (line: string) => void): Promise<Restored>;
  /** Where a running program on this machine listens and the local operator's key, or undefined when none runs. */
  whereabouts(): { url: string; key: string } | undefined;
}
