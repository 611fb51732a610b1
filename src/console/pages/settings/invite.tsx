/** Inviting a person with name, address, language and first roles. */
import { Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useIntl } from "react-intl";
import { LOCALES } from "../../../contract/access-endpoints.ts";
import { useAct } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { LOCALE_NAMES, useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Grants, type Grant } from "./grants.tsx";
import type { Invitation } from "./people.tsx";
import { PEOPLE } from "./people-words.ts";
import styles from "./settings.module.css";

interface InviteProps {
  workflow: string | undefined;
  /** Workflows in which the reader may give roles. */
  places: readonly string[];
  close: () => void;
  took: (invitation: Invitation) => void;
}

export function InviteDialog({ workflow, places, close, took }: InviteProps) {
  const t = useWords(PEOPLE);
  const frame = useWords(FRAME);
  const intl = useIntl();
  const invite = useAct("invitePerson", { refreshes: ["listPeople"] });
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [locale, setLocale] = useState(intl.locale as (typeof LOCALES)[number]);
  const [grants, setGrants] = useState<Grant[]>(
    workflow === undefined || !places.includes(workflow) ? [] : [{ role: "reviewer", workflow }],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ body: { name: name.trim(), email: email.trim(), locale, grants } }, { onSuccess: took });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t("invite")}
      size="lg"
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <form onSubmit={submit} className={styles["stack"]}>
        <TextInput
          label={t("name")}
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t("email")}
          type="email"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("language")}
          value={locale}
          onChange={(event) => setLocale(event.currentTarget.value as (typeof LOCALES)[number])}
          data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] ?? value }))}
        />
        <Grants grants={grants} change={setGrants} places={places} workflow={workflow} />
        <FormFoot act={invite} verb={t("invite")} close={close} />
      </form>
    </Modal>
  );
}
