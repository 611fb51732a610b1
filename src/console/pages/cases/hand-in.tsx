/**
 * Handing in a case by hand: a form from the input schema of the release that is the workflow's reference.
 *
 * That is the candidate, else the stable one, else the newest; while none is published, the input is written as JSON.
 */
import { Modal, Textarea, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo, useState, type FormEvent } from "react";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../contract/json.ts";
import { compose, entriesOf, outputFields } from "../../case/output-fields.ts";
import { OutputForm } from "../../case/output-form.tsx";
import { useAct, useRead } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Loading } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./cases.module.css";
import { CASES } from "./words.ts";

interface HandInProps {
  workflow: string;
  close: () => void;
}

export function HandIn({ workflow, close }: HandInProps) {
  const t = useWords(CASES);
  const frame = useWords(FRAME);
  const state = useRead("getWorkflow", { params: { workflow } });
  const releases = useRead("listReleases", { params: { workflow } });
  const { candidateRelease, stableRelease } = state.data ?? {};
  const reference =
    candidateRelease ??
    (stableRelease === undefined || stableRelease === "manual"
      ? releases.data?.releases[0]?.id
      : stableRelease);
  const release = useRead(
    "getRelease",
    { params: { release: reference ?? "" } },
    { enabled: reference !== undefined },
  );
  const waits = state.isPending || releases.isPending || (reference !== undefined && release.isPending);
  const input = (release.data?.document as Record<string, unknown> | undefined)?.["input"];
  const schema =
    input !== null && typeof input === "object" && !Array.isArray(input) ? (input as JsonObject) : undefined;
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t("handInTitle")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {waits ? <Loading /> : <Form workflow={workflow} schema={schema} release={reference} close={close} />}
    </Modal>
  );
}

interface FormProps extends HandInProps {
  schema: JsonObject | undefined;
  release: string | undefined;
}

function Form({ workflow, schema, release, close }: FormProps) {
  const t = useWords(CASES);
  const toast = useToast();
  const submitCase = useAct("submitCase", {
    refreshes: ["listCases", "getOverview", "getOperations", "getInbox"],
  });
  const fields = useMemo(() => (schema === undefined ? [] : outputFields(schema)), [schema]);
  const [entries, setEntries] = useState(() => entriesOf(fields, null));
  const [json, setJson] = useState("{\n}");
  const [externalId, setExternalId] = useState("");
  const [strict, setStrict] = useState(false);
  const [notJson, setNotJson] = useState(false);
  const [focused, setFocused] = useState<string>();
  const composed = compose(fields, null, entries);

  function inputOf(): JsonObject | undefined {
    if (schema !== undefined) {
      setStrict(true);
      return Object.keys(composed.problems).length === 0 ? composed.output : undefined;
    }
    try {
      const value = JSON.parse(json) as JsonValue;
      if (isJsonObject(value)) return value;
    } catch {
      // Said below, as for a list.
    }
    setNotJson(true);
    return undefined;
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    setNotJson(false);
    const input = inputOf();
    if (input === undefined) return;
    const number = externalId.trim();
    submitCase.mutate(
      {
        params: { workflow },
        body: { source: "by-hand", input, ...(number === "" ? {} : { externalId: number }) },
      },
      {
        onSuccess({ status, caseId, externalId: known }) {
          toast.show({
            what: t(status === "duplicate" ? "duplicate" : "admitted", { id: known }),
            more: (
              <div>
                <Link to="/cases/$case" params={{ case: caseId }} search={{ workflow }}>
                  {t("open")}
                </Link>
              </div>
            ),
          });
          close();
        },
      },
    );
  }

  return (
    <form onSubmit={submit} className={styles["form"]} noValidate>
      <p className={styles["soft"]}>
        {schema === undefined ? t("handInJson") : t("handInWhat", { release: release ?? "" })}
      </p>
      <TextInput
        label={t("externalId")}
        description={t("externalIdWhat")}
        data-autofocus
        value={externalId}
        onChange={(event) => setExternalId(event.currentTarget.value)}
      />
      {schema === undefined ? (
        <Textarea
          label={t("json")}
          className="mono"
          autosize
          minRows={8}
          maxRows={20}
          spellCheck={false}
          value={json}
          {...(notJson ? { error: t("notJson") } : {})}
          onChange={(event) => setJson(event.currentTarget.value)}
        />
      ) : (
        <OutputForm
          fields={fields}
          entries={entries}
          suggested={null}
          doubts={[]}
          suggestions={[]}
          problems={composed.problems}
          strict={strict}
          input={{}}
          lang={undefined}
          focused={focused}
          active={undefined}
          disabled={submitCase.isPending}
          onFocus={setFocused}
          onChange={(path: string, text: string) => setEntries({ ...entries, [path]: text })}
        />
      )}
      <FormFoot act={submitCase} verb={t("send")} close={close} />
    </form>
  );
}
