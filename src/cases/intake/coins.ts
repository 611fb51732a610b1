/**
 * The draws: arm, quality coin, cold coin, autonomy coin at intake; the second look at delivery.
 *
 * Pure and by hash, so that nothing about the output can sway them; each is stored with its probability. Raising a share only adds units, because one salt serves a whole rollout. Source of the bucket:
 * reference statistics, section 3.0 (`assignment_bucket`).
 */
import { hash } from "node:crypto";
import type { Arm } from "../../contract/states.ts";

/** A number from 0 up to, not including, 1: the first six bytes of SHA-256(salt ":" unit) over 2^48. */
export function bucket(salt: string, unit: string): number {
  return Number.parseInt(hash("sha256", `${salt}:${unit}`, "hex").slice(0, 12), 16) / 2 ** 48;
}

export interface Dials {
  stableRelease: string;
  candidateRelease: string | null;
  candidateShare: number;
  /** All new cases of this team go to the candidate. */
  candidateTeam?: string | null;
  salt: string;
  coldShare: number;
  qaProbability: number;
}

export interface Assignment {
  arm: Arm;
  release: string;
  /** The share in force for the candidate when the case was assigned. */
  share: number;
}

export interface Coins {
  qa: boolean;
  qaProbability: number;
  cold: boolean;
  coldProbability: number;
  /** Compared with the autonomy in force at the decision. */
  autonomyCoin: number;
}

/**
 * Draws the arm of a unit: a thread, or a case that belongs to none. In a stage of a team its cases are not drawn at all:
 * the candidate gets them with certainty, and there is nobody to compare them with.
 */
export function assign(unit: string, dials: Dials, team?: string): Assignment {
  const { candidateRelease, candidateTeam = null } = dials;
  const share = candidateTeam !== null && team === candidateTeam ? 1 : dials.candidateShare;
  const candidate = candidateRelease !== null && bucket(dials.salt, unit) < share;
  const release = candidate ? candidateRelease : dials.stableRelease;
  const arm = release === "manual" ? "manual" : candidate ? "candidate" : "stable";
  return { arm, release, share };
}

/** Draws the coins of one case. A manual case has no output that could be held back, so it is never cold. */
export function drawCoins(caseId: string, assignment: Assignment, dials: Dials): Coins {
  const coldProbability = assignment.arm === "manual" ? 0 : dials.coldShare;
  return {
    qa: falls(`qa:${assignment.release}`, caseId, dials.qaProbability),
    qaProbability: dials.qaProbability,
    cold: falls(`cold:${assignment.release}`, caseId, coldProbability),
    coldProbability,
    autonomyCoin: bucket(`autonomy:${dials.salt}`, caseId),
  };
}

/** No bucket lies below 0: a coin that is never thrown needs no hash. */
function falls(salt: string, unit: string, probability: number): boolean {
  return probability > 0 && bucket(salt, unit) < probability;
}

/** Whether a case is looked at a second time, blind, after its delivery: at one rate in all arms, whoever decided it. */
export function drawSecondLook(caseId: string, release: string, share: number): boolean {
  return bucket(`second:${release}`, caseId) < share;
}

/**
 * The quality coin's probability for a day: the share, or more when that many cases would not reach the daily minimum.
 *
 * `expected` is the mean number of cases a day over the last week; without history the share alone counts.
 */
export function qaProbability(share: number, atLeastPerDay: number, expected: number | undefined): number {
  if (!expected) return share;
  return Math.min(1, Math.max(share, atLeastPerDay / expected));
}
