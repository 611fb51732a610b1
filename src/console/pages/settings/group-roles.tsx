/** Which roles the members of a group at the sign-in provider have: one line for each group and role. */
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { ROLES, type Role } from "../../../contract/access.ts";
import { useRead } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { ROLE_WORDS } from "../../locales/codes.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { CONNECTIONS } from "./connections-words.ts";
import type { GroupLine } from "./group-lines.ts";
import styles from "./settings.module.css";

export function GroupRoles({
  lines,
  change,
}: {
  lines: readonly GroupLine[];
  change: (lines: GroupLine[]) => void;
}) {
  const t = useWords(CONNECTIONS);
  const say = useSay();
  const me = useMe();
  // Who manages people gives roles in workflows whose work they do not see.
  const people = useRead("listPeople", {}, { enabled: useMay()("people.manage") });
  const places = people.data?.staffs ?? me.workflows.map((one) => one.name);
  const set = (at: number, next: Partial<GroupLine>) =>
    change(lines.map((one, place) => (place === at ? { ...one, ...next } : one)));
  return (
    <fieldset className={styles["groups"]}>
      <legend className={styles["label"]}>{t("groups")}</legend>
      <p className={styles["soft"]}>{t("groupsWhat")}</p>
      {lines.map((line, at) => (
        // Lines have no identity of their own; their place is it.
        // eslint-disable-next-line react/no-array-index-key
        <div key={at} className={styles["groupLine"]}>
          <TextInput
            aria-label={t("group")}
            placeholder={t("group")}
            autoComplete="off"
            required
            value={line.group}
            onChange={(event) => set(at, { group: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("removeGroup", { group: line.group })}
            onClick={() => change(lines.filter((_, place) => place !== at))}
          >
            <Icon name="cross" />
          </ActionIcon>
          <NativeSelect
            aria-label={t("groupRole")}
            required
            value={line.role}
            onChange={(event) => {
              const role = event.currentTarget.value as Role;
              set(at, role === "administrator" ? { role, workflow: null } : { role });
            }}
            data={[
              ...(line.role === "" ? [{ value: "", label: t("groupRole") }] : []),
              ...(Object.keys(ROLES) as Role[]).map((value) => ({ value, label: say(ROLE_WORDS[value]) })),
            ]}
          />
          <NativeSelect
            aria-label={t("groupWhere")}
            value={line.workflow ?? ""}
            disabled={line.role === "administrator"}
            onChange={(event) =>
              set(at, { workflow: event.currentTarget.value === "" ? null : event.currentTarget.value })
            }
            data={[
              { value: "", label: t("groupEverywhere") },
              // A workflow that is not there yet, or that the reader does not see, stays what it is.
              ...[...new Set([...places, ...(line.workflow === null ? [] : [line.workflow])])].map(
                (value) => ({ value, label: value }),
              ),
            ]}
          />
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        className={styles["addGroup"]}
        onClick={() => change([...lines, { group: "", role: "reviewer", workflow: places[0] ?? null }])}
      >
        {t("addGroup")}
      </Button>
    </fieldset>
  );
}
