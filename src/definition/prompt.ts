/**
 * Prompts and drafts: Liquid templates that become text.
 *
 * A prompt file has up to two parts, divided by one line that holds only `---`: what comes before is the system
 * message, what comes after is the user message. Without such a line all of it is the user message.
 *
 * Templates see `input` (after the data policy) and `case`, drafts and the prompt of a verifier also `output`; nothing else, no files, no clock, no
 * chance. Unknown names and filters are refused when the template is compiled. A field that is missing in one case
 * (optional, or taken away by `blockFields`) is an empty text: the template was checked against the schema before. Values
 * are put in verbatim; objects and lists as JSON.
 */
import { Liquid, LiquidError } from "liquidjs";
import type { Template } from "liquidjs";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";

export interface PromptMessage {
  role: "system" | "user";
  content: string;
}

export interface PromptVariables {
  input: JsonObject;
  case?: { id: string };
}

export interface Prompt {
  /** The messages for a chat model; throws `definition_invalid` when the template cannot be filled in its limits. */
  render(variables: PromptVariables): PromptMessage[];
}

export interface VerifierPrompt {
  /** The same with the answer that is to be verified. */
  render(variables: PromptVariables & { output: JsonObject }): PromptMessage[];
}

export interface Draft {
  render(variables: PromptVariables & { output: JsonObject }): string;
}

/** A place where a template uses a field, e.g. `input.contact.email`. */
export interface Use {
  root: string;
  /** Dotted path below the root, as far as it is written out; empty for the root itself. */
  path: string;
  /** Part of the path is computed while rendering, so that nobody can tell which field is meant. */
  computed: boolean;
  /** 1-based, in the whole file. */
  line: number;
  column: number;
}

export interface TemplateFault {
  message: string;
  line: number;
  column: number;
}

const PROMPT_ROOTS = ["input", "case"];
const DRAFT_ROOTS = ["input", "output", "case"];

// Generous for a prompt, small for the process: a loop in a loop over a large list ends here.
const LIMITS = { renderLimit: 1000, memoryLimit: 50_000_000 };
const MAX_TEMPLATE = 500_000;

const engine = buildEngine();

function buildEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    // No file system: templates stand alone.
    templates: {},
    parseLimit: MAX_TEMPLATE,
    timezoneOffset: 0,
    outputEscape: verbatim,
  });
  for (const tag of ["include", "render", "layout", "block"]) delete liquid.tags[tag];
  // Chance and the clock have no place in a text that must come out the same twice.
  delete liquid.filters["sample"];
  for (const name of [
    "date",
    "date_to_xmlschema",
    "date_to_rfc822",
    "date_to_string",
    "date_to_long_string",
  ]) {
    const original = liquid.filters[name];
    if (typeof original !== "function") continue;
    liquid.registerFilter(name, function (value: unknown, ...rest: unknown[]): unknown {
      if (value === "now" || value === "today") return value;
      return Reflect.apply(original, this, [value, ...rest]);
    });
  }
  return liquid;
}

function verbatim(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}

interface Part {
  role: "system" | "user";
  text: string;
  /** Lines of the file before this part. */
  before: number;
}

function partsOf(text: string): Part[] {
  const lines = text.split("\n");
  const divider = lines.findIndex((line) => line.trimEnd() === "---");
  if (divider === -1) return [{ role: "user", text, before: 0 }];
  return [
    { role: "system", text: lines.slice(0, divider).join("\n"), before: 0 },
    { role: "user", text: lines.slice(divider + 1).join("\n"), before: divider + 1 },
  ];
}

/** Compiles a prompt; throws `definition_invalid` naming every fault with its line. */
export function compilePrompt(text: string): Prompt {
  return compileParts(text, PROMPT_ROOTS);
}

/** The same for the prompt of a verifier. */
export function compileVerifierPrompt(text: string): VerifierPrompt {
  return compileParts(text, DRAFT_ROOTS);
}

function compileParts(text: string, roots: string[]): Prompt {
  const parts = partsOf(text).map((part) => ({ role: part.role, template: parseOrThrow(part, roots) }));
  return {
    render: (variables) =>
      parts
        .map(({ role, template }) => ({ role, content: fill(template, variables).trim() }))
        .filter((message) => message.role === "user" || message.content !== ""),
  };
}

/** Compiles the template of a drafted text; throws `definition_invalid` naming every fault with its line. */
export function compileDraft(text: string): Draft {
  const template = parseOrThrow({ role: "user", text, before: 0 }, DRAFT_ROOTS);
  return { render: (variables) => fill(template, variables).trim() };
}

/** What a prompt or draft uses, and its faults, without throwing: for the check of a definition. */
export function inspectTemplate(
  text: string,
  kind: "prompt" | "verifier" | "draft",
): { uses: Use[]; faults: TemplateFault[] } {
  const parts: Part[] = kind === "draft" ? [{ role: "user", text, before: 0 }] : partsOf(text);
  const found = parts.map((part) => inspect(part, kind === "prompt" ? PROMPT_ROOTS : DRAFT_ROOTS));
  return { uses: found.flatMap((part) => part.uses), faults: found.flatMap((part) => part.faults) };
}

function inspect(
  part: Part,
  roots: string[],
): { template: Template[]; uses: Use[]; faults: TemplateFault[] } {
  let template: Template[];
  try {
    template = engine.parse(part.text);
  } catch (error) {
    return { template: [], uses: [], faults: [faultOf(error, part)] };
  }
  const uses: Use[] = [];
  for (const variables of Object.values(engine.analyzeSync(template, { partials: false }).globals)) {
    for (const { segments, location } of variables) {
      const [root, ...rest] = segments;
      const written = rest.filter((segment) => typeof segment !== "number");
      const computed = written.findIndex((segment) => typeof segment !== "string");
      uses.push({
        root: String(root),
        path: (computed === -1 ? written : written.slice(0, computed)).map(String).join("."),
        computed: computed !== -1,
        line: location.row + part.before,
        column: location.col,
      });
    }
  }
  const faults = uses
    .filter((use) => !roots.includes(use.root))
    .map(({ root, line, column }) => ({
      message: `unknown name ${root}; known are ${roots.join(", ")}`,
      line,
      column,
    }));
  return { template, uses, faults };
}

function faultOf(error: unknown, part: Part): TemplateFault {
  const [row, column] = LiquidError.is(error) ? error.token.getPosition() : [1, 1];
  const message = (error instanceof Error ? error.message : String(error)).replace(/, line:\d+.*$/s, "");
  return { message, line: (row ?? 1) + part.before, column: column ?? 1 };
}

function parseOrThrow(part: Part, roots: string[]): Template[] {
  const { template, faults } = inspect(part, roots);
  if (faults.length > 0) {
    const list = faults
      .map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`)
      .join("; ");
    throw new PilotageError("definition_invalid", `The template cannot be used: ${list}.`, {
      details: faults,
    });
  }
  return template;
}

function fill(template: Template[], variables: object): string {
  try {
    return String(engine.renderSync(template, variables, LIMITS));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PilotageError(
      "definition_invalid",
      `The template could not be filled for this case: ${reason}.`,
      { cause: error },
    );
  }
}
