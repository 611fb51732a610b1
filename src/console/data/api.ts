/**
 * The one way to the program: reads and acts by the names of the contract's endpoints.
 *
 * A read is kept and shown at once when it is asked for again; news of the program (live.ts) makes it fresh. Errors are
 * `PilotageError`s whose message and hint are written for people. A session that ended shows the sign-in page, and what
 * was typed stays (pages keep their drafts themselves).
 */
import { QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { openClient, type CallInput, type Client } from "../../contract/client.ts";
import type { Endpoints, EndpointName } from "../../contract/endpoints.ts";
import type { ReplyOf } from "../../contract/endpoint.ts";
import { PilotageError } from "../../contract/errors.ts";

export const api: Client = openClient({ url: "", session: true });

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: 300_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < 2 && (!(error instanceof PilotageError) || error.retryable),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
    mutations: { retry: false },
  },
});

export type Input<N extends EndpointName> = CallInput<Endpoints[N]>;
export type Reply<N extends EndpointName> = ReplyOf<Endpoints[N]>;

export interface ReadOptions {
  /** False: not asked for yet. */
  enabled?: boolean;
  /** Milliseconds after which it is asked for again by itself. */
  every?: number;
  /** Keeps what was shown while other input loads. */
  keep?: boolean;
}

/** Reads an endpoint and keeps what it said fresh. */
export function useRead<N extends EndpointName>(
  name: N,
  input: Input<N> = {},
  { enabled = true, every, keep = false }: ReadOptions = {},
): UseQueryResult<Reply<N>> {
  return useQuery<Reply<N>>({
    queryKey: keyOf(name, input),
    queryFn: () => call(name, input),
    enabled,
    ...(every === undefined ? {} : { refetchInterval: every }),
    ...(keep ? { placeholderData: (before: unknown) => before as never } : {}),
  });
}

/** Does something; afterwards, the named reads are asked for again. */
export function useAct<N extends EndpointName>(
  name: N,
  { refreshes = [] }: { refreshes?: readonly EndpointName[] } = {},
): UseMutationResult<Reply<N>, Error, Input<N>> {
  const client = useQueryClient();
  return useMutation<Reply<N>, Error, Input<N>>({
    mutationFn: (input) => call(name, input),
    onSuccess: () => void Promise.all(refreshes.map((one) => client.invalidateQueries({ queryKey: [one] }))),
  });
}

export function keyOf<N extends EndpointName>(name: N, input: Input<N> = {}): unknown[] {
  return [name, input];
}

/** One call; a session that ended is noticed here for all. */
export async function call<N extends EndpointName>(name: N, input: Input<N>): Promise<Reply<N>> {
  try {
    return (await (api[name] as (input: Input<N>) => Promise<unknown>)(input)) as Reply<N>;
  } catch (error) {
    if (
      error instanceof PilotageError &&
      error.code === "unauthenticated" &&
      name !== "getMe" &&
      name !== "signIn"
    )
      void queries.invalidateQueries({ queryKey: ["getMe"] });
    throw error;
  }
}

export function isRefusal(error: unknown, ...codes: PilotageError["code"][]): error is PilotageError {
  return error instanceof PilotageError && (codes.length === 0 || codes.includes(error.code));
}
