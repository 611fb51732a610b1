/** The four answers, each a state, a sentence, what it rests on, and one click away what it means and the cases behind it. */
import { Link } from "@tanstack/react-router";
import type { Reply } from "../../data/api.ts";
import { useFormats } from "../../locales/formats.ts";
import { useCode, useSay, useWords } from "../../locales/words.ts";
import { Definition } from "../../parts/figure.tsx";
import { StatusWord } from "../../parts/status-word.tsx";
import styles from "./overview.module.css";
import { OVERVIEW, SENTENCE_WORDS } from "./words.ts";

type Sentence = Reply<"getOverview">["sentences"][number];

/** Which cases an answer counts; none stand behind a comparison that there is not yet. */
const SAMPLES: Partial<Record<Sentence["question"], Record<string, string>>> = {
  runs: {},
  good: { verdict: "edited" },
  used: {},
};

export function Answers({ sentences, workflow }: { sentences: readonly Sentence[]; workflow: string }) {
  const t = useWords(OVERVIEW);
  return (
    <section aria-label={t("fourAnswers")} className={styles["answers"]}>
      {sentences.map((sentence) => (
        <Answer key={sentence.question} sentence={sentence} workflow={workflow} />
      ))}
    </section>
  );
}

function Answer({ sentence, workflow }: { sentence: Sentence; workflow: string }) {
  const t = useWords(OVERVIEW);
  const say = useSay();
  const code = useCode(SENTENCE_WORDS);
  const formats = useFormats();
  const question = t(`question.${sentence.question}`);
  const sample = SAMPLES[sentence.question];
  const text = SENTENCE_WORDS[sentence.code as keyof typeof SENTENCE_WORDS] as
    (typeof SENTENCE_WORDS)["runs_well"] | undefined;
  return (
    <div className={styles["answer"]}>
      <div className={styles["asked"]}>
        <h2 className={styles["question"]}>{question}</h2>
        <Definition name={question}>
          <p>{t(`define.${sentence.question}`)}</p>
          {sample === undefined ? null : (
            <Link to="/cases" search={{ workflow, ...sample }}>
              {t("sample")}
            </Link>
          )}
        </Definition>
      </div>
      <StatusWord tone={sentence.state} />
      <p>{text === undefined ? code(sentence.code) : say(text, sentence.values)}</p>
      {sentence.n === null || sentence.n === 0 || sentence.since === null ? null : (
        <p className={styles["basis"]}>{t("basis", { n: sentence.n, since: formats.day(sentence.since) })}</p>
      )}
    </div>
  );
}
