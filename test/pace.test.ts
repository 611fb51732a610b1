/** Over real HTTP: a caller who is too fast is told so, with a time to wait, and another goes on. */
import { expect, test } from "vitest";
import { install } from "./support/installation.ts";

const { url, key, client } = await install();

test("the 121st invitation within a minute is refused with Retry-After, and nobody else is held up", async () => {
  const invite = (as: string) =>
    fetch(`${url}/api/v1/people`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}`, "x-pilotage-as": as },
      body: JSON.stringify({ email: "kim@example.com", name: "Kim" }),
    });
  // Refused ones count, too: trying addresses out is what this is against.
  for (let n = 0; n < 120; n++) expect((await invite("jo")).status).toBe(n === 0 ? 201 : 409);
  const refused = await invite("jo");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  expect(await refused.json()).toMatchObject({
    error: {
      code: "too_many_requests",
      message: expect.stringContaining("More than 120 invitations"),
      hint: expect.stringContaining("Go on in"),
    },
  });
  expect((await invite("sam")).status).toBe(409);
  expect((await client.listPeople()).people.map((one) => one.email)).toContain("kim@example.com");
});
