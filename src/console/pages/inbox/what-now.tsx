/**
 * "Looks wrong, what now?": for each symptom what to do now, whom it reaches, and the button that does it.
 *
 * Stands at the point of doubt, beside the verdict. A stop is asked for here; owners and on-call do it on their page.
 */
import { Button, Modal } from "@mantine/core";
import type { ReportKind } from "../../../contract/feedback-endpoints.ts";
import type { ReviewReason } from "../../../contract/states.ts";
import { call } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { useToast } from "../../parts/toast.tsx";
import type { Asking } from "./panel.tsx";
import styles from "./what-now.module.css";

export interface WhatNowProps {
  open: boolean;
  close: () => void;
  workflow: string;
  caseId: string;
  field: string | undefined;
  /** To the field that is wrong. */
  correct: () => void;
  /** On with a verdict, its reason chosen already. */
  go: (asks: Asking, reason: ReviewReason) => void;
}

interface Symptom {
  name: "amount" | "invented" | "privacy" | "customer" | "unsure" | "again" | "slow";
  report?: ReportKind;
  verdict?: readonly [Asking, ReviewReason];
}

const SYMPTOMS: readonly Symptom[] = [
  { name: "amount" },
  { name: "invented", report: "invented", verdict: ["reject", "not_supported"] },
  { name: "privacy", report: "personal_data", verdict: ["reject", "privacy"] },
  { name: "customer", report: "wrong_customer", verdict: ["escalate", "wrong_value"] },
  { name: "unsure", verdict: ["escalate", "other"] },
  { name: "again", report: "same_mistake" },
  { name: "slow", report: "slow_or_strange" },
];

export function WhatNow({ open, close, workflow, caseId, field, correct, go }: WhatNowProps) {
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  const formats = useFormats();
  const may = useMay();
  const toast = useToast();
  const told = (people: readonly string[]) => (people.length === 0 ? t("nobodyTold") : formats.list(people));

  async function act({ name, report, verdict }: Symptom) {
    close();
    if (name === "amount") correct();
    if (verdict !== undefined) go(...verdict);
    if (report === undefined) return;
    try {
      const sent = await call("report", {
        params: { workflow },
        body: {
          kind: report,
          caseId,
          ...(verdict === undefined ? {} : { reason: verdict[1] }),
          ...(field === undefined ? {} : { field }),
        },
      });
      toast.show({ what: t("what.reported", { n: sent.alike.length, told: told(sent.told) }) });
    } catch (error) {
      toast.show({ what: frame("failed"), error: error as Error });
    }
  }

  async function askForStop() {
    close();
    try {
      const asked = await call("requestStop", { params: { workflow }, body: { caseId } });
      toast.show({ what: t("what.stopAsked", { told: told(asked.told) }) });
    } catch (error) {
      toast.show({ what: frame("failed"), error: error as Error });
    }
  }

  return (
    <Modal
      opened={open}
      onClose={close}
      title={t("what.title")}
      size={620}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <ul className={styles["symptoms"]}>
        {SYMPTOMS.map((symptom, index) => (
          <li key={symptom.name}>
            <div>
              <h3>{t(`what.${symptom.name}`)}</h3>
              <p>{t(`what.${symptom.name}Do`)}</p>
            </div>
            <Button
              variant="default"
              size="xs"
              onClick={() => void act(symptom)}
              {...(index === 0 ? { "data-autofocus": true } : {})}
            >
              {t(`what.${symptom.name}Button`)}
            </Button>
          </li>
        ))}
        {may("stop.request") ? (
          <li className={styles["stop"]}>
            <div>
              <h3>{t("what.stop")}</h3>
              <p>{t("what.stopDo")}</p>
            </div>
            <Button variant="default" size="xs" onClick={() => void askForStop()}>
              {t("what.stopButton")}
            </Button>
          </li>
        ) : null}
      </ul>
    </Modal>
  );
}
