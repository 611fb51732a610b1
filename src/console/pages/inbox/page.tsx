/**
 * The inbox: what is next, what is late, what came back.
 *
 * "Start" puts the most urgent case on the desk; from then on one case follows the other. When there is nothing to take,
 * the page says where the rest is: with others, snoozed, waiting for an answer, escalated.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { sweepDrafts } from "../../case/drafts.ts";
import { useWorkflow } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { INBOX } from "../../locales/inbox.ts";
import { useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { NoWorkflow } from "../../parts/no-workflow.tsx";
import { Empty, ErrorText, Page } from "../../parts/page.tsx";
import { Pulse } from "../../parts/pulse.tsx";
import { useToast } from "../../parts/toast.tsx";
import { AtWork } from "./at-work.tsx";
import { Bulk } from "./bulk.tsx";
import { CorrectionsWaiting } from "./corrections.tsx";
import { Recalled } from "./recalled.tsx";
import { useDesk, useInbox, type Desk, type Inbox } from "./desk.ts";
import { InboxList, type ListName } from "./lists.tsx";
import styles from "./page.module.css";
import { Reveal, type Revealed } from "./reveal.tsx";

export default function InboxPage() {
  const t = useWords(INBOX);
  const workflow = useWorkflow();
  if (workflow === undefined)
    return (
      <NoWorkflow title={t("title")} icon="inbox">
        <p>{t("cause.nothing")}</p>
      </NoWorkflow>
    );
  return <WorkflowInbox key={workflow.name} workflow={workflow.name} />;
}

type Tab = "next" | ListName | "corrections" | "recalled";

function WorkflowInbox({ workflow }: { workflow: string }) {
  const t = useWords(INBOX);
  const toast = useToast();
  const navigate = useNavigate();
  const read = useInbox(workflow);
  const inbox = read.data;
  const desk = useDesk(
    workflow,
    useCallback((n) => toast.show({ what: t("bulk.givenBack", { n }), tone: "attention" }), [toast, t]),
  );
  const [tab, setTab] = useState<Tab>("next");
  const [revealed, setRevealed] = useState<Revealed>();
  const { case: wanted } = useSearch({ strict: false }) as { case?: string };
  useEffect(sweepDrafts, []);

  const { open } = desk;
  const openCase = (caseId: string) => {
    setTab("next");
    void open(caseId);
  };
  useEffect(() => {
    if (wanted === undefined) return;
    void open(wanted);
    void navigate({
      to: "/inbox",
      search: ({ workflow }: { workflow?: string }) => (workflow === undefined ? {} : { workflow }),
      replace: true,
    });
  }, [wanted, open, navigate]);

  const counts =
    inbox === undefined
      ? undefined
      : t("counts", {
          open: inbox.open,
          overdue: inbox.overdue,
          dueToday: inbox.dueToday,
          whose: inbox.team.decidedToday === null ? "own" : "team",
          done: inbox.team.decidedToday ?? inbox.own.decidedToday,
          arrived: inbox.team.arrivedToday,
        });
  return (
    <Page
      full
      title={t("title")}
      sentence={counts}
      needs="review.work"
      read={read}
      actions={inbox === undefined ? undefined : <Tabs inbox={inbox} tab={tab} choose={setTab} />}
    >
      {tab === "corrections" ? (
        <CorrectionsWaiting rows={inbox?.corrections ?? []} />
      ) : tab === "recalled" ? (
        <Recalled rows={inbox?.recalled.cases ?? []} />
      ) : tab !== "next" ? (
        <InboxList name={tab} rows={inbox?.[tab] ?? []} open={openCase} />
      ) : revealed !== undefined ? (
        <Reveal
          revealed={revealed}
          goOn={() => {
            setRevealed(undefined);
            void desk.goOn();
          }}
        />
      ) : desk.batch !== undefined ? (
        <Bulk key={desk.batch.bulk} alike={desk.batch} done={() => void desk.batchEnded()} />
      ) : desk.current !== undefined ? (
        <AtWork
          key={desk.current.caseId}
          workflow={workflow}
          desk={desk}
          task={desk.current}
          onReveal={setRevealed}
          onBulk={(caseId) =>
            void desk
              .takeAlike(caseId)
              .catch((error: unknown) => toast.show({ what: t("bulk"), error: error as Error }))
          }
        />
      ) : (
        <>
          <Before inbox={inbox} desk={desk} toTab={setTab} />
          <div className={styles["pulse"]}>
            <Pulse workflow={workflow} />
          </div>
        </>
      )}
    </Page>
  );
}

function Tabs({ inbox, tab, choose }: { inbox: Inbox; tab: Tab; choose: (tab: Tab) => void }) {
  const t = useWords(INBOX);
  const tabs: readonly (readonly [Tab, number])[] = [
    ["next", 0],
    ["returned", inbox.returned.length],
    ["snoozed", inbox.snoozed.length],
    ["asked", inbox.asked.length],
    ["escalated", inbox.escalated.length],
    // Few workflows ask for several people: without any, the list is not named.
    ...(inbox.corrections.length > 0 || tab === "corrections"
      ? ([["corrections", inbox.corrections.length]] as const)
      : []),
    ...(inbox.recalled.open > 0 || tab === "recalled" ? ([["recalled", inbox.recalled.open]] as const) : []),
  ];
  return (
    <>
      <NativeSelect
        className={styles["select"] ?? ""}
        size="xs"
        aria-label={t("tabs")}
        value={tab}
        onChange={(event) => choose(event.currentTarget.value as Tab)}
        data={tabs.map(([name, count]) => ({
          value: name,
          label: name === "next" ? t("tab.next") : `${t(`tab.${name}`)} (${count})`,
        }))}
      />
      <nav className={styles["tabs"]} aria-label={t("tabs")}>
        {tabs.map(([name, count]) => (
          <button
            key={name}
            type="button"
            aria-current={tab === name ? "true" : undefined}
            data-some={count > 0 || undefined}
            onClick={() => choose(name)}
          >
            {t(`tab.${name}`)}
            {name === "next" ? null : <span className={styles["count"]}>{count}</span>}
          </button>
        ))}
      </nav>
    </>
  );
}

const BECAUSE = [
  "risk",
  "escalated",
  "second",
  "returned",
  "noSuggestion",
  "unsure",
  "routine",
] as const satisfies readonly (keyof Inbox["causes"])[];

/** How much of what is open is here for which cause, the gravest first. */
function Because({ causes }: { causes: Inbox["causes"] }) {
  const t = useWords(INBOX);
  const formats = useFormats();
  const some = BECAUSE.filter((cause) => causes[cause] > 0);
  if (some.length === 0) return null;
  return (
    <div role="group" aria-label={t("because")}>
      <dl className={styles["because"]}>
        {some.map((cause) => (
          <div key={cause} data-cause={cause}>
            <dt>{t(`because.${cause}`)}</dt>
            <dd>{formats.number(causes[cause])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Before the first case, and when there is none: the truth about the queue. */
function Before({ inbox, desk, toTab }: { inbox: Inbox | undefined; desk: Desk; toTab: (tab: Tab) => void }) {
  const t = useWords(INBOX);
  const formats = useFormats();
  if (inbox === undefined) return null;
  const mine = inbox.mine.length;
  const some = mine + inbox.free > 0;
  const others = inbox.corrections.filter((one) => !one.own).length;
  const recalled = inbox.recalled.open;
  const causes = [
    ...(inbox.atRisk > 0 ? [t("atRisk", { n: inbox.atRisk })] : []),
    ...(inbox.held > 0 ? [t("cause.held", { n: inbox.held })] : []),
    ...(inbox.forOthers > 0 ? [t("forOthers", { n: inbox.forOthers })] : []),
    ...(inbox.snoozed.length > 0 ? [t("cause.snoozed", { n: inbox.snoozed.length })] : []),
    ...(inbox.asked.length > 0 ? [t("cause.asked", { n: inbox.asked.length })] : []),
    ...(inbox.escalated.length > 0 ? [t("cause.escalated", { n: inbox.escalated.length })] : []),
    ...(some && others > 0 ? [t("cause.corrections", { n: others })] : []),
    ...((some || others > 0) && recalled > 0 ? [t("cause.recalled", { n: recalled })] : []),
  ];
  return (
    <Empty
      icon={some || others > 0 || recalled > 0 ? "inbox" : "check"}
      title={
        some
          ? t("ready", { free: Math.max(inbox.free, mine) })
          : others > 0
            ? t("cause.corrections", { n: others })
            : recalled > 0
              ? t("cause.recalled", { n: recalled })
              : t("none")
      }
      action={
        some ? (
          <Button
            size="md"
            autoFocus
            loading={desk.busy}
            leftSection={<Icon name="arrow" />}
            onClick={() => void desk.start()}
          >
            {mine > 0 ? t("goOn", { n: mine }) : t("start")}
          </Button>
        ) : others > 0 ? (
          <Button size="md" autoFocus onClick={() => toTab("corrections")}>
            {t("toCorrections")}
          </Button>
        ) : recalled > 0 ? (
          <Button size="md" autoFocus onClick={() => toTab("recalled")}>
            {t("toRecalled")}
          </Button>
        ) : undefined
      }
    >
      {causes.length === 0 && !some && others === 0 ? (
        <p>{t("cause.nothing")}</p>
      ) : causes.length === 0 ? null : (
        <p>{causes.join(" ")}</p>
      )}
      <Because causes={inbox.causes} />
      <p>{t("ownToday", { n: inbox.own.decidedToday })}</p>
      {inbox.away === null ? null : <p>{t("awayNow", { until: formats.when(inbox.away) })}</p>}
      {desk.error === undefined ? null : (
        <div role="alert">
          <ErrorText error={desk.error} />
        </div>
      )}
    </Empty>
  );
}
