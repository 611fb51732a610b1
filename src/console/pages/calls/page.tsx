/**
 * Calls over the OpenAI-compatible endpoint, newest first; the search stands in the address, so that a link shows the same
 * to everybody.
 *
 * Never what was said: who asked whom, how long it took, what it cost, and how it ended.
 */
import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { call } from "../../data/api.ts";
import { useMay, useWorkflow } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Empty, Page } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import styles from "./calls.module.css";
import { Filters } from "./filters.tsx";
import { queryOf, wantedOf, type Wanted } from "./query.ts";
import { Outcome, useCallCost, useTokens, useTook, type Call } from "./shown.tsx";
import { CALLS } from "./words.ts";

const PAGE = 50;

export default function CallsPage() {
  const t = useWords(CALLS);
  const may = useMay();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const wanted = useMemo(() => wantedOf(search), [search]);
  const formats = useFormats();
  const zone = useWorkflow()?.zone ?? formats.zone;
  const query = useMemo(() => queryOf(wanted, zone), [wanted, zone]);
  const list = useInfiniteQuery({
    queryKey: ["listModelCalls", query],
    queryFn: ({ pageParam }) =>
      call("listModelCalls", {
        query: { ...query, limit: PAGE, ...(pageParam === "" ? {} : { before: pageParam }) },
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const calls = useMemo(() => list.data?.pages.flatMap((page) => page.calls) ?? [], [list.data]);
  const keptDays = list.data?.pages[0]?.keptDays;
  const filtered = Object.keys(wanted).length > 0;
  const seek = (next: Wanted) =>
    void navigate({
      to: ".",
      search: (before: { workflow?: string }) => ({ ...sameWorkflow(before), ...next }),
    });
  return (
    <Page
      title={t("title")}
      sentence={keptDays === undefined ? undefined : t("sentence", { n: keptDays })}
      needs="calls.see"
      read={list}
    >
      {calls.length === 0 && !filtered ? (
        <Empty
          icon="operations"
          title={t("empty")}
          action={
            may("key.manage") ? (
              <Button
                renderRoot={(props) => <Link {...props} to="/settings" search={sameWorkflow} hash="keys" />}
              >
                {t("makeKey")}
              </Button>
            ) : undefined
          }
        >
          <p>{t("emptyWhat")}</p>
        </Empty>
      ) : (
        <>
          <Filters
            key={JSON.stringify(wanted)}
            wanted={wanted}
            seek={seek}
            zone={zone}
            keys={keysOf(calls)}
          />
          <Found calls={calls} more={list.hasNextPage ? () => void list.fetchNextPage() : undefined} />
        </>
      )}
    </Page>
  );
}

function keysOf(calls: readonly Call[]): { id: string; name: string }[] {
  const names = new Map(calls.map((one) => [one.key, one.keyName ?? one.key]));
  return [...names].map(([id, name]) => ({ id, name }));
}

function Found({ calls, more }: { calls: readonly Call[]; more: (() => void) | undefined }) {
  const t = useWords(CALLS);
  const formats = useFormats();
  const navigate = useNavigate();
  const tokens = useTokens();
  const cost = useCallCost();
  const took = useTook();
  const columns: Column<Call>[] = [
    {
      id: "asked",
      head: t("asked"),
      cell: (row) => (
        <Link to="/operations/calls/$call" params={{ call: row.id }} search={sameWorkflow}>
          <span className={styles["name"]}>{row.modelAsked}</span>
        </Link>
      ),
    },
    { id: "outcome", head: t("outcome"), cell: (row) => <Outcome outcome={row.outcome} /> },
    {
      id: "error",
      head: t("error"),
      wideOnly: true,
      cell: (row) => (row.error === null ? "–" : <code>{row.error}</code>),
    },
    { id: "key", head: t("key"), wideOnly: true, cell: (row) => row.keyName ?? row.key },
    { id: "began", head: t("began"), cell: (row) => <RelativeTime at={row.startedAt} /> },
    { id: "took", head: t("took"), number: true, cell: (row) => took(row.milliseconds) },
    {
      id: "tries",
      head: t("tries"),
      number: true,
      wideOnly: true,
      cell: (row) => (row.workflow === null ? formats.number(row.tries.length) : "–"),
    },
    {
      id: "tokens",
      head: t("tokens"),
      number: true,
      wideOnly: true,
      cell: (row) => <span title={t("tokensHint")}>{tokens(row)}</span>,
    },
    { id: "cost", head: t("cost"), number: true, cell: (row) => cost(row) },
  ];
  if (calls.length === 0)
    return (
      <Empty icon="operations" title={t("none")}>
        <p>{t("noneWhat")}</p>
      </Empty>
    );
  return (
    <>
      <p role="status" className={styles["count"]}>
        {t("shown", { n: calls.length, more: String(more !== undefined) })}
      </p>
      <DataTable
        caption={t("title")}
        rows={calls}
        columns={columns}
        idOf={(row) => row.id}
        onOpen={(row) =>
          void navigate({ to: "/operations/calls/$call", params: { call: row.id }, search: sameWorkflow })
        }
        empty={null}
        more={more}
      />
    </>
  );
}
