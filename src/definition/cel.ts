/**
 * CEL as Pilotage uses it: which functions, which types, and how a case becomes values of the language.
 *
 * The types come from the schemas of the release. `matches(text, pattern)` is ours, in linear time (regex.ts). JSON has
 * one kind of number, CEL has two: whole and decimal ones meet in comparisons and sums. The rules of a release are in
 * rules.ts, their check in expression.ts.
 */
import { Environment } from "@marcbachmann/cel-js";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { Field } from "./fields.ts";
import { fieldsOf } from "./fields.ts";
import { compilePattern } from "./regex.ts";

const base = buildBase();

function buildBase(): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 500, maxDepth: 50 } });
  environment.registerFunction("matches(string, string): bool", (text: string, pattern: string) =>
    compilePattern(pattern).test(text),
  );
  const mixed: [string, (a: number, b: number) => number][] = [
    ["+", (a, b) => a + b],
    ["-", (a, b) => a - b],
    ["*", (a, b) => a * b],
    ["/", (a, b) => a / b],
  ];
  for (const [left, right] of [
    ["double", "int"],
    ["int", "double"],
  ]) {
    for (const [operator, result] of mixed) {
      environment.registerOperator(
        `${left} ${operator} ${right}: double`,
        (a: number | bigint, b: number | bigint) => result(Number(a), Number(b)),
      );
    }
  }
  // This one makes `int == double` as well.
  environment.registerOperator(
    "double == int",
    (a: number | bigint, b: number | bigint) => Number(a) === Number(b),
  );
  for (const [item, list] of [
    ["double", "int"],
    ["int", "double"],
  ]) {
    environment.registerOperator(
      `${item} in list<${list}>`,
      (a: number | bigint, items: (number | bigint)[]) => items.some((b) => Number(a) === Number(b)),
    );
  }
  return environment;
}

type CelShape = { [name: string]: string | CelShape };

/** The environment in which the expressions of a release are checked and run. */
export function environmentFor(input: JsonObject, output: JsonObject): Environment {
  const environment = base.clone();
  for (const [name, schema] of [
    ["input", input],
    ["output", output],
  ] as const) {
    const shape = celShape(schema);
    if (Object.keys(shape).length === 0) environment.registerVariable(name, "map");
    else environment.registerVariable({ name, schema: shape });
  }
  return environment;
}

/** The type of each field for the expression checker; what may have several types is checked at run time. */
function celShape(schema: JsonObject): CelShape {
  const fields = fieldsOf(schema).filter((field) => !field.inList);
  const shape: CelShape = {};
  for (const field of fields) {
    const keys = field.path.split(".");
    let place: CelShape | undefined = shape;
    for (const key of keys.slice(0, -1)) {
      const next: string | CelShape | undefined = place?.[key];
      place = typeof next === "object" ? next : undefined;
    }
    if (place === undefined) continue;
    const hasFields = fields.some((other) => other.path.startsWith(`${field.path}.`));
    // An object is known by the fields that its schema names; others cannot be used in a rule.
    place[keys.at(-1)!] = hasFields && celType(field) === "map" && !nullable(field) ? {} : celType(field);
  }
  return shape;
}

function nullable(field: Field): boolean {
  return field.types.includes("null");
}

function celType(field: Field): string {
  const [type, ...others] = field.types;
  if (others.length > 0)
    return others.concat(type!).every((one) => one === "integer" || one === "number") ? "double" : "dyn";
  switch (type ?? "") {
    case "string":
      return "string";
    case "integer":
      return "int";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "array": {
      const items = field.schema["items"];
      const of = isJsonObject(items) && typeof items["type"] === "string" ? items["type"] : undefined;
      return `list<${of === undefined ? "dyn" : (LIST_ITEMS[of] ?? "dyn")}>`;
    }
    case "object":
      return "map";
    default:
      return "dyn";
  }
}

const LIST_ITEMS: Record<string, string> = {
  string: "string",
  integer: "int",
  number: "double",
  boolean: "bool",
};

/** Turns input and output into what CEL expects: whole numbers as BigInt, objects as maps of own keys only. */
export function celValues(input: JsonObject, output: JsonObject) {
  const whole = { input: wholeNumbers(input), output: wholeNumbers(output) };
  return (inputValue: JsonObject, outputValue: JsonObject) => ({
    input: celValue(inputValue, whole.input, ""),
    output: celValue(outputValue, whole.output, ""),
  });
}

function wholeNumbers(schema: JsonObject): Set<string> {
  const whole = fieldsOf(schema).filter((field) => {
    const items = field.schema["items"];
    return celType(field) === "int" || (isJsonObject(items) && items["type"] === "integer");
  });
  return new Set(whole.map((field) => field.path));
}

function celValue(value: JsonValue, whole: Set<string>, path: string): unknown {
  if (typeof value === "number") return whole.has(path) && Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(item, whole, path));
  if (!isJsonObject(value)) return value;
  return new Map(
    Object.entries(value).map(([key, item]) => [
      key,
      celValue(item, whole, path === "" ? key : `${path}.${key}`),
    ]),
  );
}
