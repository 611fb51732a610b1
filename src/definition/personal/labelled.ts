/** Whether the words before a place announce what follows. Pure; looks at a few words, never at the whole text. */

const REACH = 60;

export function labelled(text: string, start: number, label: RegExp, reach = REACH): boolean {
  return label.test(text.slice(Math.max(0, start - reach), start));
}
