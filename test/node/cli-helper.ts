import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { built, root } from "../package/built.js";

/** How a run of the command line ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** How to run it. */
export interface How {
  cwd?: string;
  /** What comes on standard input; nothing, and its end, if left out. */
  input?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  /** As this user. */
  uid?: number;
}

/** The command line of the built package, started. */
export function start(args: readonly string[], { cwd = root, env = {}, uid }: Omit<How, "input"> = {}): ChildProcess {
  return spawn(process.execPath, [built("node/cli.js"), ...args], { cwd, uid, env: { ...process.env, ...env }, stdio: "pipe" });
}

/** What a started command line comes to. */
export function ended(child: ChildProcess): Promise<Ended> {
  const texts = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on("data", (chunk) => chunks.push(chunk));
    return chunks;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const [out, err] = texts.map((chunks) => Buffer.concat(chunks).toString());
      resolve({ code, signal, out, err });
    });
  });
}

/** Runs the command line of the built package to its end. */
export function mfn(args: readonly string[], { input = "", ...how }: How = {}): Promise<Ended> {
  const child = start(args, how);
  // A program that ends before it has read all is no failure of the test.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  return ended(child);
}

/** The objects of a JSON-lines output; fails if a line is none. */
export function jsonLines(out: string): Array<Record<string, unknown>> {
  return out
    .split("\n")
    .filter((line, i, all) => line !== "" || i < all.length - 1)
    .map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        throw new Error(`not a line of JSON: ${JSON.stringify(line)}`);
      }
    });
}

/** A folder for a test. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "mfn-cli-"));

  /** Writes a file and says where. */
  file(name: string, content: string | Buffer): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs git in a folder, without what the user or machine has configured. */
export async function git(cwd: string, args: readonly string[], author = "Ann", at = "2024-01-01T00:00:00Z"): Promise<void> {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: `${author.toLowerCase()}@example.org`,
    GIT_COMMITTER_NAME: author,
    GIT_COMMITTER_EMAIL: `${author.toLowerCase()}@example.org`,
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_DATE: at,
  };
  await promisify(execFile)("git", [...args], { cwd, env });
}
