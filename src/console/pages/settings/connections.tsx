/** Connections of the installation: what is stored, without secrets; adding, replacing, testing, removing. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import { Budgets } from "./budgets.tsx";
import { ConnectionCosts } from "./connection-costs.tsx";
import { ConnectionDialog } from "./connection.tsx";
import { TestDialog } from "./connection-test.tsx";
import { CONNECTIONS } from "./connections-words.ts";
import { ModelsInUse } from "./models-in-use.tsx";
import { offeredFrom } from "./offered-lines.ts";
import { PolicyChanges } from "./policy-changes.tsx";
import styles from "./settings.module.css";

export type Connection = Reply<"listConnections">["connections"][number];

type Say = ReturnType<typeof useWords<typeof CONNECTIONS>>;

/** Shown of a connection only in its form: nobody tells connections apart by these. */
const IN_FORM = new Set(["clientId", "groupsClaim", "host", "port", "security", "user", "mostInFlight"]);

export function Connections() {
  const t = useWords(CONNECTIONS);
  const list = useRead("listConnections");
  const toast = useToast();
  const remove = useAct("removeConnection", { refreshes: ["listConnections"] });
  const [edited, setEdited] = useState<Connection | "new">();
  const [tested, setTested] = useState<Connection>();
  const [asked, setAsked] = useState<Connection>();
  if (list.data === undefined)
    return list.isError ? <Failed error={list.error} retry={list.refetch} /> : <Loading />;
  return (
    <>
      <div className={styles["head"]}>
        <p>{t("what")}</p>
        <Button onClick={() => setEdited("new")}>{t("add")}</Button>
      </div>
      <PolicyChanges />
      <DataTable
        caption={t("what")}
        rows={list.data.connections}
        idOf={(row) => row.name}
        empty={<p className={styles["soft"]}>{t("none")}</p>}
        columns={[
          { id: "name", head: t("name"), cell: (row) => row.name },
          { id: "kind", head: t("kind"), cell: (row) => <KindWord kind={row.kind} /> },
          {
            id: "shown",
            head: t("shown"),
            wideOnly: true,
            cell: (row) => [...factsOf(row), ...openModels(row, t)].join(" · "),
          },
          { id: "saved", head: t("saved"), wideOnly: true, cell: (row) => <RelativeTime at={row.savedAt} /> },
          {
            id: "acts",
            head: "",
            cell: (row) => (
              <span className={styles["acts"]}>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("testOf", { name: row.name })}
                  onClick={() => setTested(row)}
                >
                  {t("test")}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t("replaceOf", { name: row.name })}
                  onClick={() => setEdited(row)}
                >
                  {t("replace")}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("remove")}: ${row.name}`}
                  onClick={() => setAsked(row)}
                >
                  {t("remove")}
                </Button>
              </span>
            ),
          },
        ]}
      />
      {list.data.connections.some((one) => one.kind === "oidc") ? (
        <p className={styles["soft"]} style={{ marginTop: 12 }}>
          {t("groupsLater")}
        </p>
      ) : null}
      <Budgets
        connections={list.data.connections.filter((one) => ASKED.has(one.kind)).map((one) => one.name)}
      />
      <ConnectionCosts />
      <ModelsInUse />
      {edited === undefined ? null : (
        <ConnectionDialog
          key={edited === "new" ? "" : edited.name}
          connection={edited === "new" ? undefined : edited}
          close={() => setEdited(undefined)}
        />
      )}
      {tested === undefined ? null : (
        <TestDialog key={tested.name} connection={tested} close={() => setTested(undefined)} />
      )}
      {asked === undefined ? null : (
        <Confirm
          open
          danger
          title={t("removeTitle", { name: asked.name })}
          verb={t("remove")}
          onClose={() => setAsked(undefined)}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { name: asked.name } });
            toast.show({ what: t("removed") });
          }}
        >
          <p>{t("removeWhat")}</p>
        </Confirm>
      )}
    </>
  );
}

function factsOf({ shown }: Connection): string[] {
  return Object.entries(shown)
    .filter(([key, value]) => !IN_FORM.has(key) && ["string", "number"].includes(typeof value))
    .map(([, value]) => String(value));
}

/** Models that programs may ask, and whose provider gets everything they send. */
function openModels({ shown }: Connection, t: Say): string[] {
  const models = offeredFrom(shown["passThrough"]).filter((one) => one.policy === undefined);
  return models.length === 0 ? [] : [t("noPolicy", { models: models.map((one) => one.name).join(", ") })];
}

/** Kinds that are asked questions, which cost something. */
const ASKED: ReadonlySet<string> = new Set(["openai", "anthropic", "bedrock", "google", "http", "scripted"]);
const KINDS = ["openai", "anthropic", "bedrock", "google", "http", "webhook", "smtp", "oidc"] as const;

function KindWord({ kind }: { kind: string }) {
  const t = useWords(CONNECTIONS);
  const known = KINDS.find((one) => one === kind);
  return <>{known === undefined ? kind : t(`kind.${known}`)}</>;
}
