/** Whom to ask and how soon they answer, as it stands on every page; how it is placed is the page's. */
import { FRAME } from "../locales/frame.ts";
import { useWords } from "../locales/words.ts";
import { Icon } from "./icon.tsx";

export interface Contact {
  contact: string;
  answerHours: number | null;
}

export function WhomToAsk({ contact, answerHours }: Contact) {
  const t = useWords(FRAME);
  const mail = /^[^\s@]+@[^\s@]+$/.test(contact);
  return (
    <>
      <Icon name="help" size={14} />
      <span>
        {mail ? <a href={`mailto:${contact}`}>{t("support", { contact })}</a> : t("support", { contact })}
        {answerHours === null ? null : (
          // The dot ends the first line where the second does not fit beside it.
          <>
            {" · "}
            <span style={{ display: "inline-block" }}>{t("supportAnswers", { hours: answerHours })}</span>
          </>
        )}
      </span>
    </>
  );
}
