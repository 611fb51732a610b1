/**
 * Cases, found by what lies in clear; the search stands in the address, so that a link shows the same to everybody.
 *
 * Newest first, more on demand; the list can be saved for a spreadsheet. Who may hands one in here.
 */
import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useIntl } from "react-intl";
import { call, type Reply } from "../../data/api.ts";
import { useMay, useWorkflow } from "../../data/me.tsx";
import { VERDICT_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useWords } from "../../locales/words.ts";
import type { Cell } from "../../parts/csv.ts";
import { saveCsv } from "../../parts/csv.ts";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { NoWorkflow } from "../../parts/no-workflow.tsx";
import { Empty, Page } from "../../parts/page.tsx";
import { RelativeTime, Tag } from "../../parts/small.tsx";
import { Arm, CaseState } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./cases.module.css";
import { Filters } from "./filters.tsx";
import { HandIn } from "./hand-in.tsx";
import { queryOf, wantedOf, type Wanted } from "./query.ts";
import { CASES } from "./words.ts";

type Case = Reply<"listCases">["cases"][number];

const PAGE = 50;
/** Of one file; more is for the interface. */
const MOST_ROWS = 10_000;

export default function CasesPage() {
  const t = useWords(CASES);
  const workflow = useWorkflow();
  if (workflow === undefined)
    return (
      <NoWorkflow title={t("title")} icon="cases">
        <p>{t("noWorkflowWhat")}</p>
      </NoWorkflow>
    );
  return <OfWorkflow key={workflow.name} workflow={workflow.name} />;
}

function OfWorkflow({ workflow }: { workflow: string }) {
  const t = useWords(CASES);
  const may = useMay();
  const navigate = useNavigate();
  const { hash } = useLocation();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const wanted = useMemo(() => wantedOf(search), [search]);
  const formats = useFormats();
  const zone = useWorkflow()?.zone ?? formats.zone;
  const query = useMemo(() => queryOf(wanted, zone), [wanted, zone]);
  const [handsIn, setHandsIn] = useState(hash === "hand-in");
  const list = useInfiniteQuery({
    queryKey: ["listCases", { workflow, ...query }],
    queryFn: ({ pageParam }) =>
      call("listCases", {
        params: { workflow },
        query: { ...query, limit: PAGE, ...(pageParam === "" ? {} : { before: pageParam }) },
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const cases = useMemo(() => list.data?.pages.flatMap((page) => page.cases) ?? [], [list.data]);
  const filtered = Object.keys(wanted).length > 0;
  const seek = (next: Wanted) => void navigate({ to: ".", search: { workflow, ...next } });
  const more = list.hasNextPage ? () => void list.fetchNextPage() : undefined;
  return (
    <Page
      title={t("title")}
      sentence={t("sentence")}
      needs="workflow.see"
      read={list}
      actions={
        may("case.hand_in") ? (
          <Button
            variant={cases.length === 0 && !filtered ? "filled" : "default"}
            onClick={() => setHandsIn(true)}
          >
            {t("handIn")}
          </Button>
        ) : undefined
      }
    >
      {cases.length === 0 && !filtered && !list.hasNextPage ? (
        <Empty icon="cases" title={t("empty")}>
          <p>{t("emptyWhat")}</p>
        </Empty>
      ) : (
        <>
          <Filters
            key={JSON.stringify(wanted)}
            wanted={wanted}
            seek={seek}
            workflow={workflow}
            zone={zone}
            example={exampleOf(cases)}
            facets={facetNames(cases)}
          />
          <Found workflow={workflow} cases={cases} more={more} query={query} />
        </>
      )}
      {handsIn ? <HandIn workflow={workflow} close={() => setHandsIn(false)} /> : null}
    </Page>
  );
}

/** The names of facets that the cases at hand have. */
function facetNames(cases: readonly Case[]): string[] {
  return [...new Set(cases.flatMap((one) => Object.keys(one.facets as object)))].sort();
}

/** A facet as it is written, taken from what is shown. */
function exampleOf(cases: readonly Case[]): string | undefined {
  for (const one of cases)
    for (const [name, value] of Object.entries(one.facets as Record<string, unknown>))
      if (typeof value === "string" && value !== "") return `${name}=${value}`;
  return undefined;
}

interface FoundProps {
  workflow: string;
  cases: readonly Case[];
  more: (() => void) | undefined;
  query: ReturnType<typeof queryOf>;
}

function Found({ workflow, cases, more, query }: FoundProps) {
  const t = useWords(CASES);
  const verdict = useCode(VERDICT_WORDS);
  const navigate = useNavigate();
  const columns = useMemo(
    (): Column<Case>[] => [
      {
        id: "case",
        head: t("case"),
        cell: (row) => (
          <>
            <Link to="/cases/$case" params={{ case: row.id }} search={{ workflow }}>
              <span className={styles["id"]}>{row.externalId}</span>
            </Link>{" "}
            {row.drill ? <Tag>{t("drill")}</Tag> : null}
          </>
        ),
      },
      { id: "state", head: t("state"), cell: (row) => <CaseState state={row.state} /> },
      {
        id: "verdict",
        head: t("verdict"),
        wideOnly: true,
        cell: (row) =>
          row.verdict === null ? (
            <span className={styles["soft"]}>{t("noVerdict")}</span>
          ) : (
            verdict(row.verdict)
          ),
      },
      { id: "arm", head: t("arm"), wideOnly: true, cell: (row) => <Arm arm={row.arm} /> },
      {
        id: "facets",
        head: t("facets"),
        wideOnly: true,
        cell: (row) => (
          <span className={styles["facets"]} title={facetsText(row.facets as Record<string, unknown>)}>
            {facetsText(row.facets as Record<string, unknown>)}
          </span>
        ),
      },
      { id: "received", head: t("received"), cell: (row) => <RelativeTime at={row.receivedAt} /> },
      { id: "due", head: t("due"), wideOnly: true, cell: (row) => <RelativeTime at={row.dueAt} /> },
    ],
    [t, verdict, workflow],
  );
  if (cases.length === 0)
    return (
      <Empty
        icon="cases"
        title={t("none")}
        action={
          more === undefined ? undefined : (
            <Button variant="default" onClick={more}>
              {t("goOn")}
            </Button>
          )
        }
      >
        <p>{t(more === undefined ? "noneWhat" : "goOnWhat")}</p>
      </Empty>
    );
  return (
    <>
      <div className={styles["count"]}>
        <p role="status">{t("shown", { n: cases.length, more: String(more !== undefined) })}</p>
        <SaveCsv workflow={workflow} query={query} />
      </div>
      <DataTable
        caption={t("title")}
        rows={cases}
        columns={columns}
        idOf={(row) => row.id}
        onOpen={(row) =>
          void navigate({ to: "/cases/$case", params: { case: row.id }, search: { workflow } })
        }
        empty={null}
        more={more}
      />
    </>
  );
}

/** In few words: codes without their underscores, each once, times left out (they have columns of their own). */
function facetsText(facets: Record<string, unknown>): string {
  const texts = Object.values(facets)
    .map((value) => String(cellOf(value) ?? ""))
    .filter((text) => text !== "" && !/^\d{4}-\d{2}-\d{2}T/.test(text))
    .map((text) => text.replaceAll("_", " "));
  return [...new Set(texts)].join(" · ");
}

function SaveCsv({ workflow, query }: Pick<FoundProps, "workflow" | "query">) {
  const t = useWords(CASES);
  const { locale } = useIntl();
  const formats = useFormats();
  const toast = useToast();
  const [busy, setBusy] = useState(false);

  async function save() {
    setBusy(true);
    try {
      const cases: Case[] = [];
      let before: string | null | undefined;
      while (before !== null && cases.length < MOST_ROWS) {
        const page: Reply<"listCases"> = await call("listCases", {
          params: { workflow },
          query: { ...query, limit: 500, ...(before === undefined ? {} : { before }) },
        });
        cases.push(...page.cases);
        before = page.next;
      }
      const names = [...new Set(cases.flatMap((one) => Object.keys(one.facets as object)))];
      const time = (at: string | null) => (at === null ? null : formats.moment(at));
      saveCsv(
        workflow,
        [
          [
            "id",
            t("case"),
            t("state"),
            t("verdict"),
            t("arm"),
            t("release"),
            t("received"),
            t("due"),
            ...names,
          ],
          ...cases.map((one): Cell[] => [
            one.id,
            one.externalId,
            one.state,
            one.verdict,
            one.arm,
            one.release,
            time(one.receivedAt),
            time(one.dueAt),
            ...names.map((name) => cellOf((one.facets as Record<string, unknown>)[name])),
          ]),
        ],
        locale,
      );
      if (before !== null) toast.show({ what: t("csvMost", { n: cases.length }), tone: "attention" });
    } catch (error) {
      toast.show({ what: t("csv"), error: error as Error });
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button size="compact-sm" variant="subtle" loading={busy} onClick={() => void save()}>
      {t("csv")}
    </Button>
  );
}

function cellOf(value: unknown): Cell {
  return typeof value === "number" || typeof value === "string"
    ? value
    : value === undefined || value === null
      ? null
      : JSON.stringify(value);
}
