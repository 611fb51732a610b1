/** The two texts of an input: what is sealed, and what its digest is made of. */
import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import { textsOf } from "./texts.ts";

const input = fc.dictionary(
  fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("a", "A", "aa", "10", "9", "é", "\u{1F600}", "\uFB33"),
  ),
  fc.jsonValue({ noUnicodeString: false }),
) as fc.Arbitrary<JsonObject>;

test("the texts of an input are its JSON in its own order, and the one that all orders share", () => {
  fc.assert(
    fc.property(input, (value) => {
      fc.pre(JSON.stringify(value).isWellFormed());
      expect(textsOf(value)).toEqual({ json: JSON.stringify(value), canonical: canonicalize(value) });
    }),
  );
});
