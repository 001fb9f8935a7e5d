import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { MfnError } from "mfn";
import { detectFormat, type LineFormat, longestLine } from "mfn/formats";
import { type AccessLogOptions, readAccessLog } from "./access-log.js";
import { type CsvOptions, readCsv } from "./csv.js";
import { type GitOptions, readGit } from "./git.js";
import { inputError } from "./lines.js";
import { type NdjsonOptions, readNdjson } from "./ndjson.js";
import { type Reader, type ReadReport, shown } from "./report.js";

/** Options of `openInput`: those of the reader that it comes to, and: */
export interface OpenOptions extends AccessLogOptions, CsvOptions, GitOptions, NdjsonOptions {
  /** What the input is; found out if left out. */
  format?: ReadReport["format"];
  /** What "-" stands for; default is the process's standard input. */
  stdin?: Readable;
}

const formats: ReadonlyArray<ReadReport["format"]> = ["access-log", "csv", "git", "ndjson"];

/**
 * Opens real input: a folder (a git repository, or any), a file, or "-" for standard input. Of a file the first lines
 * decide, as `detectFormat` of `mfn/formats` says; what that does not know is taken for an access log. What is gzipped, by its first bytes, is unzipped.
 *
 * Errors: `ERR_INPUT` if there is no such file or it cannot be opened; `ERR_ARGUMENT` for a format that does not exist or, like
 * "git" for a file, does not fit.
 */
export async function openInput(spec: string, options: OpenOptions = {}): Promise<Reader> {
  const { format, signal } = options;
  signal?.throwIfAborted();
  if (format !== undefined && !formats.includes(format)) {
    throw new MfnError("ERR_ARGUMENT", `format: expected access-log, csv, git or ndjson, got ${shown(format)}`);
  }
  const source = options.source ?? (spec === "-" ? "standard input" : spec);
  let size = 0;
  let stream: Readable;
  if (spec === "-") {
    stream = options.stdin ?? process.stdin;
  } else {
    const info = await stat(spec).catch((error) => {
      throw inputError(source, error);
    });
    if (info.isDirectory()) {
      if (format !== undefined && format !== "git")
        throw new MfnError("ERR_ARGUMENT", `format: ${source} is a folder, expected git, got ${format}`);
      return readGit(spec, { ...options, source });
    }
    size = info.isFile() ? info.size : 0;
    stream = createReadStream(spec, { highWaterMark: 1 << 18 });
  }
  if (format === "git") {
    if (spec !== "-") stream.destroy();
    throw new MfnError("ERR_ARGUMENT", `format: ${source} is no folder, expected access-log, csv or ndjson, got git`);
  }

  let bytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of stream) {
      const buffer = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer);
      bytes += buffer.length;
      yield buffer;
    }
  }
  const abort = () => stream.destroy(new MfnError("ERR_INPUT", `reading ${source} was aborted`));
  signal?.addEventListener("abort", abort, { once: true });
  stream.once("close", () => signal?.removeEventListener("abort", abort));
  try {
    const plain = await unzipped(counted());
    const [start, lines] = await peek(plain, endOfFirstLine);
    const { dimensions, ...rest } = options;
    const common = { ...rest, source, fraction: () => (size > 0 ? Math.min(1, bytes / size) : undefined) };
    const found: LineFormat = format ?? detectFormat(start.toString("utf8")) ?? "access-log";
    if (found === "ndjson") return readNdjson(lines, dimensions === undefined ? common : { ...common, dimensions });
    return found === "csv" ? readCsv(lines, { ...common, dimensions }) : readAccessLog(lines, { ...common, dimensions });
  } catch (error) {
    stream.destroy();
    signal?.throwIfAborted();
    throw inputError(source, error);
  }
}

/** The chunks with gzip undone, if their first two bytes are gzip's. */
async function unzipped(chunks: AsyncGenerator<Buffer>): Promise<AsyncGenerator<Buffer>> {
  const [start, all] = await peek(chunks, (bytes) => (bytes.length < 2 ? -1 : 0));
  if (start[0] !== 0x1f || start[1] !== 0x8b) return all;
  return unzip(all);
}

async function* unzip(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const zipped = Readable.from(chunks);
  const unzip = createGunzip();
  // pipe() does not pass errors on.
  zipped.on("error", (error) => unzip.destroy(error));
  try {
    yield* zipped.pipe(unzip);
  } finally {
    zipped.destroy();
  }
}

/** Where the first line with text in it ends, or the text starts if that is an object; -1 if it is not there yet. */
function endOfFirstLine(bytes: Buffer): number {
  for (let i = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0; i < bytes.length; i++) {
    if (bytes[i] !== 32 && (bytes[i] < 9 || bytes[i] > 13)) return bytes[i] === 0x7b ? i : bytes.indexOf(10, i);
  }
  return -1;
}

/** Reads chunks until `enough` is not negative, or 1 MiB; gives what was read, and all chunks from the start. */
async function peek(chunks: AsyncGenerator<Buffer>, enough: (bytes: Buffer) => number): Promise<[Buffer, AsyncGenerator<Buffer>]> {
  let start: Buffer = Buffer.alloc(0);
  let done = false;
  while (!done && enough(start) < 0 && start.length < longestLine) {
    const next = await chunks.next();
    if (next.done) done = true;
    else start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (start.length > 0) yield start;
      if (!done) yield* chunks;
    } finally {
      // Also if nobody took more than the start.
      await chunks.return(undefined);
    }
  }
  return [start, all()];
}
