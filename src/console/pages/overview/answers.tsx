/** The four answers, each a state, a sentence, and what it rests on. */
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useSay, useWords } from "../../locales/words.ts";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./overview.module.css";
import { OVERVIEW, SENTENCE_WORDS } from "./words.ts";

type Sentence = Reply<"getOverview">["sentences"][number];

export function Answers({ sentences }: { sentences: readonly Sentence[] }) {
  const t = useWords(OVERVIEW);
  return (
    <section aria-label={t("fourAnswers")} className={styles["answers"]}>
      {sentences.map((sentence) => (
        <Answer key={sentence.question} sentence={sentence} />
      ))}
    </section>
  );
}

function Answer({ sentence }: { sentence: Sentence }) {
  const t = useWords(OVERVIEW);
  const say = useSay();
  const code = useCode(SENTENCE_WORDS);
  const formats = useFormats();
  const text = SENTENCE_WORDS[sentence.code as keyof typeof SENTENCE_WORDS] as
    (typeof SENTENCE_WORDS)["runs_well"] | undefined;
  return (
    <div className={styles["answer"]}>
      <h2 className={styles["question"]}>{t(`question.${sentence.question}`)}</h2>
      <StatusWord tone={sentence.state} />
      <p>{text === undefined ? code(sentence.code) : say(text, sentence.values)}</p>
      {sentence.n === null || sentence.n === 0 || sentence.since === null ? null : (
        <p className={styles["basis"]}>{t("basis", { n: sentence.n, since: formats.day(sentence.since) })}</p>
      )}
    </div>
  );
}
