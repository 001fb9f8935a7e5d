import type { Bench } from "../../harness.js";
import { fashionMnist } from "../../vectors.js";
import { hnswlibNode } from "./hnswlib.js";
import { compare } from "./sets.js";
import { usearch } from "./usearch.js";

export default fashion;

export async function fashion(b: Bench): Promise<void> {
  const set = fashionMnist();
  if (set === undefined) b.log("Fashion-MNIST skipped: not here (MFN_DATA)");
  else await compare(b, set, [usearch, hnswlibNode]);
}
