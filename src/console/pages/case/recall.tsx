/** A case that was put before people again: what that means, one click to confirm it, and then the next one. */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { isRefusal, useAct, useRead } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { CASE } from "../../locales/case.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

export function Recall({ found }: { found: Case }) {
  const t = useWords(CASE);
  if (found.recall === null) return null;
  if (found.recall !== "open")
    return (
      <p>
        <StatusWord plain tone="good" word={t(`recall.${found.recall}`)} />
      </p>
    );
  return <Open found={found} />;
}

function Open({ found }: { found: Case }) {
  const t = useWords(CASE);
  const may = useMay();
  const toast = useToast();
  const navigate = useNavigate();
  const confirm = useAct("confirmRecalled", { refreshes: ["getCase", "getInbox", "rolledOutCases"] });
  const inbox = useRead("getInbox", { params: { workflow: found.workflow } });
  const next = inbox.data?.recalled.cases.find((one) => one.caseId !== found.id);
  const go = () =>
    confirm.mutate(
      { params: { case: found.id }, body: {} },
      {
        onSuccess({ open }) {
          toast.show({ what: t("recall.done", { n: open }) });
          if (next !== undefined)
            void navigate({ to: "/cases/$case", params: { case: next.caseId }, search: true });
        },
      },
    );
  return (
    <div className={styles["recall"]} role="note">
      <p>{t("recall.what")}</p>
      {may("case.correct") && found.state === "delivered" ? (
        <Button onClick={go} loading={confirm.isPending}>
          {t("recall.confirm")}
        </Button>
      ) : null}
      {confirm.error === null || isRefusal(confirm.error, "not_found") ? null : (
        <ErrorText error={confirm.error} />
      )}
    </div>
  );
}
