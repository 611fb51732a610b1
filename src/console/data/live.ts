/**
 * News from the program: which kinds of things changed, never what.
 *
 * Each kind makes the reads stale that show it; those on the page are asked for again. Without news for a while, after a
 * break of the connection, everything is asked for again, because something may have been missed.
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
    "listKeys",
  ],
  people: ["getMe", "listPeople", "listSessions"],
};

/** Listens while the page is open; says whether the connection stands. */
export function useLive(workflow: string | undefined): boolean {
  const [heard, setHeard] = useState(true);
  useEffect(() => {
    const query = workflow === undefined ? "" : `?workflow=${encodeURIComponent(workflow)}`;
    const source = new EventSource(`${ENDPOINTS.live.path}${query}`);
    let broken = false;
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
      const news = ENDPOINTS.live.reply.safeParse(parsed(data));
      if (!news.success) return;
      heardTime(news.data.at);
      for (const topic of news.data.topics)
        for (const name of CONCERNS[topic]) void queries.invalidateQueries({ queryKey: [name] });
    };
    return () => source.close();
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
