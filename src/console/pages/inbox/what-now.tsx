/**
 * "Looks wrong, what now?": for each symptom what to do now, whom it reaches, and the button that does it.
 *
 * Stands at the point of doubt, beside the verdict. A report is about the field that was pointed at last (about-field.ts)
 * and takes words along, which are kept until they are sent. A stop is asked for here; owners and on-call do it on their
 * page.
 */
import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ReportKind } from "../../../contract/feedback-endpoints.ts";
import type { ReviewReason } from "../../../contract/states.ts";
import { OF_SOURCE } from "../../case/about-field.ts";
import { labelOf } from "../../case/output-fields.ts";
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
  close: () => void;
  workflow: string;
  caseId: string;
  fields: readonly { path: string; label: string }[];
  /** Paths of what came in. */
  source: readonly string[];
  /** The field that seems to be meant; undefined: the whole. */
  about: string | undefined;
  /** The person's own words. */
  text: string;
  onText: (text: string) => void;
  /** To the field that is wrong. */
  correct: (field: string | undefined) => void;
  /** On with a verdict, its reason chosen already, with the words that were said. */
  go: (asks: Asking, reason: ReviewReason, text: string) => void;
}

interface Symptom {
  name: "amount" | "invented" | "privacy" | "customer" | "unsure" | "again" | "slow";
  report?: ReportKind;
  verdict?: readonly [Asking, ReviewReason];
}

/** A request to stop takes so many letters. */
const MOST_OF_A_STOP = 1_000;

const SYMPTOMS: readonly Symptom[] = [
  { name: "amount" },
  { name: "invented", report: "invented", verdict: ["reject", "not_supported"] },
  { name: "privacy", report: "personal_data", verdict: ["reject", "privacy"] },
  { name: "customer", report: "wrong_customer", verdict: ["escalate", "wrong_value"] },
  { name: "unsure", verdict: ["escalate", "other"] },
  { name: "again", report: "same_mistake" },
  { name: "slow", report: "slow_or_strange" },
];

export function WhatNow({ close, workflow, caseId, fields, source, about, ...props }: WhatNowProps) {
  const { text, onText, correct, go } = props;
  const [field, setField] = useState(about);
  const words = text.trim();
  const t = useWords(INBOX);
  const frame = useWords(FRAME);
  const formats = useFormats();
  const may = useMay();
  const toast = useToast();
  const told = (people: readonly string[]) => (people.length === 0 ? t("nobodyTold") : formats.list(people));

  async function act({ name, report, verdict }: Symptom) {
    close();
    if (name === "amount") correct(field?.startsWith(OF_SOURCE) ? undefined : field);
    if (verdict !== undefined) go(...verdict, words);
    if (report === undefined) return;
    try {
      const sent = await call("report", {
        params: { workflow },
        body: {
          kind: report,
          caseId,
          ...(verdict === undefined ? {} : { reason: verdict[1] }),
          ...(field === undefined ? {} : { field }),
          ...(words === "" ? {} : { text: words }),
        },
      });
      onText("");
      toast.show({ what: t("what.reported", { n: sent.alike.length, told: told(sent.told) }) });
    } catch (error) {
      toast.show({ what: frame("failed"), error: error as Error });
    }
  }

  async function askForStop() {
    close();
    try {
      const asked = await call("requestStop", {
        params: { workflow },
        body: { caseId, ...(words === "" ? {} : { text: words.slice(0, MOST_OF_A_STOP) }) },
      });
      onText("");
      toast.show({ what: t("what.stopAsked", { told: told(asked.told) }) });
    } catch (error) {
      toast.show({ what: frame("failed"), error: error as Error });
    }
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t("what.title")}
      size={620}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <div className={styles["about"]}>
        <NativeSelect
          label={t("what.about")}
          value={field ?? ""}
          onChange={(event) => setField(event.currentTarget.value || undefined)}
          data={[
            { value: "", label: t("what.aboutWhole") },
            { group: t("output"), items: fields.map(({ path, label }) => ({ value: path, label })) },
            {
              group: t("source"),
              items: source.map((path) => ({ value: OF_SOURCE + path, label: labelOf(path) })),
            },
          ]}
        />
        <Textarea
          label={t("what.words")}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={4_000}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      </div>
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
