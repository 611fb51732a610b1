/** Who signed a gate as owner and as sponsor; whoever is one of them and has not signed yet signs here, and is told what that means. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { SIGNED, SIGNED_AS, type Signed, type SignedAs } from "../../../contract/gate.ts";
import { useAct } from "../../data/api.ts";
import { useMay, useMe } from "../../data/me.tsx";
import { useFormats } from "../../locales/formats.ts";
import { useWords } from "../../locales/words.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Section } from "../../parts/page.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import type { Gate } from "../quality/gate-shown.tsx";
import { GATES } from "../quality/gate-words.ts";
import styles from "../quality/runs.module.css";
import facts from "../../parts/facts.module.css";

interface Asked {
  as: SignedAs;
  decision: Signed;
}

export function Signatures({ gate }: { gate: Gate }) {
  const t = useWords(GATES);
  const formats = useFormats();
  const held = useHeldParts(gate);
  const [asked, setAsked] = useState<Asked>();
  const refused = whyNoGo(gate);
  return (
    <Section title={t("signatures")}>
      <div className={styles["verdict"]}>
        <p className={styles["flat"]}>{t("signaturesWhat")}</p>
        {refused === undefined ? null : (
          <p className={styles["flat"]}>{t("noGoOnly", { why: t(`noGo.${refused}`) })}</p>
        )}
      </div>
      <dl className={`${facts["facts"]} ${styles["signatures"]}`}>
        {SIGNED_AS.map((as) => {
          const signed = gate.signatures.find((one) => one.as === as);
          return (
            <div key={as}>
              <dt>{t(as)}</dt>
              <dd>
                {signed === undefined ? (
                  <StatusWord plain tone="unknown" word={t("open")} />
                ) : (
                  <>
                    <StatusWord
                      plain
                      tone={signed.decision === "go" ? "good" : "bad"}
                      word={t("signature", {
                        decision: t(`signed.${signed.decision}`),
                        who: signed.person,
                        when: formats.when(signed.at),
                      })}
                    />
                    {signed.note === null ? null : <p className={styles["flat"]}>{signed.note}</p>}
                  </>
                )}
                {signed !== undefined || !held.includes(as) ? null : (
                  <span className={styles["head"]}>
                    {SIGNED.map((decision) => (
                      <Button
                        key={decision}
                        variant="default"
                        size="compact-md"
                        disabled={decision === "go" && refused !== undefined}
                        aria-label={t(`as.${decision}`, { as: t(as) })}
                        onClick={() => setAsked({ as, decision })}
                      >
                        {t(`sign.${decision}`)}
                      </Button>
                    ))}
                  </span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {asked === undefined ? null : <Ask gate={gate} asked={asked} close={() => setAsked(undefined)} />}
    </Section>
  );
}

/** As what the reader may still sign: nobody signs for both. */
function useHeldParts(gate: Gate): readonly SignedAs[] {
  const may = useMay();
  const me = useMe();
  if (!may("go.grant")) return [];
  const roles = me.workflows.find(({ name }) => name === gate.workflow)?.roles ?? [];
  const mine = gate.signatures.some(
    ({ person }) => person === me.person?.email || person === me.person?.name,
  );
  return mine ? [] : SIGNED_AS.filter((part) => roles.includes(part));
}

/** Why the program would refuse go; it says so itself, too. */
function whyNoGo({
  verdict,
  newest,
  rolledBackAt,
  lacks,
}: Gate): "verdict" | "replaced" | "rolledBack" | "lacks" | undefined {
  if (verdict !== "go" && verdict !== "conditional") return "verdict";
  if (!newest) return "replaced";
  if (rolledBackAt !== null) return "rolledBack";
  return lacks === null ? undefined : "lacks";
}

function Ask({ gate, asked: { as, decision }, close }: { gate: Gate; asked: Asked; close: () => void }) {
  const t = useWords(GATES);
  const toast = useToast();
  const [note, setNote] = useState("");
  const sign = useAct("signGate", { refreshes: ["getGate", "listGates", "getRollout"] });
  const said = note.trim();
  return (
    <Confirm
      open
      title={t(`as.${decision}`, { as: t(as) })}
      verb={t(`sign.${decision}`)}
      danger={decision === "no-go"}
      onConfirm={async () => {
        await sign.mutateAsync({
          params: { gate: gate.id },
          body: { decision, as, digest: gate.digest, ...(said === "" ? {} : { note: said }) },
        });
        toast.show({ what: t("signedToast") });
      }}
      onClose={close}
    >
      <p>{t(`what.${decision}`, { release: gate.release })}</p>
      <TextInput
        label={t("note")}
        value={note}
        maxLength={1_000}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </Confirm>
  );
}
