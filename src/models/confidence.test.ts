/** The probability of a label, from token lists made by hand. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { labelProbability, type Token } from "./confidence.ts";

const schema: JsonObject = {
  type: "object",
  properties: {
    category: { enum: ["billing", "billboard", "bug", "bug-report", "Rückgabe", "refund"] },
    priority: { type: "integer" },
    level: { enum: [1, 12, 120, null] },
    urgent: { type: "boolean" },
    note: { type: "string" },
    inner: { $ref: "#/$defs/inner" },
    list: { type: "array", items: { anyOf: [{ const: "a" }, { const: "b" }] } },
  },
  $defs: { inner: { type: "object", properties: { category: { enum: ["yes", "no"] } } } },
};

/** A token with its probability and the alternatives shown beside it. */
function t(token: string, p = 1, others: Record<string, number> = {}): Token {
  const top = Object.entries({ [token]: p, ...others }).map(([text, mass]) => ({
    token: text,
    logprob: Math.log(mass),
    bytes: [...Buffer.from(text)],
  }));
  return { token, logprob: Math.log(p), bytes: [...Buffer.from(token)], top_logprobs: top };
}

const textOf = (tokens: Token[]) => tokens.map(({ token }) => token).join("");
const ask = (tokens: Token[], field = "category") => labelProbability(textOf(tokens), tokens, field, schema);

describe("a label of a closed list", () => {
  test("is as probable as the token that decides it, whatever the tokens after it", () => {
    expect(ask([t('{"category":"'), t("ref", 0.8, { b: 0.2 }), t("und", 0.5), t('"}', 0.5)])).toBeCloseTo(
      0.8,
    );
  });

  test("split over several tokens is the product up to the deciding one", () => {
    const tokens = [
      t('{"category": "'),
      t("b", 0.9, { ref: 0.1 }),
      t("ill", 0.8, { ug: 0.2 }),
      t("ing", 0.7, { board: 0.3 }),
    ];
    expect(ask([...tokens, t('"}', 0.4)])).toBeCloseTo(0.9 * 0.8 * 0.7);
  });

  test("that is the beginning of another is decided by its closing quote", () => {
    expect(ask([t('{"category":"'), t("bug"), t('"', 0.6, { "-": 0.4 }), t("}")])).toBeCloseTo(0.6);
    expect(ask([t('{"category":"'), t("bug"), t('"}', 0.5, { "-": 0.4, '",': 0.1 })])).toBeCloseTo(0.6);
    expect(ask([t('{"category":"'), t("bug"), t("-re", 0.4, { '"': 0.6 }), t("port"), t('"}')])).toBeCloseTo(
      0.4,
    );
  });

  test("gathers the other ways to write it, and leaves out what no label begins with", () => {
    const refund = t("ref", 0.4, { refund: 0.2, re: 0.1, b: 0.1, xyz: 0.2 });
    expect(ask([t('{"category":"'), refund, t('und"}')])).toBeCloseTo(0.7 / 0.8);
  });

  test("never gains from probability that is not shown", () => {
    expect(ask([t('{"category":"'), t("ref", 0.3), t('und"}')])).toBeCloseTo(0.3);
    expect(ask([t('{"category":"'), t("ref", 0.3, { b: 0.0001 }), t('und"}')])).toBeCloseTo(0.3);
  });

  test("is found where one token also writes the quote, the colon or the key", () => {
    expect(ask([t('{"category'), t('":"ref', 0.9, { '":"b': 0.1 }), t('und"}')])).toBeCloseTo(0.9);
    expect(ask([t('{"category":'), t(' "ref', 0.6, { '"ref': 0.2, ' "b': 0.2 }), t('und"}')])).toBeCloseTo(
      0.8,
    );
  });

  test("does not suffer from a choice between ways of spacing and quoting", () => {
    const quote = t(' "', 0.5, { '"': 0.3, "\n": 0.2 });
    expect(ask([t('{"category":'), quote, t("ref", 0.9, { b: 0.1 }), t('und"}')])).toBeCloseTo(0.9);
  });

  test("counts an early token that already decides for another", () => {
    const quote = t('"', 0.7, { '"b': 0.3 });
    expect(ask([t('{"category":'), quote, t("ref", 0.9, { b: 0.1 }), t('und"}')])).toBeCloseTo(0.63);
  });

  test("counts an early token that already decides for it", () => {
    const quote = t('"', 0.7, { '"ref': 0.2, '"b': 0.1 });
    expect(ask([t('{"category":'), quote, t("ref", 0.9, { b: 0.1 }), t('und"}')])).toBeCloseTo(0.83);
  });

  test("is read through escapes and through characters split into bytes", () => {
    const letters = "R\\u00fcckgabe"
      .split("")
      .map((letter, i) => (i === 0 ? t(letter, 0.8, { r: 0.2 }) : t(letter, 0.9)));
    expect(ask([t('{"category":"'), ...letters, t('"}')])).toBeCloseTo(0.8);
    // "ü" is C3 BC; the first byte alone is no text, and "R" followed by it is the only label.
    const half = { token: "\\xc3", logprob: Math.log(0.7), bytes: [0x52, 0xc3], top_logprobs: [] };
    const rest = { token: "\\xbcck", logprob: 0, bytes: [0xbc, 0x63, 0x6b], top_logprobs: [] };
    const tokens = [t('{"category":"'), half, rest, t('gabe"}')];
    expect(labelProbability('{"category":"Rückgabe"}', tokens, "category", schema)).toBeCloseTo(0.7);
  });

  test("may stand deep, in a list, twice, in prose, with reasoning before and an end mark after", () => {
    const tokens = [
      t('Sure: {"category":"no","inner":{"category":"'),
      t("yes", 0.7, { no: 0.3 }),
      t('"}} Bye'),
    ];
    expect(ask(tokens, "inner.category")).toBeCloseTo(0.7);
    expect(ask([t('{"list":["a","'), t("b", 0.6, { a: 0.4 }), t('"]}')], "list.1")).toBeCloseTo(0.6);
    const twice = [t('{"category":"bug","category":"'), t("ref", 0.6, { b: 0.4 }), t('und"}')];
    expect(ask(twice)).toBeCloseTo(0.6);
    const more = [t('{"category":"refund"} no, '), ...twice, t("<|end|>")];
    expect(labelProbability(textOf(twice), more, "category", schema)).toBeCloseTo(0.6);
  });

  test("may be a truth value, a number or null, ended by what follows it", () => {
    expect(ask([t('{"urgent":'), t(" true", 0.9, { " false": 0.1 }), t("}")], "urgent")).toBeCloseTo(0.9);
    expect(
      ask([t('{"level": '), t("12", 0.8, { null: 0.2 }), t("}", 0.75, { "0": 0.25 })], "level"),
    ).toBeCloseTo(0.6);
    expect(ask([t('{"level": '), t("null", 0.2, { "12": 0.8 }), t("}")], "level")).toBeCloseTo(0.2);
  });

  test("cut into tokens in any way has the same probability when nothing else is shown", () => {
    const text = '{"note":"x","category":"billing","level":12}';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...[...new Set(cuts)].sort((a, b) => a - b), text.length];
        const tokens = edges.slice(1).map((end, i) => t(text.slice(edges[i], end)));
        expect(labelProbability(text, tokens, "category", schema)).toBeCloseTo(1);
      }),
    );
  });
});

describe("a value without a closed list", () => {
  test("a number is the product of its tokens, complete only when something else follows", () => {
    const tokens = [
      t('{"priority":'),
      t(" 1", 0.8, { " 2": 0.2 }),
      t("2", 0.5, { "3": 0.5 }),
      t("}", 0.9, { "0": 0.1 }),
    ];
    expect(ask(tokens, "priority")).toBeCloseTo(0.8 * 0.5 * 0.9);
    expect(
      ask([t('{"priority":'), t(" 1", 0.8), t("2,", 0.5, { "2}": 0.3, "20": 0.2 }), t('"a":1}')], "priority"),
    ).toBeCloseTo(0.8 * 0.8);
  });

  test("a text is the product of its tokens, up to the quote", () => {
    const tokens = [
      t('{"note":"'),
      t("a b", 0.5, { "a bc": 0.2, "a x": 0.3 }),
      t("c", 0.8),
      t('"', 0.9, { '",': 0.1 }),
      t("}"),
    ];
    expect(ask(tokens, "note")).toBeCloseTo(0.7 * 0.8);
  });
});

describe("no probability is told", () => {
  const good = [t('{"category":"'), t("ref", 0.9, { b: 0.1 }), t('und"}')];

  test.each<[string, Token[], string]>([
    ["for a label that the list does not have", [t('{"category":"'), t("spam"), t('"}')], "category"],
    ["for a field that is not there", good, "priority"],
    ["for a field below a text", good, "category.x"],
    ["for an object", [t('{"inner":{}}')], "inner"],
    ["when a token that counts has none", [good[0]!, { ...good[1]!, logprob: -9999 }, good[2]!], "category"],
    ["when it is not a number", [good[0]!, { ...good[1]!, logprob: NaN }, good[2]!], "category"],
    ["without tokens", [], "category"],
    ["for text without JSON", [t("refund")], "category"],
  ])("%s", (_, tokens, field) => {
    const text = tokens.length === 0 ? textOf(good) : textOf(tokens);
    expect(labelProbability(text, tokens, field, schema)).toBeUndefined();
  });

  test("when the tokens do not make up the text", () => {
    expect(labelProbability('{"category":"refund"} ', good, "category", schema)).toBeUndefined();
    const noBytes = [good[0]!, { token: "\uFFFD", logprob: 0, bytes: null }, good[2]!];
    expect(labelProbability('{"category":"Rückgabe"}', noBytes, "category", schema)).toBeUndefined();
  });

  test("unlike for an alternative marked as very unlikely, which counts as nothing", () => {
    const marked = { ...good[1]!, top_logprobs: [{ token: "b", logprob: -9999 }] };
    expect(ask([good[0]!, marked, good[2]!])).toBeCloseTo(0.9);
  });
});

test("a probability is never outside 0 to 1, whatever the server says", () => {
  const masses = fc.array(fc.double({ min: -40, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(masses, (logs) => {
      const pieces = ['{"category":', '"', "bil", "ling", '"', "}"];
      const rivals = [" ", ' "b', "ref", "lboard", "x", ","];
      const tokens = pieces.map((token, i) => ({
        token,
        logprob: logs[i]!,
        top_logprobs: [{ token: rivals[i]!, logprob: logs[5 - i]! }],
      }));
      const probability = labelProbability(pieces.join(""), tokens, "category", schema)!;
      expect(probability).toBeGreaterThanOrEqual(0);
      expect(probability).toBeLessThanOrEqual(1);
    }),
  );
});
