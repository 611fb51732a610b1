/** Correcting what was delivered: the final output as a form, a reason, and a window to take the correction back. */
import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useMemo, useState } from "react";
import { isJsonObject } from "../../../contract/json.ts";
import { REVIEW_REASONS, type ReviewReason } from "../../../contract/states.ts";
import { OutputForm } from "../../case/output-form.tsx";
import { compose, differing, entriesOf, type OutputField } from "../../case/output-fields.ts";
import { languageOfCase } from "../../case/source.tsx";
import { call, isRefusal, queries, useAct } from "../../data/api.ts";
import { CASE } from "../../locales/case.ts";
import { CORRECTIONS } from "../../locales/corrections.ts";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

export function Correct({
  found,
  fields,
  close,
}: {
  found: Case;
  fields: readonly OutputField[];
  close: () => void;
}) {
  const t = useWords(CASE);
  const corrections = useWords(CORRECTIONS);
  const frame = useWords(FRAME);
  const say = useSay();
  const toast = useToast();
  const correct = useAct("correctCase", { refreshes: ["getCase", "listCases"] });
  // What went out alone has no answer of a person.
  const before = useMemo(() => {
    const sent: unknown = found.content?.final ?? found.content?.output;
    return isJsonObject(sent) ? sent : {};
  }, [found]);
  const input = isJsonObject(found.content?.input) ? found.content.input : {};
  const [entries, setEntries] = useState(() => entriesOf(fields, before));
  const [focused, setFocused] = useState<string>();
  const [reason, setReason] = useState<ReviewReason>("wrong_value");
  const [text, setText] = useState("");
  const { output, problems } = compose(fields, before, entries);
  const changed = differing(fields, before, output).length > 0;
  const params = { case: found.id };

  function submit() {
    correct.mutate(
      { params, body: { output, reason, ...(text.trim() === "" ? {} : { text: text.trim() }) } },
      {
        onSuccess({ undoUntil }) {
          toast.show({
            what: t("corrected"),
            undo: {
              until: undoUntil,
              run: async () => {
                await call("undoVerdict", { params });
                toast.show({ what: t("correctionUndone") });
              },
            },
          });
          close();
        },
        // It is kept: no failure, but what happens next.
        onError(error) {
          if (!isRefusal(error, "second_person_needed")) return;
          for (const name of ["getCase", "getInbox"]) void queries.invalidateQueries({ queryKey: [name] });
          toast.show({ what: corrections("waits") });
          close();
        },
      },
    );
  }

  return (
    <Modal
      opened
      onClose={close}
      size={640}
      title={t("correctTitle")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <p className={styles["quiet"]}>{t("correctWhat")}</p>
      <OutputForm
        fields={fields}
        entries={entries}
        suggested={before}
        doubts={[]}
        suggestions={[]}
        problems={problems}
        strict
        input={input}
        lang={languageOfCase(input)}
        focused={focused}
        active={undefined}
        disabled={correct.isPending}
        onFocus={setFocused}
        onChange={(path, value) => setEntries((earlier) => ({ ...earlier, [path]: value }))}
      />
      <NativeSelect
        mt="md"
        label={t("correctReason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as ReviewReason)}
        data={REVIEW_REASONS.map((one) => ({ value: one, label: say(REVIEW_REASON_WORDS[one]) }))}
      />
      <Textarea
        mt="sm"
        label={t("correctText")}
        autosize
        minRows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {correct.isError ? (
        <div role="alert">
          <ErrorText error={correct.error} />
        </div>
      ) : null}
      <div className={styles["ends"]}>
        {changed ? null : <span className={styles["quiet"]}>{t("nothingChanged")}</span>}
        <Button variant="default" onClick={close}>
          {frame("cancel")}
        </Button>
        <Button
          loading={correct.isPending}
          disabled={
            !changed || Object.keys(problems).length > 0 || (reason === "other" && text.trim() === "")
          }
          onClick={submit}
        >
          {t("correct")}
        </Button>
      </div>
    </Modal>
  );
}
