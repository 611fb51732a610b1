/** The cookie that marks a device on which somebody signed in before (access/known-device.ts). It signs nobody in. */
import type { FastifyReply } from "fastify";
import { knows, markWith, readDevice, type Device } from "../access/known-device.ts";
import { freshBytes } from "../platform/chance.ts";
import type { Vault } from "../platform/secrets.ts";
import { overTls } from "./session-cookie.ts";

const DEVICE_COOKIE = "pilotage_device";
const KEPT_FOR = 180 * 86_400;

/** The device that asks, when this account signed in there before. */
export function knownDevice(vault: Vault, { request }: FastifyReply, account: string): Device | undefined {
  const device = readDevice(request.cookies[DEVICE_COOKIE]);
  return device && knows(vault, device, account) ? device : undefined;
}

export function markDevice(vault: Vault, reply: FastifyReply, account: string): void {
  const device = readDevice(reply.request.cookies[DEVICE_COOKIE]) ?? {
    id: freshBytes(16).toString("base64url"),
    accounts: [],
  };
  void reply.setCookie(DEVICE_COOKIE, markWith(vault, device, account), {
    path: "/api/v1",
    httpOnly: true,
    sameSite: "strict",
    secure: overTls(reply.request),
    maxAge: KEPT_FOR,
  });
}
