import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Where the public data sets are, if anywhere: MFN_DATA, or ../shared/data beside the repository. */
const root = process.env["MFN_DATA"] ?? new URL("../../../shared/data", import.meta.url).pathname;

/** Whether a data set (a folder or file below the data root) is here; says so on the console when it is not. */
export function haveData(name: string): boolean {
  if (existsSync(`${root}/${name}`)) return true;
  console.log(`skipped: the data set ${name} is not here (set MFN_DATA to the folder that holds it)`);
  return false;
}

/** A data file, unzipped if its name ends in .gz. */
export function readData(name: string): Buffer {
  const bytes = readFileSync(`${root}/${name}`);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
