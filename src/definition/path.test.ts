/** Values at dotted paths: set, read and taken away again, whatever the fields are called. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { removeAt, setAt, valueAt } from "./path.ts";

describe("a value set at a path", () => {
  test("stands there, with the objects on the way, and can be taken away", () => {
    const object: JsonObject = { a: { kept: 1 } };
    setAt(object, "a.b.c", 2);
    setAt(object, "d", [3]);
    expect(object).toEqual({ a: { kept: 1, b: { c: 2 } }, d: [3] });
    setAt(object, "a.b.c", 4);
    expect(valueAt(object, "a.b.c")).toBe(4);
    removeAt(object, "a.b.c");
    expect(object).toEqual({ a: { kept: 1, b: {} }, d: [3] });
  });

  test.each(["__proto__", "__proto__.b", "a.__proto__", "constructor.prototype"])(
    "is a field of its own under the name %s, and gives no object a field that it does not have",
    (path) => {
      const object: JsonObject = {};
      setAt(object, path, { b: true });
      expect(valueAt(object, path)).toEqual({ b: true });
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(object["b"]).toBeUndefined();
      expect(({} as JsonObject)["b"]).toBeUndefined();
      expect(JSON.parse(JSON.stringify(object))).toEqual(object);
    },
  );
});
