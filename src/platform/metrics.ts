/** Figures for Prometheus. Names and labels are stable; nothing in them is content. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** Labels are names of connections and models, which administrators give, and classes of outcomes. */
export interface ModelTry {
  /** Who asked. */
  path: "case" | "shadow" | "evaluation" | "canary" | "gateway";
  connection: string;
  model: string;
  /** `answered`, or the class of the failure. */
  outcome: string;
  milliseconds: number;
  tokens: { input: number | undefined; output: number | undefined } | undefined;
  /** Undefined: unknown. */
  cost: { amount: string; currency: string } | undefined;
}

export interface Metrics {
  request(route: string, status: number, milliseconds: number): void;
  /** One try at a model that is over. */
  tried(one: ModelTry): void;
  /** One more try under way (1), or one less (-1). */
  underWay(one: Pick<ModelTry, "path" | "connection" | "model">, more: 1 | -1): void;
  /** Spans, events or reports of metrics that did not reach their collector. */
  dropped(signal: "traces" | "metrics" | "logs", count: number): void;
  /** Called at each scrape to fill the figures that live in the database. */
  beforeScrape(
    fill: (gauges: {
      cases: Gauge;
      quarantine: Gauge;
      dead: Gauge;
      atWork: Gauge;
      breakers: Gauge;
      rollouts: Gauge;
    }) => Promise<void>,
  ): void;
  text(): Promise<{ type: string; body: string }>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "pilotage_" });
  const requests = new Counter({
    name: "pilotage_http_requests_total",
    help: "HTTP requests by route and status",
    labelNames: ["route", "status"],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "pilotage_http_request_seconds",
    help: "HTTP request duration by route",
    labelNames: ["route"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  const { tell, ...models } = modelFigures(registry);
  const gauges = {
    cases: new Gauge({
      name: "pilotage_cases",
      help: "Cases by workflow and state",
      labelNames: ["workflow", "state"],
      registers: [registry],
    }),
    quarantine: new Gauge({
      name: "pilotage_quarantine_open",
      help: "Quarantined records that are open, by workflow",
      labelNames: ["workflow"],
      registers: [registry],
    }),
    dead: new Gauge({
      name: "pilotage_dead_letters",
      help: "Deliveries that were given up, by workflow",
      labelNames: ["workflow"],
      registers: [registry],
    }),
    breakers: new Gauge({
      name: "pilotage_breaker_open",
      help: "Whether nobody asks a model because it kept failing; models that never did are left out",
      labelNames: ["connection", "model"],
      registers: [registry],
    }),
    rollouts: new Gauge({
      name: "pilotage_rollout_stopped",
      help: "1 for a workflow whose newest rollout is held, or was rolled back in the last seven days",
      labelNames: ["workflow", "state"],
      registers: [registry],
    }),
    atWork: new Gauge({ name: "pilotage_workers", help: "Workers that live", registers: [registry] }),
  };
  let fill: ((these: typeof gauges) => Promise<void>) | undefined;
  return {
    request(route, status, milliseconds) {
      requests.inc({ route, status: String(status) });
      seconds.observe({ route }, milliseconds / 1000);
    },
    ...models,
    beforeScrape: (how) => (fill = how),
    async text() {
      await fill?.(gauges);
      tell();
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}

function modelFigures(
  registry: Registry,
): Pick<Metrics, "tried" | "underWay" | "dropped"> & { tell(): void } {
  const registers = [registry];
  const tries = new Counter({
    name: "pilotage_model_tries_total",
    help: "Tries at models by who asked and what became of them",
    labelNames: ["path", "connection", "model", "outcome"],
    registers,
  });
  const underWay = new Gauge({
    name: "pilotage_model_in_flight",
    help: "Tries at models that are under way in this process",
    labelNames: ["path", "connection", "model"],
    registers,
  });
  const seconds = new Histogram({
    name: "pilotage_model_try_seconds",
    help: "Duration of a try at a model",
    labelNames: ["connection", "model"],
    buckets: [0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 100],
    registers,
  });
  const tokens = new Counter({
    name: "pilotage_model_tokens_total",
    help: "Tokens of answered tries, estimated where the provider says nothing",
    labelNames: ["connection", "model", "direction"],
    registers,
  });
  const cost = new Counter({
    name: "pilotage_model_cost_total",
    help: "Cost of tries by the price list, as far as it is known",
    labelNames: ["connection", "model", "currency"],
    registers,
  });
  const unknown = new Counter({
    name: "pilotage_model_cost_unknown_total",
    help: "Tries whose cost nobody knows",
    labelNames: ["connection", "model"],
    registers,
  });
  const lost = new Counter({
    name: "pilotage_telemetry_dropped_total",
    help: "Spans, events, and reports of metrics, that found no room or did not reach their collector",
    labelNames: ["signal"],
    registers,
  });
  // Counts go to their counters when somebody reads them: to find the labels of one costs more than everything else of a count.
  const waiting = new Map<string, Since>();
  return {
    tried({ path, connection, model, outcome, milliseconds, tokens, cost: its }) {
      const key = `${connection}\n${model}\n${path}\n${outcome}\n${its?.currency ?? ""}`;
      let since = waiting.get(key);
      if (since === undefined) {
        const about = { path, connection, model, outcome, currency: its?.currency };
        waiting.set(key, (since = { ...about, tries: 0, input: undefined, output: undefined, cost: 0 }));
      }
      since.tries++;
      if (tokens?.input !== undefined) since.input = (since.input ?? 0) + tokens.input;
      if (tokens?.output !== undefined) since.output = (since.output ?? 0) + tokens.output;
      if (its !== undefined) since.cost += Number(its.amount);
      seconds.observe({ connection, model }, milliseconds / 1000);
    },
    tell() {
      for (const { path, connection, model, outcome, currency, ...since } of waiting.values()) {
        tries.inc({ path, connection, model, outcome }, since.tries);
        for (const direction of ["input", "output"] as const)
          if (since[direction] !== undefined) tokens.inc({ connection, model, direction }, since[direction]);
        if (currency === undefined) unknown.inc({ connection, model }, since.tries);
        else cost.inc({ connection, model, currency }, since.cost);
      }
      waiting.clear();
    },
    underWay: ({ path, connection, model }, more) => underWay.inc({ path, connection, model }, more),
    dropped: (signal, count) => lost.inc({ signal }, count),
  };
}

/** What came since somebody read last. */
interface Since extends Pick<ModelTry, "path" | "connection" | "model" | "outcome"> {
  tries: number;
  input: number | undefined;
  output: number | undefined;
  /** Undefined: the cost is unknown. */
  currency: string | undefined;
  cost: number;
}
