/**
 * What waits for the reader's decision, the most urgent first.
 *
 * A change can be settled here, by another person than the one who asked for it. Everything else leads to its place.
 */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMe } from "../../data/me.tsx";
import { ACTION_WORDS } from "../../locales/actions.ts";
import { DIAL_WORDS, useDialValue } from "../../locales/dials.ts";
import { readLoosenings, useLoosened } from "../../locales/policy-changes.ts";
import { ALARM_WORDS } from "../../locales/rollout.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useSay, useWords, type Values } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { type IconName } from "../../parts/icon.tsx";
import { Section } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import { WaitingList, WaitingRow } from "../../parts/waiting-list.tsx";
import waiting from "../../parts/waiting-list.module.css";
import styles from "./overview.module.css";
import { REPORT_WORDS } from "../../locales/report-kinds.ts";
import { NEED_WORDS, OVERVIEW, WAIVER_WORDS } from "./words.ts";

type Need = Reply<"getOverview">["needs"][number];

const ICONS: Record<Need["kind"], IconName> = {
  change: "settings",
  policy: "settings",
  report: "ask",
  stop_request: "stop",
  waiver_ends: "wait",
  certificate: "quality",
  model: "warn",
  dead_letters: "warn",
  quarantine: "warn",
  budget: "warn",
  orphan: "person",
  second_person: "person",
  rollout: "rollout",
  gate: "quality",
};

export function Needs({ needs, workflow }: { needs: readonly Need[]; workflow: string }) {
  const t = useWords(OVERVIEW);
  return (
    <Section title={t("needs")}>
      {needs.length === 0 ? (
        <p className={styles["quiet"]}>{t("needsNone")}</p>
      ) : (
        <WaitingList>
          {needs.map((need) => (
            <NeedRow key={`${need.kind}-${need.id}`} need={need} workflow={workflow} />
          ))}
        </WaitingList>
      )}
    </Section>
  );
}

function NeedRow({ need, workflow }: { need: Need; workflow: string }) {
  const t = useWords(OVERVIEW);
  const sentence = useSentence(need);
  const place = new URL(need.link, location.origin);
  return (
    <WaitingRow
      icon={ICONS[need.kind]}
      urgent={need.kind === "stop_request" || need.kind === "dead_letters"}
      sentence={sentence}
      at={need.at}
      acts={
        need.kind === "change" ? (
          <SettleChange id={need.id} workflow={workflow} />
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to={place.pathname}
                search={Object.fromEntries(place.searchParams)}
                hash={place.hash.slice(1)}
              />
            )}
          >
            {t("look")}
          </Button>
        )
      }
    />
  );
}

/** The sentence of a need with its values as people write them. */
function useSentence(need: Need): string {
  const say = useSay();
  const code = useCode(NEED_WORDS);
  const setting = useCode(DIAL_WORDS);
  const action = useCode(ACTION_WORDS);
  const item = useCode(WAIVER_WORDS);
  const report = useCode(REPORT_WORDS);
  const alarm = useCode(ALARM_WORDS);
  const loosened = useLoosened();
  const value = useDialValue();
  const formats = useFormats();
  const text = NEED_WORDS[need.code as keyof typeof NEED_WORDS] as
    (typeof NEED_WORDS)["change_waits"] | undefined;
  if (text === undefined) return code(need.code);
  const values: Values = { ...need.values };
  const name = typeof values["setting"] === "string" ? values["setting"] : "";
  if (name !== "") {
    values["setting"] = setting(name);
    for (const side of ["before", "after"]) values[side] = value(name, parsed(need.values[side]));
  }
  if (typeof values["used"] === "number") values["used"] = formats.percent(values["used"], 0);
  if (typeof values["until"] === "string") values["until"] = formats.when(values["until"]);
  if (typeof values["day"] === "string") values["day"] = formats.day(`${values["day"]}T12:00:00Z`);
  if (typeof values["item"] === "string") values["item"] = item(values["item"]);
  if (typeof values["action"] === "string") values["action"] = action(values["action"]);
  if (need.kind === "policy") values["would"] = loosened(readLoosenings(parsed(need.values["why"])));
  if (need.kind === "rollout")
    values["alarm"] = values["alarm"] === "" ? "" : `: ${alarm(String(values["alarm"]))}`;
  if (need.kind === "report" && typeof values["title"] === "string")
    values["title"] = report(values["title"]);
  return say(text, values);
}

/** Values of dials come as JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export function SettleChange({ id, workflow }: { id: string; workflow: string }) {
  const t = useWords(OVERVIEW);
  const me = useMe();
  const toast = useToast();
  const setting = useCode(DIAL_WORDS);
  const value = useDialValue();
  const [open, setOpen] = useState(false);
  const changes = useRead("listChanges", { params: { workflow } });
  const refreshes = ["getOverview", "listChanges", "getWorkflow", "getMe", "getWorksAgreement"] as const;
  const approve = useAct("approveChange", { refreshes });
  const refuse = useAct("refuseChange", { refreshes });
  const change = changes.data?.changes.find((one) => one.id === id);
  const own = change?.requestedBy.toLowerCase() === me.person?.email.toLowerCase();
  const input = { params: { change: id } };
  return (
    <span className={waiting["acts"]}>
      {own ? (
        <span className={styles["basis"]}>{t("own")}</span>
      ) : (
        <Button size="compact-sm" disabled={change === undefined} onClick={() => setOpen(true)}>
          {t("approve")}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        loading={refuse.isPending}
        onClick={() =>
          refuse.mutate(input, {
            onSuccess: () => toast.show({ what: t("refused") }),
            onError: (error) => toast.show({ what: t("refuse"), error }),
          })
        }
      >
        {own ? t("takeBack") : t("refuse")}
      </Button>
      {change === undefined ? null : (
        <Confirm
          open={open}
          title={t("approveTitle")}
          verb={t("approve")}
          onClose={() => setOpen(false)}
          onConfirm={async () => {
            await approve.mutateAsync(input);
            toast.show({ what: t("approved") });
          }}
        >
          <p>
            {t("approveWhat", {
              setting: setting(change.setting),
              before: value(change.setting, change.before),
              after: value(change.setting, change.after),
              by: change.requestedBy,
            })}
          </p>
          {change.note === null ? null : <p>{change.note}</p>}
        </Confirm>
      )}
    </span>
  );
}
