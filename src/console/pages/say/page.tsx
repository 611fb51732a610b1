/**
 * The signed page for people without an account: a sender answers a question, a receiver says that a result is wrong.
 *
 * Opening it changes nothing, so a scanner of mails that follows the link does no harm; only the form's button does. The
 * token stands behind `#`, where no server log sees it.
 */
import { Button, Loader, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { REVIEW_REASONS, type ReviewReason } from "../../../contract/states.ts";
import { useAct, type Reply } from "../../data/api.ts";
import { REVIEW_REASON_WORDS } from "../../locales/codes.ts";
import { useFormats } from "../../locales/formats.ts";
import { FRAME } from "../../locales/frame.ts";
import { SAY } from "../../locales/say.ts";
import { useSay, useWords } from "../../locales/words.ts";
import { Outside } from "../../parts/outside.tsx";
import { ErrorText } from "../../parts/page.tsx";
import styles from "./say.module.css";

export default function SayPage() {
  const t = useWords(SAY);
  const look = useAct("lookAtToken");
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [thanks, setThanks] = useState<"feedback" | "answer">();
  const { mutate } = look;
  useEffect(() => mutate({ body: { token } }), [mutate, token]);

  if (thanks === "answer") return <Outside title={t("thanksAnswer")} sentence={t("thanksAnswerWhat")} />;
  if (thanks === "feedback")
    return <Outside title={t("thanksFeedback")} sentence={t("thanksFeedbackWhat")} />;
  if (look.isError)
    return (
      <Outside title={t("gone")} sentence={t("goneWhat")}>
        <div role="alert" className={styles["error"]}>
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
  return <Saying found={look.data} token={token} done={setThanks} />;
}

function Saying({
  found,
  token,
  done,
}: {
  found: Reply<"lookAtToken">;
  token: string;
  done: (kind: "feedback" | "answer") => void;
}) {
  const t = useWords(SAY);
  const frame = useWords(FRAME);
  const say = useSay();
  const formats = useFormats();
  const send = useAct("sayWithToken");
  const [reason, setReason] = useState<ReviewReason>("wrong_value");
  const [text, setText] = useState("");
  const [email, setEmail] = useState("");
  const asks = found.kind === "answer";

  function submit(event: FormEvent) {
    event.preventDefault();
    const body = {
      token,
      text,
      ...(asks ? {} : { reason }),
      ...(email.trim() === "" ? {} : { email: email.trim() }),
    };
    send.mutate({ body }, { onSuccess: ({ kind }) => done(kind) });
  }

  return (
    <Outside
      title={t(`title.${found.kind}`, { id: found.externalId })}
      sentence={
        <>
          {t(`what.${found.kind}`)}{" "}
          {found.deliveredAt === null ? "" : t("delivered", { when: formats.when(found.deliveredAt) })}
        </>
      }
    >
      {found.question === null ? null : (
        <section className={styles["quote"]}>
          <h2>{t("question")}</h2>
          <p>{found.question}</p>
        </section>
      )}
      {found.said.length === 0 ? null : (
        <section className={styles["quote"]}>
          <h2>{t("said")}</h2>
          {found.said.map((one) => (
            <p key={one.at}>
              {one.text}
              {one.answer === null ? null : <em>{t("answered", { text: one.answer })}</em>}
            </p>
          ))}
        </section>
      )}
      {found.open ? (
        <form onSubmit={submit}>
          <Stack gap="sm" mt="md">
            {asks ? null : (
              <NativeSelect
                label={t("reason")}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value as ReviewReason)}
                data={REVIEW_REASONS.map((one) => ({ value: one, label: say(REVIEW_REASON_WORDS[one]) }))}
              />
            )}
            <Textarea
              label={t(asks ? "answer" : "text")}
              required
              withAsterisk={false}
              maxLength={4_000}
              autosize
              minRows={4}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            {asks ? null : (
              <TextInput
                type="email"
                autoComplete="email"
                label={t("email")}
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
              />
            )}
            {send.isError ? (
              <div role="alert">
                <ErrorText error={send.error} />
              </div>
            ) : null}
            <Button type="submit" loading={send.isPending} disabled={text.trim() === ""}>
              {t("send")}
            </Button>
          </Stack>
        </form>
      ) : (
        <p>{t("closed")}</p>
      )}
      {found.support === null ? null : (
        <p className={styles["support"]}>
          {frame("support", { contact: found.support.contact })}
          {found.support.answerHours === null
            ? ""
            : ` · ${frame("supportAnswers", { hours: found.support.answerHours })}`}
        </p>
      )}
    </Outside>
  );
}
