/** The events of a day or of a case, filtered by kind and person; each with the exact text that is signed. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState, type FormEvent } from "react";
import { EVENTS } from "../../../contract/events.ts";
import { now } from "../../clock.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { aboutOf, eventsOfCase, eventsOfDay, MOST_EVENTS, type ShownEvent } from "./event-list.ts";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

const PAGE = 100;

function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function boundsOf(day: string): { from: string; to: string } {
  const [year = 2000, month = 1, date = 1] = day.split("-").map(Number);
  return {
    from: new Date(year, month - 1, date).toISOString(),
    to: new Date(year, month - 1, date + 1).toISOString(),
  };
}

export function Events({ workflow }: { workflow: string | undefined }) {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  const [day, setDay] = useState(() => dayOf(now()));
  const [caseId, setCaseId] = useState("");
  const [asked, setAsked] = useState({ day, caseId });
  const [kind, setKind] = useState("");
  const [person, setPerson] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const read = useQuery({
    queryKey: ["auditEvents", asked, workflow],
    queryFn: () =>
      asked.caseId === "" ? eventsOfDay(boundsOf(asked.day), workflow) : eventsOfCase(asked.caseId),
    staleTime: 60_000,
    retry: false,
  });
  const all = useMemo(() => read.data?.events ?? [], [read.data]);
  const kinds = useMemo(() => [...new Set(all.map((one) => one.kind))].sort(), [all]);
  const people = useMemo(() => [...new Set(all.map((one) => one.person))].sort(), [all]);
  const found = all.filter(
    (one) =>
      (kind === "" || one.kind === kind) && (person === "" || one.person === person.replace(/^!$/, "")),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    setLimit(PAGE);
    setAsked({ day, caseId: caseId.trim() });
  }
  return (
    <Section title={t("events")}>
      <form className={styles["filters"]} onSubmit={submit} role="search">
        <TextInput
          type="date"
          label={t("day")}
          required
          withAsterisk={false}
          disabled={caseId.trim() !== ""}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <TextInput
          label={t("caseId")}
          value={caseId}
          onChange={(event) => setCaseId(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("kind")}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data={[{ value: "", label: t("any") }, ...kinds.map((value) => ({ value, label: value }))]}
        />
        <NativeSelect
          label={t("person")}
          value={person}
          onChange={(event) => setPerson(event.currentTarget.value)}
          data={[
            { value: "", label: t("any") },
            ...people.map((value) =>
              value === "" ? { value: "!", label: t("program") } : { value, label: value },
            ),
          ]}
        />
        <Button type="submit" variant="default">
          {t("show")}
        </Button>
      </form>
      {read.isPending ? (
        <Loading />
      ) : read.isError ? (
        <Failed error={read.error} retry={read.refetch} />
      ) : (
        <>
          <p className={styles["soft"]} role="status">
            {t("eventsShown", { n: Math.min(limit, found.length), all: found.length })}
            {read.data.cut ? ` ${t("eventsMost", { n: MOST_EVENTS })}` : ""}
          </p>
          <DataTable
            caption={t("events")}
            rows={found.slice(0, limit)}
            idOf={(row: ShownEvent) => `${row.seq}-${row.at}-${row.kind}`}
            empty={<p className={styles["soft"]}>{t("eventsNone")}</p>}
            more={found.length > limit ? () => setLimit(limit + PAGE) : undefined}
            columns={[
              {
                id: "no",
                head: t("no"),
                number: true,
                wideOnly: true,
                cell: (row) => (row.seq === null ? "–" : formats.number(row.seq)),
              },
              { id: "at", head: t("at"), cell: (row) => formats.moment(row.at) },
              {
                id: "kind",
                head: t("kind"),
                cell: (row) => <span title={EVENTS[row.kind as keyof typeof EVENTS]}>{row.kind}</span>,
              },
              {
                id: "person",
                head: t("person"),
                wideOnly: true,
                cell: (row) => (row.person === "" ? t("program") : row.person),
              },
              {
                id: "about",
                head: t("about"),
                wideOnly: true,
                cell: (row) => (
                  <details>
                    <summary className={styles["about"]}>
                      {row.caseId === null ? null : <code>{row.caseId} </code>}
                      {aboutOf(row.data)}
                    </summary>
                    {row.caseId === null ? null : (
                      <Link to="/cases/$case" params={{ case: row.caseId }} search={true}>
                        {row.caseId}
                      </Link>
                    )}
                    <p className={styles["soft"]}>{t("eventText")}</p>
                    <pre className={`mono ${styles["body"]}`}>{row.body}</pre>
                  </details>
                ),
              },
            ]}
          />
        </>
      )}
    </Section>
  );
}
