/** The OpenAPI 3.1 document, derived from the endpoints: what the server binds is what it says. */
import { z } from "zod";
import { COMMON_ERRORS, type Endpoint } from "../contract/endpoint.ts";
import { ENDPOINTS } from "../contract/endpoints.ts";
import { ERRORS, type ErrorCode } from "../contract/errors.ts";
import { SCOPES } from "../contract/scopes.ts";

type Schema = Record<string, unknown>;

const ERROR_SCHEMA: Schema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: {
        code: { enum: Object.keys(ERRORS) },
        message: { type: "string" },
        hint: { type: "string" },
        requestId: { type: "string" },
        details: {},
      },
    },
  },
};

let built: Schema | undefined;

export function openApiDocument(): Schema {
  built ??= {
    openapi: "3.1.0",
    info: {
      title: "Pilotage",
      version: "1",
      description: "Runs one AI workflow in production from its first case on.",
    },
    components: {
      securitySchemes: {
        key: { type: "http", scheme: "bearer", description: "An API key, `pil_...`, with scopes." },
      },
      schemas: { Error: ERROR_SCHEMA },
    },
    "x-scopes": SCOPES,
    paths: pathsOf(),
  };
  return built;
}

function pathsOf(): Record<string, Record<string, Schema>> {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operationOf(name, endpoint);
  }
  return paths;
}

function operationOf(name: string, endpoint: Endpoint): Schema {
  const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
  const type = endpoint.wire === "ndjson" ? "application/x-ndjson" : "application/json";
  const body =
    endpoint.wire === "ndjson"
      ? { type: "string", description: "One JSON object a line" }
      : schemaOf(endpoint.body, "input");
  const reply =
    endpoint.wire === "raw"
      ? { "application/octet-stream": {} }
      : { [type]: { schema: schemaOf(endpoint.reply, "output") } };
  return {
    operationId: name,
    summary: endpoint.sentence,
    ...(endpoint.scope === null
      ? { security: [] }
      : { security: [{ key: [endpoint.scope] }], "x-scope": endpoint.scope }),
    parameters: [...parametersOf(endpoint.params, "path"), ...parametersOf(endpoint.query, "query")],
    ...(hasBody
      ? {
          requestBody: {
            required: true,
            content: {
              [type]: {
                schema: body,
                ...(endpoint.example?.body === undefined ? {} : { example: endpoint.example.body }),
              },
            },
          },
        }
      : {}),
    responses: {
      ...successesOf(endpoint.created, reply),
      ...errorsOf([...COMMON_ERRORS, ...endpoint.errors]),
    },
  };
}

function successesOf(created: Endpoint["created"], content: Schema): Schema {
  if (created === undefined) return { "200": { description: "Done", content } };
  if (created === true) return { "201": { description: "Made", content } };
  const when = Object.entries(created)
    .map(([field, value]) => `${field} is ${value}`)
    .join(", ");
  return {
    "201": { description: `Made: ${when}`, content },
    "200": { description: "Nothing new was made", content },
  };
}

function parametersOf(schema: z.ZodType, place: "path" | "query"): Schema[] {
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: one,
  }));
}

/** Several codes may share a status: they are named in its description. */
function errorsOf(codes: readonly ErrorCode[]): Record<string, Schema> {
  const byStatus = Map.groupBy([...new Set(codes)], (code) => String(ERRORS[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `${code}: ${ERRORS[code].meaning}`).join(" "),
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    ]),
  );
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Schema;
  return rest;
}
