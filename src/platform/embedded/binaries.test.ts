/** Finding the programs, their library links, and the copy in the data home. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dropOldCopies, findPackage, majorOf, prepareBinaries, type Package } from "./binaries.ts";
import { openDataHome } from "./data-home.ts";
import { asRoot, emptyFolder, othersCanRunUs } from "./testing.fixture.ts";

/** The installed package, copied to a folder of the test as it looks when install scripts were blocked. */
function packageWithoutLinks(folder: string): Package {
  const found = findPackage();
  const copy = join(folder, "package");
  cpSync(found.folder, copy, { recursive: true });
  for (const link of linksOf(copy)) rmSync(link, { force: true });
  return { ...found, folder: copy };
}

function linksOf(folder: string): string[] {
  const list = JSON.parse(readFileSync(join(folder, "native/pg-symlinks.json"), "utf8")) as {
    target: string;
  }[];
  return list.map(({ target }) => join(folder, target));
}

const count = (links: string[]): number =>
  links.filter((link) => lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()).length;

test("missing library links are made in the package, and it is used in place", async () => {
  const folder = emptyFolder();
  const found = packageWithoutLinks(folder);
  const home = openDataHome(join(folder, "home"));
  const binaries = await prepareBinaries(found, home);
  expect(binaries.postgres).toBe(join(found.folder, "native/bin/postgres"));
  expect(count(linksOf(found.folder))).toBe(14);
  expect(readdirSync(home.path)).toEqual([]);
});

test.skipIf(!asRoot)(
  "a package that the account of the server cannot reach is copied once (needs root)",
  async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "closed"), { mode: 0o700 });
    const found = packageWithoutLinks(join(folder, "closed"));
    const home = openDataHome(join(folder, "home"));
    const first = await prepareBinaries(found, home);
    const copy = join(home.path, `postgresql-${found.version}`);
    expect(first.postgres).toBe(join(copy, "native/bin/postgres"));
    expect(count(linksOf(copy))).toBe(14);

    const made = lstatSync(copy).ino;
    rmSync(found.folder, { recursive: true });
    expect(await prepareBinaries(found, home)).toEqual(first);
    expect(lstatSync(copy).ino).toBe(made);
  },
);

test("a package without links that cannot be written is copied, and the copy has them", async (context) => {
  context.skip(!asRoot, "needs root to own a package that another account uses");
  context.skip(!othersCanRunUs(65534), "other accounts cannot enter this checkout");
  const folder = emptyFolder();
  const found = packageWithoutLinks(folder);
  const home = join(folder, "home");
  mkdirSync(home);
  chownSync(home, 65534, 65534);
  const code = `import { prepareBinaries } from ${JSON.stringify(join(import.meta.dirname, "binaries.ts"))};
    import { openDataHome } from ${JSON.stringify(join(import.meta.dirname, "data-home.ts"))};
    const { postgres } = await prepareBinaries(JSON.parse(process.argv[1]), openDataHome(process.argv[2]));
    console.log(postgres);`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", code, JSON.stringify(found), home],
    { uid: 65534, gid: 65534, cwd: "/", encoding: "utf8" },
  );
  const copy = join(home, `postgresql-${found.version}`);
  expect(stdout.trim(), stderr).toBe(join(copy, "native/bin/postgres"));
  expect([count(linksOf(found.folder)), count(linksOf(copy))]).toEqual([0, 14]);
});

test("a copy of another version goes, the one in use stays", () => {
  const home = openDataHome(join(emptyFolder(), "home"));
  for (const version of ["18.3.0", "18.4.0", "18.4.0.new"])
    mkdirSync(join(home.path, `postgresql-${version}`, "native"), { recursive: true });
  dropOldCopies({ folder: "", version: "18.4.0" }, home);
  expect(readdirSync(home.path)).toEqual(["postgresql-18.4.0"]);
});

test("a platform without a package is refused with what to do", () => {
  expect(() => findPackage("linux", "mips64")).toThrow(
    /no built-in PostgreSQL for linux-mips64.*DATABASE_URL/,
  );
});

test("binaries that cannot run here are refused with what the system said", async () => {
  const folder = emptyFolder();
  const found = packageWithoutLinks(folder);
  // As on a machine without glibc: the loader that the program names is not there.
  const program = join(found.folder, "native/bin/postgres");
  writeFileSync(program, "#!/nonexistent/loader\n");
  chmodSync(program, 0o755);
  const home = openDataHome(join(folder, "home"));
  await expect(prepareBinaries(found, home)).rejects.toThrow(
    /does not run on this machine \("spawn .* ENOENT"\)/,
  );
  expect(existsSync(join(home.path, `postgresql-${found.version}`))).toBe(false);
});

test("the major version is what stands before the first point", () => {
  expect(majorOf("18.4.0-beta.17")).toBe("18");
});
