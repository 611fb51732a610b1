/** Who may do what: the table that the program obeys, with the people who hold the roles, and what one person lacks. */
import type { Role } from "../../../contract/access.ts";
import { useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { ACTION_WORDS } from "../../locales/actions.ts";
import { ROLE_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { PEOPLE } from "../settings/people-words.ts";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

type Rule = Reply<"listRules">["rules"][number];
type Person = Reply<"listPeople">["people"][number];

export function Rules({ workflow }: { workflow: string | undefined }) {
  const t = useWords(EVIDENCE);
  const lacks = useWords(PEOPLE);
  const say = useSay();
  const may = useMay();
  const formats = useFormats();
  const sees = may("people.see");
  const rules = useRead("listRules");
  const people = useRead("listPeople", {}, { enabled: sees });
  if (rules.data === undefined)
    return rules.isError ? <Failed error={rules.error} retry={rules.refetch} /> : <Loading />;
  const roles = (list: readonly Role[]) => list.map((role) => say(ROLE_WORDS[role])).join(t("or"));
  const holders = (rule: Rule) => {
    const all = [...new Set([...rule.alone, ...rule.pair.flat()])];
    const names = (people.data?.people ?? [])
      .filter((person) => person.state === "active" && holds(person, all, rule.whole ? null : workflow))
      .map((person) => person.name);
    return names.length === 0 ? undefined : formats.list(names);
  };
  return (
    <>
      {people.data === undefined ? null : (
        <div className={styles["lacks"]}>
          <h2>{t("lacks")}</h2>
          {people.data.lacking.length === 0 ? (
            <StatusWord plain tone="good" word={t("lacksNone")} />
          ) : (
            <ul>
              {people.data.lacking.map((one) => (
                <li key={`${one.workflow}-${one.code}`}>
                  {lacks(`lacks.${one.code}`, { workflow: one.workflow })}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <Section title={t("tab.rules")}>
        <p className={styles["soft"]} style={{ marginBottom: 8 }}>
          {t("rulesWhat")}
        </p>
        <DataTable
          caption={t("tab.rules")}
          rows={rules.data.rules}
          idOf={(row) => row.action}
          empty={null}
          columns={[
            {
              id: "action",
              head: t("action"),
              cell: (row) => (
                <>
                  {say(ACTION_WORDS[row.action])}
                  {row.whole ? <div className={styles["soft"]}>{t("whole")}</div> : null}
                </>
              ),
            },
            {
              id: "alone",
              head: t("alone"),
              cell: (row) => (row.alone.length === 0 ? "–" : roles(row.alone)),
            },
            {
              id: "pair",
              head: t("pair"),
              wideOnly: true,
              cell: ({ pair: [left, right] }) =>
                left === undefined || right === undefined
                  ? "–"
                  : t("and", { left: roles(left), right: roles(right) }),
            },
            ...(sees
              ? [
                  {
                    id: "holders",
                    head: t("holders"),
                    wideOnly: true,
                    cell: (row: Rule) =>
                      people.data === undefined
                        ? "–"
                        : (holders(row) ?? <StatusWord plain tone="attention" word={t("nobody")} />),
                  },
                ]
              : []),
          ]}
        />
      </Section>
    </>
  );
}

/** A role for the whole installation counts everywhere; one of a workflow only there. */
function holds(person: Person, roles: readonly Role[], workflow: string | null | undefined): boolean {
  return person.grants.some(
    (grant) =>
      roles.includes(grant.role) &&
      (grant.workflow === null || (workflow !== null && grant.workflow === workflow)),
  );
}
