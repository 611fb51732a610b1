/**
 * What the release delivered before it was taken out, or promoted: how many, how many unreviewed, and which.
 *
 * After a rollback what nobody saw is put before people here, in two clicks; then how far they have come with it.
 */
import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Section } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Rollout } from "./page.tsx";
import styles from "./rollout.module.css";
import { ROLLOUT } from "./words.ts";

const REFRESHES = ["rolledOutCases", "getOverview", "getInbox"] as const;

export function Delivered({ rollout, workflow }: { rollout: Rollout; workflow: string }) {
  const t = useWords(ROLLOUT);
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const read = useRead(
    "rolledOutCases",
    { params: { rollout: rollout.id }, query: { limit: 1 } },
    { every: 10_000 },
  );
  if (read.data === undefined) return null;
  const { total, alone, unseen } = read.data;
  const back = rollout.state === "rolled_back";
  return (
    <Section title={t("deliveredTitle")}>
      <p className={styles["flat"]}>
        {t("delivered", { n: total, alone })}{" "}
        {total === 0 ? null : (
          <Link to="/cases" search={{ workflow, release: rollout.release, state: "delivered" }}>
            {t("showDelivered")}
          </Link>
        )}
      </p>
      <Progress delivered={read.data} />
      {back && unseen > 0 ? (
        <div className={styles["recall"]}>
          <p className={styles["flat"]}>{t("unseen", { n: unseen })}</p>
          {may("share.lower") ? (
            <Button variant="default" onClick={() => setAsking(true)}>
              {t("recall")}
            </Button>
          ) : null}
        </div>
      ) : null}
      {asking ? <RecallDialog rollout={rollout} unseen={unseen} close={() => setAsking(false)} /> : null}
    </Section>
  );
}

function Progress({ delivered: { recall } }: { delivered: Reply<"rolledOutCases"> }) {
  const t = useWords(ROLLOUT);
  const { open, confirmed, corrected } = recall;
  const all = open + confirmed + corrected;
  if (all === 0) return null;
  const done = (confirmed + corrected) / all;
  return (
    <div className={styles["meterRow"]}>
      <div
        className={styles["meter"]}
        role="meter"
        aria-label={t("recallDone")}
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={confirmed + corrected}
      >
        <span style={{ inlineSize: `${done * 100}%` }} />
      </div>
      <span className={styles["soft"]}>{t("recallCounts", { open, confirmed, corrected })}</span>
    </div>
  );
}

function RecallDialog({ rollout, unseen, close }: { rollout: Rollout; unseen: number; close: () => void }) {
  const t = useWords(ROLLOUT);
  const frame = useWords(FRAME);
  const toast = useToast();
  const act = useAct("recallDelivered", { refreshes: REFRESHES });
  const [since, setSince] = useState("");
  const [facet, setFacet] = useState("");
  const [reason, setReason] = useState(t("recallReason"));
  const named = facet.trim() === "" || /^[^=]+=./.test(facet.trim());
  const go = () =>
    act.mutate(
      {
        params: { rollout: rollout.id },
        body: {
          reason: reason.trim(),
          ...(since === "" ? {} : { since: new Date(since).toISOString() }),
          ...(facet.trim() === "" ? {} : { facet: [facet.trim()] }),
        },
      },
      {
        onSuccess({ added }) {
          toast.show({ what: t("recalled", { n: added }) });
          close();
        },
      },
    );
  return (
    <Modal opened onClose={close} title={t("recall")} closeButtonProps={{ "aria-label": frame("close") }}>
      <div className={styles["form"]}>
        <p className={styles["flat"]}>{t("recallWhat", { n: unseen })}</p>
        <TextInput
          type="datetime-local"
          label={t("recallSince")}
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
        />
        <TextInput
          label={t("recallFacet")}
          placeholder="output.category=billing"
          value={facet}
          {...(named ? {} : { error: t("recallFacetForm") })}
          onChange={(event) => setFacet(event.currentTarget.value)}
        />
        <Textarea
          label={t("reason")}
          required
          data-autofocus
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <FormFoot
        act={act}
        verb={t("recall")}
        close={close}
        disabled={reason.trim().length < 3 || !named}
        onAct={go}
        apart
      />
    </Modal>
  );
}
