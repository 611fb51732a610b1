/**
 * What authors of workflows and programs around Pilotage import: definitions and their check, the typed client, and the
 * words of the contract. All of it runs without the server, also under older Nodes than the program needs.
 */
import type { CallInput } from "./contract/client.ts";
import type { ReplyOf } from "./contract/endpoint.ts";
import type { EndpointName, Endpoints } from "./contract/endpoints.ts";

export {
  defineRelease,
  defineWorkflow,
  type DefinedWorkflow,
  type ReleaseDefinition,
  type WorkflowDefinition,
} from "./definition/builder.ts";
export { checkDefinition, formatProblems, type Checked, type Problem } from "./definition/check.ts";
export type { ReleaseDocument, WorkflowDocument } from "./definition/document.ts";

export { openClient, type Client, type ClientOptions } from "./contract/client.ts";
export { ENDPOINTS, type EndpointName } from "./contract/endpoints.ts";
/** What a call takes: `Call<"submitCase">`. */
export type Call<N extends EndpointName> = CallInput<Endpoints[N]>;
/** What a call answers: `Reply<"getCase">`. */
export type Reply<N extends EndpointName> = ReplyOf<Endpoints[N]>;

export { ERRORS, PilotageError, type ErrorBody, type ErrorCode } from "./contract/errors.ts";
export type { CaseId, ReleaseId } from "./contract/ids.ts";
export type { JsonObject, JsonValue } from "./contract/json.ts";
export { QUARANTINE_REASONS, type QuarantineReason } from "./contract/quarantine.ts";
export { SCOPES, type Scope } from "./contract/scopes.ts";
export {
  CASE_STATES,
  FINAL_STATES,
  REASONS,
  VERDICTS,
  type CaseState,
  type Reason,
  type ReasonCode,
  type Verdict,
} from "./contract/states.ts";
