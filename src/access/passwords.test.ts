/** Passwords: what is taken, what is stored, and that hashing stays within its bound. */
import { expect, test } from "vitest";
import { hashPassword, passwordFits, passwordProblem } from "./passwords.ts";

const KIM = { email: "kim.adler@example.com", name: "Kim Adler" };

test.each([
  "correct horse battery staple",
  "vier unzusammenhängende Wörter",
  "🌲🌲🌳🌴🌵🌾🌿🍀🍁🍂🍃🍄",
  "x7Kp2mQ9rT4w",
  "passwort ist nur der Anfang",
])("%s is taken", (password) => {
  expect(passwordProblem(password, KIM)).toBeUndefined();
});

test.each([
  ["elevenchars", /fewer than 12/],
  ["", /fewer than 12/],
  ["aaaaaaaaaaaaaaaa", /hardly any/],
  ["121212121212", /hardly any/],
  ["Passwort2026", /commonest/],
  ["PASSWORD1234!", /commonest/],
  ["passwordpassword", /commonest/],
  ["Willkommen2026!", /commonest/],
  ["kim.adler@example.com", /your own name/],
  ["kim.adler2026", /your own name/],
])("%s is refused", (password, words) => {
  expect(passwordProblem(password, KIM)).toMatch(words);
});

test("what is stored is Argon2id with the parameters of OWASP, another text each time", async () => {
  const [one, other] = await Promise.all([hashPassword("a good long one"), hashPassword("a good long one")]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(other).not.toBe(one);
  expect(await passwordFits(one, "a good long one")).toBe(true);
  expect(await passwordFits(one, "a good long two")).toBe(false);
});

test("letters that look alike because they are alike fit", async () => {
  expect(await passwordFits(await hashPassword("Schl\u00fcsselwort x"), "Schlu\u0308sselwort x")).toBe(true);
});

test("an account without a password is never opened, and a broken hash opens nothing", async () => {
  expect(await passwordFits(null, "whatever it is")).toBe(false);
  expect(await passwordFits("$argon2id$broken", "whatever it is")).toBe(false);
});

test("for nobody the same work is done as for somebody", { retry: 3 }, async () => {
  const stored = await hashPassword("a good long one");
  const took = async (hash: string | null) => {
    const all: number[] = [];
    for (let n = 0; n < 9; n++) {
      const from = performance.now();
      await passwordFits(hash, "a wrong long one");
      all.push(performance.now() - from);
    }
    return all.sort((a, b) => a - b)[4]!;
  };
  await took(stored);
  const [somebody, nobody] = [await took(stored), await took(null)];
  expect(nobody / somebody).toBeGreaterThan(0.5);
  expect(nobody / somebody).toBeLessThan(2);
});

test("a storm of sign-ins waits in a bounded line, and who finds it full is told so", async () => {
  const results = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword("a good long one")));
  const refused = results.filter((one) => one.status === "rejected");
  expect(refused.length).toBe(80 - 52);
  for (const one of refused) expect(one.reason).toMatchObject({ code: "too_many_requests" });
  expect(await passwordFits(await hashPassword("and then it goes on"), "and then it goes on")).toBe(true);
});
