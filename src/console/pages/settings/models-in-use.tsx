/** Models of connections over all workflows, for whoever manages connections and sees no workflow: canary, retirement, calls. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { CANARY } from "../operations/canary-words.ts";
import { Retires, Same } from "../operations/models.tsx";
import { CONNECTIONS } from "./connections-words.ts";
import styles from "./settings.module.css";

export function ModelsInUse() {
  const t = useWords(CONNECTIONS);
  const c = useWords(CANARY);
  const formats = useFormats();
  const read = useRead("listModels", undefined, { every: 60_000 });
  const calls = (
    <Button
      size="compact-sm"
      variant="default"
      renderRoot={(props) => <Link {...props} to="/operations/calls" search={sameWorkflow} />}
    >
      {t("calls")}
    </Button>
  );
  return (
    <Section title={t("models")} aside={calls}>
      <p className={styles["soft"]}>{t("modelsWhat")}</p>
      {read.data === undefined ? (
        read.isError ? (
          <Failed error={read.error} retry={read.refetch} />
        ) : (
          <Loading />
        )
      ) : (
        <DataTable
          caption={t("models")}
          rows={read.data.models}
          idOf={(row) => `${row.connection} ${row.model}`}
          empty={<p className={styles["soft"]}>{t("modelsNone")}</p>}
          columns={[
            {
              id: "model",
              head: t("models"),
              cell: (row) => (
                <span>
                  {row.connection} {row.model === "" ? null : <code>{row.model}</code>}
                </span>
              ),
            },
            {
              id: "workflows",
              head: t("workflows"),
              wideOnly: true,
              cell: (row) => formats.list(row.workflows),
            },
            { id: "canary", head: c("head"), cell: (row) => <Same row={row} /> },
            { id: "retires", head: c("retires"), cell: (row) => <Retires row={row} /> },
          ]}
        />
      )}
    </Section>
  );
}
