/**
 * The typed client: one function per endpoint, for the command line, the console, and programs in TypeScript.
 *
 * Errors of the program come back as `PilotageError` with their code. Needs nothing but `fetch`.
 */
import { ENDPOINTS, type EndpointName, type Endpoints } from "./endpoints.ts";
import type { BodyOf, Endpoint, ParamsOf, QueryOf, ReplyOf } from "./endpoint.ts";
import { ERRORS, PilotageError, type ErrorBody } from "./errors.ts";

export interface ClientOptions {
  /** Where the program listens, e.g. http://127.0.0.1:4700 */
  url: string;
  key?: string | undefined;
  /** The person for whom a local operator's key acts. */
  as?: string | undefined;
  /** The browser's session: its cookie goes along, with the header that no other site can send. */
  session?: boolean;
  /** A session's cookie, for programs that act as a browser does. */
  cookie?: string | undefined;
  signal?: AbortSignal;
}

export interface CallInput<E extends Endpoint> {
  params?: ParamsOf<E>;
  query?: QueryOf<E>;
  body?: BodyOf<E>;
}

export type Client = {
  [N in EndpointName]: (input?: CallInput<Endpoints[N]>) => Promise<ReplyOf<Endpoints[N]>>;
} & {
  /** Sends JSON Lines and hands over each answered line. */
  batch(
    workflow: string,
    lines: AsyncIterable<string> | Iterable<string>,
  ): AsyncIterable<ReplyOf<Endpoints["submitBatch"]>>;
  /** The lines of an export of the audit log, as they are sent. */
  auditLines(query: QueryOf<Endpoints["exportAudit"]>): AsyncIterable<string>;
  /** Sends the bytes of a file with labelled cases as they come and hands over each answered line. */
  importSet(
    workflow: string,
    query: QueryOf<Endpoints["importEvaluationSet"]>,
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncIterable<ReplyOf<Endpoints["importEvaluationSet"]>>;
  /** Hands over each answered line while a set is collected from cases. */
  collectSet(
    workflow: string,
    query: QueryOf<Endpoints["collectEvaluationSet"]>,
  ): AsyncIterable<ReplyOf<Endpoints["collectEvaluationSet"]>>;
  /** Hands over each answered line while the next version of a set is made. */
  remapSet(
    workflow: string,
    set: string,
    query: QueryOf<Endpoints["remapEvaluationSet"]>,
  ): AsyncIterable<ReplyOf<Endpoints["remapEvaluationSet"]>>;
  /** The items of a set in clear, one after the other. */
  exportSet(
    workflow: string,
    set: string,
    query?: QueryOf<Endpoints["exportEvaluationSet"]>,
  ): AsyncIterable<ReplyOf<Endpoints["exportEvaluationSet"]>>;
};

export function openClient(options: ClientOptions): Client {
  const headers = (more: Record<string, string> = {}): Record<string, string> => ({
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
    ...(options.as === undefined ? {} : { "x-pilotage-as": encodeURIComponent(options.as) }),
    ...(options.session || options.cookie !== undefined ? { "x-pilotage-csrf": "1" } : {}),
    ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
    ...more,
  });

  async function call(endpoint: Endpoint, input: CallInput<Endpoint> = {}): Promise<unknown> {
    const url = addressOf(options.url, endpoint, input);
    const hasBody = endpoint.method !== "GET" && endpoint.method !== "DELETE";
    const response = await reach(url, {
      method: endpoint.method,
      headers: headers(hasBody ? { "content-type": "application/json" } : {}),
      ...(hasBody ? { body: JSON.stringify(input.body ?? {}) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (!response.ok) throw await errorOf(response);
    if (endpoint.wire === "raw") return new Uint8Array(await response.arrayBuffer());
    return endpoint.reply.parse(await response.json());
  }

  async function reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, options.session ? { credentials: "same-origin", ...init } : init);
    } catch (cause) {
      throw new PilotageError("database_unavailable", `Pilotage does not answer at ${options.url}.`, {
        hint: "Start it with `pilotage serve`, or set PILOTAGE_URL.",
        cause,
      });
    }
  }

  function batch(workflow: string, lines: AsyncIterable<string> | Iterable<string>) {
    const encoder = new TextEncoder();
    const source = (async function* () {
      for await (const line of lines) yield encoder.encode(`${line}\n`);
    })();
    return stream(ENDPOINTS.submitBatch, { params: { workflow } }, source, "application/x-ndjson");
  }

  function importSet(
    workflow: string,
    query: QueryOf<Endpoints["importEvaluationSet"]>,
    bytes: AsyncIterable<Uint8Array>,
  ) {
    const types: Partial<Record<string, string>> = { csv: "text/csv", promptfoo: "application/yaml" };
    const type = types[query.format ?? "jsonl"] ?? "application/x-ndjson";
    return stream(ENDPOINTS.importEvaluationSet, { params: { workflow }, query }, bytes, type);
  }

  /** Asks and hands over the lines of the answer. */
  function lines<E extends Endpoint>(endpoint: E, input: CallInput<Endpoint>): AsyncGenerator<ReplyOf<E>> {
    return stream(endpoint, input, (async function* () {})(), "application/x-ndjson");
  }

  /** Sends while it reads the lines of the answer. */
  async function* stream<E extends Endpoint>(
    endpoint: E,
    input: CallInput<Endpoint>,
    source: AsyncIterable<Uint8Array>,
    type: string,
  ): AsyncGenerator<ReplyOf<E>> {
    const response = await reach(addressOf(options.url, endpoint, input), {
      method: "POST",
      headers: headers({ "content-type": type }),
      body: streamOf(source),
      ...HALF_DUPLEX,
    });
    if (!response.ok) throw await errorOf(response);
    let rest = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      for (const part of parts) if (part !== "") yield endpoint.reply.parse(JSON.parse(part)) as ReplyOf<E>;
    }
  }

  async function* auditLines(query: QueryOf<Endpoints["exportAudit"]>): AsyncGenerator<string> {
    const response = await reach(addressOf(options.url, ENDPOINTS.exportAudit, { query }), {
      headers: headers(),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (!response.ok) throw await errorOf(response);
    let rest = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      yield* parts;
    }
    if (rest !== "") yield rest;
  }

  const calls = Object.fromEntries(
    Object.entries(ENDPOINTS).map(([name, endpoint]) => [
      name,
      (input?: CallInput<Endpoint>) => call(endpoint, input),
    ]),
  );
  const setStreams = {
    collectSet: (workflow: string, query: QueryOf<Endpoints["collectEvaluationSet"]>) =>
      lines(ENDPOINTS.collectEvaluationSet, { params: { workflow }, query }),
    remapSet: (workflow: string, set: string, query: QueryOf<Endpoints["remapEvaluationSet"]>) =>
      lines(ENDPOINTS.remapEvaluationSet, { params: { workflow, set }, query }),
    exportSet: (workflow: string, set: string, query: QueryOf<Endpoints["exportEvaluationSet"]> = {}) =>
      lines(ENDPOINTS.exportEvaluationSet, { params: { workflow, set }, query }),
  };
  return { ...calls, batch, importSet, ...setStreams, auditLines } as unknown as Client;
}

/** Answers are read while the body is still being sent; not every list of types knows the word. */
const HALF_DUPLEX: object = { duplex: "half" };

/** As `ReadableStream.from`, which not every browser has. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const reading = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reading.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      await reading.return?.(reason);
    },
  });
}

/** The full address of a call; path parameters are escaped. */
function addressOf(base: string, endpoint: Endpoint, input: { params?: unknown; query?: unknown }): string {
  const params = (input.params ?? {}) as Record<string, string>;
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  type Given = string | number | undefined;
  const given = Object.entries((input.query ?? {}) as Record<string, Given | Given[]>);
  const query = new URLSearchParams(
    given.flatMap(([name, values]) =>
      [values]
        .flat()
        .flatMap((value): [string, string][] => (value === undefined ? [] : [[name, String(value)]])),
    ),
  ).toString();
  return `${base.replace(/\/$/, "")}${path}${query === "" ? "" : `?${query}`}`;
}

async function errorOf(response: Response): Promise<PilotageError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    if (error.code in ERRORS)
      return new PilotageError(error.code, error.message, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        details: error.details,
      });
  } catch {
    // Not ours: a proxy in between, perhaps.
  }
  return new PilotageError(
    "internal",
    `The server answered ${response.status} and no message that can be read.`,
  );
}
