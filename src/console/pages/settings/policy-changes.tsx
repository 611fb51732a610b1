/** Looser data policies of models for programs: what waits, who asked, and approving or refusing it for those who may. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { KIND_WORDS } from "../../locales/personal-kinds.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { LOOSENING_WORDS, POLICY_CHANGES } from "./policy-changes-words.ts";
import styles from "./settings.module.css";

type Change = Reply<"listPolicyChanges">["changes"][number];

/** `always`: also where nothing waits, for whoever comes for this alone. */
export function PolicyChanges({ always = false }: { always?: boolean }) {
  const t = useWords(POLICY_CHANGES);
  const list = useRead("listPolicyChanges");
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
      <DataTable
        caption={t("title")}
        rows={waiting}
        idOf={(row) => row.id}
        empty={<p className={styles["soft"]}>{t("none")}</p>}
        columns={[
          {
            id: "model",
            head: t("model"),
            cell: (row) => (
              <>
                {nameOf(row)}
                <div>
                  <StatusWord plain tone="waiting" word={t(row.before === null ? "held" : "keeps")} />
                </div>
              </>
            ),
          },
          { id: "would", head: t("would"), cell: (row) => loosened(row.why) },
          {
            id: "asked",
            head: t("asked"),
            cell: (row) => (
              <>
                <RelativeTime at={row.requestedAt} />
                <div className={styles["soft"]}>{t("askedBy", { by: row.requestedBy })}</div>
              </>
            ),
          },
          { id: "acts", head: "", cell: (row) => <Settle change={row} would={loosened(row.why)} /> },
        ]}
      />
    </Section>
  );
}

function Settle({ change, would }: { change: Change; would: string }) {
  const t = useWords(POLICY_CHANGES);
  const may = useMay();
  const me = useMe();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const refreshes = ["listPolicyChanges", "listConnections"] as const;
  const approve = useAct("approvePolicyChange", { refreshes });
  const refuse = useAct("refusePolicyChange", { refreshes });
  const own = change.requestedBy.toLowerCase() === me.person?.email.toLowerCase();
  const input = { params: { change: change.id } };
  const model = nameOf(change);
  if (!own && !may("connection.loosen_policy")) return null;
  return (
    <span className={styles["acts"]}>
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

/** What would be let on, in one sentence. */
function useLoosened(): (why: Change["why"]) => string {
  const t = useWords(POLICY_CHANGES);
  const words = useWords(LOOSENING_WORDS);
  const kind = useCode(KIND_WORDS);
  return (why) =>
    why
      .map(({ what, name, to }) =>
        words(what, {
          name: what === "kind" ? kind(name ?? "") : (name ?? ""),
          to: to === "allow" || to === "pseudonymise" || to === "mask" ? t(`action.${to}`) : "",
        }),
      )
      .join("; ");
}
