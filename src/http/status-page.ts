/**
 * The status page at `/`: one plain, read-only page with counts per state, dials, feeds and the latest cases.
 *
 * Pure: figures in, HTML out; who gathers them is the caller. Needs no script, shows nothing that a case holds, and
 * escapes everything that came from outside. Its words are in status-words.ts, its look in status-style.ts, which the
 * page loads from /status.css, so that `STATUS_POLICY` can forbid all else.
 */
import { CASE_STATES, type CaseState } from "../contract/states.ts";
import { isoTime } from "../platform/clock.ts";
import { html, type Html, NOTHING, type Part } from "./markup.ts";
import type { StatusCase, StatusData, StatusFeed, StatusWorkflow } from "./status-data.ts";
import { LOOKS, mark, type Tone } from "./status-marks.ts";
import { STATUS_WORDS, type StatusLanguage, type StatusWords } from "./status-words.ts";

/** The Content-Security-Policy under which the page works. */
export const STATUS_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface StatusView {
  language: StatusLanguage;
  /** Stands still instead of renewing itself. */
  held: boolean;
}

const PATH = [
  "received",
  "running",
  "in_review",
  "decided",
  "delivering",
  "delivered",
] as const satisfies readonly CaseState[];
const ASIDE = (Object.keys(CASE_STATES) as CaseState[]).filter(
  (state) => !(PATH as readonly CaseState[]).includes(state),
);

/** Everything the renderers need to speak one language at one time. */
interface Speaking {
  words: StatusWords;
  count: (value: number) => string;
  percent: (value: number) => string;
  /** With two digits behind the point. */
  decimal: (value: number) => string;
  day: (at: number) => string;
  ago: (at: number) => Html;
}

/** Renders the whole page. */
export function statusPage(data: StatusData, view: StatusView): string {
  const speaking = speak(view.language, data.now);
  const { words } = speaking;
  const simulated = data.latest.some((one) => one.simulated);
  const page = html`<!doctype html>
    <html lang="${view.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${view.held ? NOTHING : html`<meta http-equiv="refresh" content="5" />`}
        <meta name="color-scheme" content="light dark" />
        <title>Pilotage · ${words.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/status.css" />
      </head>
      <body>
        <header>
          <h1>Pilotage <span>${words.title}</span></h1>
          ${navigation(view, words)}
          <p class="summary">${summary(data, speaking)}</p>
        </header>
        <main>
          ${data.workflows.length === 0 ? html`<section>${teach(words.noWorkflow, "")}</section>` : data.workflows.map((workflow) => workflowSection(workflow, speaking))}
          ${
            data.workflows.length === 0
              ? NOTHING
              : html`<section>
                  <h2>${words.cases}</h2>
                  ${data.latest.length === 0 ? teach(words.noCases, data.workflows[0]!.name) : caseTable(data, speaking)}
                </section>`
          }
          ${simulated ? html`<p class="note">${words.simulatedNote}</p>` : NOTHING}
        </main>
        <footer>
          <p>${auditLine(data, speaking)}</p>
          ${words.readOnly}
        </footer>
      </body>
    </html> `;
  return page.text;
}

function speak(language: StatusLanguage, now: number): Speaking {
  const numbers = new Intl.NumberFormat(language);
  const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const ages = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const dates = new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  return {
    words: STATUS_WORDS[language],
    count: (value) => numbers.format(value),
    percent: (value) => percents.format(value),
    decimal: (value) => decimals.format(value),
    day: (at) => days.format(at),
    ago(at) {
      const seconds = Math.max(0, Math.round((now - at) / 1000));
      const text =
        seconds < 60
          ? ages.format(-seconds, "second")
          : seconds < 3600
            ? ages.format(-Math.floor(seconds / 60), "minute")
            : seconds < 86_400
              ? ages.format(-Math.floor(seconds / 3600), "hour")
              : `${dates.format(at)} UTC`;
      return html`<time datetime="${isoTime(at)}">${text}</time>`;
    },
  };
}

function navigation(view: StatusView, words: StatusWords): Html {
  const to = (language: StatusLanguage, held: boolean) => `?lang=${language}${held ? "&hold=1" : ""}`;
  const languages = (Object.keys(STATUS_WORDS) as StatusLanguage[]).map((language) => {
    const name = STATUS_WORDS[language].language;
    const current = language === view.language ? html` aria-current="true"` : NOTHING;
    return html`<a href="${to(language, view.held)}" hreflang="${language}" lang="${language}" ${current}
      >${name}</a
    > `;
  });
  return html`<nav aria-label="${words.title}">
    <span
      >${view.held ? words.held : words.live} ·
      <a href="${to(view.language, !view.held)}">${view.held ? words.goOn : words.hold}</a></span
    >
    ${languages}
  </nav>`;
}

function summary(data: StatusData, { words, count }: Speaking): Part {
  const sum = (state: CaseState) =>
    data.workflows.reduce((total, one) => total + (one.counts[state] ?? 0), 0);
  const all = (Object.keys(CASE_STATES) as CaseState[]).reduce((total, state) => total + sum(state), 0);
  const figure = (value: number) => ({ text: count(value), one: value === 1 });
  const rung = Math.max(0, ...data.workflows.map((one) => one.rung));
  const failed = sum("failed_delivery");
  const problems = data.workflows.flatMap((one) => one.feeds).filter((feed) => feed.problem !== null).length;
  const trouble = [
    data.workers === 0 ? words.noWorker : "",
    rung > 0 ? words.summaryStopped(words.rungs[rung] ?? String(rung)) : "",
    words.summaryTrouble({ failed, problems }),
  ].filter((part) => part !== "");
  const plainSentence =
    all === 0
      ? words.summaryEmpty
      : words.summary(figure(all), figure(sum("delivered")), figure(sum("in_review")));
  return trouble.length === 0 ? plainSentence : html`${plainSentence} <strong>${trouble.join(" ")}</strong>`;
}

function workflowSection(workflow: StatusWorkflow, speaking: Speaking): Html {
  const { words, count, percent } = speaking;
  const release = (id: string) => (id === "manual" ? words.manualRelease : id);
  const shown = (id: string) => (id === "manual" ? html`${words.manualRelease}` : html`<code>${id}</code>`);
  const inForce = workflow.candidateRelease ?? workflow.stableRelease;
  const share = workflow.candidateRelease === null ? 1 : workflow.share;
  const rest = share < 1 ? html`<small>${words.besides(release(workflow.stableRelease))}</small>` : NOTHING;
  const reviewed =
    workflow.autonomy === 0 || workflow.certificate === null
      ? html`<small>${words.everyCaseReviewed}</small>`
      : NOTHING;
  return html`<section>
    <h2>${workflow.name}</h2>
    <p class="purpose">${workflow.purpose}</p>
    <div class="panel">
      <div>
        <h3>${words.path}</h3>
        <ol class="stations">
          ${PATH.map((state) => {
            const cases = workflow.counts[state] ?? 0;
            return html`<li class="${cases > 0 ? "some" : "none"}">
              <b>${count(cases)}</b>${words.states[state]}
            </li>`;
          })}
        </ol>
        <ul class="aside" aria-label="${words.aside}">
          ${ASIDE.map((state) => aside(words.states[state], workflow.counts[state] ?? 0, LOOKS[state].tone, speaking))}${aside(words.quarantine, workflow.quarantined, "attention", speaking)}${aside(words.deadLetters, workflow.deadLetters, "bad", speaking)}
        </ul>
      </div>
      <dl class="dials">
        <div>
          <dt>${words.dials.release}</dt>
          <dd>${shown(inForce)}</dd>
        </div>
        <div>
          <dt>${words.dials.share}</dt>
          <dd>${percent(share)}${rest}</dd>
        </div>
        <div>
          <dt>${words.dials.autonomy}</dt>
          <dd>${percent(workflow.autonomy)}${reviewed}</dd>
        </div>
        <div>
          <dt>${words.dials.certificate}</dt>
          <dd>${certified(workflow, speaking)}</dd>
        </div>
        <div>
          <dt>${words.dials.safeStop}</dt>
          <dd>
            ${workflow.rung === 0 ? mark("good", "check", words.rungs[0]) : mark("bad", "mark", words.rungs[workflow.rung] ?? String(workflow.rung))}
          </dd>
        </div>
      </dl>
      <div>
        <h3>${words.feeds}</h3>
        ${
          workflow.feeds.length === 0
            ? html`<p class="quiet">${words.noFeeds}</p>`
            : html`<ul class="feeds">
                ${workflow.feeds.map((feed) => html`<li>${feedLine(feed, speaking)}</li>`)}
              </ul>`
        }
      </div>
    </div>
  </section>`;
}

function certified({ certificate }: StatusWorkflow, { words, count, decimal, percent, day }: Speaking): Html {
  if (certificate === null) return html`<span class="quiet">${words.notCertified}</span>`;
  const { threshold, bound, source, labels, accepted, errors, certifiedAt, expiresAt, simulated } =
    certificate;
  const parts = {
    threshold: threshold === null ? null : decimal(threshold),
    bound: percent(bound),
    until: day(expiresAt),
    evidence: words.evidence[source]({
      labels: count(labels),
      accepted: count(accepted),
      errors: count(errors),
    }),
    made: day(certifiedAt),
  };
  return html`${words.certified(parts)}${simulated ? html`<span class="tag">${words.simulated}</span>` : NOTHING}`;
}

function aside(word: string, cases: number, tone: Tone, { count }: Speaking): Html {
  const tones = cases === 0 ? "" : tone === "waiting" ? "some" : `some ${tone}`;
  return html`<li class="${tones}">${word} ${count(cases)}</li>`;
}

function feedLine(feed: StatusFeed, { words, count, ago }: Speaking): Html {
  const { last } = feed;
  const did =
    last === null
      ? html`<span class="quiet">${words.feedNever}</span>`
      : html`<span
            >${words.feedRun({ read: count(last.read), admitted: count(last.admitted), quarantined: count(last.quarantined), duplicate: count(last.duplicate), skipped: count(last.skipped) })}</span
          >
          <span class="quiet">${last.finishedAt === null ? words.feedRunning : ago(last.finishedAt)}</span>`;
  const problem =
    feed.problem === null ? NOTHING : html`<p class="bad">${mark("bad", "mark", "")}${feed.problem}</p>`;
  return html`<p><b>${feed.name}</b> ${did}</p>
    ${problem}`;
}

function caseTable(data: StatusData, speaking: Speaking): Html {
  const { columns } = speaking.words;
  return html`<div class="panel">
    <div class="cases">
      <table role="table">
        <thead>
          <tr role="row">
            <th role="columnheader">${columns.case}</th>
            <th role="columnheader">Id</th>
            <th role="columnheader">${columns.state}</th>
            <th role="columnheader">${columns.arm}</th>
            <th role="columnheader">${columns.verdict}</th>
            <th role="columnheader" class="when">${columns.arrived}</th>
          </tr>
        </thead>
        <tbody>
          ${data.latest.map((one) => caseRow(one, data.workflows.length > 1, speaking))}
        </tbody>
      </table>
    </div>
  </div>`;
}

function caseRow(one: StatusCase, named: boolean, { words, ago }: Speaking): Html {
  const { tone, icon } = LOOKS[one.state];
  const verdict =
    one.verdict === null
      ? html`<span class="quiet">${words.noVerdict}</span>`
      : html`${words.verdicts[one.verdict]}`;
  const tag =
    one.simulated && one.verdict !== null ? html`<span class="tag">${words.simulated}</span>` : NOTHING;
  return html`<tr role="row">
    <td role="cell" class="case">
      <b>${one.externalId}</b>${named ? html`<span class="quiet">${one.workflow}</span>` : NOTHING}
    </td>
    <td role="cell" class="id"><code>${one.id}</code></td>
    <td role="cell" class="state">${mark(tone, icon, words.states[one.state])}</td>
    <td role="cell" class="arm ${one.arm}">${words.arms[one.arm]}</td>
    <td role="cell" class="verdict">${verdict}${tag}</td>
    <td role="cell" class="when">${ago(one.receivedAt)}</td>
  </tr> `;
}

function auditLine({ audit }: StatusData, { words, count, ago }: Speaking): Html {
  const figure = (value: number) => ({ text: count(value), one: value === 1 });
  const { size, checkpointAt, waiting, oldest, gaps, putAside, problem } = audit;
  const signed =
    checkpointAt === null ? html`${words.audit.unsigned}` : html`${words.audit.signed} ${ago(checkpointAt)}`;
  const open =
    waiting === 0 || oldest === null
      ? NOTHING
      : html`; ${words.audit.waiting(figure(waiting))} ${ago(oldest)}`;
  const trouble = [
    ...(gaps > 0 || putAside > 0 ? [words.audit.removed] : []),
    ...(problem === null ? [] : [words.audit.stands]),
  ];
  const told =
    trouble.length === 0
      ? NOTHING
      : html` <span class="bad">${mark("bad", "mark", "")}${trouble.join(" ")}</span>`;
  return html`${words.audit.events(figure(size))}, ${signed}${open}.${told}`;
}

function teach({ head, steps }: StatusWords["noCases"], workflow: string): Html {
  return html`<div class="panel">
    <div>
      <p>${head}</p>
      <ol class="steps">
        ${steps.map(([command, effect]) => html`<li><code>${command.replace("{workflow}", workflow)}</code>${effect}</li>`)}
      </ol>
    </div>
  </div>`;
}
