/** Requests to stop that nobody answered yet: who, why, about which case; answered with or without moving the ladder. */
import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct, type Reply } from "../../data/api.ts";
import { useMay } from "../../data/me.tsx";
import { RUNG_WORDS } from "../../locales/codes.ts";
import { FRAME } from "../../locales/frame.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Icon } from "../../parts/icon.tsx";
import { FormFoot } from "../../parts/form-foot.tsx";
import { Section } from "../../parts/page.tsx";
import { RelativeTime } from "../../parts/small.tsx";
import { useToast } from "../../parts/toast.tsx";
import styles from "./operations.module.css";
import { OPERATIONS } from "./words.ts";

type Request = Reply<"getOperations">["requests"][number];

export function Requests({ requests, rung }: { requests: readonly Request[]; rung: number }) {
  const t = useWords(OPERATIONS);
  const may = useMay();
  const [answered, setAnswered] = useState<Request>();
  if (requests.length === 0) return null;
  return (
    <Section title={t("requests")}>
      <ul className={styles["requests"]}>
        {requests.map((request) => (
          <li key={request.id}>
            <span className={styles["bad"]}>
              <Icon name="stop" />
            </span>
            <div className={styles["rungText"]}>
              <span>
                <b>{t("requestBy", { person: request.person })}</b>{" "}
                <span className={styles["soft"]}>
                  <RelativeTime at={request.at} />
                </span>
              </span>
              <span>{request.text ?? <span className={styles["soft"]}>{t("noText")}</span>}</span>
              {request.caseId === null ? null : (
                <Link to="/cases/$case" params={{ case: request.caseId }} search={true}>
                  {t("case", { id: request.caseId })}
                </Link>
              )}
            </div>
            {may("ladder.tighten") ? (
              <Button onClick={() => setAnswered(request)}>{t("answer")}</Button>
            ) : null}
          </li>
        ))}
      </ul>
      {answered === undefined ? null : (
        <AnswerDialog key={answered.id} request={answered} rung={rung} close={() => setAnswered(undefined)} />
      )}
    </Section>
  );
}

function AnswerDialog({ request, rung, close }: { request: Request; rung: number; close: () => void }) {
  const t = useWords(OPERATIONS);
  const frame = useWords(FRAME);
  const say = useSay();
  const toast = useToast();
  const [to, setTo] = useState("");
  const [answer, setAnswer] = useState("");
  const settle = useAct("settleStopRequest", { refreshes: ["getOperations", "getOverview", "getMe"] });
  const go = () =>
    settle.mutate(
      {
        params: { request: request.id },
        body: { answer: answer.trim(), ...(to === "" ? {} : { rung: Number(to) }) },
      },
      {
        onSuccess() {
          toast.show({ what: t("answered") });
          close();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={close}
      title={t("answerTitle")}
      closeButtonProps={{ "aria-label": frame("close") }}
    >
      <div style={{ display: "grid", gap: 12 }}>
        <NativeSelect
          label={t("answerRung")}
          value={to}
          data-autofocus
          onChange={(event) => setTo(event.currentTarget.value)}
          data={[
            { value: "", label: t("keepRung") },
            ...RUNG_WORDS.flatMap((word, at) =>
              at > rung ? [{ value: String(at), label: t("moveRung", { word: say(word) }) }] : [],
            ),
          ]}
        />
        <Textarea
          label={t("answerText", { person: request.person })}
          autosize
          minRows={3}
          required
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
        />
        <FormFoot act={settle} verb={t("answer")} close={close} disabled={answer.trim() === ""} onAct={go} />
      </div>
    </Modal>
  );
}
