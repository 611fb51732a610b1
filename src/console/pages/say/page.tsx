/**
 * The signed page: whoever receives a result says that it is wrong, or a sender answers a question. No account, no cookie.
 *
 * The token stands behind `#`, where no server log sees it. Opening the page changes nothing; only sending does.
 */
import { Button, Loader, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { REVIEW_REASONS, type ReviewReason } from "../../../contract/states.ts";
import { useAct, type Reply } from "../../data/api.ts";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Outside, useAnotherLink } from "../../parts/outside.tsx";
import { ErrorText } from "../../parts/page.tsx";
import styles from "./say.module.css";
import { SAY } from "./words.ts";

type Look = Reply<"lookAtToken">;

export default function SayPage() {
  const t = useWords(SAY);
  const look = useAct("lookAtToken");
  const token = useRef("");
  const { mutate } = look;
  useAnotherLink();
  useEffect(() => {
    if (token.current !== "") return;
    token.current = decodeURIComponent(location.hash.slice(1));
    mutate({ body: { token: token.current } });
  }, [mutate]);
  if (look.isError)
    return (
      <Outside title={t("spent")} sentence={t("spentWhat")}>
        <div role="alert" className={styles["gap"]}>
          <ErrorText error={look.error} />
        </div>
      </Outside>
    );
  if (look.data === undefined)
    return (
      <Outside title={t("opening")}>
        <Loader size="sm" mt="md" aria-hidden />
      </Outside>
    );
  return <Said look={look.data} token={token.current} />;
}

function Said({ look, token }: { look: Look; token: string }) {
  const t = useWords(SAY);
  const formats = useFormats();
  const [done, setDone] = useState(false);
  const feedback = look.kind === "feedback";
  const id = look.externalId;
  if (done)
    return (
      <Outside
        title={t(feedback ? "takenFeedback" : "takenAnswer")}
        sentence={<span role="status">{t(feedback ? "takenWhat" : "takenAnswerWhat")}</span>}
      />
    );
  return (
    <Outside
      title={t(feedback ? "feedbackTitle" : "answerTitle")}
      sentence={
        !feedback
          ? t("answerWhat", { id })
          : look.deliveredAt === null
            ? t("feedbackWhatUndated", { id })
            : t("feedbackWhat", { id, at: formats.when(look.deliveredAt) })
      }
    >
      {look.question === null ? null : (
        <blockquote className={styles["question"]} aria-label={t("question")}>
          {look.question}
        </blockquote>
      )}
      {look.open ? (
        <Form feedback={feedback} token={token} sent={() => setDone(true)} />
      ) : (
        <p className={styles["soft"]}>{t("closed")}</p>
      )}
      {look.said.length === 0 ? null : (
        <section aria-label={t("thread")} className={styles["thread"]}>
          <h2>{t("thread")}</h2>
          <ol>
            {look.said.map((one) => (
              <li key={one.at}>
                <span className={styles["soft"]}>{t("said", { at: formats.when(one.at) })}</span>
                <p>{one.text}</p>
                {one.answer === null ? null : (
                  <div className={styles["answer"]}>
                    <span className={styles["soft"]}>
                      {t("answered", { at: one.answeredAt === null ? "" : formats.when(one.answeredAt) })}
                    </span>
                    <p>{one.answer}</p>
                  </div>
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      {look.support === null ? null : (
        <p className={styles["soft"]}>{t("support", { contact: look.support.contact })}</p>
      )}
    </Outside>
  );
}

function Form({ feedback, token, sent }: { feedback: boolean; token: string; sent: () => void }) {
  const t = useWords(SAY);
  const say = useSay();
  const send = useAct("sayWithToken");
  const [reason, setReason] = useState<ReviewReason>();
  const [text, setText] = useState("");
  const [email, setEmail] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    send.mutate(
      {
        body: {
          token,
          text: text.trim(),
          ...(feedback && reason !== undefined ? { reason } : {}),
          ...(feedback && email.trim() !== "" ? { email: email.trim() } : {}),
        },
      },
      { onSuccess: sent },
    );
  }
  return (
    <form onSubmit={submit} className={styles["form"]}>
      {feedback ? (
        <NativeSelect
          label={t("reason")}
          required
          withAsterisk={false}
          value={reason ?? ""}
          onChange={(event) => setReason(REVIEW_REASONS.find((one) => one === event.currentTarget.value))}
          data={[
            { value: "", label: t("noReason") },
            ...REVIEW_REASONS.map((value) => ({ value, label: say(REVIEW_REASON_WORDS[value]) })),
          ]}
        />
      ) : null}
      <Textarea
        label={t(feedback ? "feedbackText" : "answerText")}
        {...(feedback ? { placeholder: t("feedbackTextWhat") } : {})}
        required
        withAsterisk={false}
        autosize
        minRows={4}
        maxRows={14}
        maxLength={4_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {feedback ? (
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      ) : null}
      {send.isError ? (
        <div role="alert">
          <ErrorText error={send.error} />
        </div>
      ) : null}
      <Button
        type="submit"
        loading={send.isPending}
        disabled={text.trim() === "" || (feedback && reason === undefined)}
      >
        {t(feedback ? "sendFeedback" : "sendAnswer")}
      </Button>
    </form>
  );
}
