/** The second person's answer to a proposed correction: approve, or refuse with a reason. The own one can be taken back. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { call, useAct } from "../data/api.ts";
import { CORRECTIONS } from "../locales/corrections.ts";
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { ErrorText } from "../parts/page.tsx";
import { useToast } from "../parts/toast.tsx";
import styles from "./corrections.module.css";

const REFRESHES = ["getCase", "listCases", "getInbox"] as const;

export function SettleCorrection({
  caseId,
  proposal,
  own,
  settled,
}: {
  caseId: string;
  proposal: number;
  own: boolean;
  settled?: () => void;
}) {
  const t = useWords(CORRECTIONS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const approve = useAct("approveCorrection", { refreshes: REFRESHES });
  const refuse = useAct("refuseCorrection", { refreshes: REFRESHES });
  const [refusing, setRefusing] = useState(false);
  const [text, setText] = useState("");
  const params = { case: caseId };
  const failed = approve.error ?? refuse.error;

  function approveIt() {
    approve.mutate(
      { params, body: { proposal } },
      {
        onSuccess({ undoUntil }) {
          toast.show(
            undoUntil === null
              ? { what: t("oneMore") }
              : {
                  what: t("approved"),
                  undo: {
                    until: undoUntil,
                    run: async () => {
                      await call("undoVerdict", { params });
                      toast.show({ what: t("undone") });
                    },
                  },
                },
          );
          settled?.();
        },
      },
    );
  }

  function refuseIt() {
    refuse.mutate(
      { params, body: { proposal, ...(own ? {} : { text: text.trim() }) } },
      {
        onSuccess({ state }) {
          toast.show({ what: t(state) });
          settled?.();
        },
      },
    );
  }

  const busy = approve.isPending || refuse.isPending;
  return (
    <div className={styles["settle"]}>
      {own ? <p className={styles["who"]}>{t("own")}</p> : null}
      {refusing ? (
        <Textarea
          label={t("why")}
          autosize
          minRows={2}
          data-autofocus
          autoFocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : null}
      {failed === null ? null : (
        <div role="alert">
          <ErrorText error={failed} />
        </div>
      )}
      <div className={styles["ends"]}>
        {own ? (
          <Button variant="default" loading={refuse.isPending} onClick={refuseIt}>
            {t("takeBack")}
          </Button>
        ) : refusing ? (
          <>
            <Button variant="default" onClick={() => setRefusing(false)}>
              {frame("cancel")}
            </Button>
            <Button loading={refuse.isPending} disabled={text.trim() === ""} onClick={refuseIt}>
              {t("refuseNow")}
            </Button>
          </>
        ) : (
          <>
            <Button variant="default" disabled={busy} onClick={() => setRefusing(true)}>
              {t("refuse")}
            </Button>
            <Button loading={approve.isPending} disabled={busy} onClick={approveIt}>
              {t("approve")}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
