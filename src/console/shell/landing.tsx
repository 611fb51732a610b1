/** The first page that a person sees: what their role asks for, of the pages that are there. */
import { Navigate } from "@tanstack/react-router";
import type { Role } from "../../contract/access.ts";
import { useHere } from "../data/me.tsx";
import { PAGES, type PageName } from "../router.tsx";
import { Missing } from "./missing.tsx";

/** The first that applies decides. */
const FIRST: readonly (readonly [Role, PageName])[] = [
  ["owner", "overview"],
  ["on_call", "operations"],
  ["sponsor", "overview"],
  ["reviewer", "inbox"],
  ["compliance", "evidence"],
  ["auditor", "evidence"],
  ["engineer", "operations"],
  ["administrator", "settings"],
];

export function Landing() {
  const { me, workflow } = useHere();
  const roles: readonly string[] = [
    ...(workflow?.roles ?? []),
    ...(me.person?.grants.map((grant) => grant.role) ?? []),
  ];
  const wished =
    FIRST.find(([role, page]) => roles.includes(role) && PAGES.includes(page))?.[1] ?? "overview";
  const page = PAGES.includes(wished) ? wished : PAGES[0];
  return page === undefined ? <Missing /> : <Navigate to={`/${page}`} search={true} replace />;
}
