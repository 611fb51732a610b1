/** Where the picture of the workflow puts its stations and branches. */
import { describe, expect, it } from "vitest";
import { layoutOf, thickness, type Branch, type Station } from "./picture-layout.ts";

const IDS = ["feed", "checks", "policy", "model", "decision", "review", "delivery"] as const;
const stations: Station[] = IDS.map((id) => ({ id, today: 10, waiting: 0, sick: null, detail: {} }));
const branch = (from: string, to: string, kind: Branch["kind"], share: number, count = 10): Branch => ({
  from,
  to,
  kind,
  count,
  share,
});

describe("the picture of the workflow", () => {
  it("stands in order, side by side, within the width", () => {
    const { boxes, boxWidth } = layoutOf(1000, stations, []);
    expect(boxes.map((box) => box.station.id)).toEqual([...IDS]);
    for (const [at, box] of boxes.entries())
      if (at > 0) expect(box.x).toBeGreaterThan(boxes[at - 1]!.x + boxWidth);
    expect(boxes.at(-1)!.x + boxWidth).toBeCloseTo(1000, 6);
  });

  it("joins all neighbours, also where nothing flowed", () => {
    expect(layoutOf(1000, stations, []).lines.map((line) => line.kind)).toEqual(Array(6).fill("none"));
  });

  it("draws a larger share thicker, and never thinner than a line that can be seen", () => {
    expect(thickness(0.6)).toBeGreaterThan(thickness(0.3));
    expect(thickness(0.0001)).toBe(1.5);
    expect(thickness(7)).toBe(thickness(1));
  });

  it("lets what goes out alone run above the stations and what people take over below", () => {
    const { lines, boxHeight, boxes } = layoutOf(1000, stations, [
      branch("decision", "delivery", "automatic", 0.2),
      branch("policy", "review", "manual", 0.5),
    ]);
    const top = boxes[0]!.y;
    const of = (kind: string) => lines.find((line) => line.kind === kind)!.label!.y;
    expect(of("automatic")).toBeLessThan(top);
    expect(of("manual")).toBeGreaterThan(top + boxHeight);
  });

  it("ends what leaves the path in a stub, and leaves out what did not happen", () => {
    const ends = layoutOf(1000, stations, [
      branch("checks", "quarantine", "quarantine", 0.1),
      branch("review", "closed", "rejected", 0, 0),
    ]).lines.filter((line) => line.label !== null);
    expect(ends.map((line) => line.branch?.to)).toEqual(["quarantine"]);
  });
});
