/** What authors of workflows and programs around Pilotage import: `defineWorkflow`, the checks, and the typed client. */
export { defineWorkflow } from "./definition/builder.ts";
export { checkDefinition, formatProblems, type Problem } from "./definition/check.ts";
export type { ReleaseDocument, WorkflowDocument } from "./definition/document.ts";
export { openClient, type Client, type ClientOptions } from "./contract/client.ts";
export { PilotageError, type ErrorCode } from "./contract/errors.ts";
export type { JsonObject, JsonValue } from "./contract/json.ts";
