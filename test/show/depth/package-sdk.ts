/** A stranger's own programs over the SDK: in JavaScript under the machine's old Node, and in strict TypeScript. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PERSON } from "../program.ts";
import type { Stranger } from "../case/stranger.ts";
import { done, ended, versionOf } from "./package-install.ts";

/** Where the program listens, and the case that the command line brought to its end. */
export interface Installed {
  url: string;
  key: string;
  caseId: string;
}

const RELEASE = `{
  model: { connection: "own-model", timeout: "10 s" },
  input: { type: "object", properties: { text: { type: "string" } } },
  output: {
    type: "object",
    required: ["kind"],
    properties: { kind: { enum: ["invoice", "other"] } },
    additionalProperties: false,
  },
  policy: { text: "allow" },
  error: { equal: ["kind"] },
}`;
const WORKFLOW = `{
  workflow: "invoices",
  purpose: "Read incoming invoices.",
  unit: "invoice",
  people: { owner: "e.brandt@example.com" },
  automation: { maxErrorRate: "2 %" },
  release,
}`;

/** Prints one line of JSON, which \`expectedOf\` foretells. */
const JAVASCRIPT = `
import { defineRelease, defineWorkflow, openClient, CASE_STATES, PilotageError } from "pilotage";

const release = defineRelease(${RELEASE});
const { workflow, files } = defineWorkflow(${WORKFLOW});
let refused;
try {
  defineWorkflow({ workflow: "invoices" });
} catch (error) {
  refused = error instanceof PilotageError ? error.code : String(error);
}
const client = openClient({
  url: process.env.PILOTAGE_URL, key: process.env.PILOTAGE_KEY, as: ${JSON.stringify(PERSON)},
});
const applied = await client.applyWorkflow({ params: { workflow: "invoices" }, body: { document: workflow } });
const { status } = await client.submitCase({
  params: { workflow: "my-work" },
  body: { externalId: process.env.EXTERNAL_ID, input: { text: "Please send the invoice again." } },
});
const { state } = await client.getCase({ params: { case: process.env.CASE_ID } });
let unknown;
try {
  await client.getCase({ params: { case: "case_unknown" } });
} catch (error) {
  unknown = error instanceof PilotageError ? error.code : String(error);
}
console.log(JSON.stringify({
  node: process.version, files: files.size, refused, applied: applied.workflow, status, state,
  known: state in CASE_STATES, unknown,
}));
`;

const TYPESCRIPT = `
import {
  defineRelease, defineWorkflow, openClient, CASE_STATES, PilotageError,
  type CaseState, type Client, type DefinedWorkflow, type ErrorCode, type ReleaseDefinition, type Reply,
} from "pilotage";

declare const process: { env: Record<string, string | undefined>; version: string };
declare const console: { log(line: string): void };

const release: ReleaseDefinition = defineRelease(${RELEASE});
const { workflow, files }: DefinedWorkflow = defineWorkflow(${WORKFLOW});
const codeOf = (error: unknown): ErrorCode | string => (error instanceof PilotageError ? error.code : String(error));
let refused: ErrorCode | string | undefined;
try {
  defineWorkflow({} as Parameters<typeof defineWorkflow>[0]);
} catch (error) {
  refused = codeOf(error);
}
const client: Client = openClient({
  url: process.env["PILOTAGE_URL"]!, key: process.env["PILOTAGE_KEY"], as: ${JSON.stringify(PERSON)},
});
const applied = await client.applyWorkflow({ params: { workflow: "invoices" }, body: { document: workflow } });
const { status }: Reply<"submitCase"> = await client.submitCase({
  params: { workflow: "my-work" },
  body: { externalId: process.env["EXTERNAL_ID"]!, input: { text: "Please send the invoice again." } },
});
const found: Reply<"getCase"> = await client.getCase({ params: { case: process.env["CASE_ID"]! } });
const state: CaseState = found.state;
let unknown: ErrorCode | string | undefined;
try {
  await client.getCase({ params: { case: "case_unknown" } });
} catch (error) {
  unknown = codeOf(error);
}
console.log(JSON.stringify({
  node: process.version, files: files.size, refused, applied: applied.workflow, status, state,
  known: state in CASE_STATES, unknown,
}));
`;

/** Each line is one mistake, and the compiler must find every one; when it finds none, the types say nothing. */
const MISTAKES = [
  "openClient({ url: 4700 });",
  'void openClient({ url: "" }).getCase({ params: { workflow: "x" } });',
  'void openClient({ url: "" }).submitCases;',
  'const code: ErrorCode = "no_such_code";',
  'defineWorkflow({ workflow: "invoices" });',
];

const FORMS = {
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

/** Runs the program in JavaScript under the stranger's own Node; says what it found wrong. */
export async function runJavaScript(stranger: Stranger, installed: Installed): Promise<string[]> {
  writeFileSync(join(stranger.folder, "program.mjs"), JAVASCRIPT);
  return problemsOf(stranger, "program.mjs", { ...installed, externalId: "R-20" });
}

/** Compiles the same in strict TypeScript, as both resolutions see the types, and runs what comes out. */
export async function runTypeScript(stranger: Stranger, installed: Installed): Promise<string[]> {
  const compiler = `typescript@${await versionOf("typescript")}`;
  await done("npm install", stranger.npm(["install", "--no-save", "--ignore-scripts", compiler]));
  const folder = join(stranger.folder, "typed");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "program.ts"), TYPESCRIPT);
  writeFileSync(
    join(folder, "mistakes.ts"),
    `import { defineWorkflow, openClient, type ErrorCode } from "pilotage";\n${MISTAKES.join("\n")}\n`,
  );
  const problems: string[] = [];
  for (const [form, words] of Object.entries(FORMS)) {
    const compile = async (file: string) => {
      const out = join(stranger.folder, "compiled", form);
      const options = [
        "--strict",
        "--target",
        "es2022",
        "--types",
        "",
        "--skipLibCheck",
        "false",
        "--outDir",
        out,
      ];
      return ended(stranger.start("npx", ["tsc", ...options, ...words, join(folder, file)]));
    };
    const compiled = await compile("program.ts");
    if (compiled.code !== 0) problems.push(`${form}: ${compiled.said.slice(0, 4_000)}`);
    const mistaken = await compile("mistakes.ts");
    const found = MISTAKES.filter((_, at) => mistaken.said.includes(`mistakes.ts(${at + 2},`));
    if (found.length !== MISTAKES.length)
      problems.push(`${form}: of ${MISTAKES.length} mistakes ${found.length} were found:\n${mistaken.said}`);
  }
  if (problems.length > 0) return problems;
  writeFileSync(join(stranger.folder, "compiled", "package.json"), '{ "type": "module" }');
  return problemsOf(stranger, "compiled/nodenext/program.js", { ...installed, externalId: "R-21" });
}

async function problemsOf(
  stranger: Stranger,
  file: string,
  { url, key, caseId, externalId }: Installed & { externalId: string },
): Promise<string[]> {
  const { code, stdout, said } = await ended(
    stranger.start("node", [file], {
      PILOTAGE_URL: url,
      PILOTAGE_KEY: key,
      CASE_ID: caseId,
      EXTERNAL_ID: externalId,
    }),
  );
  if (code !== 0) return [`${file} ended with ${code}:\n${said.slice(0, 4_000)}`];
  const expected = {
    node: stranger.nodeVersion,
    files: 4,
    refused: "definition_invalid",
    applied: "invoices",
    status: "admitted",
    state: "delivered",
    known: true,
    unknown: "not_found",
  };
  const wanted = JSON.stringify(expected);
  return stdout.trim() === wanted ? [] : [`${file} printed ${stdout.trim()} in the place of ${wanted}`];
}
