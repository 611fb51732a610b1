/**
 * The reviewers of the inbox bench, in a process of their own: each is signed in and decides one case after the other.
 *
 * Started with ORIGIN, WORKFLOW and COOKIES (a JSON list, one per person). Each order is one round: everybody decides so
 * many cases, and it answers with the milliseconds from each decision to the next case, content included. As the console
 * does it, the next case is held softly while the person reads, so that after the verdict only its lease is renewed;
 * otherwise it is claimed after the verdict. Between two decisions a person thinks.
 */
import { setTimeout as pause } from "node:timers/promises";
import { openClient, type Client } from "../src/contract/client.ts";
import type { ReplyOf } from "../src/contract/endpoint.ts";
import type { Endpoints } from "../src/contract/endpoints.ts";
import type { Decided, ReviewOrder } from "./inbox-orders.ts";

type Task = ReplyOf<Endpoints["claimReview"]>;

const { ORIGIN: url = "", WORKFLOW: workflow = "", COOKIES: cookies = "[]" } = process.env;
const people = (JSON.parse(cookies) as string[]).map((cookie) => openClient({ url, cookie }));

process.on("message", (message: ReviewOrder | { stop: true }) => {
  if ("stop" in message) process.disconnect();
  else void round(message).then((decided) => process.send!(decided));
});
// Also when whoever started it was killed.
process.on("disconnect", () => process.exit(0));
process.send!({ ready: true });

async function round(order: ReviewOrder): Promise<Decided> {
  const each = await Promise.all(people.map((person, at) => decideSome(person, at, order)));
  return { toNext: each.flatMap((one) => one.toNext), verdicts: each.flatMap((one) => one.verdicts) };
}

async function decideSome(
  person: Client,
  at: number,
  { decisions, think, ahead }: ReviewOrder,
): Promise<Decided> {
  const claim = async (soft: boolean): Promise<Task> => {
    const { reviews } = await person.claimReviews({ params: { workflow }, body: { count: 1, soft } });
    if (reviews[0] === undefined)
      throw new Error("There was no case to take: the figure would be of another inbox.");
    return reviews[0];
  };
  const toNext: number[] = [];
  const verdicts: number[] = [];
  // Nobody begins at the same moment as everybody else.
  await pause((think / people.length) * at);
  let current = await claim(false);
  for (let i = 0; i < decisions; i++) {
    const held = ahead ? await claim(true) : undefined;
    await pause(think);
    const params = { case: current.caseId };
    const started = performance.now();
    await person.giveVerdict({ params, body: { lease: current.lease, verdict: "approve" } });
    const given = performance.now();
    if (held === undefined) current = await claim(false);
    else {
      await person.renewReview({ params: { case: held.caseId }, body: { lease: held.lease } });
      current = held;
    }
    verdicts.push(given - started);
    toNext.push(performance.now() - started);
  }
  await person.releaseReview({ params: { case: current.caseId }, body: { lease: current.lease } });
  return { toNext, verdicts };
}
