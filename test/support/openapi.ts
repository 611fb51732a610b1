/** Whether an OpenAPI 3.1 document is sound: what tools trip over. Ids, parameters, responses, references, schemas. */
import { Ajv2020 } from "ajv/dist/2020.js";

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

type Schema = Record<string, unknown>;

export interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: Schema }[];
  security?: Record<string, string[]>[];
  requestBody?: Content;
  responses: Record<string, Content & { description?: string }>;
}

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  components: { securitySchemes: Record<string, unknown> };
  paths: Record<string, Record<string, Operation>>;
}

export function operations(document: OpenApi): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Every problem found, each beginning with the operation's id. */
export function problemsOf(document: OpenApi): string[] {
  const problems: string[] = [];
  if (!/^3\.1\.\d+$/.test(document.openapi)) problems.push("the version is not 3.1");
  if (document.info.title === "" || document.info.version === "")
    problems.push("title or version is missing");
  const seen = new Set<string>();
  for (const { path, method, operation } of operations(document)) {
    const id = operation.operationId;
    if (seen.has(id)) problems.push(`${id} stands for two operations`);
    seen.add(id);
    if (method === "get" && operation.requestBody !== undefined) problems.push(`${id}: a GET has a body`);
    const found = [
      ...parameterProblems(path, operation),
      ...securityProblems(document, operation),
      ...responseProblems(operation),
      ...schemasOf(operation).flatMap((schema) => schemaProblem(document, schema) ?? []),
    ];
    problems.push(...found.map((problem) => `${id}: ${problem}`));
  }
  return problems;
}

function parameterProblems(path: string, { parameters = [] }: Operation): string[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const named = parameters.filter((one) => one.in === "path");
  const places = parameters.map((one) => `${one.in} ${one.name}`);
  return [
    ...inPath
      .filter((name) => !named.some((one) => one.name === name && one.required))
      .map((name) => `the path names ${name}, the parameters do not`),
    ...named.filter((one) => !inPath.includes(one.name)).map((one) => `${one.name} is not in the path`),
    ...places.filter((place, i) => places.indexOf(place) !== i).map((place) => `${place} stands twice`),
  ];
}

function securityProblems(document: OpenApi, { security = [] }: Operation): string[] {
  return security
    .flatMap((requirement) => Object.keys(requirement))
    .filter((scheme) => !(scheme in document.components.securitySchemes))
    .map((scheme) => `there is no security scheme ${scheme}`);
}

function responseProblems({ responses }: Operation): string[] {
  const success = Object.keys(responses).some((status) => status.startsWith("2"));
  const bad = Object.entries(responses).filter(
    ([status, response]) => !/^[1-5]\d\d$/.test(status) || !response.description,
  );
  return [
    ...(success ? [] : ["no response for success"]),
    ...bad.map(([status]) => `the response ${status} has no description`),
  ];
}

function schemasOf({ parameters = [], requestBody = {}, responses }: Operation): Schema[] {
  const contents = [requestBody, ...Object.values(responses)].flatMap((one) =>
    Object.values(one.content ?? {}),
  );
  return [...parameters, ...contents].map((one) => one.schema).filter((schema) => schema !== undefined);
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

function schemaProblem(document: OpenApi, schema: Schema): string | undefined {
  const reference = schema["$ref"];
  if (typeof reference !== "string")
    return ajv.validateSchema(schema) === true ? undefined : ajv.errorsText();
  let at: unknown = document;
  for (const part of reference.slice(2).split("/")) at = (at as Schema | undefined)?.[part];
  if (!reference.startsWith("#/") || typeof at !== "object" || at === null)
    return `nothing is at ${reference}`;
  return schemaProblem(document, at as Schema);
}
