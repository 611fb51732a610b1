/**
 * The mark of a device on which somebody signed in before. It opens nothing: it only gives the device its own allowance of tries.
 *
 * The mark names the device by chance and holds one keyed digest for each account, so that nobody makes one and nobody
 * reads from it whose it is. Nothing is stored. Pure.
 */
import { timingSafeEqual } from "node:crypto";
import type { Vault } from "../platform/secrets.ts";

/** People who share a machine; the one who signed in longest ago goes first. */
const MOST_ACCOUNTS = 8;
const SHAPE = /^[A-Za-z0-9_-]{22}(?:\.[A-Za-z0-9_-]{22}){1,8}$/;

export interface Device {
  /** What stands for the device. */
  id: string;
  accounts: string[];
}

export function readDevice(mark: string | undefined): Device | undefined {
  if (mark === undefined || !SHAPE.test(mark)) return undefined;
  const [id = "", ...accounts] = mark.split(".");
  return { id, accounts };
}

export function knows(vault: Vault, device: Device, account: string): boolean {
  const seal = Buffer.from(sealOf(vault, device.id, account));
  return device.accounts.some((one) => timingSafeEqual(Buffer.from(one), seal));
}

/** The mark after this account signed in there. */
export function markWith(vault: Vault, { id, accounts }: Device, account: string): string {
  const seal = sealOf(vault, id, account);
  return [id, seal, ...accounts.filter((one) => one !== seal).slice(0, MOST_ACCOUNTS - 1)].join(".");
}

function sealOf(vault: Vault, id: string, account: string): string {
  return vault.digest("known device", `${id} ${account.toLowerCase()}`).subarray(0, 16).toString("base64url");
}
