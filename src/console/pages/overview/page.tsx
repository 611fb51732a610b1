/**
 * The overview, for owner and sponsor: does it run, is it good, is it used, is it worth it; and what waits for a decision.
 *
 * First the sentence, then the picture, then figures. Everything that changes here is settled by the program; the page
 * offers only what the reader may do.
 */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useRead, type Reply } from "../../data/api.ts";
import { useMay, useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { Empty, Page } from "../../parts/page.tsx";
import { Answers } from "./answers.tsx";
import { Cost } from "./cost.tsx";
import { Hours } from "./hours.tsx";
import { Improvements } from "./improvements.tsx";
import { InForce } from "./in-force.tsx";
import { Needs } from "./needs.tsx";
import { Picture } from "./picture.tsx";
import { OVERVIEW } from "./words.ts";

export default function OverviewPage() {
  const t = useWords(OVERVIEW);
  const workflow = useWorkflow();
  if (workflow === undefined) return <NoWorkflow />;
  return <OfWorkflow key={workflow.name} name={workflow.name} title={t("title")} />;
}

function OfWorkflow({ name, title }: { name: string; title: string }) {
  const overview = useRead("getOverview", { params: { workflow: name } }, { every: 30_000 });
  const { data } = overview;
  return (
    <Page
      title={title}
      needs="workflow.see"
      read={overview}
      sentence={data === undefined ? undefined : <HeadSentence data={data} />}
    >
      {data === undefined ? null : (
        <>
          <Answers sentences={data.sentences} workflow={name} />
          <Picture stations={data.stations} branches={data.branches} />
          <NoCaseYet data={data} />
          <Needs needs={data.needs} workflow={name} />
          <Hours hours={data.hours} />
          <Cost workflow={name} />
          <InForce overview={data} workflow={name} />
          <Improvements workflow={name} />
        </>
      )}
    </Page>
  );
}

/** Running, quality proven, used, worth not proven yet. Two decisions wait for you. */
function HeadSentence({ data }: { data: Reply<"getOverview"> }) {
  const t = useWords(OVERVIEW);
  const state = data.sentences.map((one) => t(`head.${one.question}.${one.state}`)).join(", ");
  return t("headNeeds", { state, n: data.needs.length });
}

function NoCaseYet({ data }: { data: Reply<"getOverview"> }) {
  const t = useWords(OVERVIEW);
  const may = useMay();
  const navigate = useNavigate();
  if (data.today.received > 0 || data.today.open > 0 || data.hours.some((hour) => hour.received > 0))
    return null;
  return (
    <Empty
      icon="inbox"
      title={t("noCases")}
      action={
        may("case.hand_in") ? (
          <Button onClick={() => void navigate({ to: "/cases", search: true, hash: "hand-in" })}>
            {t("handIn")}
          </Button>
        ) : undefined
      }
    >
      <p>{t("noCasesWhat")}</p>
    </Empty>
  );
}

function NoWorkflow() {
  const t = useWords(OVERVIEW);
  return (
    <Page
      title={t("title")}
      empty={
        <Empty icon="overview" title={t("noWorkflow")}>
          <p>{t("noWorkflowWhat")}</p>
          <pre className="mono">
            npx pilotage init my-workflow{"\n"}npx pilotage apply my-workflow --as you@example.com
          </pre>
        </Empty>
      }
    />
  );
}
