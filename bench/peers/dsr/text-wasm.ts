import type { Bench } from "../../harness.js";
import { textVectors } from "../../vectors.js";
import { hnswlibWasm } from "./hnswlib.js";
import { compare } from "./sets.js";

/** Apart from the others, because building takes this peer a minute. */
export default async function (b: Bench): Promise<void> {
  const set = textVectors();
  if (set === undefined) b.log("text vectors skipped: not here (MFN_DATA)");
  else await compare(b, set, [hnswlibWasm]);
}
