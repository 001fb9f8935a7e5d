// Bytes to lines, for files of any size: a chunk is decoded up to its last line end in one go and then cut, what is left over
// waits for the next chunk. A line that does not end is dropped while it is read, so that memory stays bounded.
import { addAbortSignal, Readable } from "node:stream";
import { MfnError } from "mfn";
import { longestLine } from "mfn/formats";

const lineFeed = 10;
const carriageReturn = 13;

/** What lines can be read from: a stream of bytes, or anything that gives one line an item. */
export type LineSource = Readable | AsyncIterable<string | Uint8Array> | Iterable<string>;

/** A line without its end; null stands for one that was too long to keep. */
export type Line = string | null;

/** An error of the file system, of zlib, of a process or of a stream as the package's own. */
export function inputError(source: string, error: unknown): MfnError {
  if (error instanceof MfnError) return error;
  return new MfnError("ERR_INPUT", `cannot read ${source}: ${error instanceof Error ? error.message : error}`, { cause: error });
}

/**
 * Cuts a source into batches of lines. Bytes (and a stream's text) are chunks with lines in them; the strings of any other
 * iterable are one line each. CRLF counts as LF, a last line needs no end, invalid UTF-8 becomes U+FFFD, a byte order mark at
 * the very start is dropped.
 *
 * Errors: `ERR_INPUT` if the source fails; the signal's reason if it is aborted, also while it waits for a stream.
 */
export async function* readLines(lines: LineSource, source: string, signal?: AbortSignal): AsyncGenerator<Line[]> {
  signal?.throwIfAborted();
  if (signal !== undefined && lines instanceof Readable) addAbortSignal(signal, lines);
  const stream = lines instanceof Readable && !lines.readableObjectMode;
  const cutter = new LineCutter();
  let first = true;
  try {
    for await (const item of lines as AsyncIterable<string | Uint8Array>) {
      if (typeof item === "string" && !stream) {
        const whole = item.length > longestLine ? null : stripEnd(item);
        yield [first && whole !== null ? stripMark(whole) : whole];
      } else {
        const batch = cutter.push(
          typeof item === "string" ? Buffer.from(item) : Buffer.from(item.buffer, item.byteOffset, item.byteLength),
        );
        if (batch.length === 0) continue;
        if (first && batch[0] !== null) batch[0] = stripMark(batch[0]);
        yield batch;
      }
      first = false;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw inputError(source, error);
  }
  const last = cutter.end();
  if (last !== undefined) yield [first && last !== null ? stripMark(last) : last];
}

/** Without a byte order mark. */
function stripMark(line: string): string {
  return line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
}

/** Without a line end. */
function stripEnd(line: string): string {
  let end = line.length;
  if (line.charCodeAt(end - 1) === lineFeed) end--;
  if (line.charCodeAt(end - 1) === carriageReturn) end--;
  return end === line.length ? line : line.slice(0, end);
}

/** Keeps the open line between chunks. */
class LineCutter {
  /** Pieces of the open line. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** The open line is too long; it is only waited for. */
  #dropped = false;

  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    const firstEnd = chunk.indexOf(lineFeed);
    if (firstEnd < 0) {
      this.#keep(chunk);
      return lines;
    }
    this.#keep(chunk.subarray(0, firstEnd));
    lines.push(this.#close());
    const lastEnd = chunk.lastIndexOf(lineFeed);
    if (lastEnd > firstEnd) {
      // A line end is never part of a longer UTF-8 sequence, so the lines can be decoded together.
      for (const line of chunk.toString("utf8", firstEnd + 1, lastEnd).split("\n")) {
        lines.push(line.length > longestLine ? null : stripEnd(line));
      }
    }
    if (lastEnd + 1 < chunk.length) this.#keep(chunk.subarray(lastEnd + 1));
    return lines;
  }

  /** The last line, if it had no end. */
  end(): Line | undefined {
    return this.#bytes > 0 || this.#dropped ? this.#close() : undefined;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > longestLine) {
      this.#dropped = true;
      this.#pieces.length = 0;
    }
    if (!this.#dropped && piece.length > 0) this.#pieces.push(piece);
  }

  #close(): Line {
    const line = this.#dropped
      ? null
      : stripEnd((this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)).toString("utf8"));
    this.#pieces.length = 0;
    this.#bytes = 0;
    this.#dropped = false;
    return line;
  }
}
