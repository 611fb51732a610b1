/** The console and `pilotage overview` say the same of every code. */
import { createIntl } from "react-intl";
import { expect, test } from "vitest";
import { ALARMS } from "../src/cli/rollout-text.ts";
import { NEEDS, QUESTIONS, said, SENTENCES, STANDINGS, type Values } from "../src/cli/overview-words.ts";
import { NEED_CODES, SENTENCE_CODES } from "../src/contract/overview-codes.ts";
import { ALARM_WORDS } from "../src/console/locales/rollout.ts";
import { NEED_WORDS, OVERVIEW, SENTENCE_WORDS } from "../src/console/pages/overview/words.ts";

const intl = createIntl({ locale: "en-GB", defaultLocale: "en-GB" });
const UNTIL = "2026-02-01 08:00:00Z";

/** What is counted, as one and as many. */
const COUNTED = ["cases", "feeds", "open", "unseen", "count", "reports", "days"];
const each = (n: number): Values => Object.fromEntries(COUNTED.map((name) => [name, n]));
const ONE = { ...each(1), period: "day" };
const MANY = { ...each(1_200), period: "month" };
/** Where the console has a word of its own for none. */
const NONE = { ...MANY, open: 0, unseen: 0, days: 0 };
const RATES = { automatic: 0.3333, model: 0.5, changed: 0.125, bound: 0.0249, target: 0.05 };
const SAME = { ...RATES, received: 30, delivered: 20, rung: 3, errors: 2, missing: 8 };
const NAMES = {
  model: "mistral-eu mistral-small",
  person: "k.adler@example.com",
  release: "rel_1",
  before: 12,
  after: 3,
  day: "2026-03-01",
};

const inConsole = (text: { en: string }, values: Values) =>
  intl.formatMessage({ id: text.en, defaultMessage: text.en }, values);
/** A terminal writes "5 %", the console "5%" as its reader's country does. */
const close = (text: string) => text.replaceAll(" %", "%");

test.each([ONE, MANY, NONE])("the four answers, with %o", (numbers) => {
  for (const code of Object.keys(SENTENCE_CODES) as (keyof typeof SENTENCE_CODES)[]) {
    const values = { ...SAME, ...numbers, before: 12, after: 3 };
    const { text } = said(SENTENCES, { code, values }, { workflow: "tickets" });
    expect(close(text), code).toBe(inConsole(SENTENCE_WORDS[code], values));
  }
});

/** As a terminal writes what the console has from tables of its own. */
const OTHERWISE: Partial<Record<keyof typeof NEED_CODES, Values>> = {
  change_waits: { setting: "qa.share", before: "0.05", after: "0.1", by: "k.adler@example.com" },
  policy_waits: {
    model: "mistral-eu/mistral-small",
    by: "k.adler@example.com",
    why: '[{"what": "kind", "name": "iban", "to": "allow"}, {"what": "images"}]',
  },
  report_new: { title: "wrong_result" },
  second_person_missing: { action: "dial.loosen" },
};

test.each([ONE, MANY, NONE])("what waits for a decision, with %o", (numbers) => {
  for (const code of Object.keys(NEED_CODES) as (keyof typeof NEED_CODES)[]) {
    if (code in OTHERWISE) continue;
    const values = {
      ...SAME,
      ...NAMES,
      ...numbers,
      target: "crm",
      used: 0.8,
      item: "baseline",
      alarm: "errors",
    };
    const { text } = said(NEEDS, { code, values: { ...values, until: "2026-02-01T08:00:00.000Z" } }, ABOUT);
    const shown = { ...values, used: "80%", until: UNTIL, alarm: `: ${ALARM_WORDS.errors.en}` };
    expect(close(text), code).toBe(inConsole(NEED_WORDS[code], shown));
  }
});

const ABOUT = { workflow: "tickets", id: "chg_1" };

test("what a terminal says in words of its own has no code in it but names that commands take", () => {
  const say = (code: keyof typeof OTHERWISE, more: Values = {}) =>
    said(NEEDS, { code, values: { ...OTHERWISE[code], ...more } }, ABOUT).text;
  expect(say("change_waits")).toBe("qa.share from 0.05 to 0.1, asked for by k.adler@example.com");
  expect(say("change_waits", { setting: "rollout.step", after: '{"move": "advance"}' })).toBe(
    "the rollout's step: advance, asked for by k.adler@example.com",
  );
  expect(say("policy_waits")).toBe(
    "Looser data policy for mistral-eu/mistral-small, asked for by k.adler@example.com. Would let on: iban: allow; messages may hold pictures",
  );
  expect(say("policy_waits", { why: '[{"what": "of a newer program"}]' })).toContain(
    "Would let on: of a newer program",
  );
  expect(say("report_new", { reports: 2 })).toBe("Reported: “a delivered result is wrong”, 2 times");
  expect(say("second_person_missing")).toBe(
    "A second person is missing: loosen a dial that watches over automatic output",
  );
});

test("questions, states and alarms have the same words", () => {
  for (const [question, text] of Object.entries(QUESTIONS)) {
    expect(text).toBe(OVERVIEW[`question.${question as "runs"}`].en);
    for (const [state, word] of Object.entries(STANDINGS[question as "runs"]))
      expect(word).toBe(OVERVIEW[`head.${question as "runs"}.${state as "good"}`].en);
  }
  expect(ALARMS).toEqual(Object.fromEntries(Object.entries(ALARM_WORDS).map(([code, { en }]) => [code, en])));
});
