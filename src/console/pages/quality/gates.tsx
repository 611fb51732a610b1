/** The gates of the workflow's releases: first what waits for somebody, then what was judged and who signed it, newest first. */
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useRead, type Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { sameWorkflow } from "../../shell/same-workflow.ts";
import { VerdictWord } from "./gate-shown.tsx";
import { GATES } from "./gate-words.ts";
import { JudgeGate } from "./judge-gate.tsx";
import { Part } from "./part.tsx";
import styles from "./runs.module.css";

const PAGE = 10;
const MOST = 200;

export function Gates({ workflow }: { workflow: string }) {
  const t = useWords(GATES);
  const formats = useFormats();
  const [limit, setLimit] = useState(PAGE);
  const read = useRead("listGates", { params: { workflow }, query: { limit } }, { keep: true });
  const none = (
    <div className={styles["how"]}>
      <p>{t("gatesNone")}</p>
      <code>pilotage evaluate {workflow} --set tickets-may --gate</code>
    </div>
  );
  return (
    <Part
      title={t("gates")}
      read={read}
      empty={none}
      isEmpty={({ gates }) => gates.length === 0}
      aside={<JudgeGate workflow={workflow} />}
    >
      {({ gates, next, toSign }) => (
        <>
          <Waiting gates={gates} toSign={toSign} />
          <DataTable
            caption={t("gates")}
            rows={gates}
            idOf={(gate) => gate.id}
            empty={null}
            more={
              next === null || limit >= MOST ? undefined : () => setLimit(Math.min(MOST, limit + 4 * PAGE))
            }
            columns={[
              {
                id: "judged",
                head: t("judged"),
                cell: (gate) => (
                  <Link to="/quality/gates/$gate" params={{ gate: gate.id }} search={sameWorkflow}>
                    {formats.when(gate.judgedAt)}
                  </Link>
                ),
              },
              {
                id: "release",
                head: t("release"),
                cell: (gate) => <code className={styles["stack"]}>{gate.release}</code>,
              },
              {
                id: "verdict",
                head: t("verdict"),
                cell: (gate) => (
                  <span className={styles["stack"]}>
                    <VerdictWord verdict={gate.verdict} />
                    {gate.newest ? null : <span className={styles["soft"]}>{t("replaced")}</span>}
                  </span>
                ),
              },
              {
                id: "about",
                head: t("about"),
                wideOnly: true,
                cell: (gate) => gate.groups.map((group) => t(`group.${group}`)).join(", "),
              },
              {
                id: "signed",
                head: t("signed"),
                cell: (gate) =>
                  gate.signatures.length === 0
                    ? t("signedNone")
                    : gate.signatures
                        .map((one) => t("signedBy", { as: t(one.as), decision: t(`signed.${one.decision}`) }))
                        .join(", "),
              },
            ]}
          />
        </>
      )}
    </Part>
  );
}

/** A gate whose signatures are missing, and the newest one where it did not come out as go and nobody has signed it. */
function Waiting({ gates, toSign }: Pick<Reply<"listGates">, "gates" | "toSign">) {
  const t = useWords(GATES);
  const [newest] = gates;
  const failed = newest !== undefined && newest.verdict !== "go" && newest.signatures.length === 0;
  if (toSign === null && !failed) return null;
  return (
    <ul className={styles["waiting"]}>
      {toSign === null ? null : (
        <li>
          <ToGate id={toSign.gate}>{t("gateOf", { release: toSign.release })}</ToGate>
          <StatusWord
            plain
            tone="waiting"
            word={t("waits", { who: toSign.missing.length === 1 ? toSign.missing[0] : "both" })}
          />
        </li>
      )}
      {failed ? (
        <li>
          <ToGate id={newest.id}>{t("newestOf", { release: newest.release })}</ToGate>
          <VerdictWord verdict={newest.verdict} />
        </li>
      ) : null}
    </ul>
  );
}

function ToGate({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link to="/quality/gates/$gate" params={{ gate: id }} search={sameWorkflow}>
      {children}
    </Link>
  );
}
