/** One gate of a release: the verdict, each criterion with its bounds and what is missing, and the signatures. */
import { Link, useParams } from "@tanstack/react-router";
import { GATE_REASONS } from "../../../contract/gate.ts";
import { isRefusal, useRead } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Page, Section } from "../../parts/page.tsx";
import { CopyableId } from "../../parts/small.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import facts from "../../parts/facts.module.css";
import { BackToQuality, Gone } from "../quality/back.tsx";
import { useReason, useVerdict, VerdictWord, type Gate } from "../quality/gate-shown.tsx";
import { GATES } from "../quality/gate-words.ts";
import styles from "../quality/runs.module.css";
import { Criteria } from "./criteria.tsx";
import { Signatures } from "./signatures.tsx";

export default function GatePage() {
  const t = useWords(GATES);
  const what = useVerdict();
  const { gate: id = "" } = useParams({ strict: false }) as { gate?: string };
  const read = useRead("getGate", { params: { gate: id } });
  const found = read.data;
  const back = <BackToQuality label={t("back")} />;
  if (isRefusal(read.error, "not_found"))
    return <Gone title={t("gate")} gone={t("gone")} what={t("goneWhat")} back={t("back")} />;
  return (
    <Page
      title={t("gate")}
      sentence={
        found === undefined
          ? undefined
          : t("sentence", { verdict: capitalized(t(`verdict.${found.verdict}`)), what: what(found.verdict) })
      }
      needs="workflow.see"
      read={read}
      actions={back}
    >
      {found === undefined ? null : (
        <>
          <Facts gate={found} />
          <Criteria gate={found} />
          <Signatures gate={found} />
        </>
      )}
    </Page>
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Facts({ gate }: { gate: Gate }) {
  const t = useWords(GATES);
  const formats = useFormats();
  const reason = useReason(GATE_REASONS);
  const { version, reasons, runs } = gate;
  return (
    <Section title={t("facts")}>
      <dl className={facts["facts"]}>
        <dt>{t("release")}</dt>
        <dd>
          <code>{gate.release}</code>
        </dd>
        <dt>{t("verdict")}</dt>
        <dd>
          <VerdictWord verdict={gate.verdict} />
          {gate.newest ? null : <span className={styles["soft"]}> {t("replaced")}</span>}
        </dd>
        {reasons.length === 0 ? null : (
          <>
            <dt>{t("why")}</dt>
            <dd>{reasons.map(reason).join("; ")}</dd>
          </>
        )}
        <dt>{t("about")}</dt>
        <dd>{gate.groups.map((group) => t(`group.${group}`)).join(", ")}</dd>
        {runs.length === 0 ? null : (
          <>
            <dt>{t("runs")}</dt>
            <dd>
              {runs.map((run, at) => (
                <span key={run}>
                  {at === 0 ? null : ", "}
                  <Link to="/quality/runs/$run" params={{ run }} search={sameWorkflow}>
                    {t("runNo", { n: at + 1 })}
                  </Link>
                </span>
              ))}
            </dd>
          </>
        )}
        {version === null ? null : (
          <>
            <dt>{t("frozen")}</dt>
            <dd>
              {t("frozenWhat", {
                version: version.version,
                when: formats.when(version.frozenAt),
                who: version.frozenBy,
              })}
            </dd>
          </>
        )}
        <dt>{t("judged")}</dt>
        <dd>{t("by", { when: formats.when(gate.judgedAt), who: gate.judgedBy })}</dd>
        <dt>{t("id")}</dt>
        <dd>
          <CopyableId id={gate.id} />
        </dd>
      </dl>
    </Section>
  );
}
