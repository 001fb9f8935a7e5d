// Source files as things to remember: their words as a vector, what they import as links.
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Link, Milliseconds, RememberOperation } from "mfn";
import { TokenHasher, tokenize } from "mfn/text";
import { goModuleOf, importsOf, Tree } from "./imports.js";
import { inputError } from "./lines.js";
import { addMalformed, type ReadReport, type VectorOptions } from "./report.js";

/** Larger files, in bytes, are known by their path alone: they are data or generated, mostly. */
export const largestFile = 256 * 1024;

/** git's own rule: a file with a NUL byte in its first 8,000 bytes is binary. */
const looksBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0);

/** Paths and contents; undefined for what is known by its path alone. */
export type Contents = AsyncIterable<readonly [path: string, content: Buffer | undefined]>;

/**
 * A `remember` operation for every file, in the order of the contents. They are read twice: first to count in how many files a
 * word occurs, then to make the vectors, so that no content needs to be kept.
 */
export async function* rememberFiles(
  paths: Iterable<string>,
  contents: () => Contents,
  at: Milliseconds,
  options: VectorOptions,
): AsyncGenerator<RememberOperation> {
  const { dimensions = 128, hashSeed = 0 } = options;
  const tree = new Tree(paths);
  const hasher = dimensions === 0 ? undefined : new TokenHasher({ dimensions, seed: hashSeed });
  for await (const [path, content] of contents()) {
    const text = textOf(content);
    hasher?.count(tokensOf(path, text));
    const goModule = goModuleOf(path, text);
    if (goModule !== undefined) tree.goModules.set(...goModule);
  }
  for await (const [path, content] of contents()) {
    const text = textOf(content);
    const operation: RememberOperation = { op: "remember", key: path };
    if (hasher !== undefined) {
      const tokens = tokensOf(path, text);
      if (tokens.length > 0) operation.vector = hasher.vector(tokens);
    }
    const links = importsOf(path, text, tree).map((to): Link => ({ to, type: "imports", weight: 1 }));
    if (links.length > 0) operation.links = links;
    operation.at = at;
    yield operation;
  }
}

/** A file's content as text; none of a binary file. */
export function textOf(content: Buffer | undefined): string {
  return content === undefined || looksBinary(content) ? "" : content.toString("utf8");
}

/** The words of a file's path and content. */
export function tokensOf(path: string, text: string): string[] {
  return tokenize(`${path}\n${text}`);
}

/** Folders that hold other people's files or a version control's own. */
const left = new Set([".git", ".hg", ".svn", "node_modules"]);

/** A file of a folder. */
export interface FoundFile {
  path: string;
  size: number;
  changed: Milliseconds;
}

/**
 * All regular files below a folder, in the order of their paths (by UTF-16 units), with "/" between folders. Symbolic links are
 * not followed, folders named .git, .hg, .svn and node_modules left out. What cannot be read below it is
 * counted as malformed. Errors: `ERR_INPUT` if the folder itself cannot be read.
 */
export async function findFiles(root: string, report: ReadReport, source: string, signal?: AbortSignal): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    let entries: Dirent[] = [];
    try {
      entries = await readdir(join(root, folder), { withFileTypes: true });
    } catch (error) {
      if (folder === "") throw inputError(source, error);
      addMalformed(report, join(source, folder.slice(0, -1)), 0, (error as Error).message);
    }
    for (const entry of entries) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        if (!left.has(entry.name)) folders.push(`${path}/`);
      } else if (entry.isFile()) {
        try {
          const info = await stat(join(root, path));
          files.push({ path, size: info.size, changed: Math.floor(info.mtimeMs) });
        } catch (error) {
          addMalformed(report, join(source, path), 0, (error as Error).message);
        }
      }
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The contents of found files. A file that cannot be read is counted as malformed, once. */
export async function* readFiles(
  root: string,
  files: readonly FoundFile[],
  failed: Set<string>,
  report: ReadReport,
  source: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly [string, Buffer | undefined]> {
  for (const { path, size } of files) {
    signal?.throwIfAborted();
    let content: Buffer | undefined;
    if (size <= largestFile && !failed.has(path)) {
      try {
        content = await readFile(join(root, path));
      } catch (error) {
        failed.add(path);
        addMalformed(report, join(source, path), 0, (error as Error).message);
      }
    }
    yield [path, content];
  }
}
