import { expect, test } from "vitest";
import { CASE_STATES, type CaseState } from "../contract/states.ts";
import type { StatusData, StatusWorkflow } from "./status-data.ts";
import { STATUS_POLICY, statusPage } from "./status-page.ts";
import { pickLanguage, STATUS_WORDS } from "./status-words.ts";

const NOW = Date.parse("2026-03-02T08:00:00Z");

function workflow(more: Partial<StatusWorkflow> = {}): StatusWorkflow {
  return {
    name: "support-triage",
    purpose: "Classify and route tickets.",
    stableRelease: "manual",
    candidateRelease: "rel_1",
    share: 1,
    autonomy: 0,
    certificate: null,
    rung: 0,
    counts: { received: 3, in_review: 1234, delivered: 56 },
    quarantined: 7,
    deadLetters: 0,
    feeds: [],
    ...more,
  };
}

const AUDIT: StatusData["audit"] = {
  size: 1234,
  waiting: 0,
  oldest: null,
  checkpointAt: NOW - 4_000,
  gaps: 0,
  putAside: 0,
  problem: null,
};

function data(more: Partial<StatusData> = {}): StatusData {
  return { now: NOW, workers: 1, audit: AUDIT, workflows: [workflow()], latest: [], ...more };
}

const latest = (more: Partial<StatusData["latest"][number]> = {}) => ({
  id: "case_1",
  externalId: "T-260001",
  workflow: "support-triage",
  state: "decided" as CaseState,
  arm: "candidate" as const,
  verdict: "edit" as const,
  simulated: false,
  receivedAt: NOW - 12_000,
  ...more,
});

const english = (given: StatusData) => statusPage(given, { language: "en", held: false });
const german = (given: StatusData) => statusPage(given, { language: "de", held: false });

/** What a reader sees, without tags. */
const seen = (page: string) =>
  page
    .replace(/<head>.*<\/head>/s, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

test("every state of a case has its count and its word, in both languages", () => {
  const states = Object.keys(CASE_STATES) as CaseState[];
  const counts = Object.fromEntries(states.map((state, at) => [state, 2000 + at]));
  const given = data({ workflows: [workflow({ counts })] });
  for (const [at, state] of states.entries()) {
    const number = 2000 + at;
    expect(seen(english(given))).toMatch(
      new RegExp(
        `${number.toLocaleString("en")} ?${STATUS_WORDS.en.states[state]}|${STATUS_WORDS.en.states[state]} ${number.toLocaleString("en")}`,
      ),
    );
    expect(seen(german(given))).toMatch(
      new RegExp(
        `${number.toLocaleString("de")} ?${STATUS_WORDS.de.states[state]}|${STATUS_WORDS.de.states[state]} ${number.toLocaleString("de")}`,
      ),
    );
  }
});

test("what comes from outside is escaped wherever it stands", () => {
  const nasty = `<script>alert("1")</script>&'`;
  const page = english(
    data({
      workflows: [
        workflow({
          name: nasty,
          purpose: nasty,
          candidateRelease: nasty,
          share: 0.5,
          stableRelease: nasty,
          feeds: [{ name: nasty, problem: nasty, last: null }],
        }),
        workflow(),
      ],
      latest: [latest({ id: nasty, externalId: nasty, workflow: nasty })],
    }),
  );
  expect(page).not.toContain("<script");
  expect(page).not.toContain(`"1"`);
  expect(page.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length - 1).toBe(9);
});

test("a verdict of a program that plays a person is marked, a person's is not", () => {
  const simulated = english(data({ latest: [latest({ simulated: true })] }));
  expect(seen(simulated)).toContain("Edited simulated");
  expect(seen(simulated)).toContain(STATUS_WORDS.en.simulatedNote);
  const person = seen(english(data({ latest: [latest()] })));
  expect(person).toContain("Edited");
  expect(person).not.toContain("simulated");
});

test("the summary is a sentence with the figures, and names trouble first found", () => {
  expect(seen(english(data()))).toContain(
    "Running: 1,293 cases so far, 56 delivered, 1,234 waiting for a person.",
  );
  expect(seen(german(data()))).toContain(
    "In Betrieb: bisher 1.293 Fälle, 56 zugestellt, 1.234 warten auf einen Menschen.",
  );
  const one = data({ workflows: [workflow({ counts: { in_review: 1 } })] });
  expect(seen(english(one))).toContain("Running: 1 case so far, 0 delivered, 1 waiting");
  expect(seen(german(one))).toContain("bisher 1 Fall, 0 zugestellt, 1 wartet auf");
  const troubled = data({
    workflows: [
      workflow({
        rung: 2,
        counts: { failed_delivery: 4 },
        feeds: [{ name: "helpdesk", problem: "The feed folder does not exist.", last: null }],
      }),
    ],
  });
  expect(seen(english(troubled))).toContain("Safe-stop: Model off. 4 not delivered. One feed cannot read.");
  expect(seen(english(troubled))).toContain("The feed folder does not exist.");
  expect(seen(english(data({ workers: 0 })))).toContain("No worker runs: cases are taken in and wait.");
  expect(seen(english(data({ workers: null })))).not.toContain("No worker");
});

test("dials say what they mean: the rest of a share, and that autonomy 0 reviews every case", () => {
  const page = seen(english(data({ workflows: [workflow({ share: 0.2 })] })));
  expect(page).toContain("20% the rest: manual");
  expect(page).toContain("0% every case is reviewed");
  const uncertified = seen(english(data({ workflows: [workflow({ share: 1, autonomy: 0.5 })] })));
  expect(uncertified).toContain("50% every case is reviewed Certificate none in force");
  const certificate = { ...CERTIFICATE, expiresAt: NOW };
  const whole = seen(english(data({ workflows: [workflow({ share: 1, autonomy: 0.5, certificate })] })));
  expect(whole).not.toContain("the rest");
  expect(whole).not.toContain("every case is reviewed");
  const manual = seen(english(data({ workflows: [workflow({ candidateRelease: null, share: 0 })] })));
  expect(manual).toContain("Release in force manual");
  expect(manual).toContain("Share of new cases 100%");
});

const CERTIFICATE = {
  threshold: 0.71,
  bound: 0.0468,
  source: "labels" as const,
  labels: 400,
  accepted: 193,
  errors: 4,
  certifiedAt: Date.parse("2026-03-02T08:00:00Z"),
  expiresAt: Date.parse("2026-05-31T08:00:00Z"),
  simulated: false,
};

test("the certificate is one line in both languages, and says when its labels were simulated", () => {
  const certificate = { ...CERTIFICATE, simulated: true };
  const given = data({ workflows: [workflow({ certificate })] });
  expect(seen(english(given))).toContain(
    "Certificate from 0.71, errors at most 4.7%, until May 31, 2026; 4 wrong of 193 among 400 coin labels, Mar 2, 2026 simulated",
  );
  expect(seen(german(given))).toContain(
    "Zertifikat ab 0,71, höchstens 4,7 % Fehler, bis 31.05.2026; 4 von 193 falsch, unter 400 per Münzwurf ausgewählten Urteilen, 02.03.2026",
  );
  const each = data({ workflows: [workflow({ certificate: { ...certificate, threshold: null } })] });
  expect(seen(english(each))).toContain("Certificate by category, errors at most");
});

test("a feed's line gives the counts of its last run", () => {
  const run = {
    startedAt: NOW - 9_000,
    finishedAt: NOW - 5_000,
    read: 10,
    admitted: 6,
    quarantined: 2,
    duplicate: 1,
    skipped: 1,
  };
  const page = (last: typeof run | null) =>
    seen(english(data({ workflows: [workflow({ feeds: [{ name: "helpdesk", problem: null, last }] })] })));
  expect(page(run)).toContain(
    "helpdesk 10 read: 6 admitted, 2 quarantined, 1 duplicate, 1 skipped 5 sec. ago",
  );
  expect(page(null)).toContain("helpdesk has found nothing to read yet");
});

test("ages are relative up to a day, then a date", () => {
  const shown = (age: number) => seen(english(data({ latest: [latest({ receivedAt: NOW - age })] })));
  expect(shown(12_000)).toContain("12 sec. ago");
  expect(shown(5 * 60_000)).toContain("5 min. ago");
  expect(shown(23 * 3_600_000)).toContain("23 hr. ago");
  expect(shown(50 * 3_600_000)).toContain("Feb 28, 2026");
});

test("an empty installation teaches the next command", () => {
  expect(seen(english(data({ workflows: [] })))).toContain("pilotage apply my-workflow");
  expect(seen(german(data({ workflows: [] })))).toContain("pilotage apply mein-workflow");
  expect(seen(english(data({ workflows: [workflow({ counts: {} })] })))).toContain(
    "pilotage case submit support-triage",
  );
});

test("the page needs no script and nothing inline, so that its policy can forbid both", () => {
  const page = english(data({ latest: [latest()] }));
  expect(page).not.toMatch(/<script|<style|style=|\son\w+=/);
  expect(page).toContain('<link rel="stylesheet" href="/status.css" />');
  expect(STATUS_POLICY).toContain("default-src 'none'");
});

test("it renews itself unless the reader holds it, and both links keep the language", () => {
  expect(english(data())).toContain('http-equiv="refresh"');
  expect(english(data())).toContain('href="?lang=en&amp;hold=1"');
  const held = statusPage(data(), { language: "de", held: true });
  expect(held).not.toContain('http-equiv="refresh"');
  expect(held).toContain('href="?lang=de"');
  expect(held).toContain('href="?lang=en&amp;hold=1"');
});

test.each([
  ["de", undefined, "de"],
  ["en", "de", "en"],
  ["fr", "de-AT,de;q=0.9,en;q=0.8", "de"],
  [undefined, "en-GB,de;q=0.9", "en"],
  [undefined, "fr, en;q=0.5, de;q=0.7", "de"],
  [undefined, "de;q=0, en;q=0.1", "en"],
  [undefined, "fr-FR", "en"],
  [undefined, undefined, "en"],
  [undefined, ";;;q=x,,", "en"],
] as const)("asked for %s and with Accept-Language %s the page is in %s", (asked, header, language) => {
  expect(pickLanguage(asked, header)).toBe(language);
});

test("the audit log is one line; what waits, what is missing and what keeps it from growing stands there", () => {
  expect(seen(english(data()))).toContain("Audit log: 1,234 events, last signed 4 sec. ago .");
  expect(seen(german(data()))).toContain("Prüfprotokoll: 1.234 Ereignisse, zuletzt signiert");
  const waiting = data({ audit: { ...AUDIT, checkpointAt: null, waiting: 1, oldest: NOW - 120_000 } });
  expect(seen(english(waiting))).toContain("not signed yet; 1 waits, since 2 min. ago .");
  const removed = seen(english(data({ audit: { ...AUDIT, gaps: 1, problem: "duplicate key" } })));
  expect(removed).toContain("Events were removed or forged: run pilotage audit check. It does not grow");
  expect(seen(english(data()))).not.toContain("removed");
});
