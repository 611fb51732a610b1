/**
 * What becomes of a call that the network or a limit ended: the error, by the code of the failure.
 *
 * The failure itself is left out of the error: it can hold bytes of the reply, which are content.
 */
import type { PilotageError } from "../contract/errors.ts";
import { EgressRefused } from "../platform/egress.ts";
import type { Limit, Struck } from "./deadlines.ts";
import { type ErrorClass, modelFailure } from "./error-class.ts";
import { SseProblem } from "./sse.ts";

/** The error for a call that took longer than one of its limits. */
export function tooLate(describe: string, limitMs: number, limit: Limit = "total"): PilotageError {
  const said: Record<Limit, string> = {
    connect: `${describe} could not be reached within ${limitMs} ms.`,
    first_token: `${describe} did not begin to answer within ${limitMs} ms.`,
    idle: `${describe} fell silent for ${limitMs} ms in the middle of its answer.`,
    total: `${describe} gave no whole answer within ${limitMs} ms.`,
  };
  return modelFailure(`timeout_${limit}`, said[limit], {
    hint: "If this happens often, raise the release's time-out or use a faster model.",
    details: { timeoutMs: limitMs, limit },
  });
}

/** The error for a call that one of its limits ended. */
export function struckBy(describe: string, { limit, afterMs, unread }: Struck): PilotageError {
  if (!unread) return tooLate(describe, afterMs, limit);
  return modelFailure(
    "aborted",
    `The answer of ${describe} was not read within ${afterMs} ms, so its call was ended.`,
    { details: { aborted: true } },
  );
}

/** The error for a call that Pilotage itself broke off. */
export function stopped(describe: string, cause: unknown): PilotageError {
  return modelFailure("aborted", `The call of ${describe} was broken off before an answer came.`, {
    details: { aborted: true },
    cause,
  });
}

const REASONS: Record<string, [ErrorClass, string]> = {
  ECONNREFUSED: ["unreachable", "nothing listens at its address"],
  ECONNRESET: ["cut", "the connection was reset"],
  EPIPE: ["cut", "the connection was closed"],
  UND_ERR_SOCKET: ["cut", "the connection was closed before the reply was complete"],
  CONNECTION_CLOSED: ["cut", "the connection was closed before the reply was complete"],
  UND_ERR_CONNECT_TIMEOUT: ["timeout_connect", "no connection in time"],
  ETIMEDOUT: ["timeout_connect", "no connection in time"],
  ENOTFOUND: ["unreachable", "its host name is unknown"],
  EAI_AGAIN: ["unreachable", "its host name cannot be looked up at the moment"],
  EHOSTUNREACH: ["unreachable", "its host cannot be reached"],
  ENETUNREACH: ["unreachable", "its network cannot be reached"],
};

/** Names a network failure by its code. */
export function broken(
  describe: string,
  error: unknown,
  {
    maxReplyBytes,
    connectMs,
    headersCame,
  }: { maxReplyBytes: number; connectMs: number; headersCame: boolean },
): PilotageError {
  const code = codeOf(error);
  if (error instanceof EgressRefused)
    return modelFailure("unusable", `${describe} was not asked: ${error.message}.`, {
      error: "model_refused",
      hint: error.hint,
      details: { cause: "egress" },
    });
  if (error instanceof SseProblem)
    return modelFailure("malformed", `${describe} sent a stream that cannot be read: ${error.message}`);
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" || code === "REPLY_TOO_LARGE")
    return modelFailure("malformed", `${describe} answered with more than ${maxReplyBytes} bytes.`, {
      hint: "Limit the length of the answer (maxTokens).",
    });
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
    return modelFailure("malformed", `${describe} answered with bytes that are not UTF-8.`);
  if (
    code.startsWith("HPE_") ||
    code === "HTTPParserError" ||
    code === "NOT_HTTP" ||
    code === "HEAD_TOO_LARGE" ||
    code === "UND_ERR_HEADERS_OVERFLOW" ||
    code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"
  )
    return modelFailure("malformed", `${describe} answered with something that is not HTTP (${code}).`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(code))
    return modelFailure(
      "unusable",
      `${describe} cannot be trusted: its certificate is not valid (${code}).`,
      {
        hint: "Check the address; for an own certificate authority set NODE_EXTRA_CA_CERTS.",
        details: { cause: code },
      },
    );
  if (code === "UND_ERR_INVALID_ARG" || code === "ERR_INVALID_CHAR")
    return modelFailure(
      "unusable",
      `The request to ${describe} cannot be sent: a header or the address is not valid.`,
      {
        error: "model_refused",
        hint: "Check the key and the headers of the connection for line breaks and special characters.",
      },
    );
  const [class_, reason] = REASONS[code] ?? [
    headersCame ? ("cut" as const) : ("unreachable" as const),
    `the call failed (${code})`,
  ];
  return modelFailure(class_, `${describe} did not answer: ${reason}.`, {
    details: {
      cause: code,
      ...(class_ === "timeout_connect" ? { limit: "connect", timeoutMs: connectMs } : {}),
    },
  });
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "unknown";
}
