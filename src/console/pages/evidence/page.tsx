/**
 * Evidence, for compliance and auditors: the log and its verification, who may do what, certificates, review figures.
 *
 * What a part needs is judged part by part: somebody may read the rules without reading the log.
 */
import type { ReactNode } from "react";
import { useMay, useMe, useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { NotPermitted, Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Certificates } from "./certificates.tsx";
import { Council } from "./council.tsx";
import { Log } from "./log.tsx";
import { ReviewFigures } from "./review-figures.tsx";
import { Rules } from "./rules.tsx";
import { EVIDENCE } from "./words.ts";

const TABS = ["log", "rules", "certificates", "reviews", "council"] as const;
type Tab = (typeof TABS)[number];

export default function EvidencePage() {
  const t = useWords(EVIDENCE);
  const may = useMay();
  const me = useMe();
  const workflow = useWorkflow()?.name;
  const ofWorkflow = (part: (name: string) => ReactNode) => (workflow === undefined ? null : part(workflow));
  const shown: Record<Tab, ReactNode> = {
    log: may("audit.read") ? (
      // The log is one for the whole installation; whoever answers for a workflow reads its events.
      <Log workflow={workflow} whole={me.installation.includes("audit.read")} />
    ) : (
      <NotPermitted />
    ),
    rules: <Rules workflow={workflow} />,
    certificates: ofWorkflow((name) => <Certificates workflow={name} />),
    reviews: ofWorkflow((name) => <ReviewFigures workflow={name} />),
    council: ofWorkflow((name) => <Council workflow={name} />),
  };
  return (
    <Page title={t("title")} sentence={t("sentence")}>
      <PageTabs
        tabs={TABS}
        content={shown}
        usual={may("audit.read") ? "log" : "rules"}
        label={(tab) => t(`tab.${tab}`)}
      />
    </Page>
  );
}
