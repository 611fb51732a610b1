/**
 * One quarantined record: why it is here, its raw text, its fields with what is wrong at each, and replaying it corrected.
 *
 * The checks of intake judge again; what they say stands here, and what was typed stays.
 */
import { Button, Group, Modal, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { isJsonObject, type JsonObject } from "../../../contract/json.ts";
import { call, useRead, type Reply } from "../../data/api.ts";
import { FRAME } from "../../locales/frame.ts";
import { useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { ErrorText, Failed, Loading } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { useReasonText } from "./quarantine.tsx";
import { QUARANTINE } from "./quarantine-words.ts";
import { fieldsOf, isList, recordOf } from "./record-fields.ts";

interface RecordProps {
  id: string;
  close: () => void;
  settled: () => void;
}

export function QuarantineRecord({ id, close, settled }: RecordProps) {
  const t = useWords(QUARANTINE);
  const frame = useWords(FRAME);
  const record = useRead("getQuarantined", { params: { id } });
  return (
    <Modal
      opened
      onClose={close}
      size="xl"
      title={t("recordTitle")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      {record.data === undefined ? (
        record.isError ? (
          <Failed error={record.error} retry={record.refetch} />
        ) : (
          <Loading />
        )
      ) : (
        <Form record={record.data} close={close} settled={settled} />
      )}
    </Modal>
  );
}

function Form({
  record,
  close,
  settled,
}: {
  record: Reply<"getQuarantined">;
  close: () => void;
  settled: () => void;
}) {
  const t = useWords(QUARANTINE);
  const toast = useToast();
  const text = useReasonText();
  const input = isJsonObject(record.input) ? record.input : undefined;
  const [fields, setFields] = useState(() => fieldsOf(input ?? {}, record.details));
  const [json, setJson] = useState<string | undefined>(input === undefined ? "{}" : undefined);
  const [externalId, setExternalId] = useState(record.externalId ?? "");
  const [error, setError] = useState<Error>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [asksAside, setAsksAside] = useState(false);
  const wrong = new Map(record.details.map((one) => [one.path, one.message]));
  const elsewhere = record.details.filter((one) => !fields.some((field) => field.path === one.path));

  function corrected(): JsonObject | undefined {
    try {
      const value: unknown = json === undefined ? recordOf(fields) : JSON.parse(json);
      if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
      setProblem(t("notJson", { problem: "{ }" }));
    } catch (failure) {
      setProblem(t("notJson", { problem: (failure as Error).message }));
    }
    return undefined;
  }

  async function replay() {
    setProblem(undefined);
    setError(undefined);
    const value = corrected();
    if (value === undefined) return;
    setBusy(true);
    try {
      const given = externalId.trim();
      const receipt = await call("replayQuarantined", {
        params: { id: record.id },
        body: { input: value, ...(given === "" || given === record.externalId ? {} : { externalId: given }) },
      });
      toast.show({
        what: t(receipt.status === "duplicate" ? "duplicate" : "replayed", { id: receipt.caseId }),
      });
      settled();
      close();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className={styles["record"]}>
      <p>
        <b>{text(record.reason).what}</b> {text(record.reason).help}
      </p>
      <p className={styles["soft"]}>
        {record.place ?? record.source} · {record.message}
      </p>
      {elsewhere.length === 0 ? null : (
        <ul>
          {elsewhere.map((one) => (
            <li key={`${one.path}-${one.message}`}>
              <code>{one.path}</code> {one.message}
            </li>
          ))}
        </ul>
      )}
      <details open={input === undefined}>
        <summary>{t("raw")}</summary>
        <pre className={`mono ${styles["raw"]}`} tabIndex={0}>
          {record.raw}
        </pre>
      </details>
      {record.externalId === null || record.reason === "duplicate_conflict" ? (
        <TextInput
          label={t("externalId")}
          value={externalId}
          onChange={(event) => setExternalId(event.currentTarget.value)}
        />
      ) : null}
      {json === undefined ? (
        <div className={styles["fields"]} role="group" aria-label={t("fields")}>
          {fields.map((field, at) => {
            const change = (value: string) =>
              setFields(fields.map((one, place) => (place === at ? { ...one, text: value } : one)));
            const error = wrong.get(field.path);
            const long = field.text.length > 80 || field.text.includes("\n");
            const Input = long ? Textarea : TextInput;
            return (
              <Input
                key={field.path}
                label={field.path}
                value={field.text}
                {...(error === undefined ? {} : { error })}
                {...(isList(field) ? { description: t("list") } : {})}
                {...(long ? { autosize: true, maxRows: 8 } : {})}
                onChange={(event) => change(event.currentTarget.value)}
              />
            );
          })}
        </div>
      ) : (
        <Textarea
          label={t("json")}
          className="mono"
          autosize
          minRows={6}
          maxRows={20}
          spellCheck={false}
          value={json}
          onChange={(event) => setJson(event.currentTarget.value)}
        />
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ alignSelf: "flex-start" }}
        onClick={() => {
          setProblem(undefined);
          const value = corrected();
          if (value === undefined) return;
          if (json === undefined) setJson(JSON.stringify(value, null, 2));
          else {
            setFields(fieldsOf(value, record.details));
            setJson(undefined);
          }
        }}
      >
        {t(json === undefined ? "asJson" : "asFields")}
      </Button>
      {problem === undefined && error === undefined ? null : (
        <div role="alert" className={styles["alert"]}>
          {problem ?? <ErrorText error={error ?? null} />}
        </div>
      )}
      <Group justify="space-between" gap="xs">
        <Button variant="default" onClick={() => setAsksAside(true)}>
          {t("aside")}
        </Button>
        <Button loading={busy} onClick={() => void replay()}>
          {t("replay")}
        </Button>
      </Group>
      <Confirm
        open={asksAside}
        title={t("asideTitle", { n: 1 })}
        verb={t("aside")}
        danger
        onClose={() => setAsksAside(false)}
        onConfirm={async () => {
          await call("discardQuarantined", { params: { id: record.id } });
          toast.show({ what: t("discarded") });
          settled();
          close();
        }}
      >
        <p>{t("asideWhat")}</p>
      </Confirm>
    </div>
  );
}
