// Public data sets for suites that score on them; needs Node.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

/** Where the data sets are, if anywhere: MFN_DATA, or ../shared/data beside the current directory. */
function root(): string {
  return process.env["MFN_DATA"] ?? resolve("../shared/data");
}

/** A data file, unzipped if its name ends in .gz; undefined where it is not here, and the suite then says what it skips. */
export function dataFile(name: string): Uint8Array | undefined {
  const path = join(root(), name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
