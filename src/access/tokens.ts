/**
 * Signed tokens for pages that need no account: whoever receives a result says that it is wrong, a sender answers.
 *
 * A token names what it is for, one case and an end, and an HMAC over all of it under a key that comes from the master
 * key: it cannot be made, changed or lengthened outside, and another installation's means nothing here. Nothing is
 * stored. It stands behind `#` in a link, so that no server log holds it; what it opens is judged where it is used.
 */
import { timingSafeEqual } from "node:crypto";
import { isId, type CaseId } from "../contract/ids.ts";
import type { Vault } from "../platform/secrets.ts";

/** Each kind with the letter that stands for it in a token. */
const KINDS = { feedback: "f", answer: "a" } as const;
export type PageKind = keyof typeof KINDS;

export interface PageToken {
  kind: PageKind;
  caseId: CaseId;
  /** Which question of the case the page answers; 0 where there is no question. */
  no: number;
  /** The last moment at which it opens anything, in milliseconds; kept in whole seconds. */
  expiresAt: number;
}

export interface Tokens {
  make(token: PageToken): string;
  /** What a token says; undefined for one that is not ours, was changed, or is over. Nothing tells these apart. */
  read(text: string, now: number): PageToken | undefined;
}

const SHAPE = /^([fa])\.(case_[0-9a-z]{26})\.([0-9a-z]{1,4})\.([0-9a-z]{1,8})\.([A-Za-z0-9_-]{43})$/;

export function openTokens(vault: Vault): Tokens {
  const sign = (said: string) => vault.digest("page token", said).toString("base64url");
  return {
    make({ kind, caseId, no, expiresAt }) {
      const said = [KINDS[kind], caseId, no.toString(36), Math.floor(expiresAt / 1000).toString(36)].join(
        ".",
      );
      return `${said}.${sign(said)}`;
    },

    read(text, now) {
      const [, letter, caseId, no, end, signature] = SHAPE.exec(text) ?? [];
      if (signature === undefined) return undefined;
      const expected = sign(text.slice(0, text.length - signature.length - 1));
      // The texts, not the bytes behind them: several texts stand for the same bytes.
      if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return undefined;
      const expiresAt = Number.parseInt(end!, 36) * 1000;
      if (expiresAt < now || !isId("case", caseId!)) return undefined;
      return {
        kind: letter === KINDS.answer ? "answer" : "feedback",
        caseId,
        no: Number.parseInt(no!, 36),
        expiresAt,
      };
    },
  };
}

/** The page of a token below an installation's public address. */
export function pageLink(publicUrl: string, token: string): string {
  return `${publicUrl.replace(/\/+$/, "")}/say#${token}`;
}
