/**
 * What must hold for the npm package, found by reading it: the files that `npm pack` lists, and package.json.
 *
 * Every source has its compiled twin and nothing else lies in dist/ but the console, which is there with every file that
 * it loads; what is imported or named by address is packed or a
 * dependency; the types that the SDK shows come with the packages that it needs; no tests, no sources, no paths of the
 * machine that built it. Pure: the files come in as texts.
 */
import { posix } from "node:path";

export interface Manifest {
  name: string;
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  scripts?: Record<string, string>;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  [field: string]: unknown;
}

export interface Package {
  manifest: Manifest;
  /** Path in the package to its text. */
  files: ReadonlyMap<string, string>;
  /** Paths that may be executed. */
  executable: ReadonlySet<string>;
  /** Every file below src/, by its path there. */
  sources: readonly string[];
  /** Texts that tell of the machine that built it. */
  machine: readonly string[];
}

const CONSOLE = "dist/console/";
const FIELDS = ["name", "version", "description", "keywords", "license", "type", "engines", "files"];
const TEXT = /\.(js|ts|json|md|ya?ml|sql|css|html|svg|jsonl|csv|txt)$/;

/** Tests, what only tests read, and what they compare with. */
export function isTestMaterial(name: string): boolean {
  return /\.(test|fixture|testdata|golden)\./.test(name) || /(^|\/)golden\//.test(name);
}

/** Everything that is wrong with a package, one sentence each. */
export function problemsOf(pack: Package): string[] {
  return [
    ...manifestProblems(pack),
    ...twinProblems(pack),
    ...consoleProblems(pack),
    ...foreignFiles(pack),
    ...importProblems(pack),
    ...addressProblems(pack),
    ...sdkTypeProblems(pack),
    ...machineTraces(pack),
  ];
}

function manifestProblems({ manifest, files, executable }: Package): string[] {
  const bins = Object.values(manifest.bin);
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  const pinned = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return [
    ...FIELDS.filter((field) => manifest[field] === undefined).map((field) => `package.json lacks ${field}`),
    ...["README.md", "LICENSE", "CHANGELOG.md"]
      .filter((name) => !files.has(name))
      .map((name) => `${name} is not packed`),
    ...[...bins, ...targets]
      .filter((target) => !files.has(posix.normalize(target)))
      .map((target) => `package.json names ${target}, which is not packed`),
    ...bins
      .filter((bin) => !executable.has(bin) || !files.get(bin)?.startsWith("#!/usr/bin/env node\n"))
      .map((bin) => `${bin} cannot be run as a command`),
    ...Object.entries(pinned)
      .filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))
      .map(([name, version]) => `the version of ${name} is not pinned: ${version}`),
    ...["preinstall", "install", "postinstall"]
      .filter((script) => manifest.scripts?.[script] !== undefined)
      .map((script) => `package.json has the script ${script}, which npm may block`),
  ];
}

function twinProblems({ files, sources }: Package): string[] {
  const expected = new Map(
    sources
      .filter((source) => !isTestMaterial(source) && !source.startsWith("console/"))
      .flatMap((source) => twinsOf(source).map((twin): [string, string] => [twin, source])),
  );
  const missing = [...expected].filter(([twin]) => !files.has(twin));
  const built = [...files.keys()].filter((file) => file.startsWith("dist/") && !file.startsWith(CONSOLE));
  return [
    ...missing.map(([twin, source]) => `src/${source} has no twin ${twin}`),
    ...built.filter((file) => !expected.has(file)).map((file) => `${file} comes from no source`),
  ];
}

/** The console is bundled: no twins, but its page, and every file that is named by it or by a file that it loads. */
function consoleProblems({ files }: Package): string[] {
  const page = files.get(`${CONSOLE}index.html`);
  if (page === undefined) return ["the console is not packed"];
  const here = [...files.keys()].filter((file) => file.startsWith(CONSOLE));
  const named = here
    .filter((file) => /\.(html|js|css)$/.test(file))
    .flatMap((file) =>
      [...files.get(file)!.matchAll(/\bassets\/[\w.-]+\.(?:js|mjs|css|svg|woff2?)/g)].map(
        ([name]) => [file, name] as const,
      ),
    );
  const missing = named.filter(([, name]) => !files.has(`${CONSOLE}${name}`));
  return [
    ...(named.length === 0 ? ["the console's page loads nothing"] : []),
    ...missing.map(([file, name]) => `${file} loads ${name}, which is not packed`),
    ...here
      .filter(
        (file) =>
          !/^(?:index\.html|stamp\.json|assets\/[\w.-]+-[\w-]{8}\.\w+)(?:\.(?:br|gz))?$/.test(
            file.slice(CONSOLE.length),
          ),
      )
      .map((file) => `${file} is not what the console's build makes`),
  ];
}

function twinsOf(source: string): string[] {
  const plain = source.replace(/\.tsx?$/, "");
  return plain === source ? [`dist/${source}`] : [`dist/${plain}.js`, `dist/${plain}.d.ts`];
}

function foreignFiles({ files }: Package): string[] {
  return [...files.keys()].flatMap((file) => {
    if (isTestMaterial(file)) return [`${file} is for tests only`];
    if (/\.tsx?$/.test(file) && !file.endsWith(".d.ts")) return [`${file} is a source`];
    if (file.startsWith("src/") || file.startsWith("test/"))
      return [`${file} does not belong in the package`];
    return [];
  });
}

function importProblems(pack: Package): string[] {
  const known = { ...pack.manifest.dependencies, ...pack.manifest.optionalDependencies };
  return modules(pack).flatMap(([file, text]) =>
    importsOf(text).flatMap((name) => {
      if (name.startsWith("node:")) return [];
      if (name.startsWith("."))
        return resolved(pack, file, name) === undefined
          ? [`${file} imports ${name}, which is not packed`]
          : [];
      return packageOf(name) in known ? [] : [`${file} imports ${name}, which is no dependency`];
    }),
  );
}

/** Files named by address: `new URL("migrations/", import.meta.url)`. One ends in "/": a folder. */
function addressProblems(pack: Package): string[] {
  return modules(pack).flatMap(([file, text]) =>
    [...codeOf(text).matchAll(/new URL\(\s*([^,]+?),\s*import\.meta\.url/g)].flatMap(([, named = ""]) => {
      const literal = /^"([^"]+)"$/.exec(named)?.[1];
      if (literal === undefined)
        return [`${file} names a file by address in a way that cannot be checked: ${named}`];
      const at = posix.join(posix.dirname(file), literal);
      const folder = at === "." || at === "./" ? "" : at.replace(/\/?$/, "/");
      const found = pack.files.has(at) || [...pack.files.keys()].some((path) => path.startsWith(folder));
      return found ? [] : [`${file} names ${literal}, which is not packed`];
    }),
  );
}

/** A stranger's compiler follows the SDK's declarations: types that we develop with are not there. */
function sdkTypeProblems(pack: Package): string[] {
  const entries = Object.values(pack.manifest.exports).flatMap((target) =>
    typeof target === "object" && target["types"] !== undefined ? [posix.normalize(target["types"])] : [],
  );
  const seen = new Set<string>(entries);
  const problems: string[] = [];
  for (const file of seen)
    for (const name of importsOf(pack.files.get(file) ?? "")) {
      const next = name.startsWith(".") ? resolved(pack, file, name) : undefined;
      if (next !== undefined) seen.add(next);
      else if (name.startsWith("node:") || `@types/${packageOf(name)}` in pack.manifest.devDependencies)
        problems.push(`${file}, which the SDK shows, needs the types of ${name}, which do not come along`);
    }
  return problems;
}

function machineTraces({ files, machine }: Package): string[] {
  return [...files]
    .filter(([file]) => TEXT.test(file))
    .flatMap(([file, text]) =>
      machine
        .filter((trace) => text.includes(trace))
        .map((trace) => `${file} tells of this machine: ${trace}`),
    );
}

function modules({ files }: Package): [string, string][] {
  // The console's scripts are bundles: what they need is in them, or checked by name above.
  return [...files].filter(
    ([file]) => /^(dist|bin)\/.*\.(js|d\.ts)$/.test(file) && !file.startsWith(CONSOLE),
  );
}

/** A relative import as a path in the package; a declaration's neighbour is a declaration. */
function resolved({ files }: Package, from: string, name: string): string | undefined {
  const at = posix.join(posix.dirname(from), name);
  const wanted = from.endsWith(".d.ts") ? at.replace(/\.js$/, ".d.ts") : at;
  return files.has(wanted) ? wanted : undefined;
}

function importsOf(text: string): string[] {
  const found = codeOf(text).matchAll(
    /(?:\bfrom|\bimport|\b(?:import|require|require\.resolve)\()\s*"([\w@.:/-]+)"/g,
  );
  return [...found].map(([, name = ""]) => name).map((name) => (isBuiltin(name) ? `node:${name}` : name));
}

/** The old names of Node's own modules, which the bin uses. */
const isBuiltin = (name: string) => ["child_process", "fs", "module", "os", "path", "url"].includes(name);

const packageOf = (name: string) =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

/** Without comments, so that an example in one is not taken for code. */
const codeOf = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, "$1");
