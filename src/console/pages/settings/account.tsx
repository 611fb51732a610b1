/** The own account: name, language, appearance, shortcuts, absence, password, sessions. */
import {
  Button,
  Group,
  NativeSelect,
  PasswordInput,
  SegmentedControl,
  Switch,
  TextInput,
} from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useDevice } from "../../console.tsx";
import { LOCALES } from "../../../contract/access-endpoints.ts";
import { queries, useAct, useRead } from "../../data/api.ts";
import { changePreferences, useMe, type Me, type Person, type Preferences } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { LOCALE_NAMES, useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { ErrorText, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./settings.module.css";
import { Shortcuts } from "./shortcuts.tsx";
import { SETTINGS } from "./words.ts";

export function Account() {
  const t = useWords(SETTINGS);
  const me = useMe();
  if (me.person === null) return <p>{t("noPerson")}</p>;
  return (
    <>
      <About me={me} person={me.person} />
      <Shortcuts me={me} person={me.person} />
      <Away person={me.person} />
      <Password />
      <Sessions />
    </>
  );
}

function About({ me, person }: { me: Me; person: Person }) {
  const t = useWords(SETTINGS);
  const frame = useWords(FRAME);
  const device = useDevice();
  const toast = useToast();
  const [name, setName] = useState(person.name);
  const change = useAct("changeMe");
  const took = (next: Me) => queries.setQueryData(["getMe", {}], next);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { body: { name } },
      {
        onSuccess(next) {
          took(next);
          toast.show({ what: t("saved") });
        },
      },
    );
  };
  const prefer = (wish: Partial<Preferences>) =>
    void changePreferences(me, wish).catch((error: unknown) =>
      toast.show({ what: frame("failed"), error: error as Error }),
    );
  return (
    <section className={styles["form"]} aria-label={t("about")}>
      <form onSubmit={submit} className={styles["line"]}>
        <TextInput
          label={t("name")}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={change.isPending}
          disabled={name.trim() === "" || name === person.name}
        >
          {t("save")}
        </Button>
      </form>
      {change.isError ? (
        <div role="alert">
          <ErrorText error={change.error} />
        </div>
      ) : null}
      <TextInput label={t("email")} description={t("emailWhat")} value={person.email} readOnly />
      <NativeSelect
        label={t("language")}
        value={person.locale}
        data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] ?? value }))}
        onChange={(event) => {
          const locale = event.currentTarget.value as (typeof LOCALES)[number];
          device.setLocale(locale);
          change.mutate({ body: { locale } }, { onSuccess: took });
        }}
      />
      <div>
        <span className={styles["label"]}>{t("theme")}</span>
        <SegmentedControl
          aria-label={t("theme")}
          data={(["system", "light", "dark"] as const).map((value) => ({
            value,
            label: frame(`theme.${value}`),
          }))}
          value={person.preferences.theme}
          onChange={(theme) => {
            device.setScheme(theme);
            prefer({ theme });
          }}
        />
      </div>
      <Switch
        label={t("shortcutsOn")}
        checked={person.preferences.shortcuts}
        onChange={(event) => prefer({ shortcuts: event.currentTarget.checked })}
      />
      <Switch
        label={t("screenReader")}
        description={t("screenReaderWhy")}
        disabled={!person.preferences.shortcuts}
        checked={person.preferences.screenReader}
        onChange={(event) => prefer({ screenReader: event.currentTarget.checked })}
      />
    </section>
  );
}

function Away({ person }: { person: Person }) {
  const t = useWords(SETTINGS);
  const formats = useFormats();
  const [day, setDay] = useState("");
  const set = useAct("setAway", { refreshes: ["getMe", "getInbox"] });
  return (
    <Section title={t("away")}>
      <div className={styles["form"]}>
        <p>{t("awayWhat")}</p>
        {person.awayUntil === null ? (
          <Group align="flex-end" gap="xs">
            <TextInput
              type="date"
              label={t("awayUntil")}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <Button
              variant="default"
              disabled={day === ""}
              loading={set.isPending}
              onClick={() => set.mutate({ body: { until: new Date(`${day}T07:00`).toISOString() } })}
            >
              {t("awaySet")}
            </Button>
          </Group>
        ) : (
          <Group gap="xs">
            <StatusWord tone="waiting" word={t("awayIs", { until: formats.when(person.awayUntil) })} />
            <Button
              variant="default"
              loading={set.isPending}
              onClick={() => set.mutate({ body: { until: null } })}
            >
              {t("awayEnd")}
            </Button>
          </Group>
        )}
        {set.isError ? (
          <div role="alert">
            <ErrorText error={set.error} />
          </div>
        ) : null}
      </div>
    </Section>
  );
}

function Password() {
  const t = useWords(SETTINGS);
  const toast = useToast();
  const change = useAct("changePassword", { refreshes: ["listSessions"] });
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { body: { current, wanted } },
      {
        onSuccess({ otherSessionsEnded }) {
          toast.show({ what: t("passwordChanged", { n: otherSessionsEnded }) });
          setCurrent("");
          setWanted("");
        },
      },
    );
  };
  return (
    <Section title={t("password")}>
      <form onSubmit={submit} className={styles["form"]}>
        <PasswordInput
          label={t("current")}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("wanted")}
          description={t("wantedWhat")}
          autoComplete="new-password"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {change.isError ? (
          <div role="alert">
            <ErrorText error={change.error} />
          </div>
        ) : null}
        <Button
          type="submit"
          variant="default"
          loading={change.isPending}
          disabled={current === "" || wanted.length < 12}
        >
          {t("changePassword")}
        </Button>
      </form>
    </Section>
  );
}

function Sessions() {
  const t = useWords(SETTINGS);
  const toast = useToast();
  const sessions = useRead("listSessions");
  const end = useAct("endSession", { refreshes: ["listSessions", "getMe"] });
  return (
    <Section title={t("sessions")}>
      <DataTable
        caption={t("sessions")}
        rows={sessions.data?.sessions ?? []}
        idOf={(row) => row.id}
        empty={null}
        columns={[
          {
            id: "device",
            head: t("device"),
            cell: (row) => (
              <>
                {row.device} {row.current ? <span className={styles["soft"]}>({t("thisOne")})</span> : null}
              </>
            ),
          },
          {
            id: "started",
            head: t("started"),
            wideOnly: true,
            cell: (row) => <RelativeTime at={row.startedAt} />,
          },
          { id: "seen", head: t("seen"), cell: (row) => <RelativeTime at={row.seenAt} /> },
          { id: "ends", head: t("ends"), wideOnly: true, cell: (row) => <RelativeTime at={row.endsAt} /> },
          {
            id: "end",
            head: "",
            cell: (row) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`${t("endSession")}: ${row.device}`}
                onClick={() =>
                  end.mutate(
                    { params: { session: row.id } },
                    { onSuccess: () => toast.show({ what: t("sessionEnded") }) },
                  )
                }
              >
                {t("endSession")}
              </Button>
            ),
          },
        ]}
      />
    </Section>
  );
}
