/** Reporting what is wrong with a case that nobody holds: of what kind, which field it is about, and in words. */
import { Modal, NativeSelect, Textarea } from "@mantine/core";
import { useState } from "react";
import { REPORT_KINDS, type ReportKind } from "../../../contract/feedback-endpoints.ts";
import { OF_SOURCE } from "../../case/about-field.ts";
import { labelOf, type OutputField } from "../../case/output-fields.ts";
import { useAct } from "../../data/api.ts";
import { CASE } from "../../locales/case.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { REPORT_WORDS } from "../../locales/report-kinds.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Case } from "./page.tsx";

export interface ReportProps {
  found: Case;
  fields: readonly OutputField[];
  /** Paths of what came in. */
  source: readonly string[];
  /** The field that seems to be meant; undefined: the whole. */
  about: string | undefined;
  close: () => void;
}

export function Report({ found, fields, source, about, close }: ReportProps) {
  const t = useWords(CASE);
  const w = useWords(INBOX);
  const frame = useWords(FRAME);
  const formats = useFormats();
  const kindWord = useCode(REPORT_WORDS);
  const toast = useToast();
  const report = useAct("report", { refreshes: ["listImprovements", "getCase"] });
  const [kind, setKind] = useState<ReportKind>("wrong_result");
  const [field, setField] = useState(about);
  const [text, setText] = useState("");
  const send = () =>
    report.mutate(
      {
        params: { workflow: found.workflow },
        body: {
          kind,
          caseId: found.id,
          ...(kind === "personal_data" ? { reason: "privacy" as const } : {}),
          ...(field === undefined ? {} : { field }),
          ...(text.trim() === "" ? {} : { text: text.trim() }),
        },
      },
      {
        onSuccess({ alike, told }) {
          toast.show({
            what: w("what.reported", {
              n: alike.length,
              told: told.length === 0 ? w("nobodyTold") : formats.list(told),
            }),
          });
          close();
        },
      },
    );
  return (
    <Modal opened onClose={close} title={t("report")} closeButtonProps={{ "aria-label": frame("close") }}>
      <div style={{ display: "grid", gap: 12 }}>
        <NativeSelect
          label={t("reportKind")}
          value={kind}
          data-autofocus
          onChange={(event) => setKind(event.currentTarget.value as ReportKind)}
          data={(Object.keys(REPORT_KINDS) as ReportKind[]).map((value) => ({
            value,
            label: kindWord(value),
          }))}
        />
        <NativeSelect
          label={w("what.about")}
          value={field ?? ""}
          onChange={(event) => setField(event.currentTarget.value || undefined)}
          data={[
            { value: "", label: w("what.aboutWhole") },
            { group: w("output"), items: fields.map(({ path, label }) => ({ value: path, label })) },
            {
              group: w("source"),
              items: source.map((path) => ({ value: OF_SOURCE + path, label: labelOf(path) })),
            },
          ]}
        />
        <Textarea
          label={w("what.words")}
          autosize
          minRows={3}
          maxRows={8}
          maxLength={4_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <FormFoot act={report} verb={t("reportSend")} close={close} onAct={send} />
      </div>
    </Modal>
  );
}
