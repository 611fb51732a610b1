/**
 * Every setting of the program: name, sentence, default. Read once, at the start; all problems are reported at once.
 *
 * `docs/reference/settings.md` lists the same settings; a test compares both.
 */
import { z } from "zod";
import { LOCALES } from "../contract/access-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import { readAllowed } from "./egress.ts";
import { VERSIONS } from "./telemetry/conventions.ts";

interface Setting {
  sentence: string;
  fallback: string | undefined;
  schema: z.ZodType;
  secret?: true;
}

const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, "a whole number is expected")
    .transform(Number)
    .refine((n) => n >= least && n <= most, `a number from ${least} to ${most} is expected`);
const postgres = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "an address that starts with postgres:// is expected");

const collector = z
  .url({ protocol: /^https?$/, error: "an address that starts with http:// or https:// is expected" })
  .optional();

/** Names and values between commas; what is neither is left out, as by every other reader of this variable. */
function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((part): [string, string][] => {
    const at = part.indexOf("=");
    try {
      return at > 0 ? [[part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())]] : [];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(pairs);
}

export const SETTINGS = {
  DATABASE_URL: {
    sentence:
      "Your own PostgreSQL (15 or newer). Without it Pilotage runs the PostgreSQL that it brings along. A pooler in front of it must be in session mode.",
    fallback: undefined,
    schema: postgres.optional(),
    secret: true,
  },
  DATABASE_DIRECT_URL: {
    sentence:
      "The same database without a pooler in between; for the job queue, which listens and locks. Default: DATABASE_URL.",
    fallback: undefined,
    schema: postgres.optional(),
    secret: true,
  },
  PILOTAGE_DATA: {
    sentence:
      "The data home: embedded database, master key, spool. Default: .pilotage in the checkout, or in the project that the package is installed in; as root a folder under /var/lib/pilotage.",
    fallback: undefined,
    schema: z.string().min(1).optional(),
  },
  PILOTAGE_HOST: {
    sentence:
      "The address on which the program listens. Anything but loopback belongs behind a proxy with TLS.",
    fallback: "127.0.0.1",
    schema: z.string().min(1),
  },
  PILOTAGE_PORT: {
    sentence: "The port on which the program listens; 0 takes a free one.",
    fallback: "4700",
    schema: count(0, 65_535),
  },
  PILOTAGE_PUBLIC_URL: {
    sentence:
      "The address under which people reach this installation, for links in mails and deliveries. Default: where the program listens; deliveries then carry no link.",
    fallback: undefined,
    schema: z.url({ protocol: /^https?$/ }).optional(),
  },
  PILOTAGE_LOCALE: {
    sentence:
      "Language and formats of people for whom nobody chose: de-DE, de-AT, de-CH, en-GB or en-US. Each can change their own.",
    fallback: "de-DE",
    schema: z.enum(LOCALES, "one of those locales is expected"),
  },
  PILOTAGE_SUPPORT_CONTACT: {
    sentence:
      "Whom people ask who cannot sign in, or whose workflow names nobody: an e-mail address, a telephone number, a channel. Everybody who reaches the sign-in page reads it. Default: nobody is named there.",
    fallback: undefined,
    schema: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^\P{Cc}+$/u, "one line is expected")
      .optional(),
  },
  PILOTAGE_SUPPORT_ANSWER_HOURS: {
    sentence: "Working hours within which that contact answers, where you promise it.",
    fallback: undefined,
    schema: count(1, 2_000).optional(),
  },
  PILOTAGE_SESSION_IDLE_HOURS: {
    sentence: "Hours without use after which a session in the console ends.",
    fallback: "12",
    schema: count(1, 720),
  },
  PILOTAGE_SESSION_HOURS: {
    sentence: "Hours after which a session in the console ends in any case.",
    fallback: "168",
    schema: count(1, 2_160),
  },
  PILOTAGE_URL: {
    sentence:
      "Where the command line finds the running program. Default: what the program wrote into the data home.",
    fallback: undefined,
    schema: z.url().optional(),
  },
  PILOTAGE_KEY: {
    sentence: "The API key of the command line. Default: the local operator's key in the data home.",
    fallback: undefined,
    schema: z.string().startsWith("pil_").optional(),
    secret: true,
  },
  PILOTAGE_MASTER_KEY: {
    sentence:
      "The master key, 32 bytes in base64, when it shall not lie in the file master.key of the data home.",
    fallback: undefined,
    schema: z
      .string()
      .refine(
        (text) => Buffer.from(text, "base64").length === 32,
        "32 bytes in base64 are expected (44 letters)",
      )
      .optional(),
    secret: true,
  },
  PILOTAGE_AUDIT_KEY: {
    sentence:
      "The key that signs the audit log, 32 bytes in base64, when it shall not lie in the file audit.key of the data home. Workers on several machines need the same one.",
    fallback: undefined,
    schema: z
      .string()
      .refine(
        (text) => Buffer.from(text, "base64").length === 32,
        "32 bytes in base64 are expected (44 letters)",
      )
      .optional(),
    secret: true,
  },
  PILOTAGE_AUDIT_ORIGIN: {
    sentence:
      "The name of the audit log in its checkpoints, fixed at the first start. Default: pilotage.local/ and the id of the installation.",
    fallback: undefined,
    schema: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+)*$/, "a name such as pilotage.example.com/claims is expected")
      .max(200)
      .optional(),
  },
  PILOTAGE_FILES: {
    sentence:
      "The folder in which each workflow has a folder of its own name; the paths of its feeds and file deliveries lie below that. Default: `files` in the data home.",
    fallback: undefined,
    schema: z.string().min(1).optional(),
  },
  PILOTAGE_PRICES: {
    sentence:
      "A price list of your own, which goes before the one that the program brings along. Default: `prices.yaml` in the data home, when it is there.",
    fallback: undefined,
    schema: z.string().min(1).optional(),
  },
  PILOTAGE_EGRESS_ALLOW: {
    sentence:
      "Private addresses that connections to models, webhooks and sign-in providers may reach: host:port, with commas between them, the host as the connection writes it or the address behind it. Public addresses and loopback need no entry; link-local and metadata addresses are never reached.",
    fallback: undefined,
    schema: z
      .string()
      .default("")
      .transform((text, ctx) => {
        try {
          return readAllowed(text);
        } catch (error) {
          ctx.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
          return z.NEVER;
        }
      }),
  },
  PILOTAGE_LOG_LEVEL: {
    sentence: "How much is logged: trace, debug, info, warn, error or silent.",
    fallback: "info",
    schema: z.enum(["trace", "debug", "info", "warn", "error", "silent"]),
  },
  PILOTAGE_CLOCK: {
    sentence:
      "`system`, or a time such as 2026-01-05T08:00:00Z at which simulated time begins; then only `POST /api/v1/clock/advance` moves it, for all processes.",
    fallback: "system",
    schema: z.union([z.literal("system"), z.iso.datetime()], {
      error: "`system` or a UTC time such as 2026-01-05T08:00:00Z is expected",
    }),
  },
  PILOTAGE_IN_FLIGHT: {
    sentence:
      "Cases that one process works on at the same time, each with at most one model call; as many again may be in delivery.",
    fallback: "64",
    schema: count(1, 2_000),
  },
  PILOTAGE_INTAKE_QUEUE: {
    sentence: "Writes that may wait for their commit before intake answers 429.",
    fallback: "5000",
    schema: count(10, 1_000_000),
  },
  PILOTAGE_INTAKE_BYTES: {
    sentence: "Bytes of request bodies that may be in hand at once before the program answers 429.",
    fallback: "67108864",
    schema: count(1_048_576, 17_179_869_184),
  },
  PILOTAGE_DATABASE_CONNECTIONS: {
    sentence: "Database connections of one process, the job queue apart.",
    fallback: "12",
    schema: count(3, 500),
  },
  PILOTAGE_DATABASE_PATIENCE: {
    sentence:
      "Seconds that one statement may take. A database that answers nothing for so long counts as away: requests get 503, and the connection is given up.",
    fallback: "30",
    schema: count(2, 3_600),
  },
  PILOTAGE_CALLS_DAYS: {
    sentence:
      "Days for which the records of calls over the OpenAI-compatible endpoint are kept; older ones are removed within an hour.",
    fallback: "400",
    schema: count(1, 36_500),
  },
  PILOTAGE_GENAI_CONVENTIONS: {
    sentence:
      "The version of OpenTelemetry's conventions for generative AI whose names are sent: 1.36, 1.41 or latest.",
    fallback: "latest",
    schema: z.enum(VERSIONS, "1.36, 1.41 or latest is expected"),
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    sentence:
      "Where traces, metrics and events of model calls are sent, over OTLP/HTTP as JSON, e.g. http://127.0.0.1:4318; below it /v1/traces, /v1/metrics and /v1/logs. Without it, and without the three for one signal each, nothing is sent.",
    fallback: undefined,
    schema: collector,
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    sentence: "The whole address for traces alone.",
    fallback: undefined,
    schema: collector,
  },
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: {
    sentence: "The whole address for metrics alone.",
    fallback: undefined,
    schema: collector,
  },
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: {
    sentence: "The whole address for events alone: what people and comparisons thought of answers.",
    fallback: undefined,
    schema: collector,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    sentence: "Headers for the collector, name=value, with commas between them, values percent-encoded.",
    fallback: undefined,
    schema: z.string().default("").transform(readHeaders),
    secret: true,
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    sentence: "Milliseconds between two reports of metrics.",
    fallback: "60000",
    schema: count(100, 3_600_000),
  },
  OTEL_SERVICE_NAME: {
    sentence: "The name of this installation in traces and metrics.",
    fallback: "pilotage",
    schema: z.string().min(1).max(200),
  },
  OTEL_SDK_DISABLED: {
    sentence: "`true` sends nothing, whatever else is set.",
    fallback: "false",
    schema: z.string().transform((text) => text.toLowerCase() === "true"),
  },
  OTEL_SEMCONV_STABILITY_OPT_IN: {
    sentence:
      "With `gen_ai_latest_experimental` in its list the latest conventions are spoken, whatever PILOTAGE_GENAI_CONVENTIONS says.",
    fallback: undefined,
    schema: z.string().default(""),
  },
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: {
    sentence:
      "`true` sends prompts and answers along in traces, as they went to and came from the model. The collector then holds content, without Pilotage's encryption and retention.",
    fallback: "false",
    schema: z.string().transform((text) => text.toLowerCase() === "true"),
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { [N in SettingName]: z.output<(typeof SETTINGS)[N]["schema"]> };

/** Reads all settings from the environment given; throws one `settings_invalid` that names every problem. */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const given = environment[name]?.trim() || setting.fallback;
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) settings[name] = parsed.data;
    else {
      const shown = setting.secret ? "the value given" : JSON.stringify(given);
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join(", ")}, not ${shown}`);
    }
  }
  for (const name of Object.keys(environment))
    if (name.startsWith("PILOTAGE_") && !(name in SETTINGS))
      problems.push(`${name}: there is no such setting`);
  // What Kubernetes sets for every container beside a service of the name `pilotage`, whatever the container wants.
  const linked = Object.keys(environment).some(
    (name) => name.startsWith("PILOTAGE_") && environment[name]?.startsWith("tcp://"),
  );
  if (problems.length > 0)
    throw new PilotageError(
      "settings_invalid",
      `${problems.length === 1 ? "One setting is" : `${problems.length} settings are`} wrong; Pilotage did not start.\n  ${problems.join("\n  ")}`,
      {
        hint: `docs/reference/settings.md lists every setting with its default.${linked ? " Values that begin with tcp:// come from Kubernetes, which sets them for a service called pilotage: give the pod `enableServiceLinks: false`, or the service another name." : ""}`,
        details: problems,
      },
    );
  return settings as Settings;
}
