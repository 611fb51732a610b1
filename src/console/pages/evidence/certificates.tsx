/** Certificates, in force or not, each with the numbers on which it rests. */
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failed, Loading } from "../../parts/page.tsx";
import { Simulated } from "../../parts/small.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./evidence.module.css";
import { EVIDENCE } from "./words.ts";

type Certificate = Reply<"listCertificates">["certificates"][number];

export function Certificates({ workflow }: { workflow: string }) {
  const t = useWords(EVIDENCE);
  const formats = useFormats();
  const list = useRead("listCertificates", { params: { workflow }, query: { limit: 200 } });
  if (list.data === undefined)
    return list.isError ? <Failed error={list.error} retry={list.refetch} /> : <Loading />;
  return (
    <>
      <p className={styles["soft"]} style={{ marginBottom: 12 }}>
        {t("certificatesWhat")}
      </p>
      <DataTable
        caption={t("tab.certificates")}
        rows={list.data.certificates}
        idOf={(row) => row.id}
        empty={<p className={styles["soft"]}>{t("certificatesNone")}</p>}
        columns={[
          { id: "release", head: t("release"), cell: (row) => <code>{row.release}</code> },
          { id: "standing", head: t("standing"), cell: (row) => <Standing certificate={row} /> },
          {
            id: "threshold",
            head: t("threshold"),
            number: true,
            wideOnly: true,
            cell: (row) => (row.threshold === null ? t("perCategory") : formats.number(row.threshold, 2)),
          },
          {
            id: "rests",
            head: t("restsOn"),
            wideOnly: true,
            cell: (row) => (
              <>
                {t(`basis.${row.from}`, {
                  errors: formats.number(row.errors),
                  accepted: formats.number(row.accepted),
                  labels: formats.number(row.labels),
                })}{" "}
                {row.simulated ? <Simulated /> : null}
              </>
            ),
          },
          {
            id: "bound",
            head: t("bound"),
            number: true,
            wideOnly: true,
            cell: (row) => formats.percent(row.bound),
          },
          { id: "until", head: t("until"), wideOnly: true, cell: (row) => formats.day(row.expiresAt) },
        ]}
      />
    </>
  );
}

function Standing({ certificate }: { certificate: Certificate }) {
  const t = useWords(EVIDENCE);
  if (certificate.inForce) return <StatusWord plain tone="good" word={t("inForce")} />;
  if (certificate.suspendedAt !== null)
    return (
      <StatusWord plain tone="bad" word={t("suspended", { because: certificate.suspendedBecause ?? "" })} />
    );
  return (
    <StatusWord
      plain
      tone="unknown"
      word={t(certificate.supersededBy === null ? "notInForce" : "superseded")}
    />
  );
}
