/**
 * Quarantine by reason: what came in wrong, its records, correcting one, replaying or putting aside several alike.
 *
 * Several are settled one after the other, each judged by the checks of intake anew; what is still wrong stays and says why.
 */
import { Button, Checkbox, Group } from "@mantine/core";
import { useState } from "react";
import { QUARANTINE_REASONS } from "../../../contract/quarantine.ts";
import { call, queries, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { QuarantineRecord } from "./quarantine-record.tsx";
import { QUARANTINE } from "./quarantine-words.ts";

type Reason = Reply<"getOperations">["quarantine"][number];
type Kept = Reply<"listQuarantine">["records"][number];

export function useReasonText() {
  const say = useSay();
  return (code: string) => {
    const reason = QUARANTINE_REASONS[code as keyof typeof QUARANTINE_REASONS] as
      (typeof QUARANTINE_REASONS)["not_json"] | undefined;
    return reason === undefined ? { what: code, help: "" } : { what: say(reason), help: say(reason.help) };
  };
}

export function Quarantine({ reasons, workflow }: { reasons: readonly Reason[]; workflow: string }) {
  const t = useWords(QUARANTINE);
  const may = useMay();
  const formats = useFormats();
  const text = useReasonText();
  const [open, setOpen] = useState<string>();
  return (
    <div id="quarantine">
      <Section title={t("title")}>
        <DataTable
          caption={t("title")}
          rows={reasons}
          idOf={(row) => row.reason}
          empty={<p className={styles["soft"]}>{t("none")}</p>}
          columns={[
            { id: "reason", head: t("reason"), cell: (row) => text(row.reason).what },
            { id: "count", head: t("count"), number: true, cell: (row) => formats.number(row.count) },
            {
              id: "newest",
              head: t("newest"),
              wideOnly: true,
              cell: (row) => <RelativeTime at={row.newestAt} />,
            },
            ...(may("quarantine.settle")
              ? [
                  {
                    id: "show",
                    head: "",
                    cell: (row: Reason) => (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-expanded={open === row.reason}
                        onClick={() => setOpen(open === row.reason ? undefined : row.reason)}
                      >
                        {t(open === row.reason ? "hide" : "show")}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {open === undefined || !reasons.some((one) => one.reason === open) ? null : (
          <Records key={open} reason={open} workflow={workflow} />
        )}
      </Section>
    </div>
  );
}

const freshen = () =>
  Promise.all(
    (["listQuarantine", "getOperations", "getOverview"] as const).map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );

function Records({ reason, workflow }: { reason: string; workflow: string }) {
  const t = useWords(QUARANTINE);
  const text = useReasonText();
  const toast = useToast();
  const [limit, setLimit] = useState(50);
  const list = useRead(
    "listQuarantine",
    { params: { workflow }, query: { state: "open", reason, limit } },
    { keep: true },
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [record, setRecord] = useState<string>();
  const [asksAside, setAsksAside] = useState(false);
  const [busy, setBusy] = useState(false);
  const rows = list.data?.records ?? [];
  const ids = rows.filter((row) => chosen.has(row.id)).map((row) => row.id);

  async function each(act: (id: string) => Promise<unknown>) {
    setBusy(true);
    let done = 0;
    const failures: string[] = [];
    for (const id of ids)
      try {
        await act(id);
        done++;
      } catch (error) {
        failures.push((error as Error).message);
      }
    setBusy(false);
    setChosen(new Set());
    await freshen();
    toast.show({
      what: t("doneMany", { done, failed: failures.length, first: failures[0] ?? "" }),
      tone: failures.length === 0 ? "good" : "attention",
    });
  }

  if (list.data === undefined)
    return list.isError ? <Failed error={list.error} retry={list.refetch} /> : <Loading />;
  const columns: Column<Kept>[] = [
    {
      id: "select",
      head: t("select"),
      cell: (row) => (
        <Checkbox
          aria-label={t("selectOne", { what: row.externalId ?? row.place ?? row.id })}
          checked={chosen.has(row.id)}
          onChange={(event) => {
            const next = new Set(chosen);
            if (event.currentTarget.checked) next.add(row.id);
            else next.delete(row.id);
            setChosen(next);
          }}
        />
      ),
    },
    { id: "number", head: t("number"), cell: (row) => row.externalId ?? "–" },
    { id: "place", head: t("place"), wideOnly: true, cell: (row) => row.place ?? row.source },
    { id: "problem", head: t("problem"), wideOnly: true, cell: (row) => row.message },
    { id: "kept", head: t("kept"), wideOnly: true, cell: (row) => <RelativeTime at={row.keptAt} /> },
    {
      id: "open",
      head: "",
      cell: (row) => (
        <Button size="compact-sm" variant="default" onClick={() => setRecord(row.id)}>
          {t("correct")}
        </Button>
      ),
    },
  ];
  return (
    <div className={styles["inner"]}>
      <p className={styles["soft"]}>{text(reason).help}</p>
      <DataTable
        caption={t("records", { reason: text(reason).what })}
        rows={rows}
        idOf={(row) => row.id}
        columns={columns}
        onOpen={(row) => setRecord(row.id)}
        empty={null}
        more={list.data.next === null ? undefined : () => setLimit(Math.min(500, limit + 50))}
      />
      {ids.length === 0 ? null : (
        <Group gap="xs" mt="xs">
          <Button
            variant="default"
            loading={busy}
            onClick={() => void each((id) => call("replayQuarantined", { params: { id }, body: {} }))}
          >
            {t("replayMany", { n: ids.length })}
          </Button>
          <Button variant="default" disabled={busy} onClick={() => setAsksAside(true)}>
            {t("asideMany", { n: ids.length })}
          </Button>
        </Group>
      )}
      <Confirm
        open={asksAside}
        title={t("asideTitle", { n: ids.length })}
        verb={t("aside")}
        danger
        onClose={() => setAsksAside(false)}
        onConfirm={() => each((id) => call("discardQuarantined", { params: { id } }))}
      >
        <p>{t("asideWhat")}</p>
      </Confirm>
      {record === undefined ? null : (
        <QuarantineRecord
          key={record}
          id={record}
          close={() => setRecord(undefined)}
          settled={() => void freshen()}
        />
      )}
    </div>
  );
}
