/** Encryption of content: what is sealed opens with its key, its owner and its kind, and with nothing else. */
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { openVault } from "./secrets.ts";

const master = Buffer.alloc(32, 1);
const vault = openVault(master);
const plain = Buffer.from("the bill is wrong");

describe("content of a case", () => {
  const { key, wrapped } = vault.newKey("case_1");

  test("comes out as it went in, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string(), (bytes, kind) => {
        expect(Buffer.from(vault.openKey("case_1", wrapped).open(kind, key.seal(kind, bytes)))).toEqual(
          Buffer.from(bytes),
        );
      }),
    );
  });

  test("does not open as another kind", () => {
    expect(() => key.open("output", key.seal("input", plain))).toThrowError(/does not open/);
  });

  test("does not open in the row of another case, even with that case's key", () => {
    const other = vault.newKey("case_2");
    const sealed = key.seal("input", plain);
    expect(() => other.key.open("input", sealed)).toThrowError(/does not open/);
    expect(() => vault.openKey("case_2", wrapped)).toThrowError(/does not open/);
  });

  test("does not open with another master key", () => {
    expect(() => openVault(Buffer.alloc(32, 2)).openKey("case_1", wrapped)).toThrowError(/does not open/);
  });

  test("one changed bit anywhere is noticed", () => {
    const sealed = key.seal("input", plain);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      expect(() => key.open("input", changed), `byte ${at}`).toThrowError(/does not open/);
    }
  });

  test("a cut ciphertext is refused in words, not by the library", () => {
    const sealed = key.seal("input", plain);
    for (const length of [0, 5, 12, 27, sealed.length - 1])
      expect(() => key.open("input", sealed.subarray(0, length)), `${length} bytes`).toThrowError(
        /does not open/,
      );
  });

  test("the same content never looks the same twice, and shows nothing of itself", () => {
    const [one, two] = [Buffer.from(key.seal("input", plain)), Buffer.from(key.seal("input", plain))];
    expect(one.equals(two)).toBe(false);
    expect(one.includes("bill")).toBe(false);
    expect(Buffer.from(wrapped).equals(Buffer.from(vault.newKey("case_1").wrapped))).toBe(false);
  });
});

describe("secrets of the installation", () => {
  test("open for their purpose only", () => {
    const sealed = vault.seal("connection:crm", plain);
    expect(Buffer.from(vault.open("connection:crm", sealed))).toEqual(plain);
    expect(() => vault.open("connection:erp", sealed)).toThrowError(/does not open/);
    expect(() => openVault(randomBytes(32)).open("connection:crm", sealed)).toThrowError(/does not open/);
  });

  test("a key wrapped for a case is not taken for a sealed secret", () => {
    const { wrapped } = vault.newKey("connection:crm");
    expect(() => vault.open("connection:crm", wrapped)).toThrowError(/does not open/);
  });
});

describe("keyed digests", () => {
  test("are equal for equal values only, and differ by purpose and by master key", () => {
    const digest = vault.digest("subject", "anna@example.com");
    expect(vault.digest("subject", "anna@example.com")).toEqual(digest);
    expect(vault.digest("thread", "anna@example.com")).not.toEqual(digest);
    expect(openVault(Buffer.alloc(32, 2)).digest("subject", "anna@example.com")).not.toEqual(digest);
  });

  test.each(["", "plain", "ümläut €", "\u{1F4E6} two units", "x".repeat(5_000)])(
    "are of a text what they are of its bytes: %#",
    (text) => {
      expect(vault.digest("content", text)).toEqual(vault.digest("content", Buffer.from(text, "utf8")));
    },
  );
});
