/**
 * The safe-stop ladder: where it stands, what each rung means in items, and moving it in two steps.
 *
 * Towards stop needs no reason first; back takes one. Who may not move it can ask.
 */
import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { useAct, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { RUNG_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Section } from "../../parts/page.tsx";
import { RungWord, StatusWord } from "../../parts/status-word.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { OPERATIONS, RUNG_SENTENCES } from "./words.ts";

type LadderState = Reply<"getOperations">["ladder"];

export function Ladder({ ladder, workflow }: { ladder: LadderState; workflow: string }) {
  const t = useWords(OPERATIONS);
  const say = useSay();
  const may = useMay();
  const formats = useFormats();
  const [wanted, setWanted] = useState<number>();
  const [asking, setAsking] = useState(false);
  return (
    <div id="safe-stop">
      <Section
        title={t("ladder")}
        aside={
          may("ladder.tighten") || !may("stop.request") ? null : (
            <Button variant="default" onClick={() => setAsking(true)}>
              {t("ask")}
            </Button>
          )
        }
      >
        <ol className={styles["ladder"]}>
          {RUNG_WORDS.map((word, rung) => {
            const here = rung === ladder.rung;
            const back = rung < ladder.rung;
            const cases = ladder.effects.find((one) => one.rung === rung)?.cases ?? 0;
            return (
              <li key={word.en} data-here={here || undefined} {...(here ? { "aria-current": "step" } : {})}>
                <span className={styles["rungNo"]} aria-hidden>
                  {rung}
                </span>
                <div className={styles["rungText"]}>
                  <span className={styles["rungName"]}>
                    {say(word)}
                    {here ? (
                      <StatusWord
                        tone={rung === 0 ? "good" : rung === 1 ? "attention" : "bad"}
                        word={t("here")}
                      />
                    ) : null}
                  </span>
                  <span>
                    {say(RUNG_SENTENCES[rung] ?? word)}
                    {rung > 0 && !here ? (
                      <span className={styles["soft"]}> {t("concerns", { n: cases })}.</span>
                    ) : null}
                  </span>
                  {here && ladder.since !== null && ladder.by !== null ? (
                    <span className={styles["soft"]}>
                      {t("ladderSince", { since: formats.when(ladder.since), by: ladder.by })}
                      {ladder.reason === null ? null : ` · ${ladder.reason}`}
                    </span>
                  ) : null}
                </div>
                {here || !may(back ? "ladder.loosen" : "ladder.tighten") ? null : (
                  <Button variant="default" onClick={() => setWanted(rung)}>
                    {back ? t("backTo", { word: say(word) }) : t("stepTo", { word: say(word) })}
                  </Button>
                )}
              </li>
            );
          })}
        </ol>
        {wanted === undefined ? null : (
          <MoveDialog
            key={wanted}
            rung={wanted}
            back={wanted < ladder.rung}
            cases={ladder.effects.find((one) => one.rung === wanted)?.cases ?? 0}
            workflow={workflow}
            close={() => setWanted(undefined)}
          />
        )}
        {asking ? <AskDialog workflow={workflow} close={() => setAsking(false)} /> : null}
      </Section>
    </div>
  );
}

interface MoveProps {
  rung: number;
  back: boolean;
  cases: number;
  workflow: string;
  close: () => void;
}

function MoveDialog({ rung, back, cases, workflow, close }: MoveProps) {
  const t = useWords(OPERATIONS);
  const frame = useWords(FRAME);
  const say = useSay();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const move = useAct("moveLadder", { refreshes: ["getOperations", "getOverview", "getMe"] });
  const word = say(RUNG_WORDS[rung]!);
  const given = reason.trim();
  const go = () =>
    move.mutate(
      { params: { workflow }, body: { rung, ...(given === "" ? {} : { reason: given }) } },
      {
        onSuccess() {
          toast.show({ what: t("moved", { word }), tone: rung === 0 ? "good" : "attention" });
          close();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={close}
      title={t(back ? "backTitle" : "stopTitle", { word })}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <p style={{ marginTop: 0 }}>
        <RungWord rung={rung} /> {say(RUNG_SENTENCES[rung]!)}{" "}
        {rung > 0 ? `${t("concerns", { n: cases })}.` : ""}
      </p>
      <p>{t(back ? "backWhat" : "stopNoReason")}</p>
      {back ? (
        <Textarea
          label={t("reason")}
          required
          data-autofocus
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      ) : null}
      <FormFoot
        act={move}
        verb={t(back ? "backTo" : "stepTo", { word })}
        close={close}
        disabled={back && given === ""}
        onAct={go}
        apart
        danger={!back}
        cancelFirst={!back}
      />
    </Modal>
  );
}

function AskDialog({ workflow, close }: { workflow: string; close: () => void }) {
  const t = useWords(OPERATIONS);
  const frame = useWords(FRAME);
  const toast = useToast();
  const formats = useFormats();
  const [text, setText] = useState("");
  const ask = useAct("requestStop", { refreshes: ["getOperations", "getOverview"] });
  const go = () =>
    ask.mutate(
      { params: { workflow }, body: text.trim() === "" ? {} : { text: text.trim() } },
      {
        onSuccess({ told }) {
          toast.show({
            what: told.length === 0 ? t("askedNobody") : t("asked", { told: formats.list(told) }),
            tone: told.length === 0 ? "attention" : "good",
          });
          close();
        },
      },
    );
  return (
    <Modal opened onClose={close} title={t("askTitle")} closeButtonProps={{ "aria-label": frame("close") }}>
      <p style={{ marginTop: 0 }}>{t("askWhat")}</p>
      <Textarea
        label={t("askText")}
        autosize
        minRows={2}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <FormFoot act={ask} verb={t("ask")} close={close} onAct={go} apart />
    </Modal>
  );
}
