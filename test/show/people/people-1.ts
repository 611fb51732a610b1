/**
 * people.1: the journeys of test/console/ through the console, in a real Chromium against the real server and database.
 *
 * They are part of `npm test`; here each thing that is promised must have its journey, and none may be skipped.
 */
import { CHROMIUM, NO_CHROMIUM } from "../../support/browser.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { runTests } from "./browser-tests.ts";

export const title =
  "Sign-in, every verdict, undo, a lost lease, two reviewers, languages, keyboard and a phone, in a real Chromium";

const FILES = ["sign-in", "inbox", "together", "keyboard", "hostile"].map(
  (name) => `test/console/${name}.test.ts`,
);

/** What is promised, and by which words a journey is known that shows it. */
const PROMISED: Readonly<Record<string, RegExp>> = {
  "sign in by a link": /link made on the machine/,
  "an invitation with a password": /invitation asks for a password/,
  "a wrong password": /wrong password/,
  "two clicks to the first case": /first case in two clicks/,
  approve: /approving is one key/,
  "edit with a reason": /one field changed, a reason/,
  reject: /rejected with words/,
  escalate: /escalated to another person/,
  "ask the sender": /asking the sender/,
  "snooze and skip": /snoozed by two keys, put back/,
  "undo by key": /undo by key/,
  "undo by button": /undo by button/,
  "a lost lease keeps the text": /lost a case .* keeps what was typed/,
  "two reviewers at once": /two start at once/,
  "the language": /language is chosen once/,
  "keyboard only": /by keyboard only/,
  "a cold case": /cold case: the suggestion does not reach the browser/,
  "a script and a Markdown image": /script in a ticket and an image/,
  "a ticket of 2 MB": /two megabytes/,
  "360 pixels": /360 pixels/,
};

export async function run(context: Context): Promise<Outcome> {
  if (CHROMIUM === undefined) return skipped(NO_CHROMIUM);
  context.progress(FILES.join(" "));
  const ran = await runTests(context, FILES);
  const missing = Object.entries(PROMISED).flatMap(([what, words]) =>
    ran.passed.some((name) => words.test(name)) ? [] : [what],
  );
  for (const what of missing) context.progress(`not shown: ${what}`);
  return {
    met: ran.failed.length === 0 && ran.skipped.length === 0 && missing.length === 0,
    figures: {
      journeys: ran.passed.length + ran.failed.length + ran.skipped.length,
      passed: ran.passed.length,
      failed: ran.failed.map(({ name }) => name),
      skipped: ran.skipped,
      promised: Object.keys(PROMISED).length,
      notShown: missing,
    },
  };
}
