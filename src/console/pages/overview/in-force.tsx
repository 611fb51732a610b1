/** What is in force, in words: the release and its share, the autonomy, the certificate, and who is responsible. */
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { Simulated } from "../../parts/small.tsx";
import { StoppedRollout } from "../../parts/stopped-rollout.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./overview.module.css";
import { OVERVIEW } from "./words.ts";

type Overview = Reply<"getOverview">;

export function InForce({ overview, workflow }: { overview: Overview; workflow: string }) {
  const t = useWords(OVERVIEW);
  const formats = useFormats();
  const { releases, people } = overview;
  const named = (release: string) => (release === "manual" ? t("manualShort") : release);
  return (
    <Section title={t("inForce")}>
      <dl className={styles["facts"]}>
        <dt>{t("release")}</dt>
        <dd>
          {releases.candidate === null || releases.share === 1
            ? (releases.candidate ?? releases.stable) === "manual"
              ? t("manual")
              : t("releaseAll", { release: releases.candidate ?? releases.stable })
            : t("releaseIs", {
                release: releases.candidate,
                share: formats.percent(releases.share),
                stable: named(releases.stable),
              })}
          {releases.shadow === null ? null : (
            <p className={styles["basis"]}>{t("shadowIs", { release: releases.shadow })}</p>
          )}
          <StoppedRollout stopped={releases.stoppedRollout} />
        </dd>
        <dt>{t("autonomy")}</dt>
        <dd>
          {releases.autonomy === 0
            ? t("autonomyZero")
            : t("autonomyIs", { share: formats.percent(releases.autonomy) })}
        </dd>
        <dt>{t("certificate")}</dt>
        <dd>
          <CertificateSentence workflow={workflow} release={releases.candidate ?? releases.stable} />
        </dd>
        <dt>{t("owners")}</dt>
        <dd>
          {t("ownersAre", {
            owner: people.owner,
            deputy: people.deputy ?? t("nobody"),
            sponsor: people.sponsor ?? t("nobody"),
          })}
          {people.orphaned ? (
            <p>
              <StatusWord plain tone="bad" word={t("orphaned")} />
            </p>
          ) : null}
        </dd>
      </dl>
    </Section>
  );
}

function CertificateSentence({ workflow, release }: { workflow: string; release: string }) {
  const t = useWords(OVERVIEW);
  const formats = useFormats();
  const { data } = useRead("listCertificates", { params: { workflow } });
  const own = data?.certificates.filter((one) => one.release === release && one.step === 0) ?? [];
  const certificate = own.find((one) => one.inForce) ?? own[0];
  if (certificate === undefined) return t("certificateNone");
  if (!certificate.inForce) return t("certificateNoneBecause", { day: formats.day(certificate.certifiedAt) });
  const values = {
    threshold: certificate.threshold === null ? null : formats.number(certificate.threshold, 2),
    bound: formats.percent(certificate.bound),
    confidence: formats.percent(certificate.confidence),
    target: formats.percent(certificate.target),
    until: formats.day(certificate.expiresAt),
  };
  return (
    <>
      {t(certificate.threshold === null ? "certificatePer" : "certificateIs", values)}
      <p className={styles["basis"]}>
        {t(`basis.${certificate.from}`, {
          errors: formats.number(certificate.errors),
          accepted: formats.number(certificate.accepted),
          labels: formats.number(certificate.labels),
        })}
        , {formats.day(certificate.certifiedAt)} {certificate.simulated ? <Simulated /> : null}
      </p>
    </>
  );
}
