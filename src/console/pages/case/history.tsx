/** What happened to a case, from the audit log, the newest last; each event can be looked up by its id. */
import { CASE, CASE_EVENT_WORDS } from "../../locales/case.ts";
import { STATE_WORDS, VERDICT_WORDS } from "../../locales/codes.ts";
import { useCode, useWords } from "../../locales/words.ts";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import styles from "./case.module.css";
import type { Case } from "./page.tsx";

export function History({ found }: { found: Case }) {
  const t = useWords(CASE);
  const event = useCode(CASE_EVENT_WORDS);
  const state = useCode(STATE_WORDS);
  const verdict = useCode(VERDICT_WORDS);
  if (found.history.length === 0) return null;
  return (
    <Section title={t("history")}>
      <ol className={styles["history"]}>
        {found.history.map((one) => {
          const to: unknown = one.data["to"];
          const given: unknown = one.data["verdict"];
          const passedOver: unknown = one.data["passedOver"];
          return (
            <li key={one.id}>
              <RelativeTime at={one.at} />
              <span title={one.kind}>
                {event(one.kind)}
                {typeof to === "string" && to in STATE_WORDS ? `: ${state(to)}` : ""}
                {typeof given === "string" ? `: ${verdict(given)}` : ""}
                {Array.isArray(passedOver)
                  ? `; ${t("passedOver", { models: passedOver.join(", ") })}`
                  : ""}{" "}
                <span className={styles["by"]}>{t("by", { who: actorName(one.actor, t("system")) })}</span>
              </span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

/** People and keys by name; a worker is the program. */
function actorName(actor: Record<string, unknown>, program: string): string {
  const name = actor["person"] ?? actor["name"];
  return actor["kind"] === "system" || typeof name !== "string" ? program : name;
}
