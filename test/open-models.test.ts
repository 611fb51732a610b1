/** What `pilotage doctor` says of models that programs may ask without a data policy. */
import { expect, test } from "vitest";
import { openModels } from "../src/platform/open-models.ts";
import { install } from "./support/installation.ts";

const installation = await install();
const { client, databaseUrl } = installation;
const offers = (passThrough: { name: string; policy?: object }[]) =>
  client.saveConnection({
    params: { name: "house" },
    body: {
      settings: { kind: "openai", baseUrl: "https://api.example.com/v1", passThrough: passThrough as never },
    },
  });

test("nothing where nothing is offered, or no database answers", async () => {
  expect(await openModels(databaseUrl)).toEqual([]);
  expect(await openModels("postgres://127.0.0.1:1/none")).toEqual([]);
});

test("names the models whose provider gets all that programs send", async () => {
  await offers([{ name: "small" }, { name: "large", policy: {} }]);
  const [finding] = await openModels(databaseUrl);
  expect(finding).toMatchObject({ name: "offered models", ok: true });
  expect(finding!.detail).toContain("1 of 2 without a data policy");
  expect(finding!.detail).toContain("house/small");
  await offers([{ name: "large", policy: {} }]);
  expect((await openModels(databaseUrl))[0]!.detail).toContain("each with a data policy");
});
