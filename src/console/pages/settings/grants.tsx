/** The roles of a person as lines of role and workflow, of those that the reader may give. */
import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { ROLES, SUPPORT_ROLES, type Role } from "../../../contract/access.ts";
import { useMay } from "../../data/me.tsx";
import { ROLE_WORDS } from "../../locales/codes.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { PEOPLE } from "./people-words.ts";
import styles from "./settings.module.css";

export interface Grant {
  role: Role;
  workflow: string | null;
}

interface GrantsProps {
  grants: readonly Grant[];
  change: (grants: Grant[]) => void;
  /** Workflows in which the reader may give roles. */
  places: readonly string[];
  /** For a new line. */
  workflow?: string | undefined;
}

export function Grants({ grants, change, places, workflow }: GrantsProps) {
  const t = useWords(PEOPLE);
  const say = useSay();
  const may = useMay();
  const all = may("people.manage");
  const roles = (Object.keys(ROLES) as Role[]).filter((role) => all || SUPPORT_ROLES.includes(role));
  const set = (at: number, next: Partial<Grant>) =>
    change(grants.map((one, place) => (place === at ? { ...one, ...next } : one)));
  return (
    <fieldset className={styles["grants"]} style={{ border: 0, margin: 0, padding: 0 }}>
      <legend className={styles["label"]}>{t("roles")}</legend>
      {grants.map((grant, at) => (
        // Lines have no identity of their own; their place is it.
        // eslint-disable-next-line react/no-array-index-key
        <div key={at} className={styles["grantLine"]}>
          <NativeSelect
            aria-label={t("role")}
            value={grant.role}
            onChange={(event) => {
              const role = event.currentTarget.value as Role;
              set(at, role === "administrator" ? { role, workflow: null } : { role });
            }}
            data={[...new Set([...roles, grant.role])].map((value) => ({
              value,
              label: say(ROLE_WORDS[value]),
            }))}
          />
          <NativeSelect
            aria-label={t("where")}
            value={grant.workflow ?? ""}
            disabled={grant.role === "administrator"}
            onChange={(event) =>
              set(at, { workflow: event.currentTarget.value === "" ? null : event.currentTarget.value })
            }
            data={[
              ...(all || grant.workflow === null ? [{ value: "", label: t("everywhere") }] : []),
              ...[...new Set([...places, ...(grant.workflow === null ? [] : [grant.workflow])])].map(
                (value) => ({ value, label: value }),
              ),
            ]}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("removeRole", { role: say(ROLE_WORDS[grant.role]) })}
            onClick={() => change(grants.filter((_, place) => place !== at))}
          >
            <Icon name="cross" />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ justifySelf: "start" }}
        onClick={() =>
          change([
            ...grants,
            { role: "reviewer", workflow: (places.includes(workflow ?? "") ? workflow : places[0]) ?? null },
          ])
        }
      >
        {t("addRole")}
      </Button>
    </fieldset>
  );
}
