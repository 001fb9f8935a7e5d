// The history of a repository as git tells it: which commit touched which files, and what they then held.
import type { Milliseconds, Operation } from "mfn";
import { GitRun, splitNul } from "./git-process.js";

/** A file that a commit touched. */
export interface Touched {
  /** A letter of git's: A added, M changed, D deleted, R renamed, C copied, T of another type. */
  status: string;
  path: string;
  /** Where it was before, if it was renamed or copied. */
  old?: string;
  /** The object with its content after the commit; undefined for what is no regular file, or is there no more. */
  object: string | undefined;
}

/** A commit as the log gives it. */
export interface Commit {
  name: string;
  at: Milliseconds;
  author: string;
  touched: Touched[];
}

/** A commit of more files than this tells nothing about which of them belong together. */
export const mostTogether = 30;

/** The files that a commit leaves behind, out of those that it touched. */
export function together(commit: Commit): Touched[] {
  return commit.touched.filter(({ status }) => status !== "D");
}

/**
 * The commits from the oldest, parents before children, merges left out.
 *
 * @param limits which commits: arguments of `git log`, the head among them
 * @param whole whether the folder is all of the repository; paths are relative to the folder
 * @param nameable whether a path can be a key; other files are left out
 */
export async function* readCommits(
  folder: string,
  limits: readonly string[],
  whole: boolean,
  nameable: (path: string) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<Commit> {
  const args = ["log", "--reverse", "--date-order", "--no-merges", "--no-color", "--no-notes", "--raw", "--no-abbrev", "-M", "-z"];
  if (!whole) args.push("--relative");
  // A commit begins with \x01, a file with a colon.
  args.push("--format=%x01%H%x00%ct%x00%aN%x00%aE", ...limits);
  let commit: Commit | undefined;
  /** Fields of the header, or of a file, that are still incomplete. */
  let open: string[] = [];
  for await (const texts of splitNul(new GitRun(folder, args, signal).output())) {
    for (const text of texts) {
      if (open.length === 0) {
        // A line feed stands between the header and the first file.
        const start = text.startsWith("\n") ? text.slice(1) : text;
        if (start !== "") open.push(start);
        continue;
      }
      open.push(text);
      if (open[0][0] === "\x01") {
        if (open.length < 4) continue;
        if (commit !== undefined) yield commit;
        const [name, seconds, author, address] = open;
        commit = { name: name.slice(1), at: 1000 * Number(seconds), author: `${author} <${address.toLowerCase()}>`, touched: [] };
      } else {
        // ":old mode, mode, old object, object, status and its score"
        const [, mode, , object, letters] = open[0].split(" ");
        const status = letters[0];
        const moved = status === "R" || status === "C";
        if (moved && open.length < 3) continue;
        const path = open[open.length - 1];
        const regular = mode.startsWith("100");
        if (nameable(path)) commit?.touched.push({ status, path, old: moved ? open[1] : undefined, object: regular ? object : undefined });
      }
      open = [];
    }
  }
  if (commit !== undefined) yield commit;
}

/** Appends the link from where a file was to where it is now, if it was renamed. */
export function linkRenamed({ status, path, old }: Touched, at: Milliseconds, into: Operation[]): void {
  if (status === "R" && old !== undefined) into.push({ op: "link", from: old, to: path, type: "renamed", weight: 1, at });
}

/** Appends links both ways between all files of a commit. */
export function linkTogether(commit: Commit, at: Milliseconds, into: Operation[]): void {
  const files = together(commit);
  if (files.length < 2 || files.length > mostTogether) return;
  const weight = 1 / (files.length - 1);
  for (const { path: from } of files) {
    for (const { path: to } of files) {
      if (from !== to) into.push({ op: "link", from, to, type: "co-change", weight, reinforce: true, at });
    }
  }
}
