/**
 * Bytes of a stream into server-sent events, however the network cut them: between lines, in a line end, in a character.
 *
 * Pure. Comments and lines of other fields are skipped. An event is whole at its empty line; what stands at the end of the
 * stream without one is given out too, marked when not even its line was ended, because servers end their last line so.
 */

export interface SseEvent {
  /** The lines of `data`, joined by line feeds. */
  data: string;
  /** The name of the event, where it has one. */
  event?: string;
  /** The stream ended in the middle of its last line: it may be a part. */
  unfinished?: true;
}

/** The stream is not what it should be. The message holds nothing of it. */
export class SseProblem extends Error {
  override readonly name = "SseProblem";
}

export interface SseReader {
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[];
  /** What is left at the end of the stream. */
  end(): SseEvent[];
}

/** Code units of one event, its lines together. */
const LONGEST_EVENT = 4 * 1024 * 1024;
const LINE_END = /\r\n?|\n/g;

/** Reads one stream. Throws a `SseProblem` for bytes that are not UTF-8 and for an event without end. */
export function sseReader(longest: number = LONGEST_EVENT): SseReader {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  /** The beginning of a line whose end has not come, in the pieces that came. */
  let pieces: string[] = [];
  let size = 0;
  /** The last piece ended with a carriage return: a line feed right after it belongs to the same line end. */
  let afterReturn = false;
  let data: string[] = [];
  let name: string | undefined;

  function takeText(text: string, found: SseEvent[]): void {
    let at = afterReturn && text.startsWith("\n") ? 1 : 0;
    if (text !== "") afterReturn = text.endsWith("\r");
    LINE_END.lastIndex = at;
    for (let end = LINE_END.exec(text); end !== null; end = LINE_END.exec(text)) {
      pieces.push(text.slice(at, end.index));
      const line = pieces.length === 1 ? pieces[0]! : pieces.join("");
      pieces = [];
      at = LINE_END.lastIndex;
      takeLine(line, found);
    }
    if (at < text.length) {
      size += text.length - at;
      pieces.push(text.slice(at));
    }
    if (size > longest) throw new SseProblem("an event is longer than any that a server sends.");
  }

  function takeLine(line: string, found: SseEvent[]): void {
    if (line === "") return give(found);
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? "" : line.slice(colon + 1);
    const value = rest.startsWith(" ") ? rest.slice(1) : rest;
    if (field === "event") name = value;
    if (field !== "data") return;
    data.push(value);
    size += value.length;
  }

  function give(found: SseEvent[], unfinished = false): void {
    if (data.length > 0)
      found.push({
        data: data.join("\n"),
        ...(name === undefined ? {} : { event: name }),
        ...(unfinished ? { unfinished: true } : {}),
      });
    data = [];
    name = undefined;
    size = 0;
  }

  function decoded(bytes: Uint8Array): string {
    try {
      return decoder.decode(bytes, { stream: true });
    } catch {
      throw new SseProblem("it is not UTF-8.");
    }
  }

  return {
    push(bytes) {
      const found: SseEvent[] = [];
      takeText(decoded(bytes), found);
      return found;
    },
    end() {
      const found: SseEvent[] = [];
      // Half a character at the end is left out with the decoder: the line that holds it has no end, either.
      const line = pieces.join("");
      pieces = [];
      if (line !== "") takeLine(line, found);
      give(found, line !== "");
      return found;
    },
  };
}
