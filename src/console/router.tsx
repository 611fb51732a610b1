/**
 * Which address shows which page. Each page is a file of its own below pages/, loaded when it is first opened.
 *
 * A page appears in the rail as soon as its file is there. The workflow stands in the search part of the address and
 * goes along from page to page.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { ComponentType } from "react";
import { fileOfBuild } from "./newer-build.ts";
import { Broken } from "./shell/broken.tsx";
import { Landing } from "./shell/landing.tsx";
import { Missing } from "./shell/missing.tsx";
import { SignedIn } from "./shell/signed-in.tsx";

type PageModule = { default: ComponentType };
const FILES = import.meta.glob<PageModule>("./pages/*/page.tsx");

export const PAGE_NAMES = [
  "inbox",
  "cases",
  "overview",
  "quality",
  "rollout",
  "operations",
  "value",
  "readiness",
  "evidence",
  "settings",
] as const;
export type PageName = (typeof PAGE_NAMES)[number];

const fileOf = (folder: string) => FILES[`./pages/${folder}/page.tsx`];

/** The pages that are there, in their order. */
export const PAGES: readonly PageName[] = PAGE_NAMES.filter((name) => fileOf(name) !== undefined);

function pageOf(folder: string) {
  const load = fileOf(folder);
  return load === undefined ? Missing : lazyRouteComponent(() => fileOfBuild(load));
}

interface Search {
  workflow?: string;
  [more: string]: unknown;
}

const root = createRootRoute({
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): Search => ({
    ...search,
    ...(typeof search["workflow"] === "string" ? { workflow: search["workflow"] } : {}),
  }),
  notFoundComponent: Missing,
});

const inside = createRoute({ getParentRoute: () => root, id: "inside", component: SignedIn });
const outside = createRoute({ getParentRoute: () => root, id: "outside", component: Outlet });

const routes = root.addChildren([
  outside.addChildren([
    createRoute({ getParentRoute: () => outside, path: "/sign-in", component: pageOf("sign-in") }),
    createRoute({ getParentRoute: () => outside, path: "/link", component: pageOf("link") }),
    createRoute({ getParentRoute: () => outside, path: "/say", component: pageOf("say") }),
  ]),
  inside.addChildren([
    createRoute({ getParentRoute: () => inside, path: "/", component: Landing }),
    createRoute({ getParentRoute: () => inside, path: "/inbox", component: pageOf("inbox") }),
    createRoute({ getParentRoute: () => inside, path: "/cases", component: pageOf("cases") }),
    createRoute({ getParentRoute: () => inside, path: "/cases/$case", component: pageOf("case") }),
    createRoute({ getParentRoute: () => inside, path: "/overview", component: pageOf("overview") }),
    createRoute({ getParentRoute: () => inside, path: "/quality", component: pageOf("quality") }),
    createRoute({ getParentRoute: () => inside, path: "/quality/runs/$run", component: pageOf("run") }),
    createRoute({ getParentRoute: () => inside, path: "/quality/gates/$gate", component: pageOf("gate") }),
    createRoute({ getParentRoute: () => inside, path: "/rollout", component: pageOf("rollout") }),
    createRoute({ getParentRoute: () => inside, path: "/operations", component: pageOf("operations") }),
    createRoute({ getParentRoute: () => inside, path: "/operations/calls", component: pageOf("calls") }),
    createRoute({ getParentRoute: () => inside, path: "/operations/calls/$call", component: pageOf("call") }),
    createRoute({ getParentRoute: () => inside, path: "/value", component: pageOf("value") }),
    createRoute({ getParentRoute: () => inside, path: "/readiness", component: pageOf("readiness") }),
    createRoute({ getParentRoute: () => inside, path: "/evidence", component: pageOf("evidence") }),
    createRoute({ getParentRoute: () => inside, path: "/settings", component: pageOf("settings") }),
    createRoute({
      getParentRoute: () => inside,
      path: "/case/$case",
      beforeLoad: ({ params }) => {
        throw redirect({ to: "/cases/$case", params });
      },
    }),
  ]),
]);

export const router = createRouter({
  routeTree: routes,
  defaultPreload: "intent",
  defaultNotFoundComponent: Missing,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  search: { strict: false },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
