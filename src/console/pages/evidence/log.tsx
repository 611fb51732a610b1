/** The audit log: where it stands, verifying it here and now, exporting it, and looking at its events. */
import { Button, Group } from "@mantine/core";
import { ENDPOINTS } from "../../../contract/endpoints.ts";
import { useAct, useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { ErrorText, Failed, Loading } from "../../parts/page.tsx";
import { CopyableId, RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { Events } from "./events.tsx";
import facts from "../../parts/facts.module.css";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

interface LogProps {
  workflow: string | undefined;
  /** May read all of it. */
  whole: boolean;
}

export function Log({ workflow, whole }: LogProps) {
  const t = useWords(EVIDENCE);
  return (
    <>
      {whole ? <State /> : <p className={styles["soft"]}>{t("onlyOwn")}</p>}
      <Button
        component="a"
        variant="default"
        mt="md"
        href={`${ENDPOINTS.exportAudit.path}${workflow === undefined ? "" : `?workflow=${encodeURIComponent(workflow)}`}`}
        download="pilotage-audit.ndjson"
      >
        {t("export")}
      </Button>
      <Events workflow={workflow} />
    </>
  );
}

function State() {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  const audit = useRead("getAudit", {}, { every: 20_000 });
  const verify = useAct("verifyAudit");
  if (audit.data === undefined)
    return audit.isError ? <Failed error={audit.error} retry={audit.refetch} /> : <Loading />;
  const { size, checkpoint, pending, verifier, protection, gaps, putAside, problem } = audit.data;
  const result = verify.data;
  return (
    <>
      <dl className={facts["facts"]}>
        <dt>{t("size")}</dt>
        <dd>{formats.number(size)}</dd>
        <dt>{t("checkpoint")}</dt>
        <dd>
          {checkpoint === null
            ? t("noCheckpoint")
            : t("checkpointIs", { size: checkpoint.size, at: formats.when(checkpoint.at) })}
        </dd>
        {pending.count === 0 ? null : (
          <>
            <dt>{t("pending")}</dt>
            <dd>
              {formats.number(pending.count)} <RelativeTime at={pending.oldestAt} />
            </dd>
          </>
        )}
        {verifier === null ? null : (
          <>
            <dt>{t("key")}</dt>
            <dd>
              <CopyableId id={verifier} />
              <p className={styles["soft"]}>{t("keyWhat")}</p>
            </dd>
          </>
        )}
        <dt>{t("protection")}</dt>
        <dd>
          <StatusWord
            plain
            tone={protection.enforced ? "good" : "attention"}
            word={
              protection.enforced ? t("protected") : t("unprotected", { missing: protection.missing ?? "" })
            }
          />
        </dd>
      </dl>
      {[
        ...(problem === null ? [] : [problem]),
        ...(gaps > 0 ? [t("gaps", { n: gaps })] : []),
        ...(putAside > 0 ? [t("putAside", { n: putAside })] : []),
      ].map((text) => (
        <p key={text}>
          <StatusWord tone="bad" word={text} />
        </p>
      ))}
      <Group gap="xs" mt="md">
        <Button loading={verify.isPending} onClick={() => verify.mutate({ body: {} })}>
          {t("verify")}
        </Button>
      </Group>
      <div role="status" className={styles["result"]}>
        {verify.isPending ? (
          t("verifying")
        ) : result === undefined ? null : (
          <StatusWord
            tone={result.ok ? "good" : "bad"}
            word={
              result.ok
                ? t("verified", {
                    events: result.events,
                    checkpoint: result.checkpoint,
                    key: result.signedBy,
                    seconds: formats.number(result.milliseconds / 1_000, 1),
                  })
                : t("broken", { problem: result.problem ?? "" })
            }
          />
        )}
        {verify.isError ? <ErrorText error={verify.error} /> : null}
      </div>
    </>
  );
}
