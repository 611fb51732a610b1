/**
 * The names of OpenTelemetry's conventions for generative AI, by version; the only table of them.
 *
 * Pure. They were renamed since 1.36 and moved to a repository of their own; which version is spoken is a setting. What a
 * version has no name for is left out. What the conventions do not know has names of our own, which begin with `pilotage.`.
 */
export const VERSIONS = ["1.36", "1.41", "latest"] as const;
export type Version = (typeof VERSIONS)[number];

type AttributeValue = string | number | boolean | string[];
export type Attributes = Record<string, AttributeValue>;

export interface Usage {
  input?: number | undefined;
  output?: number | undefined;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
  reasoning?: number | undefined;
}

/** What is told of a call or of one try; times in milliseconds. */
export interface Facts {
  operation: "chat";
  provider: string;
  model: string;
  streamed?: boolean | undefined;
  responseModel?: string | undefined;
  responseId?: string | undefined;
  finish?: string | undefined;
  usage?: Usage | undefined;
  firstTokenMs?: number | undefined;
  /** The class of the failure; undefined: it was answered. */
  error?: string | undefined;
}

export interface Message {
  role: string;
  text: string;
}

/** A workflow that was asked as if it were a model. */
export interface WorkflowFacts {
  workflow: string;
  streamed?: boolean | undefined;
  finish?: string | undefined;
  usage?: Usage | undefined;
  error?: string | undefined;
}

/** A judgement of an answer: of a person, or of a comparison with the truth. */
export interface Evaluation {
  name: string;
  score: number | undefined;
  label: string;
}

export const EVALUATION_EVENT = "gen_ai.evaluation.result";

interface Names {
  provider: string;
  /** Whether a streamed request is marked as such, and the time to its first chunk told. */
  streaming: boolean;
  usage: Record<keyof Usage, string | undefined>;
  duration: string;
  /** One histogram by kind of token, or one counter for each figure. */
  tokens: { kind: "histogram"; name: string } | { kind: "counters"; prefix: string };
  content: { input: string; output: string } | undefined;
  /** A whole workflow that is asked like a model. */
  workflow: { operation: string; name: string };
  /** Whether it has the event `gen_ai.evaluation.result`. */
  evaluations: boolean;
}

const IN_OUT = { input: "gen_ai.usage.input_tokens", output: "gen_ai.usage.output_tokens" };
const MESSAGES = { input: "gen_ai.input.messages", output: "gen_ai.output.messages" };

const TABLE: Record<Version, Names> = {
  "1.36": {
    provider: "gen_ai.system",
    streaming: false,
    usage: { ...IN_OUT, cacheRead: undefined, cacheWrite: undefined, reasoning: undefined },
    duration: "gen_ai.client.operation.duration",
    tokens: { kind: "histogram", name: "gen_ai.client.token.usage" },
    // Attributes for messages came after it.
    content: undefined,
    workflow: { operation: "invoke_agent", name: "gen_ai.agent.name" },
    evaluations: false,
  },
  "1.41": {
    provider: "gen_ai.provider.name",
    streaming: true,
    usage: {
      ...IN_OUT,
      cacheRead: "gen_ai.usage.cache_read.input_tokens",
      cacheWrite: "gen_ai.usage.cache_creation.input_tokens",
      reasoning: "gen_ai.usage.reasoning.output_tokens",
    },
    duration: "gen_ai.client.operation.duration",
    tokens: { kind: "histogram", name: "gen_ai.client.token.usage" },
    content: MESSAGES,
    workflow: { operation: "invoke_workflow", name: "gen_ai.workflow.name" },
    evaluations: true,
  },
  latest: {
    provider: "gen_ai.provider.name",
    streaming: true,
    usage: {
      ...IN_OUT,
      cacheRead: "gen_ai.usage.cache_read.input_tokens",
      cacheWrite: "gen_ai.usage.cache_write.input_tokens",
      reasoning: "gen_ai.usage.reasoning.output_tokens",
    },
    duration: "gen_ai.client.inference.duration",
    tokens: { kind: "counters", prefix: "gen_ai.client.inference.usage" },
    content: MESSAGES,
    // The name of a workflow became that of an agent; its operation stayed.
    workflow: { operation: "invoke_workflow", name: "gen_ai.agent.name" },
    evaluations: true,
  },
};

/** The names of one version. */
export function namesOf(version: Version): Names {
  return TABLE[version];
}

/** The version to speak: the setting's, unless the variable that all instrumentations share asks for the latest. */
export function versionFrom(setting: Version, optIn: string): Version {
  return optIn.split(",").some((one) => one.trim() === "gen_ai_latest_experimental") ? "latest" : setting;
}

export function spanName({ operation, model }: Pick<Facts, "operation" | "model">): string {
  return `${operation} ${model}`;
}

export function spanAttributes(version: Version, facts: Facts): Attributes {
  return { ...callAttributes(version, facts), ...answerAttributes(version, facts) };
}

/** The span of a workflow that was asked; it is none of a provider. */
export function workflowSpan(
  version: Version,
  facts: WorkflowFacts,
): { name: string; attributes: Attributes } {
  const { operation, name } = TABLE[version].workflow;
  return {
    name: `${operation} ${facts.workflow}`,
    attributes: {
      "gen_ai.operation.name": operation,
      [name]: facts.workflow,
      ...answerAttributes(version, facts),
      ...(facts.error === undefined ? {} : { "error.type": facts.error }),
    },
  };
}

/** The event of a judgement; undefined for a version that has none. */
export function evaluationAttributes(
  version: Version,
  { name, score, label }: Evaluation,
): Attributes | undefined {
  if (!TABLE[version].evaluations) return undefined;
  return {
    "gen_ai.evaluation.name": name,
    ...(score === undefined ? {} : { "gen_ai.evaluation.score.value": score }),
    "gen_ai.evaluation.score.label": label,
  };
}

type AnswerFacts = Pick<Facts, "responseId" | "finish" | "usage" | "streamed" | "firstTokenMs">;

function answerAttributes(version: Version, facts: AnswerFacts): Attributes {
  const names = TABLE[version];
  const found: Attributes = {};
  const add = (name: string | undefined, value: AttributeValue | undefined) => {
    if (name !== undefined && value !== undefined) found[name] = value;
  };
  add("gen_ai.response.id", facts.responseId);
  add("gen_ai.response.finish_reasons", facts.finish === undefined ? undefined : [facts.finish]);
  for (const [key, name] of Object.entries(names.usage)) add(name, facts.usage?.[key as keyof Usage]);
  if (names.streaming && facts.streamed === true) {
    add("gen_ai.request.stream", true);
    add(
      "gen_ai.response.time_to_first_chunk",
      facts.firstTokenMs === undefined ? undefined : facts.firstTokenMs / 1000,
    );
  }
  return found;
}

/** Those that figures are broken down by: few values each. */
export function callAttributes(version: Version, facts: Facts): Attributes {
  return {
    "gen_ai.operation.name": facts.operation,
    [TABLE[version].provider]: facts.provider,
    "gen_ai.request.model": facts.model,
    ...(facts.responseModel === undefined ? {} : { "gen_ai.response.model": facts.responseModel }),
    ...(facts.error === undefined ? {} : { "error.type": facts.error }),
  };
}

/** Messages as attributes; nothing for a version that has no name for them. */
export function contentAttributes(
  version: Version,
  { input, output, finish }: { input: Message[]; output: string | undefined; finish: string | undefined },
): Attributes {
  const names = TABLE[version].content;
  if (names === undefined) return {};
  const parts = (text: string) => [{ type: "text", content: text }];
  return {
    [names.input]: JSON.stringify(input.map(({ role, text }) => ({ role, parts: parts(text) }))),
    ...(output === undefined
      ? {}
      : {
          [names.output]: JSON.stringify([
            { role: "assistant", parts: parts(output), finish_reason: finish ?? "stop" },
          ]),
        }),
  };
}

/** The provider's name as the conventions spell it, from who bills the calls; the kind of the connection for all others. */
export function providerName(kind: string, host: string | undefined): string {
  const known = HOSTS.find(([end]) => host === end || host?.endsWith(`.${end}`));
  return known?.[1] ?? KINDS[kind] ?? kind;
}

const HOSTS: [string, string][] = [
  ["openai.azure.com", "azure.ai.openai"],
  ["api.openai.com", "openai"],
  ["mistral.ai", "mistral_ai"],
  ["anthropic.com", "anthropic"],
  ["deepseek.com", "deepseek"],
  ["groq.com", "groq"],
  ["x.ai", "x_ai"],
  ["perplexity.ai", "perplexity"],
];
const KINDS: Record<string, string> = {
  anthropic: "anthropic",
  bedrock: "aws.bedrock",
  google: "gcp.gemini",
};
