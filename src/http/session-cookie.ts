/** The cookie that holds a session: no script reads it, no other site's form sends it. */
import type { FastifyReply, FastifyRequest } from "fastify";

export const SESSION_COOKIE = "pilotage_session";

export function setSessionCookie(reply: FastifyReply, token: string): void {
  void reply.setCookie(SESSION_COOKIE, token, {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: overTls(reply.request),
  });
}

/** Behind a proxy with TLS the browser came over https, whatever reaches the program. */
export function overTls(request: FastifyRequest): boolean {
  return request.protocol === "https";
}
