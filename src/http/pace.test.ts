/** The pace of one caller: what is bounded, that the bound is the caller's own, and that time opens it again. */
import { expect, test } from "vitest";
import { FEEDBACK_ENDPOINTS } from "../contract/feedback-endpoints.ts";
import type { Endpoint } from "../contract/endpoint.ts";
import { REVIEW_ENDPOINTS } from "../contract/review-endpoints.ts";
import { simulatedClock } from "../platform/clock.ts";
import { addressLimit } from "./address-limit.ts";
import type { Handlers } from "./bind.ts";
import { PACES, paced } from "./pace.ts";

const NAMES = PACES.flatMap((pace) => pace.endpoints);

function play() {
  const clock = simulatedClock("2026-11-20T09:00:00.000Z");
  const done: string[] = [];
  const inner = Object.fromEntries(
    NAMES.map((name) => [
      name,
      async ({ caller }: { caller: { holder: string } }) => done.push(caller.holder),
    ]),
  ) as unknown as Handlers;
  const handlers = paced(inner, clock) as unknown as Record<
    string,
    (call: { caller: { holder: string } }) => Promise<unknown>
  >;
  const call = (name: string, holder: string) =>
    handlers[name]!({ caller: { holder } }).then(
      () => undefined,
      (error: { code: string; message: string; retryAfterMs: number }) => error,
    );
  return { clock, done, call };
}

test.each(PACES.map((pace) => [pace.what, pace] as const))(
  "one caller's %s are bounded together, others are not held up, and a minute later all goes on",
  async (_, { most, endpoints }) => {
    const { clock, done, call } = play();
    for (let n = 0; n < most; n++)
      expect(await call(endpoints[n % endpoints.length]!, "key_1 kim")).toBeUndefined();
    clock.advance(20_000);
    const refused = await call(endpoints[0]!, "key_1 kim");
    expect(refused).toMatchObject({ code: "too_many_requests", retryAfterMs: 40_000 });
    expect(refused!.message).toContain("nothing was done");
    expect(done).toHaveLength(most);
    expect(await call(endpoints[0]!, "key_2 kim")).toBeUndefined();
    clock.advance(40_000);
    expect(await call(endpoints[0]!, "key_1 kim")).toBeUndefined();
  },
);

test("everything that changes something in the inbox or says something has a pace", () => {
  const elsewhere = new Set([
    // By address: no account is needed.
    "lookAtToken",
    "sayWithToken",
    // An owner's settling of one line of a list.
    "settleImprovement",
  ]);
  const changing = Object.entries<Endpoint>({ ...REVIEW_ENDPOINTS, ...FEEDBACK_ENDPOINTS })
    .filter(([name, { method }]) => method !== "GET" && !elsewhere.has(name))
    .map(([name]) => name);
  expect(changing.filter((name) => !(NAMES as string[]).includes(name))).toEqual([]);
});

test("addresses of one network knock together where no account is needed", () => {
  const clock = simulatedClock("2026-11-20T09:00:00.000Z");
  const knock = addressLimit(clock, { most: 2, within: 60_000 });
  knock("2001:db8::1");
  knock("2001:db8::2");
  expect(() => knock("2001:db8::3")).toThrow(/Too many requests/);
  knock("2001:db9::1");
});
