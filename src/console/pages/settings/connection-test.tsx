/** Tries a connection and says what came of it: in the reader's language what to do, below it the program's own words. */
import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAct, type Reply } from "../../data/api.ts";
import { useMe } from "../../data/me.tsx";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { CONNECTION_TEST } from "./connection-test-words.ts";
import type { Connection } from "./connections.tsx";
import styles from "./settings.module.css";

/** Kinds over which several models are asked. */
const WITH_MODELS = new Set(["openai", "anthropic", "bedrock", "google"]);

export function TestDialog({ connection, close }: { connection: Connection; close: () => void }) {
  const t = useWords(CONNECTION_TEST);
  const frame = useWords(FRAME);
  const me = useMe();
  const test = useAct("testConnection");
  const mail = connection.kind === "smtp";
  const hasModels = WITH_MODELS.has(connection.kind);
  const [to, setTo] = useState(me.person?.email ?? "");
  const [model, setModel] = useState("");
  const go = () =>
    test.mutate({
      params: { name: connection.name },
      body: {
        ...(mail && to.trim() !== "" ? { to: to.trim() } : {}),
        ...(hasModels && model.trim() !== "" ? { model: model.trim() } : {}),
      },
    });
  return (
    <Modal
      opened
      onClose={close}
      title={t("testOf", { name: connection.name })}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <div className={styles["stack"]}>
        {mail ? (
          <TextInput
            label={t("testTo")}
            type="email"
            data-autofocus
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        ) : null}
        {hasModels ? (
          <TextInput
            label={t("model")}
            description={t("modelWhat")}
            data-autofocus
            autoComplete="off"
            value={model}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
        ) : null}
        <div role="status">
          {test.data === undefined ? null : <Found name={connection.name} trial={test.data} />}
          {test.isError ? <ErrorText error={test.error} /> : null}
        </div>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {frame("close")}
          </Button>
          <Button loading={test.isPending} onClick={go}>
            {t("test")}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

function Found({ name, trial }: { name: string; trial: Reply<"testConnection"> }) {
  const t = useWords(CONNECTION_TEST);
  const formats = useFormats();
  const facts = [
    trial.model,
    t("ms", { ms: trial.milliseconds }),
    trial.tokens && t("tokens", trial.tokens),
    trial.form && t(`form.${trial.form}`),
  ].filter((fact) => fact !== null);
  return (
    <div className={styles["stack"]}>
      <p style={{ color: `var(--${trial.ok ? "good" : "bad"})` }}>
        {t(`outcome.${trial.outcome}`, { name })}
      </p>
      <p>{facts.join(" · ")}</p>
      {trial.shutdownDate === null ? null : (
        <StatusWord
          plain
          tone="attention"
          word={t("retires", { day: formats.day(`${trial.shutdownDate}T12:00:00Z`) })}
        />
      )}
      {trial.outcome === "answered" ? null : (
        <p className={styles["soft"]} lang="en">
          {trial.detail}
        </p>
      )}
    </div>
  );
}
