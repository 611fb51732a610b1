/** What the status page shows: counts, dials and the latest cases, and never the content of a case. */
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import type { Arm, CaseState, Verdict } from "../contract/states.ts";

export interface StatusData {
  /** The program's clock, in milliseconds since 1970; every age on the page is counted from it. */
  now: number;
  /** Workers that live; null while that is not known yet. */
  workers: number | null;
  workflows: StatusWorkflow[];
  audit: StatusAudit;
  /** The newest cases of all workflows, newest first; `LATEST_CASES` of them at most. */
  latest: StatusCase[];
}

export interface StatusWorkflow {
  name: string;
  purpose: string;
  stableRelease: string;
  candidateRelease: string | null;
  /** From 0 to 1. */
  share: number;
  /** From 0 to 1. */
  autonomy: number;
  /** The certificate in force for the model of the release that gets cases; null: every case is reviewed. */
  certificate: StatusCertificate | null;
  /** Of the safe-stop ladder: 0 normal to 4 stop. */
  rung: number;
  /** Cases per state, rehearsals left out; a state without cases may be missing. */
  counts: Partial<Record<CaseState, number>>;
  /** Records that wait in quarantine. */
  quarantined: number;
  deadLetters: number;
  feeds: StatusFeed[];
}

export interface StatusCertificate {
  /** Null where each category has its own. */
  threshold: number | null;
  /** Upper bound of the error share among what it lets out. */
  bound: number;
  /** Where its labels come from, how many there were, how many it lets out, and the wrong ones among those. */
  source: CertificationSource;
  labels: number;
  accepted: number;
  errors: number;
  certifiedAt: number;
  expiresAt: number;
  /** On labels of a program that plays a person. */
  simulated: boolean;
}

export interface StatusAudit {
  size: number;
  waiting: number;
  /** When the oldest event that waits was written. */
  oldest: number | null;
  checkpointAt: number | null;
  gaps: number;
  putAside: number;
  /** What keeps the log from growing. */
  problem: string | null;
}

export interface StatusFeed {
  name: string;
  /** What keeps the feed from reading, as its last look said. */
  problem: string | null;
  /** Its newest run; null when it never found anything. */
  last: StatusRun | null;
}

export interface StatusRun {
  startedAt: number;
  finishedAt: number | null;
  read: number;
  admitted: number;
  quarantined: number;
  duplicate: number;
  skipped: number;
}

export interface StatusCase {
  id: string;
  externalId: string;
  workflow: string;
  state: CaseState;
  arm: Arm;
  verdict: Verdict | "auto" | null;
  /** Whether the verdict in force came from a program that plays a person. */
  simulated: boolean;
  receivedAt: number;
}

/** How many cases the page shows at most. */
export const LATEST_CASES = 25;
