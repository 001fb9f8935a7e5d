import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { type Link, MfnError, type Milliseconds, type Operation } from "mfn";
import { badName } from "mfn/formats";
import { TokenHasher } from "mfn/text";
import { largestFile, textOf, tokensOf } from "./files.js";
import type { GitOptions } from "./git.js";
import { type Commit, linkRenamed, linkTogether, mostTogether, readCommits, together } from "./git-log.js";
import { git, readBlobs } from "./git-process.js";
import { goModuleOf, importsOf, Tree } from "./imports.js";
import { inputError } from "./lines.js";

/** What one commit changed, and what can be known once it is made. */
export interface Change {
  /** The commit's object name. */
  name: string;
  /** Time of the commit; a clock that ran behind counts as the time before it. */
  at: Milliseconds;
  /**
   * The files that it added or changed and left behind, each once, in an order that depends on the commit's name alone: git does not say in
   * which order they were edited, and its own order, by name, would give the next one away.
   */
  files: string[];
  /** What it teaches besides the events: contents as they were then, imports, renames, co-change. */
  operations: Operation[];
}

/** The history of a repository as changes. */
export interface Changes {
  /** Commits that hold 2 to 30 files: those that say what belongs together. */
  readonly transactions: number;
  /** All commits from the oldest, merges left out. */
  changes(): AsyncIterable<Change> | Iterable<Change>;
}

/** Whether a change says what belongs together. */
export function isTransaction({ files }: Change): boolean {
  return files.length >= 2 && files.length <= mostTogether;
}

/**
 * Reads the history of a git repository (or a folder of one) commit by commit, so that nothing of a later commit is known at an earlier
 * one: vectors are of the contents as the commit left them, words are weighed by the files seen until then, imports lead to
 * files that were there. `remember` has the hashed words of path and content, and links of type "imports"; after it come
 * "renamed" and "co-change" links as of `readGit`. Time: every version of every file is read once. Memory: the names of all commits and
 * their files.
 *
 * Errors: `ERR_INPUT` if the path is no folder, has no history, or git cannot read it.
 */
export async function readChanges(folder: string, options: GitOptions = {}): Promise<Changes> {
  const { signal, since, maxCommits, source = folder } = options;
  signal?.throwIfAborted();
  const info = await stat(folder).catch((error) => {
    throw inputError(source, error);
  });
  if (!info.isDirectory()) throw new MfnError("ERR_INPUT", `cannot read ${source}: it is not a folder`);
  const head = (await git(folder, ["rev-parse", "--verify", "HEAD^{commit}"], signal)).trim();
  const whole = (await git(folder, ["rev-parse", "--show-prefix"], signal)).trim() === "";
  const limits = since === undefined ? [] : [`--since=${since}`];
  if (maxCommits !== undefined) limits.push(`--max-count=${maxCommits}`);
  limits.push(head, "--", ...(whole ? [] : ["."]));
  const commits: Commit[] = [];
  for await (const commit of readCommits(folder, limits, whole, (path) => badName(path) === undefined, signal)) commits.push(commit);
  const count = commits.filter((commit) => together(commit).length >= 2 && together(commit).length <= mostTogether).length;
  return { transactions: count, changes: () => generate(folder, commits, options) };
}

/** A version of a file that a commit left behind. */
interface Version {
  path: string;
  object: string;
}

async function* generate(folder: string, commits: readonly Commit[], options: GitOptions): AsyncGenerator<Change> {
  const { dimensions = 128, hashSeed = 0, signal } = options;
  const hasher = dimensions === 0 ? undefined : new TokenHasher({ dimensions, seed: hashSeed });
  const versions = commits.flatMap((commit) =>
    together(commit).flatMap(({ path, object }): Version[] => (object === undefined ? [] : [{ path, object }])),
  );
  const blobs = readBlobs(folder, versions, signal);
  const tree = new GrowingTree();
  const counted = new Set<string>();
  let now = 0;
  try {
    for (const commit of commits) {
      signal?.throwIfAborted();
      // A clock that ran behind counts as the time before it.
      now = Math.max(now, commit.at);
      tree.change(commit);
      const files = together(commit);
      const texts: Array<readonly [string, string]> = [];
      for (const { path, object } of files) {
        const content = object === undefined ? undefined : (await blobs.next()).value?.[1];
        const text = textOf(content === undefined || content.length > largestFile ? undefined : content);
        texts.push([path, text]);
        tree.goModule(path, text);
        if (!counted.has(path)) hasher?.count(tokensOf(path, text));
        counted.add(path);
      }
      const operations: Operation[] = [];
      for (const [path, text] of texts) {
        const tokens = hasher === undefined ? [] : tokensOf(path, text);
        const vector = tokens.length === 0 ? undefined : hasher?.vector(tokens);
        const links = importsOf(path, text, tree.now).map((to): Link => ({ to, type: "imports", weight: 1 }));
        operations.push({ op: "remember", key: path, vector, links, at: now });
      }
      for (const file of commit.touched) linkRenamed(file, now, operations);
      linkTogether(commit, now, operations);
      yield {
        name: commit.name,
        at: now,
        files: shuffled(
          commit.name,
          files.map(({ path }) => path),
        ),
        operations,
      };
    }
  } finally {
    await blobs.return(undefined);
  }
}

/** The files that are there after each commit. */
class GrowingTree {
  readonly #paths = new Set<string>();
  readonly #modules = new Map<string, string>();
  #tree: Tree | undefined;

  change({ touched }: Commit): void {
    const before = this.#paths.size;
    let left = false;
    for (const { status, path, old } of touched) {
      if (status === "D") left = this.#paths.delete(path) || left;
      else this.#paths.add(path);
      if (status === "R" && old !== undefined) left = this.#paths.delete(old) || left;
    }
    if (left || this.#paths.size !== before) this.#tree = undefined;
  }

  goModule(path: string, text: string): void {
    const found = goModuleOf(path, text);
    if (found === undefined) return;
    this.#modules.set(...found);
    this.#tree = undefined;
  }

  get now(): Tree {
    if (this.#tree === undefined) {
      this.#tree = new Tree(this.#paths);
      for (const [folder, module] of this.#modules) this.#tree.goModules.set(folder, module);
    }
    return this.#tree;
  }
}

/** The paths, each once, by a hash of the commit's name and theirs. */
function shuffled(commit: string, paths: readonly string[]): string[] {
  const order = new Map(paths.map((path) => [path, createHash("sha256").update(`${commit} ${path}`).digest("hex")]));
  return [...order].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([path]) => path);
}
