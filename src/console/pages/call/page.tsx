/** One call over the OpenAI-compatible endpoint: who asked whom, what it took and cost, and each try at a model. */
import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { INTERRUPTED } from "../../../contract/gateway-endpoints.ts";
import { isRefusal, useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Empty, Page, Section } from "../../parts/page.tsx";
import { CopyableId, RelativeTime } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import list from "../../parts/facts.module.css";
import styles from "../calls/calls.module.css";
import { Outcome, useCallCost, useCost, useTokens, useTook, type Call } from "../calls/shown.tsx";
import { CALLS, OUTCOME_WORDS } from "../calls/words.ts";
import { KIND_WORDS } from "../../locales/personal-kinds.ts";

export default function CallPage() {
  const t = useWords(CALLS);
  const outcome = useCode(OUTCOME_WORDS);
  const formats = useFormats();
  const { call: id = "" } = useParams({ strict: false }) as { call?: string };
  const read = useRead("getModelCall", { params: { call: id } });
  const found = read.data;
  const back = (
    <Button
      variant="default"
      leftSection={<Icon name="fold" />}
      renderRoot={(props) => <Link {...props} to="/operations/calls" search={sameWorkflow} />}
    >
      {t("back")}
    </Button>
  );
  if (isRefusal(read.error, "not_found"))
    return (
      <Page title={t("title")}>
        <Empty icon="operations" title={t("gone")} action={back}>
          <p>{t("goneWhat")}</p>
        </Empty>
      </Page>
    );
  return (
    <Page
      title={found === undefined ? t("loading") : t("one", { model: found.modelAsked })}
      sentence={
        found === undefined
          ? undefined
          : t("oneSentence", {
              outcome: capitalized(outcome(found.outcome)),
              when: formats.when(found.startedAt),
              key: found.keyName ?? found.key,
            })
      }
      needs="calls.see"
      read={read}
      actions={back}
    >
      {found === undefined ? null : (
        <>
          <About call={found} />
          <Tries call={found} />
        </>
      )}
    </Page>
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function About({ call }: { call: Call }) {
  const t = useWords(CALLS);
  const tokens = useTokens();
  const cost = useCallCost();
  const took = useTook();
  const facts: [string, ReactNode][] = [
    [t("outcome"), <Outcome key="outcome" outcome={call.outcome} />],
    ...(call.error === null
      ? []
      : [[t("error"), <code key="error">{call.error}</code>] as [string, ReactNode]]),
    [t("status"), call.status],
    ...(call.case === null
      ? []
      : [
          [
            t("case"),
            <Link
              key="case"
              to="/cases/$case"
              params={{ case: call.case }}
              search={{ workflow: call.workflow! }}
            >
              <code>{call.case}</code>
            </Link>,
          ] as [string, ReactNode],
        ]),
    ...(call.connection === null ? [] : [[t("ofConnection"), call.connection] as [string, ReactNode]]),
    [t("answered"), call.modelAnswered === null ? "–" : <code key="model">{call.modelAnswered}</code>],
    [t("began"), <RelativeTime key="began" at={call.startedAt} />],
    [t("took"), took(call.milliseconds)],
    [t("firstToken"), took(call.firstTokenMs)],
    [t("form"), t(!call.streamed ? "form.whole" : call.mode === "live" ? "form.live" : "form.buffered")],
    [t("finish"), call.finish === null ? "–" : <code key="finish">{call.finish}</code>],
    ...(call.policy === null
      ? []
      : [[t("keptBack"), <KeptBack key="policy" policy={call.policy} />] as [string, ReactNode]]),
    [`${t("tokens")} (${t("tokensHint")})`, tokens(call)],
    [t("cost"), cost(call)],
    [t("id"), <CopyableId key="id" id={call.id} />],
  ];
  return (
    <Section title={t("about")}>
      <dl className={list["facts"]}>
        {facts.map(([name, value]) => (
          <FactRow key={name} name={name} value={value} />
        ))}
      </dl>
    </Section>
  );
}

/** What the data policy of the model kept here: names and counts. */
function KeptBack({ policy }: { policy: NonNullable<Call["policy"]> }) {
  const t = useWords(CALLS);
  const kind = useCode(KIND_WORDS);
  const counted = (
    counts: Record<string, number>,
    word: "keptMasked" | "keptPseudonymised" | "keptRefused",
  ) =>
    Object.entries(counts).map(([name, n]) => t(word, { n, what: name in KIND_WORDS ? kind(name) : name }));
  const said = [
    ...policy.dropped.map((name) => t("keptDropped", { name })),
    ...counted(policy.masked, "keptMasked"),
    ...counted(policy.pseudonymised, "keptPseudonymised"),
    ...counted(policy.refused, "keptRefused"),
  ];
  return said.length === 0 ? t("keptNothing") : said.join(", ");
}

function FactRow({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

type Try = Call["tries"][number];

function withoutTries({ workflow, error }: Call): "triesNone" | "triesOfCase" | "triesUnknown" {
  if (workflow !== null) return "triesOfCase";
  return error === INTERRUPTED ? "triesUnknown" : "triesNone";
}

function Tries({ call }: { call: Call }) {
  const t = useWords(CALLS);
  const outcome = useCode(OUTCOME_WORDS);
  const tokens = useTokens();
  const cost = useCost();
  const took = useTook();
  const columns: Column<Try>[] = [
    {
      id: "model",
      head: t("asked"),
      cell: (row) => (
        <span className={styles["name"]}>
          {row.no}. {row.connection} <code>{row.modelAsked}</code>
        </span>
      ),
    },
    {
      id: "outcome",
      head: t("outcome"),
      cell: (row) =>
        row.error === null ? (
          <StatusWord plain tone="good" word={outcome("answered")} />
        ) : (
          <>
            <StatusWord plain tone="bad" word={outcome("failed")} /> <code>{row.error}</code>
            {row.status === null ? null : ` (${row.status})`}
          </>
        ),
    },
    { id: "began", head: t("began"), wideOnly: true, cell: (row) => <RelativeTime at={row.startedAt} /> },
    { id: "took", head: t("took"), number: true, cell: (row) => took(row.milliseconds) },
    {
      id: "first",
      head: t("firstToken"),
      number: true,
      wideOnly: true,
      cell: (row) => took(row.firstTokenMs),
    },
    { id: "tokens", head: t("tokens"), number: true, cell: (row) => tokens(row) },
    { id: "cost", head: t("cost"), number: true, cell: (row) => cost(row) },
  ];
  return (
    <Section title={t("triesTitle")}>
      <DataTable
        caption={t("triesTitle")}
        rows={call.tries}
        columns={columns}
        idOf={(row) => String(row.no)}
        empty={<p className={styles["soft"]}>{t(withoutTries(call))}</p>}
      />
    </Section>
  );
}
