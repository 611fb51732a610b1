/**
 * Readable, sortable ids: a prefix that names the kind, then a UUIDv7 in lower-case Crockford base32.
 *
 * Two ids of one kind compare (byte order, collation "C") in the order in which they were made, to the millisecond,
 * and within one process also inside the millisecond. Pure: time and randomness come in as arguments.
 */

const PREFIXES = {
  case: "case_",
  release: "rel_",
  event: "evt_",
  person: "prs_",
  key: "key_",
  quarantine: "qua_",
  feedRun: "run_",
  feedFile: "fil_",
  attempt: "att_",
  delivery: "dlv_",
  label: "lab_",
  change: "chg_",
  attachment: "atm_",
  writer: "wri_",
  worker: "wrk_",
  lease: "lse_",
  request: "req_",
  certification: "look_",
  certificate: "cert_",
  calibration: "cal_",
  labelOpening: "opn_",
  evaluationSet: "set_",
  evaluationRun: "evr_",
  session: "ses_",
  invitation: "inv_",
  bulk: "blk_",
  improvement: "imp_",
  report: "rpt_",
  stopRequest: "stp_",
  ladderMove: "ldm_",
  pulse: "pls_",
  modelCall: "mcl_",
  rollout: "roll_",
  canaryRun: "cnr_",
  modelChange: "mch_",
  criteriaVersion: "crv_",
  attestation: "ats_",
  gate: "gate_",
  policyChange: "pch_",
} as const;

export type IdKind = keyof typeof PREFIXES;
export type Id<K extends IdKind> = string & { readonly __kind: K };
export type CaseId = Id<"case">;
export type ReleaseId = Id<"release">;
export type AttemptId = Id<"attempt">;
export type DeliveryId = Id<"delivery">;
export type QuarantineId = Id<"quarantine">;
export type ChangeId = Id<"change">;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Two letters for every ten bits: an id is made for each request. */
const PAIRS = Array.from(ALPHABET, (first) => Array.from(ALPHABET, (second) => first + second)).flat();

/** Makes one id. `now` in milliseconds, `random` at least ten bytes from `at` on; the caller chooses both. */
export function makeId<K extends IdKind>(kind: K, now: number, random: Uint8Array, at = 0): Id<K> {
  const version = 0x70 | (random[at]! & 0x0f);
  const variant = 0x80 | (random[at + 2]! & 0x3f);
  const first = lettersOf(version, random[at + 1]!, variant, random[at + 3]!, random[at + 4]!);
  const second = lettersOf(
    random[at + 5]!,
    random[at + 6]!,
    random[at + 7]!,
    random[at + 8]!,
    random[at + 9]!,
  );
  return `${PREFIXES[kind]}${lettersOfTime(now)}${first}${second}` as Id<K>;
}

/** The smallest id of a kind at a time: the border between time partitions. */
export function idBorder(kind: IdKind, now: number): string {
  return `${PREFIXES[kind]}${lettersOfTime(now)}${"0".repeat(16)}`;
}

/** The time in milliseconds at which an id was made. */
export function idTime(id: string): number {
  const text = id.slice(id.indexOf("_") + 1);
  let value = 0n;
  for (const letter of text) value = value * 32n + BigInt(ALPHABET.indexOf(letter));
  return Number(value >> 80n);
}

export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  const prefix = PREFIXES[kind];
  return (
    text.length === prefix.length + 26 &&
    text.startsWith(prefix) &&
    /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.slice(prefix.length))
  );
}

/*
 * 128 bits are 26 letters, most significant first, so that letters sort as the bytes do. Two zeros stand before the first
 * bit: so the time has ten letters to itself, and each five of the bytes behind it have eight.
 */

let lastTime = -1;
let lastLetters = "";

/** Many ids are made in one millisecond. */
function lettersOfTime(now: number): string {
  if (now === lastTime) return lastLetters;
  let text = "";
  for (let i = 0, left = now; i < 10; i++, left = Math.floor(left / 32)) text = ALPHABET[left % 32]! + text;
  lastTime = now;
  lastLetters = text;
  return text;
}

function lettersOf(a: number, b: number, c: number, d: number, e: number): string {
  const high = (a << 12) | (b << 4) | (c >> 4);
  const low = ((c & 15) << 16) | (d << 8) | e;
  return PAIRS[high >> 10]! + PAIRS[high & 1023]! + PAIRS[low >> 10]! + PAIRS[low & 1023]!;
}
