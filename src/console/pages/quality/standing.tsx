/** What may go out alone now, how it keeps its word, and about how many days it would take to earn it again. */
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Failed, Loading, Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { Part } from "./part.tsx";
import styles from "./quality.module.css";
import { QUALITY } from "./words.ts";

type Certificate = Reply<"listCertificates">["certificates"][number];
type Forecast = Reply<"automationForecast">;

export function Standing({ workflow }: { workflow: string }) {
  const t = useWords(QUALITY);
  const certificates = useRead(
    "listCertificates",
    { params: { workflow }, query: { limit: 1 } },
    { every: 30_000 },
  );
  const forecast = useRead("automationForecast", { params: { workflow } });
  const last = certificates.data?.certificates[0];
  if (certificates.data === undefined)
    return (
      <Section title={t("standing")}>
        {certificates.isError ? (
          <Failed error={certificates.error} retry={certificates.refetch} />
        ) : (
          <Loading />
        )}
      </Section>
    );
  return (
    <Part
      title={t("standing")}
      read={forecast}
      empty={t("standingNone")}
      aside={
        last?.inForce ? (
          <StatusWord tone="good" word={t("inForce")} />
        ) : (
          <StatusWord tone="attention" word={t("allReviewed")} />
        )
      }
    >
      {(found) => (
        <>
          {last === undefined ? (
            <p className={styles["flat"]}>{t("noCertificate")}</p>
          ) : (
            <Kept certificate={last} />
          )}
          <Days found={found} />
        </>
      )}
    </Part>
  );
}

function Kept({ certificate }: { certificate: Certificate }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const { inForce, threshold, calibrated, watch, suspendedBecause } = certificate;
  const at = threshold === null ? t("perCategory") : formats.number(calibrated ?? threshold, 2);
  return (
    <>
      <p className={styles["flat"]}>
        {inForce
          ? t("certified", {
              at,
              coverage: formats.percent(certificate.coverage, 0),
              bound: formats.percent(certificate.bound),
              until: formats.day(certificate.expiresAt),
            })
          : t("lapsed", { at, until: formats.day(certificate.suspendedAt ?? certificate.expiresAt) })}
      </p>
      {suspendedBecause === null ? null : (
        <p className={styles["flat"]} lang="en">
          {suspendedBecause}
        </p>
      )}
      {watch === null || watch.labels === 0 ? null : (
        <p className={styles["soft"]}>
          {t("watched", {
            errors: formats.number(watch.errors),
            labels: formats.number(watch.labels),
            lower: formats.percent(watch.lower),
            upper: formats.percent(watch.upper),
          })}
        </p>
      )}
    </>
  );
}

function Days({ found }: { found: Forecast }) {
  const t = useWords(QUALITY);
  const formats = useFormats();
  const days = ({ days: count, because }: Forecast["next"]) => {
    if (count === null) return t(because === "no_labels" ? "noLabels" : "tooManyErrors");
    if (count.likely === 0) return t("atOnce");
    return t("days", { median: count.median, likely: formats.number(count.likely) });
  };
  return (
    <>
      <dl className={styles["days"]}>
        <div>
          <dt>{t(found.inForce ? "renewal" : "untilNow")}</dt>
          <dd>{days(found.next)}</dd>
        </div>
        <div>
          <dt>{t("afterChange")}</dt>
          <dd>{days(found.afterChange)}</dd>
        </div>
      </dl>
      <p className={styles["soft"]}>
        {t(found.basis === "certificate" ? "basisCertificate" : "basisAssumed", {
          labels: formats.number(found.labelsPerDay, 1),
          coverage: formats.percent(found.coverage, 0),
          errors: formats.percent(found.errorShare),
        })}
      </p>
    </>
  );
}
