/** Figures for Prometheus. Names and labels are stable; nothing in them is content. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export interface Metrics {
  request(route: string, status: number, milliseconds: number): void;
  /** Called at each scrape to fill the figures that live in the database. */
  beforeScrape(
    fill: (gauges: {
      cases: Gauge;
      quarantine: Gauge;
      dead: Gauge;
      atWork: Gauge;
      breakers: Gauge;
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
    atWork: new Gauge({ name: "pilotage_workers", help: "Workers that live", registers: [registry] }),
  };
  let fill: ((these: typeof gauges) => Promise<void>) | undefined;
  return {
    request(route, status, milliseconds) {
      requests.inc({ route, status: String(status) });
      seconds.observe({ route }, milliseconds / 1000);
    },
    beforeScrape: (how) => (fill = how),
    async text() {
      await fill?.(gauges);
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}
