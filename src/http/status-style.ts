/** The look of the status page, served as /status.css: one style sheet for light and dark, wide and narrow. */

export const STATUS_CSS = `:root {
  color-scheme: light dark;
  --ground: oklch(0.985 0.003 240);
  --surface: oklch(1 0 0);
  --line: oklch(0.9 0.006 240);
  --ink: oklch(0.24 0.02 240);
  --quiet: oklch(0.48 0.02 240);
  --accent: oklch(0.5 0.11 240);
  --good: oklch(0.48 0.12 150);
  --attention: oklch(0.52 0.12 70);
  --bad: oklch(0.5 0.18 25);
  --waiting: oklch(0.48 0.05 240);
  --manual: oklch(0.48 0.09 60);
  --stable: oklch(0.48 0.09 190);
  --candidate: oklch(0.48 0.13 290);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: oklch(0.19 0.018 245);
    --surface: oklch(0.225 0.02 245);
    --line: oklch(0.32 0.022 245);
    --ink: oklch(0.93 0.008 240);
    --quiet: oklch(0.73 0.018 240);
    --accent: oklch(0.78 0.1 235);
    --good: oklch(0.8 0.13 155);
    --attention: oklch(0.83 0.12 80);
    --bad: oklch(0.76 0.14 25);
    --waiting: oklch(0.78 0.05 240);
    --manual: oklch(0.82 0.09 70);
    --stable: oklch(0.82 0.08 190);
    --candidate: oklch(0.8 0.1 295);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 14px/20px "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-feature-settings: "tnum";
  overflow-wrap: anywhere;
}
code { font: 12px/16px "IBM Plex Mono", ui-monospace, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, p, dl, dd, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; padding-top: 24px; }
h1 { font-size: 20px; line-height: 28px; font-weight: 650; letter-spacing: -0.01em; }
h1 span { color: var(--accent); }
header nav { margin-left: auto; display: flex; gap: 16px; color: var(--quiet); font-size: 13px; }
header nav [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.summary { flex-basis: 100%; font-size: 16px; line-height: 24px; max-width: 70ch; }
.summary strong { color: var(--bad); font-weight: 600; }
section { margin-top: 24px; }
h2 { font-size: 16px; line-height: 24px; font-weight: 650; }
h3 { font-size: 13px; line-height: 20px; font-weight: 600; color: var(--quiet); }
.purpose { color: var(--quiet); max-width: 70ch; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; margin-top: 12px; }
.panel > * { padding: 16px; }
.panel > * + * { border-top: 1px solid var(--line); }
.stations { display: grid; grid-template-columns: repeat(6, 1fr); margin-top: 12px; }
.stations li { position: relative; padding-top: 16px; }
.stations li::before { content: ""; position: absolute; left: 0; right: 0; top: 4px; border-top: 2px solid var(--line); }
.stations li:last-child::before { right: auto; width: 10px; }
.stations li::after {
  content: ""; position: absolute; left: 0; top: 0; width: 10px; height: 10px; border-radius: 50%;
  background: var(--surface); border: 2px solid var(--line);
}
.stations .some::after { background: var(--accent); border-color: var(--accent); }
.stations b { display: block; font-size: 20px; line-height: 28px; font-weight: 600; }
.stations .none b { color: var(--quiet); font-weight: 400; }
.aside { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 12px; color: var(--quiet); font-size: 13px; }
.aside .some { color: var(--ink); }
.aside .bad, .aside .attention { font-weight: 600; }
.dials { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 16px 24px; }
.dials dt { color: var(--quiet); font-size: 13px; }
.dials dd { font-weight: 600; }
.dials dd small { display: block; font-size: 13px; font-weight: 400; color: var(--quiet); }
.feeds li + li { margin-top: 4px; }
.feeds p { display: flex; flex-wrap: wrap; gap: 0 8px; }
.quiet { color: var(--quiet); }
.mark { display: inline-flex; vertical-align: top; gap: 6px; align-items: center; white-space: nowrap; }
.mark svg { width: 12px; height: 12px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; }
.good { color: var(--good); }
.attention { color: var(--attention); }
.bad { color: var(--bad); }
.waiting { color: var(--waiting); }
.manual { color: var(--manual); }
.stable { color: var(--stable); }
.candidate { color: var(--candidate); }
.tag { border: 1px dashed currentColor; border-radius: 6px; padding: 0 6px; margin-left: 6px; color: var(--quiet); font-size: 12px; line-height: 16px; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
.cases { padding: 0; }
th { position: sticky; top: 0; background: var(--surface); color: var(--quiet); font-weight: 600; box-shadow: inset 0 -1px var(--line); }
th, td { text-align: left; padding: 0 16px; height: 36px; }
th:first-child { border-top-left-radius: 6px; }
th:last-child { border-top-right-radius: 6px; }
tbody tr + tr td { border-top: 1px solid var(--line); }
td b { font-weight: 600; margin-right: 8px; }
td code { color: var(--quiet); }
th.when, td.when { text-align: right; white-space: nowrap; }
.steps li { margin-top: 12px; }
.steps code { display: inline-block; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; margin-right: 8px; }
.note { margin-top: 8px; font-size: 13px; color: var(--quiet); }
footer { padding-top: 24px; padding-bottom: 32px; font-size: 13px; color: var(--quiet); }
@media (max-width: 640px) {
  main, header, footer { padding-left: 16px; padding-right: 16px; }
  header nav { margin-left: 0; }
  .panel > * { padding: 12px; }
  .panel > .cases { padding: 0; }
  .stations { grid-template-columns: repeat(3, 1fr); row-gap: 12px; }
  .stations li:nth-child(3)::before { right: 8px; }
  .dials { grid-template-columns: 1fr 1fr; }
  .dials > :first-child { grid-column: 1 / -1; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; padding: 8px 12px; }
  tbody tr + tr { border-top: 1px solid var(--line); }
  tbody tr td { border: 0; padding: 0; height: auto; }
  tbody tr + tr td { border: 0; }
  td.case { grid-area: 1 / 1; }
  td.state { grid-area: 1 / 2; text-align: right; }
  td.verdict { grid-area: 2 / 1; }
  td.when { grid-area: 2 / 2; }
  td.arm { grid-area: 3 / 2; text-align: right; }
  td.id { grid-area: 3 / 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  td code { font-size: 11px; }
}
`;
