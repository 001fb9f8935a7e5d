// git as a child process: an argument array, no shell, nothing that asks, writes or fetches.
import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { MfnError } from "mfn";
import { inputError } from "./lines.js";

/** Settings of the user or the repository that would change what git prints. */
const settings = [
  "log.showRoot=true",
  "log.showSignature=false",
  "diff.orderFile=/dev/null",
  "diff.renameLimit=1000",
  "core.fsmonitor=false",
];

/** The environment, without what would lead git to another repository than the one at the path (a git hook runs with these set). */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY, GIT_COMMON_DIR, GIT_NAMESPACE, GIT_PREFIX, ...rest } = process.env;
  return { ...rest, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1" };
}

/** The most of git's complaint that is kept. */
const longestComplaint = 4096;

/** A run of git whose output is read as it comes. */
export class GitRun {
  readonly #child: ChildProcess;
  readonly #what: string;
  readonly #signal: AbortSignal | undefined;
  readonly #closed: Promise<number | Error>;
  #complaint = "";

  /**
   * @param folder where to run
   * @param input what to write to its standard input, if anything
   */
  constructor(folder: string, args: readonly string[], signal?: AbortSignal, input?: Iterable<string>) {
    signal?.throwIfAborted();
    this.#what = `git ${args[0]}`;
    this.#signal = signal;
    this.#child = spawn("git", ["-C", folder, ...settings.flatMap((setting) => ["-c", setting]), "--no-pager", ...args], {
      env: environment(),
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      windowsHide: true,
      signal,
    });
    const child = this.#child;
    this.#closed = new Promise((resolve) => {
      child.on("error", resolve);
      child.on("close", (code) => resolve(code ?? -1));
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(0, longestComplaint);
    });
    if (input !== undefined && child.stdin !== null) {
      // git may end before it has read everything; what it said before is what counts.
      child.stdin.on("error", () => {});
      Readable.from(input).pipe(child.stdin);
    }
  }

  /** The output's chunks. Errors: `ERR_INPUT` if git cannot be run or ends with an error; the signal's reason if aborted. */
  async *output(): AsyncGenerator<Buffer> {
    try {
      yield* this.#child.stdout as Readable;
      const end = await this.#closed;
      if (end === 0) return;
      const said = end instanceof Error ? end.message : this.#complaint.trim().split("\n", 1)[0] || `it ended with code ${end}`;
      throw new MfnError("ERR_INPUT", `${this.#what}: ${said}`, { cause: end });
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw inputError(this.#what, error);
    } finally {
      this.#child.kill();
    }
  }
}

/** The whole output of a short run, as text. Errors as of `GitRun.output`. */
export async function git(folder: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of new GitRun(folder, args, signal).output()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Cuts chunks at NUL bytes into texts; what follows the last one is given too, if it is not empty. */
export async function* splitNul(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0);
    if (end < 0) {
      rest.push(chunk);
      continue;
    }
    // NUL is never part of a longer UTF-8 sequence, so the texts can be decoded together.
    const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString("utf8");
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    yield text.split("\0");
  }
  if (rest.length > 0) yield [Buffer.concat(rest).toString("utf8")];
}

/** A blob to read: its object name, and whatever the caller wants back with it. */
export interface Wanted {
  object: string;
}

/** The contents of blobs, in the order asked for; undefined for an object that is not there. */
export async function* readBlobs<T extends Wanted>(
  folder: string,
  wanted: readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<[T, Buffer | undefined]> {
  if (wanted.length === 0) return;
  const names = wanted.map(({ object }) => `${object}\n`);
  const run = new GitRun(folder, ["cat-file", "--batch"], signal, names);
  let buffer: Buffer = Buffer.alloc(0);
  let next = 0;
  for await (const chunk of run.output()) {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    for (;;) {
      // "<object> blob <size>\n<content>\n", or "<object> missing\n".
      const end = buffer.indexOf(10);
      if (end < 0) break;
      const size = / blob (\d+)$/.exec(buffer.toString("latin1", 0, end))?.[1];
      const to = size === undefined ? end : end + 1 + Number(size);
      if (buffer.length <= to) break;
      yield [wanted[next++], size === undefined ? undefined : buffer.subarray(end + 1, to)];
      buffer = buffer.subarray(to + 1);
    }
  }
}
