/** The runs over several sets, newest first; asked for again while one of them is under way. */
import { useQueries } from "@tanstack/react-query";
import { call, keyOf, type Reply } from "../../data/api.ts";

export type EvaluationSet = Reply<"listEvaluationSets">["sets"][number];
export type Run = Reply<"getEvaluationSet">["runs"][number];

/** Milliseconds. */
const WHILE_RUNNING = 3_000;

export const underWay = ({ state }: Pick<Run, "state">) => state === "waiting" || state === "running";
export const fullName = ({ setName, setVersion }: Pick<Run, "setName" | "setVersion">) =>
  `${setName}@${setVersion}`;
const newestFirst = (a: Run, b: Run) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id);

/** `sets`: their ids. */
export function useRunsOf(workflow: string, sets: readonly string[]) {
  const reads = useQueries({
    queries: sets.map((set) => {
      const input = { params: { workflow, set } };
      return {
        queryKey: keyOf("getEvaluationSet", input),
        queryFn: () => call("getEvaluationSet", input),
        refetchInterval: ({ state }: { state: { data: Reply<"getEvaluationSet"> | undefined } }) =>
          state.data?.runs.some(underWay) ? WHILE_RUNNING : (false as const),
      };
    }),
  });
  const failed = reads.find(({ isError, data }) => isError && data === undefined);
  const all = reads.every(({ data }) => data !== undefined);
  return {
    data: all ? reads.flatMap(({ data }) => data?.runs ?? []).toSorted(newestFirst) : undefined,
    isError: failed !== undefined,
    error: failed?.error ?? null,
    refetch: () => Promise.all(reads.map((read) => read.refetch())),
  };
}

/** The figures of finished runs by their ids; they never change. */
export function useFiguresOf(runs: readonly Run[]): Map<string, Reply<"getEvaluation">["figures"]> {
  const done = runs.filter(({ state }) => state === "done");
  const reads = useQueries({
    queries: done.map(({ id }) => ({
      queryKey: keyOf("getEvaluation", { params: { run: id } }),
      queryFn: () => call("getEvaluation", { params: { run: id } }),
      // What was read while it ran has no figures yet.
      staleTime: ({ state }: { state: { data: Reply<"getEvaluation"> | undefined } }) =>
        state.data?.state === "done" ? Infinity : 0,
    })),
  });
  return new Map(done.map(({ id }, at) => [id, reads[at]?.data?.figures ?? null]));
}
