/**
 * Who is signed in, the workflow they look at, and what they may do there.
 *
 * The workflow stands in the address (`?workflow=`), so that a link shows the same to everybody; without one it is the
 * one that was last open. The program decides what is allowed; `may` only keeps the page from offering what is not.
 */
import { createContext, useContext, useMemo, type ReactNode } from "react";
import type { Action } from "../../contract/access.ts";
import { call, queries, useRead, type Reply } from "./api.ts";

export type Me = Reply<"getMe">;
export type Workflow = Me["workflows"][number];
export type Person = NonNullable<Me["person"]>;
export type Preferences = Person["preferences"];

interface Here {
  me: Me;
  workflow: Workflow | undefined;
}

const HereContext = createContext<Here | undefined>(undefined);

export function HereProvider({
  me,
  wanted,
  children,
}: {
  me: Me;
  wanted: string | undefined;
  children: ReactNode;
}) {
  const value = useMemo(() => {
    const named = wanted ?? me.person?.preferences.workflow ?? undefined;
    return { me, workflow: me.workflows.find((one) => one.name === named) ?? me.workflows[0] };
  }, [me, wanted]);
  return <HereContext.Provider value={value}>{children}</HereContext.Provider>;
}

export function useSession(every = 60_000) {
  return useRead("getMe", {}, { every });
}

export function useHere(): Here {
  const here = useContext(HereContext);
  if (here === undefined) throw new Error("Nobody is signed in here.");
  return here;
}

export function useMe(): Me {
  return useHere().me;
}

/** The workflow that the page is about, or undefined when the reader sees none. */
export function useWorkflow(): Workflow | undefined {
  return useHere().workflow;
}

/** Whether the reader may do something: in the workflow at hand, or for the whole installation. */
export function useMay(): (action: Action) => boolean {
  const { me, workflow } = useHere();
  return useMemo(() => {
    const all = new Set<Action>([...me.installation, ...(workflow?.actions ?? [])]);
    return (action) => all.has(action);
  }, [me, workflow]);
}

/** Keeps preferences with the person, and shows them at once. */
export async function changePreferences(me: Me, change: Partial<Preferences>): Promise<void> {
  if (me.person === null) return;
  const preferences = { ...me.person.preferences, ...change };
  queries.setQueryData(["getMe", {}], { ...me, person: { ...me.person, preferences } });
  queries.setQueryData(["getMe", {}], await call("changeMe", { body: { preferences } }));
}
