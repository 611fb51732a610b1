/** What `npm pack` would ship: built and listed here, and read for what a stranger would stumble over. */
import { execFile } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../build/build.ts";
import { problemsOf, type Manifest, type Package } from "../build/package-check.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SHIPPED = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "bin", "deploy", "docs", "examples"];

// Apart from the checkout, whose own dist/ somebody may be using.
const stage = mkdtempSync(join(tmpdir(), "pilotage-package-"));
let pack: Package;

beforeAll(async () => {
  for (const name of SHIPPED) cpSync(join(ROOT, name), join(stage, name), { recursive: true });
  await build(join(stage, "dist"));
  pack = await packed();
});
afterAll(() => rmSync(stage, { recursive: true, force: true }));

/** The package as npm would pack it. */
async function packed(): Promise<Package> {
  const { stdout } = await promisify(execFile)(
    "npm",
    ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"],
    { cwd: stage, maxBuffer: 32 * 1024 * 1024 },
  );
  const [listing] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
  const text = (path: string) => readFileSync(join(stage, path), "utf8");
  return {
    manifest: JSON.parse(text("package.json")) as Manifest,
    files: new Map(listing.files.map(({ path }) => [path, text(path)])),
    executable: new Set(listing.files.filter(({ mode }) => (mode & 0o111) !== 0).map(({ path }) => path)),
    sources: globSync("**/*", { cwd: join(ROOT, "src"), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, "src/").length)),
    machine: [ROOT, stage, join(homedir(), ".npm"), "_resolved"],
  };
}

test("the package holds what it needs and nothing else", () => {
  expect(problemsOf(pack)).toEqual([]);
});

test("a declaration names its neighbours by the files that are packed", () => {
  const sdk = pack.files.get("dist/sdk.d.ts")!;
  expect(sdk).toContain('"./definition/builder.js"');
  expect(sdk).not.toContain('.ts"');
});

describe("one planted fault is noticed:", () => {
  const withFile = (path: string, text: string): Package => ({
    ...pack,
    files: new Map([...pack.files, [path, text]]),
  });
  const without = (path: string): Package => ({
    ...pack,
    files: new Map([...pack.files].filter(([name]) => name !== path)),
  });
  const withManifest = (more: Partial<Manifest>): Package => ({
    ...pack,
    manifest: { ...pack.manifest, ...more },
  });
  const sdk = () => pack.files.get("dist/sdk.d.ts")!;

  test.each<[string, () => Package, string]>([
    [
      "a migration that was not copied",
      () => without("dist/platform/migrations/0001-core.sql"),
      "src/platform/migrations/0001-core.sql has no twin dist/platform/migrations/0001-core.sql",
    ],
    [
      "a declaration that was not made",
      () => without("dist/statistics/nothing.d.ts"),
      "src/statistics/nothing.ts has no twin dist/statistics/nothing.d.ts",
    ],
    ["what an old build left", () => withFile("dist/old.js", ""), "dist/old.js comes from no source"],
    ["a test", () => withFile("examples/a.test.js", ""), "examples/a.test.js is for tests only"],
    ["a source", () => withFile("examples/start.ts", ""), "examples/start.ts is a source"],
    [
      "a package that is only there for development",
      () => withFile("dist/main.js", 'import "vitest";'),
      "dist/main.js imports vitest, which is no dependency",
    ],
    [
      "a file that is imported and not packed",
      () => withFile("dist/main.js", 'await import("./gone.js");'),
      "dist/main.js imports ./gone.js, which is not packed",
    ],
    [
      "a worker under the name of its source",
      () => withFile("dist/main.js", 'new Worker(new URL("./worker.ts", import.meta.url));'),
      "dist/main.js names ./worker.ts, which is not packed",
    ],
    [
      "an address that nobody can read",
      () => withFile("dist/main.js", "new URL(where, import.meta.url)"),
      "dist/main.js names a file by address in a way that cannot be checked: where",
    ],
    [
      "a type of the SDK that needs Node's types",
      () => withFile("dist/sdk.d.ts", `${sdk()}\nexport type { Readable } from "node:stream";`),
      "dist/sdk.d.ts, which the SDK shows, needs the types of node:stream, which do not come along",
    ],
    [
      "the path of the machine that built it",
      () => withFile("dist/main.js", `const at = ${JSON.stringify(ROOT)};`),
      `dist/main.js tells of this machine: ${ROOT}`,
    ],
    ["a console that was not built", () => without("dist/console/index.html"), "the console is not packed"],
    [
      "a file that the console's page loads and that is gone",
      () => withFile("dist/console/index.html", '<script src="/assets/gone-12345678.js"></script>'),
      "dist/console/index.html loads assets/gone-12345678.js, which is not packed",
    ],
    [
      "a file among the console's that its build does not make",
      () => withFile("dist/console/page.tsx.js", ""),
      "dist/console/page.tsx.js is not what the console's build makes",
    ],
    ["a missing licence", () => without("LICENSE"), "LICENSE is not packed"],
    [
      "a script that runs while it is installed",
      () => withManifest({ scripts: { postinstall: "node dist/main.js" } }),
      "package.json has the script postinstall, which npm may block",
    ],
    [
      "a version that floats",
      () => withManifest({ dependencies: { ...pack.manifest.dependencies, pg: "^8.23.1" } }),
      "the version of pg is not pinned: ^8.23.1",
    ],
  ])("%s", (_, plant, said) => {
    const planted = { ...plant(), sources: [...pack.sources, "statistics/nothing.ts"] };
    expect(problemsOf(planted)).toContain(said);
  });
});
