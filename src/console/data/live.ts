/**
 * News from the program: which kinds of things changed, never what.
 *
 * Each kind makes the reads stale that show it; those on the page are asked for again, at once after a quiet while and
 * every few seconds in a busy one: twenty people at work are twenty pages that would ask for everybody's every step.
 * After a break of the connection everything is asked for again, because something may have been missed.
 */
import { useEffect, useState } from "react";
import { ENDPOINTS, type EndpointName } from "../../contract/endpoints.ts";
import { heardTime } from "../clock.ts";
import { queries } from "./api.ts";

type Topic = "cases" | "reviews" | "operations" | "settings" | "people";

/** What is read anew on news of a kind. */
const CONCERNS: Record<Topic, readonly EndpointName[]> = {
  cases: ["listCases", "getCase", "getOverview", "getOperations", "getWorkflow", "listWorkflows"],
  reviews: ["getInbox", "getOverview", "getOperations", "getReviewFigures"],
  operations: ["getOperations", "getOverview", "listQuarantine", "listDeadLetters", "listFeeds", "getInbox"],
  settings: [
    "getMe",
    "getWorkflow",
    "listWorkflows",
    "listReleases",
    "listChanges",
    "listCertificates",
    "listConnections",
    "listPolicyChanges",
    "listKeys",
  ],
  people: ["getMe", "listPeople", "listSessions"],
};

/** Milliseconds between two rounds of asking again. */
const PAUSE = 3_000;

/** Calls `tell` with what was heard: at once, then not again before the pause is over. */
export function gathered<T>(tell: (heard: ReadonlySet<T>) => void, pause = PAUSE) {
  let heard = new Set<T>();
  let resting: ReturnType<typeof setTimeout> | undefined;
  const go = () => {
    resting = undefined;
    if (heard.size === 0) return;
    const told = heard;
    heard = new Set();
    resting = setTimeout(go, pause);
    tell(told);
  };
  return {
    hear(items: Iterable<T>): void {
      for (const item of items) heard.add(item);
      if (resting === undefined) go();
    },
    stop: () => clearTimeout(resting),
  };
}

/** Listens while the page is open; says whether the connection stands. */
export function useLive(workflow: string | undefined): boolean {
  const [heard, setHeard] = useState(true);
  useEffect(() => {
    const query = workflow === undefined ? "" : `?workflow=${encodeURIComponent(workflow)}`;
    const source = new EventSource(`${ENDPOINTS.live.path}${query}`);
    let broken = false;
    const news = gathered<Topic>((topics) => {
      const names = new Set([...topics].flatMap((topic) => CONCERNS[topic]));
      for (const name of names) void queries.invalidateQueries({ queryKey: [name] });
    });
    source.onopen = () => {
      setHeard(true);
      if (broken) void queries.invalidateQueries();
      broken = false;
    };
    source.onerror = () => {
      broken = true;
      setHeard(false);
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const heard = ENDPOINTS.live.reply.safeParse(parsed(data));
      if (!heard.success) return;
      heardTime(heard.data.at);
      news.hear(heard.data.topics);
    };
    return () => {
      source.close();
      news.stop();
    };
  }, [workflow]);
  return heard;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
