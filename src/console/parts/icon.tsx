/** The icons: sixteen by sixteen, one line width, drawn by us; always beside a word or with a label of their own. */
import type { ReactNode } from "react";

const PATHS = {
  inbox: <path d="M2.5 9.5 4 3h8l1.5 6.5v3.5h-11zM2.5 9.5h3l1 2h3l1-2h3" />,
  cases: <path d="M3 2.5h7l3 3v8H3zM10 2.5v3h3M5.5 8h5M5.5 10.5h5" />,
  overview: <path d="M2.5 13.5v-5h3v5zM6.5 13.5v-11h3v11zM10.5 13.5v-8h3v8z" />,
  quality: <path d="M8 2 13.5 4v4c0 3-2.3 5-5.5 6-3.200-1-5.500-3-5.500-6V4zM5.500 8l2 2 3-3.500" />,
  rollout: <path d="M2.500 13 13.500 13M4 13V9.500M8 13V6.500M12 13V3" />,
  operations: <path d="M1.500 8h3l2-5 3 10 2-5h3" />,
  value: <path d="M8 2v12M11 4.500H6.500a2 2 0 0 0 0 4h3a2 2 0 0 1 0 4H5" />,
  readiness: <path d="M3 4l1 1 2-2M3 8l1 1 2-2M3 12l1 1 2-2M8.500 4H13M8.500 8H13M8.500 12H13" />,
  evidence: <path d="M8 2.500 13 5v3c0 3-2 4.700-5 5.500C5 12.700 3 11 3 8V5zM8 6v4" />,
  settings: <path d="M2.500 5h5M11 5h2.500M9.200 3.200v3.600M2.500 11h2M8 11h5.500M6.200 9.200v3.600" />,
  check: <path d="M3 8.500 6.500 12 13 4.500" />,
  cross: <path d="M4 4l8 8M12 4l-8 8" />,
  warn: <path d="M8 2.500 14 13.500H2zM8 6.500v3.500M8 11.700v.3" />,
  wait: <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.300l2 1.500" />,
  unknown: <path d="M6 6a2 2 0 1 1 2.800 1.800c-.6.300-.8.700-.8 1.400M8 11.700v.3" />,
  stop: <path d="M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5zM5.500 8h5" />,
  menu: <path d="M2.500 4.500h11M2.500 8h11M2.500 11.500h11" />,
  fold: <path d="M9.500 4 5.500 8l4 4" />,
  unfold: <path d="M6.500 4l4 4-4 4" />,
  down: <path d="M4 6l4 4 4-4" />,
  copy: <path d="M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z" />,
  person: (
    <path d="M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8zM3 13.500c.4-2.600 2.300-4 5-4s4.600 1.400 5 4" />
  ),
  help: (
    <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.300 6.300a1.700 1.700 0 1 1 2.400 1.600c-.5.300-.7.600-.7 1.200M8 11.200v.200" />
  ),
  undo: <path d="M3 6.500h6.500a3.300 3.300 0 0 1 0 6.500H6M3 6.500l3-3M3 6.500l3 3" />,
  clip: (
    <path d="M12.500 7.500 8 12a2.500 2.500 0 0 1-3.600-3.600l5-5a1.700 1.700 0 0 1 2.400 2.400l-5 5a.8.800 0 0 1-1.200-1.200l4.300-4.300" />
  ),
  edit: <path d="M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300z" />,
  ask: <path d="M2.500 3h11v8H8l-3 2.500V11H2.500z" />,
  up: <path d="M8 13V3.500M4 7.500l4-4 4 4" />,
  eye: (
    <path d="M1.500 8C3 5 5.300 3.500 8 3.500S13 5 14.500 8C13 11 10.700 12.500 8 12.500S3 11 1.500 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" />
  ),
  refresh: <path d="M13 8a5 5 0 1 1-1.500-3.500L13 6M13 2.500V6H9.500" />,
  link: <path d="M9 3h4v4M13 3 7.500 8.500M11 9v4H3V5h4" />,
  arrow: <path d="M3 8h10M9 4l4 4-4 4" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: "none" }}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {PATHS[name]}
    </svg>
  );
}
