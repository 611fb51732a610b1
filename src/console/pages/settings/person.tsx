/** One person: the granted roles, those that come from elsewhere, a new link, and disabling. */
import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { ROLE_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Tag } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import { Grants, type Grant } from "./grants.tsx";
import { heldRoles, type HeldRole } from "./held-roles.ts";
import type { Invitation, Person } from "./people.tsx";
import { PEOPLE } from "./people-words.ts";
import styles from "./settings.module.css";

interface PersonProps {
  person: Person;
  places: readonly string[];
  close: () => void;
  invited: (invitation: Invitation) => void;
}

export function PersonDialog({ person, places, close, invited }: PersonProps) {
  const t = useWords(PEOPLE);
  const frame = useWords(FRAME);
  const say = useSay();
  const formats = useFormats();
  const may = useMay();
  const toast = useToast();
  const [grants, setGrants] = useState<Grant[]>(() =>
    person.grants.flatMap(({ role, workflow, from }) => (from === "granted" ? [{ role, workflow }] : [])),
  );
  const [asks, setAsks] = useState(false);
  const roles = useAct("setRoles", { refreshes: ["listPeople", "getMe"] });
  const again = useAct("inviteAgain", { refreshes: ["listPeople"] });
  const disable = useAct("disablePerson", { refreshes: ["listPeople"] });
  const elsewhere = heldRoles(person.grants.filter((one) => one.from !== "granted"));
  const alsoGranted = (held: HeldRole) =>
    grants.some((one) => one.role === held.role && one.workflow === held.workflow);
  const input = { params: { person: person.id } };
  const failed = roles.error ?? again.error ?? disable.error;
  return (
    <Modal
      opened
      onClose={close}
      title={person.name}
      size="lg"
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <div className={styles["stack"]}>
        <Grants grants={grants} change={setGrants} places={places} />
        {elsewhere.length === 0 ? null : (
          <ul className={styles["list"]}>
            {elsewhere.map((one) => (
              <li key={`${one.role}-${one.workflow}`}>
                <Tag>
                  {say(ROLE_WORDS[one.role])} · {one.workflow ?? t("everywhere")}
                </Tag>{" "}
                <span className={styles["soft"]}>
                  {formats.list(one.from.map((origin) => t(`from.${origin}`)))}
                  {alsoGranted(one) ? `; ${t("alsoGranted")}` : null}
                </span>
              </li>
            ))}
          </ul>
        )}
        <FormFoot
          act={{ isPending: roles.isPending, error: failed }}
          verb={t("saveRoles")}
          close={close}
          onAct={() =>
            roles.mutate(
              { ...input, body: { grants } },
              {
                onSuccess() {
                  toast.show({ what: t("rolesSaved") });
                  close();
                },
              },
            )
          }
        />
        <hr style={{ width: "100%", border: 0, borderTop: "1px solid var(--line)", margin: 0 }} />
        <p className={styles["soft"]}>
          {t(person.mayGetLink || person.state === "disabled" ? "newLinkWhat" : "noNewLink")}
        </p>
        <Group gap="xs">
          {person.mayGetLink ? (
            <Button
              variant="default"
              loading={again.isPending}
              onClick={() => again.mutate(input, { onSuccess: invited })}
            >
              {t("newLink")}
            </Button>
          ) : null}
          {!may("people.manage") ? null : person.state === "disabled" ? (
            <Button
              variant="default"
              loading={disable.isPending}
              onClick={() =>
                disable.mutate(
                  { ...input, body: { disabled: false } },
                  {
                    onSuccess() {
                      toast.show({ what: t("enabled") });
                      close();
                    },
                  },
                )
              }
            >
              {t("enable")}
            </Button>
          ) : (
            <Button variant="default" onClick={() => setAsks(true)}>
              {t("disable")}
            </Button>
          )}
        </Group>
      </div>
      <Confirm
        open={asks}
        danger
        title={t("disableTitle", { name: person.name })}
        verb={t("disable")}
        onClose={() => setAsks(false)}
        onConfirm={async () => {
          await disable.mutateAsync({ ...input, body: { disabled: true } });
          toast.show({ what: t("disabled") });
          close();
        }}
      >
        <p>{t("disableWhat")}</p>
      </Confirm>
    </Modal>
  );
}
