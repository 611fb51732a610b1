/**
 * Every error that Pilotage tells anyone about: its code, its HTTP status, what it means and what helps.
 *
 * `docs/reference/errors.md` lists the same codes; a test compares both. A message says what happened, what it means
 * and what to do. Whether trying again can help is set here, where the error is born.
 */

export const ERRORS = {
  bad_request: {
    status: 400,
    retry: false,
    meaning: "The request does not have the form that the endpoint asks for.",
  },
  bad_json: { status: 400, retry: false, meaning: "The body is not valid JSON." },
  bad_input: {
    status: 422,
    retry: false,
    meaning: "The case input breaks the input schema or a limit; it is kept in quarantine.",
  },
  bad_output: {
    status: 422,
    retry: false,
    meaning: "The answer given by a person breaks the output schema.",
  },
  definition_invalid: {
    status: 422,
    retry: false,
    meaning: "The workflow or release definition has problems; each is listed in the details.",
  },
  unauthenticated: {
    status: 401,
    retry: false,
    meaning:
      "Nobody is known behind the request: the key or the session is missing, unknown, revoked or over, or a sign-in failed.",
  },
  forbidden: { status: 403, retry: false, meaning: "The key or the person may not do this." },
  not_found: { status: 404, retry: false, meaning: "There is no such thing, or the key may not see it." },
  conflict: {
    status: 409,
    retry: false,
    meaning: "The request contradicts what is stored, for example the same external id with other content.",
  },
  wrong_state: {
    status: 409,
    retry: false,
    meaning: "The thing is in a state in which this cannot be done.",
  },
  lease_lost: {
    status: 409,
    retry: false,
    meaning:
      "The lease on this review ended; somebody else may have it now. The message says whether the text sent is kept.",
  },
  second_person_needed: { status: 409, retry: false, meaning: "The change waits for a second named person." },
  too_large: {
    status: 413,
    retry: false,
    meaning: "The body, a field or an attachment is over its size limit.",
  },
  unsupported_media_type: {
    status: 415,
    retry: false,
    meaning: "The endpoint does not read this content type.",
  },
  too_many_requests: {
    status: 429,
    retry: true,
    meaning: "More is coming in than can be stored safely; try again after the time in Retry-After.",
  },
  intake_stopped: {
    status: 503,
    retry: true,
    meaning: "The workflow takes no new cases at the moment (safe-stop), or the process is stopping.",
  },
  internal: { status: 500, retry: true, meaning: "A fault in Pilotage. The request id finds it in the log." },
  database_unavailable: {
    status: 503,
    retry: true,
    meaning:
      "The database cannot be reached, has no room or is too slow; nothing was stored, unless the message says that this is not known.",
  },
  settings_invalid: { status: 500, retry: false, meaning: "One or more settings are wrong; all are listed." },
  master_key_wrong: {
    status: 500,
    retry: false,
    meaning: "The master key is not the one with which this installation was made.",
  },
  audit_key_wrong: {
    status: 500,
    retry: false,
    meaning: "The key or the origin of the audit log is not the one with which its checkpoints are signed.",
  },
  data_home_unusable: {
    status: 500,
    retry: false,
    meaning:
      "The data home cannot be used: held by another program, wrong version, full disk or missing permission.",
  },
  model_unavailable: {
    status: 502,
    retry: true,
    meaning: "The model did not answer: connection, time-out, overload or server error.",
  },
  model_refused: {
    status: 502,
    retry: false,
    meaning: "The model provider refused the request (key, permission, unknown model, content).",
  },
  model_bad_answer: {
    status: 502,
    retry: true,
    meaning: "The model answered with something that cannot be read or breaks the output schema.",
  },
  budget_spent: {
    status: 429,
    retry: true,
    meaning:
      "The budget, or the limit of the key, leaves no room for the call of a model; nothing was asked.",
  },
  personal_data_refused: {
    status: 422,
    retry: false,
    meaning: "The input holds identifiers that the data policy lets go to no model; nothing was asked.",
  },
  delivery_failed: {
    status: 502,
    retry: true,
    meaning: "The target did not take the delivery; it will be tried again.",
  },
  delivery_refused: {
    status: 502,
    retry: false,
    meaning: "The target refused the delivery for good; it is a dead letter that can be replayed.",
  },
  backup_failed: {
    status: 500,
    retry: false,
    meaning: "The backup could not be made; what lies in its folder is marked and cannot be restored.",
  },
  backup_unusable: {
    status: 500,
    retry: false,
    meaning: "The backup is unfinished, damaged, of a newer program, or its keys belong to another one.",
  },
  restore_failed: {
    status: 500,
    retry: false,
    meaning: "The restore broke off; the database is as empty as before.",
  },
  feed_unreadable: {
    status: 500,
    retry: true,
    meaning: "The feed's source cannot be read (missing folder, permission).",
  },
} as const satisfies Record<string, { status: number; retry: boolean; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorBody {
  error: { code: ErrorCode; message: string; hint?: string; requestId?: string; details?: unknown };
}

export class PilotageError extends Error {
  override readonly name = "PilotageError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: unknown;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; details?: unknown; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = more.hint;
    this.details = more.details;
    this.retryable = more.retryable ?? ERRORS[code].retry;
  }

  /** How long the other side asked us to wait, in milliseconds; set where its reply was read. */
  get retryAfterMs(): number | undefined {
    const value = (this.details as { retryAfterMs?: unknown } | undefined | null)?.retryAfterMs;
    return typeof value === "number" ? value : undefined;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
