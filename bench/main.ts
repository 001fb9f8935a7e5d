// The micro-benchmarks: `npm run bench`, `mfn bench`, or this file's bundle run by node. No other package is needed.
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { settle } from "../src/node/settle.js";
import { type Output, run } from "./run.js";
import { suites } from "./suites/index.js";

/** Runs the suites named in `args` (default: all); see `run` for the flags and the exit code. */
export function main(args: readonly string[], output?: Output): Promise<number> {
  return run(suites, args, output);
}

const script = process.argv[1];
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) {
  process.exitCode = await main(process.argv.slice(2));
  await settle();
}
