/**
 * Where the stations of the path stand in the picture, and how the branches run between them. Pure.
 *
 * Neighbours are joined by a straight line; what goes out alone runs above the stations, what people take over below;
 * what leaves the path (quarantine, rejected, shadow) ends in a short stub downwards. Thickness is the share.
 */
import type { Reply } from "../../data/api.ts";

export type Station = Reply<"getOverview">["stations"][number];
export type Branch = Reply<"getOverview">["branches"][number];

export interface Box {
  station: Station;
  x: number;
  y: number;
}
export interface Line {
  id: string;
  path: string;
  kind: Branch["kind"] | "none";
  width: number;
  /** Where its number stands; null for a straight line between neighbours, which the stations explain. */
  label: { x: number; y: number } | null;
  branch: Branch | null;
}
export interface Layout {
  boxes: Box[];
  lines: Line[];
  boxWidth: number;
  boxHeight: number;
  height: number;
}

const BOX_HEIGHT = 92;
/** Room for what runs above and below the stations; next to none where nothing does. */
const ROOM = { above: 44, below: 56, none: 2 };
const BEND = 10;
const THICKEST = 14;

export function thickness(share: number): number {
  return Math.max(1.5, Math.min(1, share) * THICKEST);
}

export function layoutOf(width: number, stations: readonly Station[], branches: readonly Branch[]): Layout {
  const gap = Math.max(20, Math.min(36, width * 0.03));
  const boxWidth = (width - gap * (stations.length - 1)) / Math.max(1, stations.length);
  const flowing = branches.filter((one) => one.count > 0);
  const order = stations.map((station) => station.id as string);
  const isNext = (one: Branch) => order.indexOf(one.to) === order.indexOf(one.from) + 1;
  const top = flowing.some((one) => one.kind === "automatic" && !isNext(one)) ? ROOM.above : ROOM.none;
  const boxes = stations.map((station, at) => ({ station, x: at * (boxWidth + gap), y: top }));
  const places = new Map(stations.map((station, at) => [station.id as string, at]));
  const lines: Line[] = [];
  for (let at = 0; at + 1 < boxes.length; at++) {
    const branch = branches.find((one) => places.get(one.from) === at && places.get(one.to) === at + 1);
    const y = top + BOX_HEIGHT / 2;
    lines.push({
      id: `next-${at}`,
      path: `M ${boxes[at]!.x + boxWidth} ${y} H ${boxes[at + 1]!.x}`,
      // The ordinary way needs no colour of its own.
      kind: branch === undefined || branch.count === 0 ? "none" : "review",
      width: branch === undefined || branch.count === 0 ? 1.5 : thickness(branch.share),
      label: null,
      branch: branch ?? null,
    });
  }
  const bottom = top + BOX_HEIGHT;
  let below = ROOM.none;
  for (const branch of flowing) {
    const from = places.get(branch.from);
    const to = places.get(branch.to);
    if (from === undefined) continue;
    const id = `${branch.from}-${branch.to}-${branch.kind}`;
    const weight = thickness(branch.share);
    if (to === undefined) {
      below = ROOM.below;
      const x = boxes[from]!.x + boxWidth * (branch.to === "closed" ? 0.75 : 0.25);
      lines.push({
        id,
        path: `M ${x} ${bottom} V ${bottom + 26}`,
        kind: branch.kind,
        width: weight,
        label: { x, y: bottom + 42 },
        branch,
      });
    } else if (to > from + 1) {
      const above = branch.kind === "automatic";
      if (!above) below = ROOM.below;
      const left = boxes[from]!.x + boxWidth * (above ? 0.5 : 0.65);
      const right = boxes[to]!.x + boxWidth * (above ? 0.5 : 0.35);
      const edge = above ? top : bottom;
      const y = above ? top - 24 : bottom + 26;
      const bend = above ? BEND : -BEND;
      lines.push({
        id,
        path: `M ${left} ${edge} V ${y + bend} Q ${left} ${y} ${left + BEND} ${y} H ${right - BEND} Q ${right} ${y} ${right} ${y + bend} V ${edge}`,
        kind: branch.kind,
        width: weight,
        label: { x: (left + right) / 2, y: above ? y - weight / 2 - 5 : y + weight / 2 + 15 },
        branch,
      });
    }
  }
  return { boxes, lines, boxWidth, boxHeight: BOX_HEIGHT, height: bottom + below };
}
