import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { MfnError, type Milliseconds, type Operation } from "mfn";
import { StepCounter } from "mfn/formats";
import { readerOf } from "./drive.js";
import { type Contents, findFiles, largestFile, readFiles, rememberFiles } from "./files.js";
import { type Commit, linkRenamed, linkTogether, readCommits } from "./git-log.js";
import { GitRun, git, readBlobs, splitNul } from "./git-process.js";
import { inputError } from "./lines.js";
import {
  addMalformed,
  badName,
  newReport,
  plural,
  type Reader,
  type ReaderOptions,
  type ReadReport,
  type VectorOptions,
} from "./report.js";

/** Options of `readGit`. */
export interface GitOptions extends ReaderOptions, VectorOptions {
  /** Only commits after this, in any form that git understands ("2024-01-01", "6 months ago"). */
  since?: string;
  /** Only the newest so many commits. */
  maxCommits?: number;
}

const day: Milliseconds = 86_400_000;
/** `onProgress` is called once in so many files or commits. */
const progressEvery = 256;

/**
 * Reads a git repository (or a folder of one) at HEAD with its history, merges left out:
 * - `remember` for every file at HEAD: key = path, vector = hashed words of path and content (path alone for binary files and those
 *   over 256 KiB), links of type "imports" to the files that it names. They come first, at the time of the first commit;
 * - then, commit by commit from the oldest, `observe` for each touched file: stream = author as "Name <email>" (by the mailmap; the
 *   address in lower case), at = commit time (a clock that ran behind counts as the time before it);
 * - `link` of type "renamed" from an old path to the new one;
 * - `link` of type "co-change", reinforced, in both directions between the files of a commit, with weight 1 / (files - 1) so that every
 *   commit counts the same; not for deleted files nor for commits of more than 30 files;
 * - the series "commits": how many a day (UTC), days without any as 0.
 *
 * A folder without history, or a machine without git, gives what there is: every file once in the order of paths, stream = its
 * folder, time = the newest file's; the report's notes say so.
 *
 * Errors: `ERR_ARGUMENT` for a bad `maxCommits`; when the operations are taken, `ERR_INPUT` if the path is no folder or cannot be read.
 */
export function readGit(path: string, options: GitOptions = {}): Reader {
  const { maxCommits } = options;
  if (maxCommits !== undefined && !(Number.isInteger(maxCommits) && maxCommits >= 0)) {
    throw new MfnError("ERR_ARGUMENT", `maxCommits: expected an integer >= 0, got ${maxCommits}`);
  }
  const report = newReport("git");
  const source = options.source ?? path;
  return readerOf(report, source, () => new GitReader(path, source, report, options).operations());
}

/** A file of the tree at HEAD. */
interface TreeFile {
  path: string;
  object: string;
  /** Whether its content is to be read. */
  readable: boolean;
}

class GitReader {
  readonly #path: string;
  readonly #source: string;
  readonly #report: ReadReport;
  readonly #options: GitOptions;
  /** Files and commits done, and how many there are in all. */
  #done = 0;
  #total = 0;

  constructor(path: string, source: string, report: ReadReport, options: GitOptions) {
    this.#path = path;
    this.#source = source;
    this.#report = report;
    this.#options = options;
  }

  async *operations(): AsyncGenerator<Operation> {
    const { signal, onProgress } = this.#options;
    signal?.throwIfAborted();
    const info = await stat(this.#path).catch((error) => {
      throw inputError(this.#source, error);
    });
    if (!info.isDirectory()) throw new MfnError("ERR_INPUT", `cannot read ${this.#source}: it is not a folder`);
    for await (const operation of this.#any()) {
      this.#report.operations++;
      yield operation;
    }
    onProgress?.(this.#report, 1);
  }

  async *#any(): AsyncGenerator<Operation> {
    const { signal } = this.#options;
    let head: string;
    let inside: string;
    try {
      head = (await git(this.#path, ["rev-parse", "--verify", "HEAD^{commit}"], signal)).trim();
      inside = await git(this.#path, ["rev-parse", "--is-shallow-repository", "--show-prefix"], signal);
    } catch (error) {
      signal?.throwIfAborted();
      yield* this.#folder((error as Error).message);
      return;
    }
    const shallow = inside.startsWith("true");
    const whole = inside.slice(inside.indexOf("\n") + 1).trim() === "";
    const files = await this.#tree(head);
    const nameable = (path: string) => this.#nameable(path);
    const commits = readCommits(this.#path, this.#limits(head, whole), whole, nameable, signal);
    try {
      const first = await commits.next();
      if (first.done && files.length === 0) {
        yield* this.#folder("git tracks no file of it");
        return;
      }
      if (shallow) this.#report.notes.push("a shallow clone: its history is cut off");
      yield* this.#history(head, whole, files, first.done ? undefined : first.value, commits);
    } finally {
      await commits.return(undefined);
    }
  }

  async *#history(
    head: string,
    whole: boolean,
    files: TreeFile[],
    first: Commit | undefined,
    rest: AsyncGenerator<Commit>,
  ): AsyncGenerator<Operation> {
    const { signal } = this.#options;
    const limits = this.#limits(head, whole);
    this.#total = 2 * files.length + Number(await git(this.#path, ["rev-list", "--count", "--no-merges", ...limits], signal));
    const start = first?.at ?? 1000 * Number(await git(this.#path, ["log", "-1", "--format=%ct", head], signal));
    const paths = files.map(({ path }) => path);
    for await (const operation of rememberFiles(paths, () => this.#blobs(files), start, this.#options)) yield operation;

    const days = new StepCounter("commits", day, Number.POSITIVE_INFINITY);
    const authors = new Set<string>();
    const operations: Operation[] = [];
    let now = Number.NEGATIVE_INFINITY;
    for (let commit = first; commit !== undefined; commit = (await rest.next()).value as Commit | undefined) {
      now = Math.max(now, commit.at);
      authors.add(commit.author);
      days.add(now, operations);
      learnCommit(commit, now, operations);
      yield* operations;
      operations.length = 0;
      this.#report.lines++;
      this.#progress();
    }
    days.end(operations);
    yield* operations;
    const { notes, lines } = this.#report;
    notes.push(`${plural(lines, "commit")} by ${plural(authors.size, "author")}, ${plural(files.length, "file")} at HEAD`);
    if (days.skipped > 0) notes.push(`${plural(days.skipped, "day")} without commits not recorded, in gaps of more than 4096`);
  }

  /** Arguments that say which commits. */
  #limits(head: string, whole: boolean): string[] {
    const { since, maxCommits } = this.#options;
    const limits = since === undefined ? [] : [`--since=${since}`];
    if (maxCommits !== undefined) limits.push(`--max-count=${maxCommits}`);
    return [...limits, head, "--", ...(whole ? [] : ["."])];
  }

  /** The files of HEAD's tree below the folder. */
  async #tree(head: string): Promise<TreeFile[]> {
    const { signal } = this.#options;
    const files: TreeFile[] = [];
    for await (const entries of splitNul(new GitRun(this.#path, ["ls-tree", "-r", "-l", "-z", head], signal).output())) {
      for (const entry of entries) {
        const [mode, type, object, size] = entry.slice(0, entry.indexOf("\t")).split(/ +/);
        const path = entry.slice(entry.indexOf("\t") + 1);
        // Submodules are commits of other repositories; what a symbolic link holds is a path.
        if (type !== "blob" || !this.#nameable(path)) continue;
        files.push({ path, object, readable: mode !== "120000" && Number(size) <= largestFile });
      }
    }
    return files;
  }

  /** Whether a path can be a key; counted as malformed if not. */
  #nameable(path: string): boolean {
    const bad = badName(path);
    if (bad !== undefined) addMalformed(this.#report, this.#source, 0, `a path ${bad}`);
    return bad === undefined;
  }

  /** Contents in the order of the tree; files that are not to be read come in between at their place. */
  async *#blobs(files: readonly TreeFile[]): Contents & AsyncGenerator<readonly [string, Buffer | undefined]> {
    const wanted = files.filter((file) => file.readable);
    let next = 0;
    for await (const [file, content] of readBlobs(this.#path, wanted, this.#options.signal)) {
      for (; files[next] !== file; next++) yield this.#blob(files[next], undefined);
      yield this.#blob(file, content);
      next++;
    }
    for (; next < files.length; next++) yield this.#blob(files[next], undefined);
  }

  #blob(file: TreeFile, content: Buffer | undefined): readonly [string, Buffer | undefined] {
    this.#progress();
    return [file.path, content];
  }

  #progress(): void {
    this.#done++;
    if (this.#done % progressEvery !== 0) return;
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.(this.#report, Math.min(1, this.#done / Math.max(1, this.#total)));
  }

  /** What a folder without history gives. */
  async *#folder(why: string): AsyncGenerator<Operation> {
    const { signal } = this.#options;
    const report = this.#report;
    report.notes.push(`no git history (${why}): every file once, by path`);
    const files = await findFiles(this.#path, report, this.#source, signal);
    this.#total = 2 * files.length;
    const at = files.reduce((newest, { changed }) => Math.max(newest, changed), 0);
    const failed = new Set<string>();
    const paths = files.map(({ path }) => path);
    const contents = () => this.#counted(readFiles(this.#path, files, failed, report, this.#source, signal));
    for await (const operation of rememberFiles(paths, contents, at, this.#options)) {
      report.lines++;
      yield operation;
      yield { op: "observe", stream: posix.dirname(operation.key), key: operation.key, at };
    }
    report.notes.push(plural(files.length, "file"));
  }

  async *#counted(contents: Contents): AsyncGenerator<readonly [string, Buffer | undefined]> {
    for await (const entry of contents) {
      this.#progress();
      yield entry;
    }
  }
}

/** Appends what a commit says. */
function learnCommit(commit: Commit, at: Milliseconds, into: Operation[]): void {
  for (const file of commit.touched) {
    linkRenamed(file, at, into);
    into.push({ op: "observe", stream: commit.author, key: file.path, at });
  }
  linkTogether(commit, at, into);
}
