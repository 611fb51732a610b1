/**
 * The check of one CEL expression against the schemas of a release.
 *
 * Finds what would fail for every case: wrong fields, wrong types, a result that is not true or false, a value that an
 * enum never has, a pattern that RE2 does not know. The library's own `matches`, the method form, hangs on hostile
 * patterns and is refused here; rules.ts compiles nothing that has a fault.
 */
import type { ASTNode, Environment } from "@marcbachmann/cel-js";
import { EvaluationError, ParseError, TypeError as CelTypeError } from "@marcbachmann/cel-js";
import type { JsonObject } from "../contract/json.ts";
import { environmentFor } from "./cel.ts";
import type { Field } from "./fields.ts";
import { fieldsOf } from "./fields.ts";
import { compilePattern } from "./regex.ts";
import { closest } from "./suggest.ts";

export interface ExpressionFault {
  message: string;
  expected: string;
  suggestion?: string;
  /** Character positions in the expression. */
  start: number;
  end: number;
}

/** What is wrong with an expression; empty when it can be used. */
export function checkExpression(
  expression: string,
  schemas: { input: JsonObject; output: JsonObject },
): ExpressionFault[] {
  return faultsIn(environmentFor(schemas.input, schemas.output), expression, schemas);
}

/** The same, in an environment that is there already. */
export function faultsIn(
  environment: Environment,
  expression: string,
  schemas: { input: JsonObject; output: JsonObject },
): ExpressionFault[] {
  const whole = { start: 0, end: expression.length };
  let ast: ASTNode;
  try {
    ast = environment.parse(expression).ast;
  } catch (error) {
    return [{ message: summary(error), expected: "a CEL expression", ...rangeOf(error, whole) }];
  }
  const faults = faultsInTree(ast, schemas);
  const checked = environment.check(expression);
  if (!checked.valid) {
    const range = rangeOf(checked.error, whole);
    faults.push({ ...explained(checked.error, schemas), ...range });
  } else if (checked.type !== "bool") {
    faults.push({
      message: `the expression gives ${checked.type}, not true or false`,
      expected: "an expression that gives bool",
      ...whole,
    });
  }
  return faults;
}

function summary(error: unknown): string {
  if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError)
    return error.summary;
  return error instanceof Error ? error.message : String(error);
}

function rangeOf(error: unknown, otherwise: { start: number; end: number }): { start: number; end: number } {
  if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
    return error.range === undefined ? otherwise : { start: error.range.start, end: error.range.end };
  }
  return otherwise;
}

function explained(error: unknown, schemas: { input: JsonObject; output: JsonObject }) {
  const text = summary(error).replaceAll("$input", "input").replaceAll("$output", "output");
  const unknownKey = /^No such key: (.*)$/.exec(text)?.[1];
  if (unknownKey !== undefined) {
    const names = [...fieldsOf(schemas.input), ...fieldsOf(schemas.output)].map((field) =>
      field.path.split(".").at(-1)!,
    );
    const suggestion = closest(unknownKey, names);
    return {
      message: `there is no field ${unknownKey} here`,
      expected: "a field of the input or output schema",
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  }
  const unknownName = /^Unknown variable: (.*)$/.exec(text)?.[1];
  if (unknownName !== undefined) {
    return { message: `unknown name ${unknownName}`, expected: "input.<field> or output.<field>" };
  }
  return { message: text, expected: "values of types that fit together" };
}

/** Faults that the library does not look for: its own `matches`, broken patterns, values that an enum does not have. */
function faultsInTree(ast: ASTNode, schemas: { input: JsonObject; output: JsonObject }): ExpressionFault[] {
  const faults: ExpressionFault[] = [];
  const fields = {
    input: new Map(fieldsOf(schemas.input).map((field) => [field.path, field])),
    output: new Map(fieldsOf(schemas.output).map((field) => [field.path, field])),
  };
  for (const node of nodesOf(ast)) {
    const range = { start: node.start, end: node.end };
    if (node.op === "rcall" && node.args[0] === "matches") {
      const [, text, [pattern]] = node.args;
      const arguments_ = [text, pattern].map((part) =>
        part === undefined ? "'...'" : part.input.slice(part.start, part.end),
      );
      faults.push({
        message: "matches is not a method here",
        expected: "matches(text, pattern)",
        suggestion: `matches(${arguments_.join(", ")})`,
        ...range,
      });
    }
    if (node.op === "call" && node.args[0] === "matches") faults.push(...patternFaults(node.args[1][1]));
    if (node.op === "==" || node.op === "!=" || node.op === "in")
      faults.push(...enumFaults(node.args, fields));
  }
  return faults;
}

/** Patterns are written out: they are compiled once, and no sender of a case can choose one. */
function patternFaults(pattern: ASTNode | undefined): ExpressionFault[] {
  if (pattern === undefined) return [];
  const range = { start: pattern.start, end: pattern.end };
  if (pattern.op !== "value" || typeof pattern.args !== "string") {
    return [
      {
        message: "the pattern of matches is not written out",
        expected: "matches(text, '<pattern>')",
        ...range,
      },
    ];
  }
  const problem = patternProblem(pattern.args);
  return problem === undefined ? [] : [{ message: problem, expected: "a pattern in RE2 syntax", ...range }];
}

function enumFaults(
  sides: [ASTNode, ASTNode],
  fields: Record<"input" | "output", Map<string, Field>>,
): ExpressionFault[] {
  const field = sides.map((side) => fieldAt(side, fields)).find((found) => found?.enum !== undefined);
  const values = field?.enum;
  if (field === undefined || values === undefined) return [];
  const literals = sides
    .flatMap((side) => (side.op === "list" ? side.args : [side]))
    .filter((side) => side.op === "value");
  return literals
    .filter((side) => typeof side.args === "string" && !values.includes(side.args))
    .map((side) => {
      const suggestion = closest(
        String(side.args),
        values.filter((value) => typeof value === "string"),
      );
      return {
        message: `${field.path} is never ${JSON.stringify(side.args)}`,
        expected: `one of ${values
          .slice(0, 20)
          .map((value) => JSON.stringify(value))
          .join(", ")}${values.length > 20 ? " and more" : ""}`,
        ...(suggestion === undefined ? {} : { suggestion }),
        start: side.start,
        end: side.end,
      };
    });
}

function fieldAt(node: ASTNode, fields: Record<"input" | "output", Map<string, Field>>): Field | undefined {
  const keys: string[] = [];
  let at = node;
  while (at.op === ".") {
    keys.unshift(at.args[1]);
    at = at.args[0];
  }
  if (at.op !== "id" || (at.args !== "input" && at.args !== "output")) return undefined;
  return fields[at.args].get(keys.join("."));
}

function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  }
}

/** Every node of an expression as it was written, macros included. */
function nodesOf(root: ASTNode): ASTNode[] {
  const nodes: ASTNode[] = [];
  const walk = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null && "op" in value && "args" in value) {
      nodes.push(value as ASTNode);
      walk(value.args);
    }
  };
  walk(root);
  return nodes;
}
