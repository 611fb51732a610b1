/**
 * Settings: the own account, and, as far as the reader may, people, dials, connections, keys and whom to ask.
 *
 * The tab stands behind `#` in the address, so that other pages can lead to it.
 */
import type { ReactNode } from "react";
import { useMay, useMe, useWorkflow } from "../../data/me.tsx";
import { useWords } from "../../locales/words.ts";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Account } from "./account.tsx";
import { Connections } from "./connections.tsx";
import { Dials } from "./dials.tsx";
import { Keys } from "./keys.tsx";
import { People } from "./people.tsx";
import { PolicyChanges } from "./policy-changes.tsx";
import { SupportContact } from "./support-contact.tsx";
import { SETTINGS } from "./words.ts";

const TABS = ["account", "people", "dials", "connections", "keys", "support"] as const;
type Tab = (typeof TABS)[number];

export default function SettingsPage() {
  const t = useWords(SETTINGS);
  const may = useMay();
  const me = useMe();
  const workflow = useWorkflow();
  const shown: Record<Tab, ReactNode> = {
    account: <Account />,
    people: may("people.see") ? <People workflow={workflow?.name} /> : null,
    dials: workflow === undefined ? null : <Dials key={workflow.name} workflow={workflow.name} />,
    connections: may("connection.manage") ? (
      <Connections />
    ) : may("connection.loosen_policy") ? (
      <PolicyChanges always />
    ) : null,
    keys: may("key.manage") ? <Keys workflows={me.workflows.map((one) => one.name)} /> : null,
    support: <SupportContact />,
  };
  return (
    <Page title={t("title")} sentence={t("sentence")}>
      <PageTabs tabs={TABS} content={shown} usual={"account"} label={(tab) => t(`tab.${tab}`)} />
    </Page>
  );
}
