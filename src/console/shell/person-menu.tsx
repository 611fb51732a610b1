/**
 * What belongs to the person: language, theme, shortcuts, time zone, being away, the account, signing out.
 *
 * Everything is kept with the person, so that it follows to every machine; before signing in it is kept on the device.
 */
import {
  Button,
  Menu,
  Modal,
  SegmentedControl,
  Select,
  Switch,
  TextInput,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { now } from "../clock.ts";
import { useDevice } from "../console.tsx";
import { dropDraftsOf } from "../case/drafts.ts";
import { call, queries, useAct } from "../data/api.ts";
import { changePreferences, useMay, useMe, type Preferences } from "../data/me.tsx";
import { FRAME } from "../locales/frame.ts";
import { useFormats } from "../locales/formats.ts";
import { LOCALE_NAMES, useWords } from "../locales/words.ts";
import { Icon } from "../parts/icon.tsx";
import { ErrorText } from "../parts/page.tsx";
import { useToast } from "../parts/toast.tsx";
import { PAGES } from "../router.tsx";
import styles from "./menus.module.css";

export function PersonMenu({ folded }: { folded: boolean }) {
  const t = useWords(FRAME);
  const me = useMe();
  const may = useMay();
  const formats = useFormats();
  const navigate = useNavigate();
  const device = useDevice();
  const toast = useToast();
  const [awayOpen, away] = useDisclosure(false);
  const back = useAct("setAway", { refreshes: ["getMe", "getInbox"] });
  const { person } = me;
  if (person === null) return null;
  const prefer = (change: Partial<Preferences>) =>
    void changePreferences(me, change).catch((error: unknown) =>
      toast.show({ what: t("failed"), error: error as Error }),
    );

  async function speak(locale: string) {
    device.setLocale(locale);
    queries.setQueryData(["getMe", {}], await call("changeMe", { body: { locale: locale as "de-DE" } }));
  }

  async function signOut() {
    await call("signOut", {});
    if (person !== null) dropDraftsOf(person.id);
    queries.clear();
    await navigate({ to: "/sign-in", search: {} });
  }

  return (
    <>
      <Menu position="right-end" width={300} closeOnItemClick={false} trapFocus>
        <Menu.Target>
          <UnstyledButton className={styles["face"]} title={t("person", { name: person.name })}>
            <span className={`${styles["mark"]} ${styles["round"]}`} aria-hidden>
              {initials(person.name)}
            </span>
            {folded ? (
              <VisuallyHidden>{t("person", { name: person.name })}</VisuallyHidden>
            ) : (
              <span className={styles["two"]}>
                <span className={styles["name"]}>{person.name}</span>
                {person.awayUntil === null ? null : <span className={styles["small"]}>{t("away")}</span>}
              </span>
            )}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <div className={styles["about"]}>
            {person.email}
            <br />
            {t("zone", { zone: formats.zone })}
          </div>
          <div className={styles["switch"]}>
            <Select
              label={t("language")}
              data={Object.entries(LOCALE_NAMES).map(([value, label]) => ({ value, label }))}
              value={person.locale}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              onChange={(locale) => void (locale === null ? undefined : speak(locale))}
            />
          </div>
          <div className={styles["switch"]}>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t("theme")}
              data={(["system", "light", "dark"] as const).map((value) => ({
                value,
                label: t(`theme.${value}`),
              }))}
              value={person.preferences.theme}
              onChange={(theme) => {
                device.setScheme(theme);
                prefer({ theme });
              }}
            />
          </div>
          <div className={styles["switch"]}>
            <Switch
              label={t("shortcuts")}
              checked={person.preferences.shortcuts}
              onChange={(event) => prefer({ shortcuts: event.currentTarget.checked })}
            />
          </div>
          <div className={styles["switch"]}>
            <Switch
              label={t("screenReader")}
              description={t("screenReaderWhy")}
              checked={person.preferences.screenReader}
              disabled={!person.preferences.shortcuts}
              onChange={(event) => prefer({ screenReader: event.currentTarget.checked })}
            />
          </div>
          <Menu.Divider />
          {!may("review.work") ? null : person.awayUntil === null ? (
            <Menu.Item closeMenuOnClick leftSection={<Icon name="wait" />} onClick={away.open}>
              {t("awaySet")}
            </Menu.Item>
          ) : (
            <Menu.Item
              closeMenuOnClick
              leftSection={<Icon name="wait" />}
              onClick={() => back.mutate({ body: { until: null } })}
            >
              {t("awayEnd")} ({t("awayUntil", { until: formats.when(person.awayUntil) })})
            </Menu.Item>
          )}
          {PAGES.includes("settings") ? (
            <Menu.Item
              closeMenuOnClick
              leftSection={<Icon name="person" />}
              onClick={() => void navigate({ to: "/settings", search: true, hash: "account" })}
            >
              {t("account")}
            </Menu.Item>
          ) : null}
          <Menu.Item closeMenuOnClick leftSection={<Icon name="arrow" />} onClick={() => void signOut()}>
            {t("signOut")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <AwayDialog open={awayOpen} close={away.close} />
    </>
  );
}

function AwayDialog({ open, close }: { open: boolean; close: () => void }) {
  const t = useWords(FRAME);
  const set = useAct("setAway", { refreshes: ["getMe", "getInbox"] });
  const [day, setDay] = useState("");
  const go = (until: number) =>
    set.mutate({ body: { until: new Date(until).toISOString() } }, { onSuccess: close });
  const morning = (days: number) => new Date(now() + days * 86_400_000).setHours(7, 0, 0, 0);
  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("awayTitle")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <p>{t("awayWhat")}</p>
      <div style={{ display: "flex", flexWrap: "wrap", gap: 8, alignItems: "flex-end" }}>
        <Button variant="default" data-autofocus onClick={() => go(morning(1))}>
          {t("awayTomorrow")}
        </Button>
        <Button variant="default" onClick={() => go(morning(7))}>
          {t("awayWeek")}
        </Button>
        <TextInput
          type="date"
          label={t("awayDay")}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <Button disabled={day === ""} onClick={() => go(new Date(`${day}T07:00`).getTime())}>
          {t("save")}
        </Button>
      </div>
      {set.isError ? <ErrorText error={set.error} /> : null}
    </Modal>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((part) => part[0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();
