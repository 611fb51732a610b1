/** A text with the places outlined in which a value stands. Plain text and nothing else. */
import { useMemo } from "react";
import { evidenceIn, type Stretch } from "./evidence.ts";
import styles from "./source.module.css";

export function Marked({ text, sought }: { text: string; sought: unknown }) {
  const stretches = useMemo(() => (sought === undefined ? [] : evidenceIn(text, sought)), [text, sought]);
  if (stretches.length === 0) return text;
  return piecesOf(text, stretches).map((piece) =>
    piece.marked ? (
      <mark key={piece.from} className={styles["evidence"]}>
        {piece.text}
      </mark>
    ) : (
      <span key={piece.from}>{piece.text}</span>
    ),
  );
}

function piecesOf(
  text: string,
  stretches: readonly Stretch[],
): { from: number; text: string; marked: boolean }[] {
  const pieces: { from: number; text: string; marked: boolean }[] = [];
  let at = 0;
  for (const { from, to } of stretches) {
    if (from < at) continue;
    if (from > at) pieces.push({ from: at, text: text.slice(at, from), marked: false });
    pieces.push({ from, text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) pieces.push({ from: at, text: text.slice(at), marked: false });
  return pieces;
}
