/** "Did you mean": the known word nearest to a misspelt one. */
import { editDistance } from "./edit-distance.ts";

/** The nearest known word; `undefined` when none is near enough to be meant. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || distance < best.distance) best = { word: candidate, distance };
  }
  const limit = Math.ceil(Math.max(word.length, best?.word.length ?? 0) / 3);
  return best !== undefined && best.distance <= limit && best.word !== word ? best.word : undefined;
}
