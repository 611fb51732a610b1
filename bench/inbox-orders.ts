/** What the inbox bench asks of its reviewers (inbox-reviewers.ts), who are a process of their own, and what it gets. */

/** One round: so many decisions by each person, who thinks so many milliseconds before each. */
export interface ReviewOrder {
  decisions: number;
  think: number;
  /** The next case is loaded ahead, as the console does. */
  ahead: boolean;
}

/** Milliseconds, one of each kind per decision. */
export interface Decided {
  toNext: number[];
  verdicts: number[];
}
