/** The benches: each runs, its document has the figures, and what is missing or too little is not met. No figure is judged here. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { atLeast, spread, under, unmeasured, type Aim, type Spread } from "../bench/measure.ts";
import { environment } from "./show/program.ts";
import { CHROMIUM } from "./support/browser.ts";
import { tellsMemory } from "./support/process-table.ts";

const BENCH = fileURLToPath(new URL("../bench/bench.ts", import.meta.url));
/** What the documents hold, as far as it is looked into. */
interface Document {
  aims: Aim[];
  bareRowsPerSecond: Spread;
  casesPerSecond: Spread;
  ratio: Spread;
  secondsOnExistingData: Spread;
  secondsOnEmptyFolder: Spread;
  megabytesAtRest: Spread;
  table: { gateway: string }[];
  byRequest: { casesOfTheCandidate: number };
  storeAlone: { secondsOnEmptyFolder: Spread; megabytesAtRest: Spread };
}
interface Manifest {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  packages: Record<string, { version: string }>;
}

const positive = { median: expect.any(Number), least: expect.any(Number), most: expect.any(Number) };

async function bench(...words: string[]) {
  const child = spawn(process.execPath, [BENCH, ...words], {
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (part: Buffer) => (said[stream] += part.toString("utf8")));
  const [code] = (await once(child, "close")) as [number];
  return { code, ...said };
}

async function quick(name: string) {
  const { code, stdout, stderr } = await bench(name, "--quick", "--rounds", "1");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Document;
}

// They read what Linux says of processes.
describe.skipIf(!tellsMemory())("npm run bench", () => {
  test("intake: floor and doors in one run", async () => {
    const document = await quick("intake");
    expect(document).toMatchObject({
      bench: "intake",
      rounds: 1,
      quick: true,
      bareRowsPerSecond: positive,
      overHttp: { singleRequests: { casesPerSecond: positive }, oneBatch: { casesPerSecond: positive } },
      aims: [{ aim: "at least 0.5 times" }],
    });
    const { casesPerSecond, bareRowsPerSecond, ratio, aims } = document;
    expect(ratio.median).toBeCloseTo(casesPerSecond.median / bareRowsPerSecond.median, 1);
    expect(aims[0]).toMatchObject({ measured: ratio.median, met: ratio.median >= 0.5 });
  });

  test("cases: certified by the way that every workflow takes; peers that are not there are not passed", async () => {
    const document = await quick("cases");
    expect(document).toMatchObject({
      casesPerSecond: positive,
      cpuMicrosecondsPerCase: { program: positive, database: positive },
      peers: { dbos: { missing: expect.any(String) }, restate: { missing: expect.any(String) } },
    });
    expect(document.casesPerSecond.median).toBeGreaterThan(0);
    expect(document.aims.slice(1)).toMatchObject([
      { aim: "at least 3 times", measured: null, met: false },
      { aim: "at least 2 times", measured: null, met: false },
    ]);
  });

  test("idle: the program and, beside it, the store alone", async () => {
    const document = await quick("idle");
    const { secondsOnExistingData, secondsOnEmptyFolder, megabytesAtRest, storeAlone, aims } = document;
    expect(storeAlone.secondsOnEmptyFolder.median).toBeGreaterThan(0);
    expect(storeAlone.megabytesAtRest.median).toBeLessThan(megabytesAtRest.median);
    expect(aims.map((one) => one.measured)).toEqual([
      secondsOnExistingData.median,
      secondsOnEmptyFolder.median,
      megabytesAtRest.median,
    ]);
  });

  test("inbox: decision to next case over HTTP and in a browser; without one its aim is not met", async () => {
    const document = await quick("inbox");
    const latency = { n: expect.any(Number), p50: positive, p95: positive };
    expect(document).toMatchObject({
      decisionToNextMilliseconds: latency,
      claimedAfterTheVerdictMilliseconds: latency,
      inTheBrowserMilliseconds: CHROMIUM === undefined ? { missing: expect.any(String) } : latency,
      firstLoadKilobytes: expect.any(Number),
    });
    expect(document.aims).toHaveLength(4);
    expect(document.aims[2]!.measured === null).toBe(CHROMIUM === undefined);
    expect(document.aims[3]).toMatchObject({ aim: "under 300 KB", met: true });
  });

  test("gateway: every call on record; a peer that is not there is not beaten", async () => {
    const document = await quick("gateway");
    const measured = ["upstream", "bare", "bareWithRow", "ours", "unrecorded"];
    expect([...new Set(document.table.map((one) => one.gateway))]).toEqual(measured);
    expect(document.table).toHaveLength(measured.length * 6);
    for (const one of document.table)
      expect(one).toMatchObject({ callsPerSecond: positive, p50: positive, p99: positive });
    expect(document.aims.map((one) => one.measured === null)).toEqual([true, true, true, false]);
    expect(document.aims.slice(0, 3).every((one) => !one.met)).toBe(true);
  });

  test("rollback: to the last case of the candidate at four programs, by request and from the command line", async () => {
    const document = await quick("rollback");
    const milliseconds = { p50: expect.any(Number), p99: expect.any(Number) };
    const figures = {
      n: 1,
      lastCaseMilliseconds: milliseconds,
      answerMilliseconds: milliseconds,
      casesSentAfterTheAnswer: 0,
    };
    expect(document).toMatchObject({ programs: 4, byRequest: figures, byCommandLine: figures });
    expect(document.byRequest.casesOfTheCandidate).toBeGreaterThanOrEqual(20);
    expect(document.aims).toMatchObject([
      { aim: "under 1000 ms", measured: expect.any(Number) },
      { aim: "none", measured: 0, met: true },
    ]);
  });

  test("evaluate: every item asked about once and stored; a peer that is not there is not beaten", async () => {
    const document = await quick("evaluate");
    expect(document).toMatchObject({
      items: 50,
      pilotage: { seconds: positive, cpuSeconds: positive, megabytes: positive },
      promptfoo: { missing: expect.any(String) },
    });
    expect(document.aims).toHaveLength(3);
    for (const aim of document.aims) expect(aim).toMatchObject({ measured: null, met: false });
  });

  test("an unknown bench, or no rounds, is refused with the names there are", async () => {
    for (const words of [["speed"], ["intake", "--rounds", "0"]]) {
      const { code, stdout, stderr } = await bench(...words);
      expect(code).toBe(64);
      expect(stdout).toBe("");
      expect(stderr).toContain("intake|cases|idle|inbox|gateway|rollback|evaluate");
    }
  });
});

describe("an aim", () => {
  test("is judged by the median of the rounds", () => {
    const rounds = spread([9, 2, 3]);
    expect(rounds).toEqual({ median: 3, least: 2, most: 9 });
    expect(atLeast("x", 3, "", rounds).met).toBe(true);
    expect(atLeast("x", 3.1, "", rounds).met).toBe(false);
    expect(under("x", 3.1, "", rounds).met).toBe(true);
    expect(under("x", 3, "", rounds).met).toBe(false);
  });

  test("without a figure is not met", () => {
    expect(unmeasured("x", "at least 3 times", "no registry")).toMatchObject({
      measured: null,
      met: false,
      why: "no registry",
    });
  });
});

test("the peers are pinned, and what speaks to Restate is what Pilotage itself uses", () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8")) as Manifest;
  const peers = read("bench/peers/package.json");
  const lock = read("bench/peers/package-lock.json");
  for (const [name, version] of Object.entries({
    ...peers["dependencies"],
    ...peers["optionalDependencies"],
  }))
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  expect(peers.dependencies["undici"]).toBe(read("package.json").dependencies["undici"]);
});
