/**
 * What holds with the works council: the record in force, who made it, what was on record before, and the form for the next.
 *
 * Everybody of the workflow reads it, because it is about them. Figures of single persons are switched on by two people
 * and off by one.
 */
import { Button } from "@mantine/core";
import { useAct, useRead, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import { SettleChange } from "../overview/needs.tsx";
import { CouncilForm, REFRESHES } from "./council-form.tsx";
import { COUNCIL } from "./council-words.ts";
import facts from "../../parts/facts.module.css";
import styles from "./evidence.module.css";

type Agreement = Reply<"getWorksAgreement">;
type InForce = NonNullable<Agreement["record"]>;

export function Council({ workflow }: { workflow: string }) {
  const t = useWords(COUNCIL);
  const may = useMay();
  const read = useRead("getWorksAgreement", { params: { workflow } });
  if (read.data === undefined)
    return read.isError ? <Failed error={read.error} retry={read.refetch} /> : <Loading />;
  const { record, pending, past } = read.data;
  return (
    <>
      <Section title={t("inForce")}>
        {record === null ? <NothingYet /> : <Record record={record} pending={pending} workflow={workflow} />}
      </Section>
      <Section title={t(record === null ? "recordFirst" : "recordNext")}>
        {may("works_council.record") ? (
          <CouncilForm
            key={record?.recordedAt ?? "none"}
            workflow={workflow}
            record={record}
            asked={pending !== null}
          />
        ) : (
          <p className={styles["soft"]}>{t("mayNot")}</p>
        )}
      </Section>
      {past.length === 0 ? null : <Past past={past} />}
    </>
  );
}

function NothingYet() {
  const t = useWords(COUNCIL);
  return (
    <>
      <StatusWord plain tone="unknown" word={t("nothing")} />
      <p className={styles["soft"]}>{t("nothingWhat")}</p>
    </>
  );
}

interface OfRecord {
  record: InForce;
  pending: Agreement["pending"];
  workflow: string;
}

function Record({ record, pending, workflow }: OfRecord) {
  const t = useWords(COUNCIL);
  const formats = useFormats();
  return (
    <dl className={facts["facts"]}>
      <dt>{t("state")}</dt>
      <dd>
        {t(`state.${record.state}`)}
        <p className={styles["soft"]}>{t(record.state === "informed" ? "unsettled" : "settled")}</p>
      </dd>
      {record.reference === null ? null : (
        <>
          <dt>{t("reference")}</dt>
          <dd>{record.reference}</dd>
        </>
      )}
      <dt>{t("individuals")}</dt>
      <dd>
        <Individuals record={record} pending={pending} workflow={workflow} />
      </dd>
      <dt>{t("recordedBy")}</dt>
      <dd>{t("byAt", { person: record.recordedBy, at: formats.moment(record.recordedAt) })}</dd>
    </dl>
  );
}

function Individuals({ record, pending, workflow }: OfRecord) {
  const t = useWords(COUNCIL);
  const may = useMay();
  const formats = useFormats();
  const toast = useToast();
  const act = useAct("recordWorksAgreement", { refreshes: REFRESHES });
  const { state, reference, allowed } = record;
  const switchOff = () =>
    act.mutate(
      {
        params: { workflow },
        body: { state, individuals: false, ...(reference === null ? {} : { reference }) },
      },
      {
        onSuccess: () => toast.show({ what: t("switchedOff") }),
        onError: (error) => toast.show({ what: t("switchOff"), error }),
      },
    );
  if (record.individuals)
    return (
      <>
        <StatusWord plain tone="attention" word={t("on")} />
        {allowed === null ? null : (
          <p className={styles["soft"]}>
            {t("allowedBy", {
              one: allowed.askedBy,
              other: allowed.approvedBy,
              at: formats.moment(allowed.at),
            })}
          </p>
        )}
        {may("works_council.record") ? (
          <Button size="compact-sm" variant="default" mt={6} loading={act.isPending} onClick={switchOff}>
            {t("switchOff")}
          </Button>
        ) : null}
      </>
    );
  if (pending === null) return t("off");
  return (
    <>
      <StatusWord plain tone="waiting" word={t("waits")} />
      <p className={styles["soft"]}>
        {t("waitsWhat", { person: pending.askedBy, at: formats.moment(pending.at) })}
      </p>
      {may("works_council.individuals") ? (
        <div className={styles["acts"]}>
          <SettleChange id={pending.change} workflow={workflow} />
        </div>
      ) : null}
    </>
  );
}

function Past({ past }: { past: Agreement["past"] }) {
  const t = useWords(COUNCIL);
  const formats = useFormats();
  return (
    <Section title={t("past")}>
      <DataTable
        caption={t("past")}
        rows={past}
        idOf={(row) => row.replacedAt}
        empty={null}
        columns={[
          {
            id: "state",
            head: t("state"),
            cell: (row) => (
              <>
                {t(`state.${row.state}`)}
                {row.reference === null ? null : <div className={styles["soft"]}>{row.reference}</div>}
              </>
            ),
          },
          { id: "individuals", head: t("individuals"), cell: (row) => t(row.individuals ? "on" : "off") },
          {
            id: "by",
            head: t("recordedBy"),
            cell: (row) => t("byAt", { person: row.recordedBy, at: formats.moment(row.recordedAt) }),
          },
          { id: "until", head: t("until"), cell: (row) => formats.moment(row.replacedAt) },
        ]}
      />
    </Section>
  );
}
