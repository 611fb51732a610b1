/** What a looser data policy of an offered model would let on, wherever one that waits is shown. */
import type { Loosening } from "../../contract/policy-change.ts";
import { KIND_WORDS } from "./personal-kinds.ts";
import { useCode, useWords, words, type Text } from "./words.ts";

/** One that waits, in a sentence. */
export const POLICY_WAITS = {
  de: "Lockerung der Datenregeln für {model}, beantragt von {by}. Würde erlauben: {would}",
  en: "Looser data policy for {model}, asked for by {by}. Would let on: {would}",
} satisfies Text;

const ACTION_WORDS = words({
  allow: { de: "wird weitergegeben", en: "goes on" },
  pseudonymise: { de: "wird durch Platzhalter ersetzt", en: "gets a pseudonym" },
  mask: { de: "wird verdeckt statt abgelehnt", en: "is masked, not refused" },
});

const LOOSENING_WORDS = words({
  policy: {
    de: "keine Datenregeln mehr: der Anbieter bekommt, was Programme senden",
    en: "no data policy any more: the provider gets what programs send",
  },
  images: { de: "Bilder", en: "pictures" },
  files: { de: "Dateien", en: "files" },
  audio: { de: "Ton", en: "sound" },
  tools: { de: "Werkzeuge", en: "tools" },
  unknown_fields: {
    de: "Aufrufe mit anderen Feldern, ohne diese",
    en: "calls with other fields, without those",
  },
  field: { de: "das Feld {name}", en: "the field {name}" },
  kind: { de: "{name} {to}", en: "{name} {to}" },
  pattern: { de: "was das Muster {name} verdeckt", en: "what the pattern {name} masks" },
  keys: { de: "jeder Schlüssel", en: "every key" },
  key: { de: "der Schlüssel {name}", en: "the key {name}" },
  elsewhere: {
    de: "mehr als {name}, dasselbe Modell desselben Anbieters",
    en: "more than {name}, the same model of the same provider",
  },
} satisfies Record<Loosening["what"], Text>);

/** In one sentence. */
export function useLoosened(): (why: readonly Loosening[]) => string {
  const say = useWords(LOOSENING_WORDS);
  const action = useWords(ACTION_WORDS);
  const kind = useCode(KIND_WORDS);
  return (why) =>
    why
      .map(({ what, name, to }) =>
        say(what, {
          name: what === "kind" ? kind(name ?? "") : (name ?? ""),
          to: to === "allow" || to === "pseudonymise" || to === "mask" ? action(to) : "",
        }),
      )
      .join("; ");
}

/** As far as this build knows them: a newer program may name more. */
export function readLoosenings(value: unknown): Loosening[] {
  if (!Array.isArray(value)) return [];
  return (value as Loosening[]).filter(({ what }) => what in LOOSENING_WORDS);
}
