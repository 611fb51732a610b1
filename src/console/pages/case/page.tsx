/**
 * One case: source, result, decision with its reasons in words, attempts, verdicts, deliveries, labels, history.
 *
 * What a person may not see is left out by the program; the page says so. What can be done is a button at the head:
 * work on it, correct it after delivery, take the whole file along.
 */
import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { JsonObject } from "../../../contract/json.ts";
import { AttachmentsOf } from "../../case/attachments.tsx";
import { aboutField, OF_SOURCE } from "../../case/about-field.ts";
import { useOutputFields, type Case } from "../../case/fields-of-case.ts";
import { Corrections } from "../../case/corrections.tsx";
import { Source, sourcePaths } from "../../case/source.tsx";
import { isRefusal, useRead } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { CASE } from "../../locales/case.ts";
import { STATE_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { Empty, Page, Section } from "../../parts/page.tsx";
import { CopyableId, RelativeTime, Tag } from "../../parts/small.tsx";
import { Arm, CaseState } from "../../parts/status-word.tsx";
import styles from "./case.module.css";
import { Correct } from "./correct.tsx";
import { Decision } from "./decision.tsx";
import { History } from "./history.tsx";
import { Attempts, Deliveries, Labels, Reviews } from "./records.tsx";
import { Report } from "./report.tsx";
import { Recall } from "./recall.tsx";
import { Result } from "./result.tsx";

export type { Case } from "../../case/fields-of-case.ts";

export default function CasePage() {
  const t = useWords(CASE);
  const formats = useFormats();
  const state = useCode(STATE_WORDS);
  const verdict = useCode(VERDICT_WORDS);
  const may = useMay();
  const { case: id = "" } = useParams({ strict: false }) as { case?: string };
  const withContent = may("case.read") || may("review.work");
  const read = useRead("getCase", { params: { case: id }, query: withContent ? { content: "true" } : {} });
  const [correcting, setCorrecting] = useState(false);
  const [reporting, setReporting] = useState(false);
  /** The text of the source that was marked last. */
  const [marked, setMarked] = useState<string>();
  const found = read.data;
  const fields = useOutputFields(found);
  const sources = sourcePaths((found?.content?.input ?? {}) as JsonObject);

  if (isRefusal(read.error, "not_found"))
    return (
      <Page title={t("empty")}>
        <Empty icon="cases" title={t("empty")}>
          <p>{t("emptyWhat")}</p>
        </Empty>
      </Page>
    );
  const sentence =
    found === undefined
      ? undefined
      : t(found.verdict === null ? "sentence" : "sentence.verdict", {
          state: state(found.state),
          verdict: found.verdict === null ? "" : verdict(found.verdict),
          when: formats.when(found.receivedAt),
          source: found.source,
        });
  const delivered = found?.state === "delivered" || found?.state === "failed_delivery";
  return (
    <Page
      title={found?.externalId ?? t("loading")}
      sentence={sentence}
      read={read}
      actions={
        found === undefined ? undefined : (
          <>
            {found.state === "in_review" && may("review.work") ? (
              <Button
                component={Link}
                to={`/inbox?case=${encodeURIComponent(found.id)}&workflow=${encodeURIComponent(found.workflow)}`}
                leftSection={<Icon name="inbox" />}
              >
                {t("work")}
              </Button>
            ) : null}
            {delivered && may("case.correct") && found.content !== null ? (
              <Button
                variant="default"
                leftSection={<Icon name="edit" />}
                onClick={() => setCorrecting(true)}
              >
                {t("correct")}
              </Button>
            ) : null}
            {may("review.work") ? (
              <Button variant="default" leftSection={<Icon name="warn" />} onClick={() => setReporting(true)}>
                {t("report")}
              </Button>
            ) : null}
            <Download found={found} />
          </>
        )
      }
    >
      {found === undefined ? null : (
        <>
          <Facts found={found} />
          <Recall found={found} />
          <div className={styles["two"]}>
            <Section title={t("source")}>
              {found.content === null ? (
                <p className={styles["quiet"]}>{found.state === "erased" ? t("erased") : t("noContent")}</p>
              ) : (
                <div className={styles["panel"]}>
                  <AttachmentsOf key={found.id} caseId={found.id} attachments={found.attachments} />
                  <Source
                    input={(found.content.input ?? {}) as JsonObject}
                    onMark={(path) => setMarked(OF_SOURCE + path)}
                  />
                </div>
              )}
            </Section>
            <div>
              <Section title={t("result")}>
                <Result found={found} fields={fields} />
              </Section>
              <Section title={t("decision")}>
                <Decision found={found} />
              </Section>
            </div>
          </div>
          <Corrections found={found} fields={fields} />
          <Reviews found={found} fields={fields} />
          <Attempts found={found} />
          <Deliveries found={found} />
          <Labels found={found} fields={fields} />
          <History found={found} />
          {reporting ? (
            <Report
              found={found}
              fields={fields}
              source={sources}
              about={aboutField({ fields, source: sources, last: marked, doubts: [] })}
              close={() => setReporting(false)}
            />
          ) : null}
          {correcting ? <Correct found={found} fields={fields} close={() => setCorrecting(false)} /> : null}
        </>
      )}
    </Page>
  );
}

function Facts({ found }: { found: Case }) {
  const t = useWords(CASE);
  return (
    <dl className={styles["facts"]}>
      <div>
        <dt>{t("state")}</dt>
        <dd>
          <CaseState state={found.state} /> {found.drill ? <Tag>{t("drill")}</Tag> : null}
        </dd>
      </div>
      <div>
        <dt>{t("arm")}</dt>
        <dd>
          <Arm arm={found.arm} />
        </dd>
      </div>
      {found.dueAt === null ? null : (
        <div>
          <dt>{t("due")}</dt>
          <dd>
            <RelativeTime at={found.dueAt} />
          </dd>
        </div>
      )}
      {found.team === null ? null : (
        <div>
          <dt>{t("team")}</dt>
          <dd>{found.team}</dd>
        </div>
      )}
      <div>
        <dt>{t("release")}</dt>
        <dd>{found.release === "manual" ? "–" : <CopyableId id={found.release} short />}</dd>
      </div>
      <div>
        <dt>{t("id")}</dt>
        <dd>
          <CopyableId id={found.id} />
        </dd>
      </div>
    </dl>
  );
}

/** The case as the program gave it, for the files of whoever asks. */
function Download({ found }: { found: Case }) {
  const t = useWords(CASE);
  function save() {
    const address = URL.createObjectURL(
      new Blob([JSON.stringify(found, undefined, 2)], { type: "application/json" }),
    );
    const link = document.createElement("a");
    link.href = address;
    link.download = `${found.id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
  }
  return (
    <Button variant="default" onClick={save}>
      {t("download")}
    </Button>
  );
}
