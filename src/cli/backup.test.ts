/** `pilotage backup` and `restore` on the command line: what is asked of the machine, what is said, how it ends. */
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import type { BackupWish, RestoreWish } from "./local.ts";
import { PLAYED_BACKUP, PLAYED_RESTORE, PLAYED_VERIFICATION, type } from "./playing.fixture.ts";

describe("pilotage backup", () => {
  it("makes one without a further word, and says what is needed to read it", async () => {
    const wishes: BackupWish[] = [];
    const ended = await type(["backup", "--to", "/backup/monday", "--as", "E. Brandt"], {
      local: {
        backup: async (wish) => {
          wishes.push(wish);
          return PLAYED_BACKUP;
        },
      },
    });
    expect(wishes).toEqual([{ to: "/backup/monday", person: "E. Brandt" }]);
    expect(ended.exit).toBe(EXIT.ok);
    expect(ended.stdout).toContain("/backup/monday-keys");
    expect(ended.stdout).toContain("master.key and audit.key of this installation, which are in neither");
  });

  it("says where the installation's own keys went", async () => {
    const ended = await type(["backup", "--to", "b", "--with-master-key", "/safe/installation.keys"], {
      local: { backup: async () => ({ ...PLAYED_BACKUP, masterKey: "/safe/installation.keys" }) },
    });
    expect(ended.stdout).toContain("/safe/installation.keys: keep that file apart from the backup");
  });

  it("needs a folder", async () => {
    expect((await type(["backup"])).exit).toBe(EXIT.usage);
  });

  it("shows how far it has come, on standard error", async () => {
    const ended = await type(["backup", "--to", "b", "--json"], {
      local: {
        backup: async (_, show) => {
          show("Backing up case_: 10 rows");
          return PLAYED_BACKUP;
        },
      },
    });
    expect(ended.json()).toEqual(PLAYED_BACKUP);
  });
});

describe("pilotage backup verify", () => {
  it("ends with 3 and names the first bad file", async () => {
    const problems = [
      { file: "/backup/case_.copy.zst", problem: "its SHA-256 is not the one that was written" },
      { file: "/backup/label.copy.zst", problem: "it is missing" },
    ];
    const ended = await type(["backup", "verify", "/backup"], {
      local: { verifyBackup: async () => ({ ...PLAYED_VERIFICATION, ok: false, problems }) },
    });
    expect(ended.exit).toBe(EXIT.found);
    expect(ended.stdout.split("\n")[0]).toContain("/backup/case_.copy.zst");
    expect(ended.stdout).toContain("it is missing");
  });

  it("says when the keys were not there to be looked at", async () => {
    const ended = await type(["backup", "verify", "/backup"], {
      local: { verifyBackup: async () => ({ ...PLAYED_VERIFICATION, keys: "absent" as const }) },
    });
    expect(ended.exit).toBe(EXIT.ok);
    expect(ended.stdout).toContain("The wrapped keys were not there");
  });
});

describe("pilotage restore", () => {
  it("hands on what was named, and says what comes again", async () => {
    const wishes: RestoreWish[] = [];
    const ended = await type(["restore", "/backup", "--without-keys", "--master-key-file", "m"], {
      local: {
        restore: async (wish) => {
          wishes.push(wish);
          return { ...PLAYED_RESTORE, keys: false, migrations: 2, leftOut: ["ledger"] };
        },
      },
    });
    expect(wishes).toEqual([{ folder: "/backup", withoutKeys: true, masterKeyFile: "m" }]);
    for (const said of [
      "delivered again, under the same keys",
      "stays closed",
      "2 migrations brought it up",
      "ledger",
    ])
      expect(ended.stdout).toContain(said);
  });

  it("ends with 1 and the hint when it is refused", async () => {
    const ended = await type(["restore", "/backup"], {
      local: {
        restore: async () => {
          throw new PilotageError("master_key_wrong", "It is another one.", { hint: "Name its copy." });
        },
      },
    });
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.stderr).toContain("Name its copy.");
  });
});
