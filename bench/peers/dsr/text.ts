import type { Bench } from "../../harness.js";
import { textVectors } from "../../vectors.js";
import { hnswlibNode } from "./hnswlib.js";
import { compare } from "./sets.js";
import { usearch } from "./usearch.js";

export default text;

export async function text(b: Bench): Promise<void> {
  const set = textVectors();
  if (set === undefined) b.log("text vectors skipped: not here (MFN_DATA)");
  else await compare(b, set, [usearch, hnswlibNode]);
}
