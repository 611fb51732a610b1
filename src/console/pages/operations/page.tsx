/**
 * Operations, for whoever is called: what is wrong, by consequence, and the safe-stop ladder within reach.
 *
 * Made for a phone as well: the ladder comes first, and every act is two steps with its consequence in items.
 */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRead, type Reply } from "../../data/api.ts";
import { useWorkflow } from "../../data/me.tsx";
import { RUNG_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { NoWorkflow } from "../../parts/no-workflow.tsx";
import { Page } from "../../parts/page.tsx";
import { StoppedRollout } from "../../parts/stopped-rollout.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { Capacity } from "./capacity.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { Feeds } from "./feeds.tsx";
import { Ladder } from "./ladder.tsx";
import { isNew, Models } from "./models.tsx";
import { Program } from "./program.tsx";
import { Quarantine } from "./quarantine.tsx";
import { Queues } from "./queues.tsx";
import { Requests } from "./requests.tsx";
import { OPERATIONS } from "./words.ts";

export type Operations = Reply<"getOperations">;

export default function OperationsPage() {
  const t = useWords(OPERATIONS);
  const workflow = useWorkflow();
  if (workflow === undefined)
    return (
      <NoWorkflow title={t("title")} icon="operations">
        <p>{t("noWorkflowWhat")}</p>
      </NoWorkflow>
    );
  return <OfWorkflow key={workflow.name} workflow={workflow.name} />;
}

function OfWorkflow({ workflow }: { workflow: string }) {
  const t = useWords(OPERATIONS);
  const read = useRead("getOperations", { params: { workflow } }, { every: 15_000 });
  const { data } = read;
  return (
    <Page
      title={t("title")}
      needs="workflow.see"
      read={read}
      actions={
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to="/operations/calls" search={sameWorkflow} />}
        >
          {t("calls")}
        </Button>
      }
      sentence={data === undefined ? undefined : <HeadSentence data={data} />}
    >
      {data === undefined ? null : (
        <>
          <StoppedRollout stopped={data.stoppedRollout} />
          <Requests requests={data.requests} rung={data.ladder.rung} />
          <Ladder ladder={data.ladder} workflow={workflow} />
          <Queues queues={data.queues} states={data.states} />
          <Capacity workflow={workflow} />
          <Feeds feeds={data.feeds} workflow={workflow} />
          <Quarantine reasons={data.quarantine} workflow={workflow} />
          <DeadLetters letters={data.deadLetters} workflow={workflow} />
          <Models models={data.models} />
          <Program data={data} />
        </>
      )}
    </Page>
  );
}

const OPEN = ["received", "running", "in_review", "decided", "delivering", "returned"];

function HeadSentence({ data }: { data: Operations }) {
  const t = useWords(OPERATIONS);
  const say = useSay();
  const formats = useFormats();
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const open = sum(OPEN.map((state) => data.states[state] ?? 0));
  const rung = RUNG_WORDS[data.ladder.rung];
  const counted: [Parameters<typeof t>[0], number][] = [
    ["trouble.requests", data.requests.length],
    ["trouble.workers", data.workers === 0 ? 1 : 0],
    ["trouble.models", data.models.filter((model) => model.state !== "closed").length],
    ["trouble.changed", data.models.filter((model) => isNew(model.lastChange)).length],
    ["trouble.retires", data.models.filter((model) => (model.retiresIn ?? Infinity) <= 90).length],
    ["trouble.feeds", data.feeds.filter((feed) => feed.problem !== null).length],
    ["trouble.dead", sum(data.deadLetters.map((one) => one.count))],
    ["trouble.overdue", sum(data.queues.map((queue) => queue.overdue))],
    ["trouble.quarantine", sum(data.quarantine.map((one) => one.count))],
    ["trouble.audit", data.audit.problem === null ? 0 : 1],
  ];
  const trouble = [
    ...(data.ladder.rung > 0 && rung !== undefined ? [t("trouble.rung", { word: say(rung) })] : []),
    ...counted.flatMap(([key, n]) => (n > 0 ? [t(key, { n })] : [])),
  ];
  if (trouble.length === 0) return t("headGood", { open });
  const listed = formats.list(trouble);
  return t("headTrouble", { trouble: listed.charAt(0).toUpperCase() + listed.slice(1), open });
}
