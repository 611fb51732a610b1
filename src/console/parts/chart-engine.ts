/** ECharts with the few parts that our charts need, in the colours of the theme; loaded with the first chart. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ChartSeries } from "./chart.tsx";

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

export interface Plan {
  points: readonly string[];
  series: readonly ChartSeries[];
  locale: string;
  /** Values between whole numbers mean something: amounts, not counts. */
  fractions?: boolean;
}
export interface Drawing {
  draw(plan: Plan): void;
  close(): void;
}

export function openDrawing(element: HTMLElement): Drawing {
  const chart = init(element, null, { renderer: "svg" });
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(element);
  return {
    draw: (plan) => chart.setOption(optionOf(plan), { notMerge: true }),
    close() {
      resized.disconnect();
      chart.dispose();
    },
  };
}

/** The theme's colours are written in oklch, which the drawing library cannot read: the browser says them as rgb. */
function colourOf(variable: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) return "#888";
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

function optionOf({ points, series, locale, fractions = false }: Plan) {
  const soft = colourOf("--text-soft");
  const line = colourOf("--line");
  const numbers = new Intl.NumberFormat(locale, fractions ? { maximumSignificantDigits: 4 } : {});
  const font = "Inter Variable, system-ui, sans-serif";
  return {
    animation: false,
    textStyle: { fontFamily: font, fontSize: 12 },
    grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: colourOf("--surface-float"),
      borderColor: line,
      textStyle: { color: colourOf("--text"), fontSize: 12, fontFamily: font },
      valueFormatter: (value: unknown) => numbers.format(Number(value)),
    },
    xAxis: {
      type: "category",
      data: [...points],
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: soft, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      ...(fractions ? {} : { minInterval: 1 }),
      splitNumber: 3,
      splitLine: { lineStyle: { color: line } },
      axisLabel: { color: soft, formatter: (value: number) => numbers.format(value) },
    },
    series: series.map((one) =>
      one.kind === "bar"
        ? {
            type: "bar" as const,
            name: one.name,
            stack: "bars",
            barMaxWidth: 22,
            data: [...one.values],
            itemStyle: { color: colourOf(one.colour) },
          }
        : {
            type: "line" as const,
            name: one.name,
            data: [...one.values],
            // A line through one point is no line: it stands as a point.
            showSymbol: points.length < 3,
            symbol: "circle",
            symbolSize: 8,
            lineStyle: { color: colourOf(one.colour), width: 2 },
            itemStyle: { color: colourOf(one.colour) },
          },
    ),
  };
}
