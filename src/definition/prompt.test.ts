import { describe, expect, it } from "vitest";
import { compileDraft, compilePrompt } from "./prompt.ts";

const render = (
  text: string,
  input: Parameters<ReturnType<typeof compilePrompt>["render"]>[0]["input"] = {},
) => compilePrompt(text).render({ input, case: { id: "case_1" } });

describe("prompts", () => {
  it("a line of --- divides the system part from the user part", () => {
    expect(
      render("You sort tickets.\n---\nTicket {{ case.id }}: {{ input.body }}\n", { body: "Hello" }),
    ).toEqual([
      { role: "system", content: "You sort tickets." },
      { role: "user", content: "Ticket case_1: Hello" },
    ]);
    expect(render("Only {{ input.body }}", { body: "this" })).toEqual([
      { role: "user", content: "Only this" },
    ]);
  });

  it("values go in verbatim and are never read as template or as divider", () => {
    const body = '{{ input.secret }} {% raw %} <b>&amp;"\n---\n</b> ü 🎉';
    expect(render("S\n---\n{{ input.body }}", { body, secret: "no" })[1]).toEqual({
      role: "user",
      content: body,
    });
  });

  it("objects and lists go in as JSON, numbers and booleans as they are, what is missing as nothing", () => {
    expect(
      render("{{ input.a }}|{{ input.b }}|{{ input.c }}|{{ input.d }}|{{ input.e }}|{{ input.f.g }}", {
        a: { x: [1] },
        b: ["p", 2],
        c: 1.5,
        d: false,
        e: null,
      }),
    ).toEqual([{ role: "user", content: '{"x":[1]}|["p",2]|1.5|false||' }]);
  });

  it("loops and conditions over lists and optional fields work", () => {
    const text =
      "{% if input.tags %}{% for tag in input.tags %}[{{ tag }}]{% endfor %}{% else %}none{% endif %}";
    expect(render(text, { tags: ["a", "b"] })[0]?.content).toBe("[a][b]");
    expect(render(text)[0]?.content).toBe("none");
  });

  it.each([
    ["{{ inptu.body }}", /line 1, column 4: unknown name inptu/],
    ["a\n---\nb\n{{ output.x }}", /line 4, column 4: unknown name output/],
    ["{{ input.body | upcas }}", /undefined filter: upcas/],
    ["a\n---\n{% if input.x %}", /line 3, column 1: .*not closed/],
    ["{% include 'x' %}", /tag "include" not found/],
    ["{% render 'x' %}", /tag "render" not found/],
    ["{% layout 'x' %}", /tag "layout" not found/],
    ["{{ input.tags | sample }}", /undefined filter: sample/],
  ])("refuses %j when it is compiled", (text, message) => {
    expect(() => compilePrompt(text)).toThrow(message);
  });

  it("knows no clock: now stays the word now", () => {
    expect(
      render("{{ 'now' | date: '%Y' }} {{ 'today' | date: '%Y' }} {{ input.on | date: '%d.%m.%Y' }}", {
        on: "2026-03-01T00:00:00Z",
      })[0]?.content,
    ).toBe("now today 01.03.2026");
  });

  it("reaches nothing but own properties of the case", () => {
    expect(
      render("[{{ input.constructor }}{{ input.__proto__.x }}{{ input.body.constructor.name }}]", {
        body: "x",
      })[0]?.content,
    ).toBe("[]");
  });

  it("a loop made to be slow ends with an error", () => {
    const text =
      "{% for a in input.n %}{% for b in input.n %}{% for c in input.n %}x{% endfor %}{% endfor %}{% endfor %}";
    expect(() => render(text, { n: Array<number>(500).fill(1) })).toThrow(/could not be filled/);
  });

  it("drafts see the output as well", () => {
    const draft = compileDraft("About {{ input.subject }}: {{ output.team }}");
    expect(draft.render({ input: { subject: "invoice" }, output: { team: "billing" } })).toBe(
      "About invoice: billing",
    );
  });
});
