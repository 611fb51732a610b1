/**
 * Identical suggestions approved together, once a random three have been looked at.
 *
 * Nothing that is approved is hidden: every case stands in the list and can be left out. One undo takes all back. How far
 * somebody came is kept on the device, so that a batch that is gone on with is as they left it.
 */
import { Button, Checkbox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import { useAttached } from "../../case/attached.ts";
import { Attachments } from "../../case/attachments.tsx";
import { dropDraft, keepBatch, readBatch } from "../../case/drafts.ts";
import { outputFields, valueAt } from "../../case/output-fields.ts";
import { shownValue } from "../../case/shown-value.ts";
import { languageOfCase, Source } from "../../case/source.tsx";
import { call } from "../../data/api.ts";
import { useMe } from "../../data/me.tsx";
import { ATTACHMENTS } from "../../locales/attachments.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { ErrorText } from "../../parts/page.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./bulk.module.css";
import type { Alike } from "./desk.ts";
import { useReady } from "./ready.ts";
import { WaitsFor } from "./waits-for.tsx";

export function Bulk({ alike, done }: { alike: Alike; done: () => void }) {
  const t = useWords(INBOX);
  const toast = useToast();
  const [at, setAt] = useState<string>();
  const person = useMe().person?.id ?? "";
  const [before] = useState(() => readBatch(person, alike.bulk));
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set(before?.opened));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set(before?.left));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const heading = useRef<HTMLHeadingElement>(null);
  const three = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(
    () => keepBatch(person, alike.bulk, { opened: [...opened], left: [...left] }),
    [person, alike.bulk, opened, left],
  );
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

  function end() {
    dropDraft(person, alike.bulk);
    done();
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
      end();
    });

  const release = () =>
    run(async () => {
      await call("releaseAlike", { params: { bulk: alike.bulk } });
      end();
    });

  return (
    <section className={styles["bulk"]}>
      <h2 ref={heading} tabIndex={-1}>
        {t("bulk.title", { n: alike.cases.length })}
      </h2>
      {before === undefined ? null : <p role="status">{t("bulk.back")}</p>}
      <p>{t("bulk.what")}</p>
      <div className={styles["three"]} ref={three}>
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
          leave={() => three.current?.querySelector<HTMLElement>("[aria-pressed=true]")?.focus()}
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

interface OneProps {
  task: Alike["open"][number];
  seen: () => void;
  leave: () => void;
}

function One({ task, seen, leave }: OneProps) {
  const t = useWords(INBOX);
  const a = useWords(ATTACHMENTS);
  const source = useRef<HTMLDivElement>(null);
  const attached = useAttached(task.caseId, task.attachments, { open: true });
  const input = task.input as JsonObject;
  const { ready, waitsFor, cutSeen } = useReady({ caseId: task.caseId, input }, source, attached);
  const fields = outputFields(task.outputSchema as JsonObject, task.suggestions);
  useEffect(() => {
    if (ready) seen();
    // Once, when it has been on screen.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready]);
  return (
    <div className={styles["one"]}>
      <section aria-label={t("source")}>
        <Attachments
          attached={attached}
          lang={languageOfCase(input)}
          leave={{ to: a("escToList"), run: leave }}
        />
        <Source ref={source} input={input} schema={task.inputSchema as JsonObject} cutSeen={cutSeen} />
      </section>
      <section aria-label={t("output")}>
        <WaitsFor waitsFor={waitsFor} attached={attached} source={source} />
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
