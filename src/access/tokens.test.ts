import { describe, expect, test } from "vitest";
import type { CaseId } from "../contract/ids.ts";
import { makeId } from "../contract/ids.ts";
import { openVault } from "../platform/secrets.ts";
import { openTokens, pageLink, type PageToken } from "./tokens.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const DAY = 86_400_000;
const tokens = openTokens(openVault(new Uint8Array(32).fill(7)));
const caseId: CaseId = makeId("case", NOW, new Uint8Array(10).fill(3));
const said: PageToken = { kind: "feedback", caseId, no: 0, expiresAt: NOW + 90 * DAY };
const token = tokens.make(said);

describe("a signed token", () => {
  test("says what was signed, until its end", () => {
    expect(tokens.read(token, NOW)).toEqual(said);
    expect(tokens.read(token, said.expiresAt)).toEqual(said);
    expect(tokens.read(token, said.expiresAt + 1)).toBeUndefined();
  });

  test("carries the question that it answers", () => {
    const answer: PageToken = { ...said, kind: "answer", no: 41 };
    expect(tokens.read(tokens.make(answer), NOW)).toEqual(answer);
  });

  test("is the same for the same words, and short enough for a mail", () => {
    expect(tokens.make(said)).toBe(token);
    expect(token.length).toBeLessThan(100);
    expect(token).toMatch(/^[\w.-]+$/);
  });

  test("with any letter changed, left out or added opens nothing", () => {
    for (let at = 0; at < token.length; at++) {
      for (const letter of new Set(["0", "1", "a", "f", "A", "-", "."])) {
        if (letter === token[at]) continue;
        expect(tokens.read(token.slice(0, at) + letter + token.slice(at + 1), NOW)).toBeUndefined();
      }
      expect(tokens.read(token.slice(0, at) + token.slice(at + 1), NOW)).toBeUndefined();
    }
    for (const more of [`${token}=`, `${token} `, ` ${token}`, `${token}\n`, "", "f", `${token}${token}`])
      expect(tokens.read(more, NOW)).toBeUndefined();
  });

  test("lends its signature to no other kind, case, question or end", () => {
    const signature = token.slice(token.lastIndexOf("."));
    const other: CaseId = makeId("case", NOW + 1, new Uint8Array(10).fill(3));
    for (const more of [
      { kind: "answer" as const },
      { caseId: other },
      { no: 1 },
      { expiresAt: said.expiresAt + DAY },
    ]) {
      const made = tokens.make({ ...said, ...more });
      expect(tokens.read(made, NOW)).toBeDefined();
      expect(tokens.read(made.slice(0, made.lastIndexOf(".")) + signature, NOW)).toBeUndefined();
    }
  });

  test("of another installation opens nothing here", () => {
    const elsewhere = openTokens(openVault(new Uint8Array(32).fill(8)));
    expect(elsewhere.read(token, NOW)).toBeUndefined();
    expect(tokens.read(elsewhere.make(said), NOW)).toBeUndefined();
  });

  test("signed for another purpose with the same key opens nothing", () => {
    const vault = openVault(new Uint8Array(32).fill(7));
    const words = token.slice(0, token.lastIndexOf("."));
    const forged = `${words}.${vault.digest("subject", words).toString("base64url")}`;
    expect(tokens.read(forged, NOW)).toBeUndefined();
  });

  test("stands behind the # of a link", () => {
    expect(pageLink("https://pilotage.example.com/", token)).toBe(
      `https://pilotage.example.com/say#${token}`,
    );
  });
});
