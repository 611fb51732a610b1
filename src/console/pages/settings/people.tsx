/** People and their roles; inviting one shows the one-time link here, once, and says whether it was mailed, too. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { ROLE_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { RelativeTime, Tag } from "../../parts/small.tsx";
import { StatusWord, type Tone } from "../../parts/status-word.tsx";
import { heldRoles } from "./held-roles.ts";
import { InviteDialog } from "./invite.tsx";
import { PersonDialog } from "./person.tsx";
import { PEOPLE } from "./people-words.ts";
import styles from "./settings.module.css";
import { ShownOnce } from "./shown-once.tsx";

export type Person = Reply<"listPeople">["people"][number];
export type Invitation = Reply<"invitePerson">;

const TONES: Record<Person["state"], Tone> = { active: "good", invited: "waiting", disabled: "unknown" };

export function People({ workflow }: { workflow: string | undefined }) {
  const t = useWords(PEOPLE);
  const may = useMay();
  const role = useCode(ROLE_WORDS);
  const formats = useFormats();
  const people = useRead("listPeople");
  const [inviting, setInviting] = useState(false);
  const [invitation, setInvitation] = useState<Invitation>();
  const [opened, setOpened] = useState<Person>();
  if (people.data === undefined)
    return people.isError ? <Failed error={people.error} retry={people.refetch} /> : <Loading />;
  const { lacking } = people.data;
  const staffs = may("people.staff") || may("people.manage");
  return (
    <>
      <div className={styles["head"]}>
        <p>{t("what")}</p>
        {staffs ? <Button onClick={() => setInviting(true)}>{t("invite")}</Button> : null}
      </div>
      {lacking.length === 0 ? null : (
        <div style={{ marginBottom: 16 }}>
          <StatusWord tone="attention" word={t("lacking")} />
          <p className={styles["soft"]} style={{ marginTop: 6 }}>
            {t("lackingWhat")}
          </p>
          <ul style={{ margin: "4px 0 0" }}>
            {lacking.map((one) => (
              <li key={`${one.workflow}-${one.code}`}>
                {t(`lacks.${one.code}`, { workflow: one.workflow })}
              </li>
            ))}
          </ul>
        </div>
      )}
      <DataTable
        caption={t("what")}
        rows={people.data.people}
        idOf={(row) => row.id}
        empty={<p className={styles["soft"]}>{t("none")}</p>}
        columns={[
          {
            id: "name",
            head: t("name"),
            cell: (row) => (
              <div>
                {row.name}
                <div className={styles["soft"]}>{row.email}</div>
              </div>
            ),
          },
          {
            id: "roles",
            head: t("roles"),
            cell: (row) => (
              <span className={styles["tags"]}>
                {heldRoles(row.grants).map((one) => (
                  <Tag key={`${one.role}-${one.workflow}`}>
                    {role(one.role)} · {one.workflow ?? t("everywhere")}
                    {one.from.some((origin) => origin !== "granted")
                      ? ` (${formats.list(one.from.map((origin) => t(`from.${origin}`)))})`
                      : null}
                  </Tag>
                ))}
              </span>
            ),
          },
          {
            id: "state",
            head: t("state"),
            cell: (row) => (
              <>
                <StatusWord plain tone={TONES[row.state]} word={t(`state.${row.state}`)} />
                {row.awayUntil === null ? null : (
                  <div className={styles["soft"]}>
                    {t("away")} ({formats.day(row.awayUntil)})
                  </div>
                )}
              </>
            ),
          },
          {
            id: "seen",
            head: t("seen"),
            wideOnly: true,
            cell: (row) => (row.lastSeenAt === null ? t("never") : <RelativeTime at={row.lastSeenAt} />),
          },
          ...(staffs
            ? [
                {
                  id: "change",
                  head: "",
                  cell: (row: Person) =>
                    row.mayChange ? (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t("changeOf", { name: row.name })}
                        onClick={() => setOpened(row)}
                      >
                        {t("change")}
                      </Button>
                    ) : null,
                },
              ]
            : []),
        ]}
      />
      {inviting ? (
        <InviteDialog
          workflow={workflow}
          places={people.data.staffs}
          close={() => setInviting(false)}
          took={(made) => {
            setInviting(false);
            setInvitation(made);
          }}
        />
      ) : null}
      {opened === undefined ? null : (
        <PersonDialog
          key={opened.id}
          person={opened}
          places={people.data.staffs}
          close={() => setOpened(undefined)}
          invited={(made) => {
            setOpened(undefined);
            setInvitation(made);
          }}
        />
      )}
      {invitation === undefined ? null : (
        <ShownOnce
          title={t("linkTitle", { name: invitation.person.name })}
          secret={invitation.link}
          close={() => setInvitation(undefined)}
        >
          <p style={{ marginTop: 0 }}>
            {t("linkWhat", { until: formats.when(invitation.expiresAt) })}{" "}
            {t(`mailed.${invitation.mailed}`, { email: invitation.person.email })}
            {invitation.problem === null ? null : ` (${invitation.problem})`}
          </p>
        </ShownOnce>
      )}
    </>
  );
}
