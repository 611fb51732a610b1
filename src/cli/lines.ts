/**
 * A stream of bytes as lines, one at a time, whatever their number.
 *
 * Memory stays flat: a line beyond the limit is not kept. A line that is no UTF-8 is told from one that is, because
 * sending it in another form than it has would change what it says.
 */

export type Line = { number: number } & ({ text: string } | { fault: string });

const NEWLINE = 10;

/** Lines without their ends ("\n" or "\r\n"), numbered from 1. */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array | string>,
  longest: number,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  let kept: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array) => {
    size += part.length;
    if (size <= longest) kept.push(part);
    else kept = [];
  };
  const finish = (): Line => {
    const line = lineOf(decoder, ++number, kept, size, longest);
    kept = [];
    size = 0;
    return line;
  };
  for await (const chunk of bytes) {
    let rest = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      take(rest.subarray(0, end));
      yield finish();
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) take(rest);
  }
  if (size > 0) yield finish();
}

function lineOf(
  decoder: InstanceType<typeof TextDecoder>,
  number: number,
  parts: Uint8Array[],
  size: number,
  longest: number,
): Line {
  if (size > longest)
    return { number, fault: `the line is longer than ${Math.floor(longest / 1024 / 1024)} MB` };
  try {
    return { number, text: decoder.decode(Buffer.concat(parts)).replace(/\r$/, "") };
  } catch {
    return { number, fault: "the line is not valid UTF-8" };
  }
}
