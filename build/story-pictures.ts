/**
 * The pictures of the story of 14 models, from the figures of its proof.
 *
 *   npm run show -- releases.3 > result.json && node build/story-pictures.ts result.json
 *
 * Drawn by ECharts without a browser, into docs/public/story. No text of a complaint is in them.
 */
import { init, use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

interface Look {
  guard: "paired" | "errors";
  n: number;
  evidence: number | null;
}
interface Figures {
  gates: { model: string; right: number; verdict: string }[];
  better: { model: string; looks: Look[] };
  held: { model: string };
  back: { looks: Look[] };
}

const FOLDER = fileURLToPath(new URL("../docs/public/story/", import.meta.url));
const COLOURS: Record<string, string> = {
  go: "#1a7f4b",
  conditional: "#2f7fb5",
  inconclusive: "#8a8f98",
  "no-go": "#b3372f",
};
const LIMIT = 20;
const TEXT = { fontFamily: "system-ui, sans-serif", color: "#333" };

function draw(name: string, option: object, height = 320): void {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 720, height });
  chart.setOption({ animation: false, backgroundColor: "#ffffff", textStyle: TEXT, ...option });
  writeFileSync(`${FOLDER}${name}.svg`, chart.renderToSVGString());
  chart.dispose();
}

/** Right answers by model, coloured by what the gate says. */
function models({ gates }: Figures): void {
  const rising = gates.toReversed();
  const verdicts = Object.keys(COLOURS);
  draw(
    "models",
    {
      grid: { left: 160, right: 40, top: 40, bottom: 40 },
      legend: { top: 4, itemGap: 26, data: verdicts },
      xAxis: { type: "value", min: 300, max: 380, name: "right of 480", nameLocation: "middle", nameGap: 26 },
      yAxis: { type: "category", data: rising.map(({ model }) => model) },
      series: verdicts.map((verdict) => ({
        type: "bar",
        stack: "all",
        name: verdict,
        itemStyle: { color: COLOURS[verdict] },
        label: { show: true, position: "right", formatter: ({ value }: { value: number }) => value || "" },
        data: rising.map((one) => (one.verdict === verdict ? one.right : null)),
      })),
    },
    460,
  );
}

/** Evidence against a release, by labelled cases, on its way to the limit. */
function way(name: string, axis: string, lines: { name: string; colour: string; looks: Look[] }[]): void {
  draw(name, {
    grid: { left: 60, right: 30, top: 40, bottom: 50 },
    legend: { top: 4, itemGap: 30 },
    xAxis: { type: "value", name: axis, nameLocation: "middle", nameGap: 28 },
    yAxis: { type: "log", name: "E", min: 0.01 },
    series: lines.map(({ name: line, colour, looks }) => ({
      type: "line",
      name: line,
      showSymbol: looks.length < 30,
      lineStyle: { color: colour },
      itemStyle: { color: colour },
      data: looks.flatMap(({ n, evidence }) => (evidence === null ? [] : [[n, Math.max(0.01, evidence)]])),
      markLine: {
        symbol: "none",
        lineStyle: { color: "#b3372f", type: "dashed" },
        label: { formatter: "limit" },
        data: [{ yAxis: LIMIT }],
      },
    })),
  });
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Name the file with the result of releases.3.");
const { figures } = JSON.parse(readFileSync(path, "utf8")) as { figures: Figures };
mkdirSync(FOLDER, { recursive: true });
const of = (looks: Look[], guard: Look["guard"]) => looks.filter((one) => one.guard === guard);
const { better, held, back } = figures;
models(figures);
way("shadow", "cases that both answered", [
  { name: `${held.model} in shadow`, colour: "#b3372f", looks: of(back.looks, "paired") },
  { name: `${better.model} in shadow`, colour: "#1a7f4b", looks: of(better.looks, "paired") },
]);
way("live", "reviewed cases of the candidate", [
  { name: `${held.model} live`, colour: "#b3372f", looks: of(back.looks, "errors") },
  { name: `${better.model} live`, colour: "#1a7f4b", looks: of(better.looks, "errors") },
]);
