/** Where the data home is, and who may use it. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PilotageError } from "../../contract/errors.ts";
import {
  dataHomeFor,
  firstClosedFolder,
  folderOfInstallation,
  keepOutOfGit,
  openDataHome,
  serverAccount,
} from "./data-home.ts";
import { asRoot, emptyFolder } from "./testing.fixture.ts";

test("an ordinary user keeps data in the checkout, root outside of it, and a setting wins over both", () => {
  expect(dataHomeFor({ folder: "/srv/pilotage", uid: 1000 })).toBe("/srv/pilotage/.pilotage");
  expect(dataHomeFor({ folder: "/srv/pilotage/", uid: 0 })).toMatch(/^\/var\/lib\/pilotage\/[0-9a-f]{16}$/);
  expect(dataHomeFor({ folder: "/srv/pilotage", override: "/data/x", uid: 0 })).toBe("/data/x");
  expect(dataHomeFor({ folder: "/srv/pilotage", override: "", uid: 1000 })).toBe("/srv/pilotage/.pilotage");
});

test("two checkouts of root have two data homes, one checkout always the same", () => {
  const of = (folder: string): string => dataHomeFor({ folder, uid: 0 });
  expect(of("/a")).toBe(of("/a/"));
  expect(of("/a")).not.toBe(of("/b"));
});

test("a checkout keeps its own data, an installed package those of its project, never below node_modules", () => {
  const project = emptyFolder();
  writeFileSync(join(project, "package.json"), "{}");
  expect(folderOfInstallation("/srv/pilotage/", "/home/e")).toBe("/srv/pilotage");
  for (const below of ["pilotage", ".pnpm/pilotage@0.1.0/node_modules/pilotage"])
    expect(folderOfInstallation(join(project, "node_modules", below), "/home/e")).toBe(project);
});

test("a program that belongs to no project keeps data in the home of the account", () => {
  const fetched = join(emptyFolder(), "_npx", "3f2a");
  mkdirSync(fetched, { recursive: true });
  writeFileSync(join(fetched, "package.json"), "{}");
  expect(folderOfInstallation(join(fetched, "node_modules/pilotage"), "/home/e")).toBe("/home/e");
  expect(folderOfInstallation("/usr/lib/node_modules/pilotage", "/home/e")).toBe("/home/e");
});

test("git leaves a data home alone, and what an owner wrote there stays", () => {
  const folder = emptyFolder();
  keepOutOfGit(folder);
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  writeFileSync(join(folder, ".gitignore"), "database/\n");
  keepOutOfGit(folder);
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("database/\n");
});

test("root hands the server to nobody, everybody else runs it themselves", () => {
  const passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n";
  expect(serverAccount(0, () => passwd)).toEqual({ name: "nobody", ids: { uid: 65534, gid: 65533 } });
  expect(serverAccount(1000, () => passwd).ids).toBeUndefined();
  expect(() => serverAccount(0, () => "root:x:0:0::/root:/bin/sh\n")).toThrow(
    /"nobody".*not in \/etc\/passwd/,
  );
  const missing = (): string => readFileSync(join(emptyFolder(), "passwd"), "utf8");
  expect(() => serverAccount(0, missing)).toThrow(PilotageError);
});

test("a new data home is closed to others, except that the server's account may pass through", () => {
  const home = openDataHome(join(emptyFolder(), "some", "home"));
  expect(statSync(home.path).mode & 0o777).toBe(asRoot ? 0o711 : 0o700);
  expect(firstClosedFolder(home.path, home.account)).toBeUndefined();
});

test("the first folder that the account may not enter is found by name", () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "closed", "open"), { recursive: true });
  chmodSync(join(folder, "closed"), 0o700);
  const account = { name: "stranger", ids: { uid: 4242, gid: 4242 } };
  expect(firstClosedFolder(join(folder, "closed", "open", "not-yet"), account)).toBe(join(folder, "closed"));
  expect(firstClosedFolder(folder, account)).toBeUndefined();
});
