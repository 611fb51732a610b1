/**
 * Encryption of content: a key per case (or quarantine record), wrapped by the master key.
 *
 * AES-256-GCM throughout. The id of the owner and the kind of content are bound in, so that a ciphertext moved to
 * another row does not open. Destroying a wrapped key destroys everything encrypted with it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { PilotageError } from "../contract/errors.ts";
import { freshBytes } from "./chance.ts";

const NONCE = 12;
const TAG = 16;

/** Opens and makes the keys of cases; knows the master key, which never leaves it. */
export interface Vault {
  /** A key of 32 random bytes; of those given, where they were drawn before. */
  newKey(owner: string, bytes?: Uint8Array): { key: ContentKey; wrapped: Uint8Array };
  /** The key of these 32 bytes. */
  keyOf(owner: string, bytes: Uint8Array): ContentKey;
  openKey(owner: string, wrapped: Uint8Array): ContentKey;
  /** What another thread of this process opens its vault with. */
  readonly keys: VaultKeys;
  /** For secrets of the installation itself (connections): encrypted with a key derived from the master key. */
  seal(purpose: string, plain: Uint8Array): Uint8Array;
  open(purpose: string, sealed: Uint8Array): Uint8Array;
  /** Keyed digest (HMAC-SHA256): equal values give equal digests, and nobody without the key can try values out. */
  digest(purpose: string, value: string | Uint8Array): Buffer;
}

/** Derived from the master key: objects that threads can hand over, and that show their bytes to nobody. */
export interface VaultKeys {
  wrapping: KeyObject;
  hashing: KeyObject;
  sealing: KeyObject;
}

/** Encrypts what belongs to one case; a text as its UTF-8. */
export interface ContentKey {
  seal(kind: string, plain: Uint8Array | string): Uint8Array;
  open(kind: string, sealed: Uint8Array): Uint8Array;
}

export function openVault(masterKey: Uint8Array): Vault {
  // Keys are key objects throughout: node:crypto spends several times the encryption on looking at a key of bare bytes.
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(), `pilotage:${purpose}`, 32)));
  return vaultOf({ wrapping: derive("wrap"), hashing: derive("digest"), sealing: derive("seal") });
}

export function vaultOf(keys: VaultKeys): Vault {
  const { wrapping, hashing, sealing } = keys;

  const keyOf = (owner: string, bytes: Uint8Array) => new OwnerKey(owner, bytes);

  return {
    keys,
    newKey: (owner, bytes = freshBytes(32)) => ({
      key: keyOf(owner, bytes),
      wrapped: encrypt(wrapping, owner, bytes),
    }),
    keyOf,
    openKey: (owner, wrapped) => keyOf(owner, decrypt(wrapping, owner, wrapped)),
    seal: (purpose, plain) => encrypt(sealing, purpose, plain),
    open: (purpose, sealed) => decrypt(sealing, purpose, sealed),
    digest(purpose, value) {
      const hmac = createHmac("sha256", hashing);
      // One text is put together more cheaply than it is handed over in two.
      if (typeof value === "string") hmac.update(`${purpose}:${value}`);
      else hmac.update(`${purpose}:`).update(value);
      return hmac.digest();
    },
  };
}

/** Many a key is made and not used again: it becomes an object of node:crypto when something is sealed with it. */
class OwnerKey implements ContentKey {
  readonly #owner: string;
  readonly #bytes: Uint8Array;
  #made: KeyObject | undefined;

  constructor(owner: string, bytes: Uint8Array) {
    this.#owner = owner;
    this.#bytes = bytes;
  }

  #key(): KeyObject {
    return (this.#made ??= createSecretKey(this.#bytes));
  }

  seal(kind: string, plain: Uint8Array | string): Uint8Array {
    return encrypt(this.#key(), `${this.#owner}:${kind}`, plain);
  }

  open(kind: string, sealed: Uint8Array): Uint8Array {
    return decrypt(this.#key(), `${this.#owner}:${kind}`, sealed);
  }
}

function encrypt(key: KeyObject, bound: string, plain: Uint8Array | string): Uint8Array {
  const nonce = freshBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(bound));
  const sealed = typeof plain === "string" ? cipher.update(plain, "utf8") : cipher.update(plain);
  // This mode leaves nothing for the end.
  cipher.final();
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()], NONCE + sealed.length + TAG);
}

function decrypt(key: KeyObject, bound: string, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE), {
      authTagLength: TAG,
    }).setAAD(Buffer.from(bound));
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, end)), decipher.final()]);
  } catch (cause) {
    throw new PilotageError(
      "internal",
      `Stored content of ${bound} does not open: it was damaged or belongs to another key.`,
      { cause, retryable: false },
    );
  }
}
