/**
 * Identical suggestions approved together, once a random three have been looked at.
 *
 * Nothing that is approved is hidden: every case stands in the list and can be left out. One undo takes all back.
 */
import { Button, Checkbox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import { Attachments } from "../../case/attachments.tsx";
import { outputFields, valueAt } from "../../case/output-fields.ts";
import { shownValue } from "../../case/shown-value.ts";
import { Source } from "../../case/source.tsx";
import { call, type Reply } from "../../data/api.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./bulk.module.css";
import { useReady } from "./ready.ts";

type Alike = Reply<"claimAlike">;

export function Bulk({ alike, done }: { alike: Alike; done: () => void }) {
  const t = useWords(INBOX);
  const toast = useToast();
  const [at, setAt] = useState<string>();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const task = alike.open.find((one) => one.caseId === at);
  const all = opened.size >= alike.open.length;
  const count = alike.cases.length - left.size;

  async function run(work: () => Promise<void>) {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(failure as Error);
    } finally {
      setBusy(false);
    }
  }

  const approve = () =>
    run(async () => {
      const params = { bulk: alike.bulk };
      const { approved, undoUntil } = await call("approveAlike", {
        params,
        body: { opened: [...opened], leave: [...left] },
      });
      toast.show({
        what: t("bulk.done", { n: approved }),
        undo: {
          until: undoUntil,
          run: async () => {
            const { undone } = await call("undoAlike", { params });
            toast.show({ what: t("bulk.undone", { n: undone }) });
          },
        },
      });
      done();
    });

  const release = () =>
    run(async () => {
      await call("releaseAlike", { params: { bulk: alike.bulk } });
      done();
    });

  return (
    <section className={styles["bulk"]}>
      <h2 ref={heading} tabIndex={-1}>
        {t("bulk.title", { n: alike.cases.length })}
      </h2>
      <p>{t("bulk.what")}</p>
      <div className={styles["three"]}>
        {alike.open.map((one) => (
          <Button
            key={one.caseId}
            variant={at === one.caseId ? "light" : "default"}
            aria-pressed={at === one.caseId}
            leftSection={
              opened.has(one.caseId) ? <Icon name="check" label={t("bulk.opened")} /> : <Icon name="eye" />
            }
            onClick={() => setAt(one.caseId)}
          >
            {t("bulk.open", { id: one.externalId })}
          </Button>
        ))}
        <span role="status">{t("bulk.left", { seen: opened.size, of: alike.open.length })}</span>
      </div>
      {task === undefined ? null : (
        <One
          key={task.caseId}
          task={task}
          seen={() => setOpened((before) => new Set(before).add(task.caseId))}
        />
      )}
      <h3>{t("bulk.cases")}</h3>
      <ul className={styles["cases"]}>
        {alike.cases.map(({ caseId, externalId }) => (
          <li key={caseId}>
            <Checkbox
              label={externalId}
              aria-label={`${t("bulk.include")}: ${externalId}`}
              checked={!left.has(caseId)}
              onChange={(event) => {
                const next = new Set(left);
                if (event.currentTarget.checked) next.delete(caseId);
                else next.add(caseId);
                setLeft(next);
              }}
            />
          </li>
        ))}
      </ul>
      {error === undefined ? null : (
        <div role="alert">
          <ErrorText error={error} />
        </div>
      )}
      <div className={styles["ends"]}>
        <Button variant="default" disabled={busy} onClick={() => void release()}>
          {t("bulk.cancel")}
        </Button>
        <Button
          loading={busy}
          disabled={!all || count === 0}
          onClick={() => void approve()}
          leftSection={<Icon name="check" />}
        >
          {t("bulk.approve", { n: count })}
        </Button>
      </div>
    </section>
  );
}

function One({ task, seen }: { task: Alike["open"][number]; seen: () => void }) {
  const t = useWords(INBOX);
  const source = useRef<HTMLDivElement>(null);
  const ready = useReady(task.caseId, source);
  const fields = outputFields(task.outputSchema as JsonObject, task.suggestions);
  useEffect(() => {
    if (ready) seen();
    // Once, when it has been on screen.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready]);
  return (
    <div className={styles["one"]}>
      <section aria-label={t("source")}>
        <Attachments caseId={task.caseId} attachments={task.attachments} />
        <Source ref={source} input={task.input as JsonObject} schema={task.inputSchema as JsonObject} />
      </section>
      <section aria-label={t("output")}>
        <dl>
          {fields.map((field) => (
            <div key={field.path}>
              <dt>{field.label}</dt>
              <dd>{shownValue(valueAt(task.output, field.path), field)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
