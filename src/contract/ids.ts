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
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 10; i++) bytes[6 + i] = random[at + i]!;
  for (let i = 5, left = now; i >= 0; i--, left = Math.floor(left / 256)) bytes[i] = left % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `${PREFIXES[kind]}${base32(bytes)}` as Id<K>;
}

/** The smallest id of a kind at a time: the border between time partitions. */
export function idBorder(kind: IdKind, now: number): string {
  const bytes = new Uint8Array(16);
  for (let i = 5, left = now; i >= 0; i--, left = Math.floor(left / 256)) bytes[i] = left % 256;
  return `${PREFIXES[kind]}${base32(bytes)}`;
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

/** 128 bits as 26 letters, most significant first, so that letters sort as the bytes do. */
function base32(bytes: Uint8Array): string {
  let text = "";
  // 130 bits are 26 letters: two zeros stand before the first byte.
  let held = 0;
  let bits = 2;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    if (bits >= 10) {
      bits -= 10;
      text += PAIRS[(held >> bits) & 1023]!;
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
