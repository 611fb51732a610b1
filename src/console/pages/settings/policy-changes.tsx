/** Looser data policies of models for programs: what waits, who asked, and approving or refusing it for those who may. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { POLICY_WAITS, useLoosened } from "../../locales/policy-changes.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { WaitingList, WaitingRow } from "../../parts/waiting-list.tsx";
import rows from "../../parts/waiting-list.module.css";
import { POLICY_CHANGES } from "./policy-changes-words.ts";
import styles from "./settings.module.css";

type Change = Reply<"listPolicyChanges">["changes"][number];

/** `always`: also where nothing waits, for whoever comes for this alone. */
export function PolicyChanges({ always = false }: { always?: boolean }) {
  const t = useWords(POLICY_CHANGES);
  const list = useRead("listPolicyChanges");
  const say = useSay();
  const loosened = useLoosened();
  if (list.data === undefined)
    return list.isError ? <Failed error={list.error} retry={list.refetch} /> : <Loading />;
  const waiting = list.data.changes.filter((one) => one.state === "pending");
  if (waiting.length === 0 && !always) return null;
  return (
    <Section title={t("title")}>
      <p className={styles["soft"]} style={{ marginBottom: 12 }}>
        {t("what")}
      </p>
      {waiting.length === 0 ? (
        <p className={styles["soft"]}>{t("none")}</p>
      ) : (
        <WaitingList>
          {waiting.map((one) => {
            const would = loosened(one.why);
            return (
              <WaitingRow
                key={one.id}
                icon="settings"
                sentence={say(POLICY_WAITS, { model: nameOf(one), by: one.requestedBy, would })}
                at={one.requestedAt}
                more={<StatusWord plain tone="waiting" word={t(one.before === null ? "held" : "keeps")} />}
                acts={<Settle change={one} would={would} />}
              />
            );
          })}
        </WaitingList>
      )}
    </Section>
  );
}

function Settle({ change, would }: { change: Change; would: string }) {
  const t = useWords(POLICY_CHANGES);
  const may = useMay();
  const me = useMe();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const refreshes = ["listPolicyChanges", "listConnections", "getOverview"] as const;
  const approve = useAct("approvePolicyChange", { refreshes });
  const refuse = useAct("refusePolicyChange", { refreshes });
  const own = change.requestedBy.toLowerCase() === me.person?.email.toLowerCase();
  const input = { params: { change: change.id } };
  const model = nameOf(change);
  if (!own && !may("connection.loosen_policy")) return null;
  return (
    <span className={rows["acts"]}>
      {own ? (
        <span className={styles["soft"]}>{t("own")}</span>
      ) : (
        <Button size="compact-sm" aria-label={t("approveOf", { model })} onClick={() => setOpen(true)}>
          {t("approve")}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t(own ? "takeBackOf" : "refuseOf", { model })}
        loading={refuse.isPending}
        onClick={() =>
          refuse.mutate(input, {
            onSuccess: () => toast.show({ what: t("refused") }),
            onError: (error) => toast.show({ what: t("refuse"), error }),
          })
        }
      >
        {t(own ? "takeBack" : "refuse")}
      </Button>
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
        <p>{t("approveWhat", { model, by: change.requestedBy, would })}</p>
      </Confirm>
    </span>
  );
}

function nameOf({ connection, model }: Pick<Change, "connection" | "model">): string {
  return `${connection}/${model}`;
}
