import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { built, root } from "../package/built.js";

const execute = promisify(execFile);

/** What an example prints when it is run as its own comment says, against the built package. */
export async function run(name: string): Promise<string> {
  built("index.js");
  // The flag: Node may hang when it ends while other threads wait for a collection.
  return (await execute(process.execPath, ["--single-threaded-gc", join(root, "examples", name)])).stdout;
}

/** The numbers that the first match of a pattern caught. */
export function numbers(pattern: RegExp, text: string): number[] {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`nothing like ${pattern} in:\n${text}`);
  return found.slice(1).map(Number);
}
