import type { Bench } from "../../harness.js";
import { fashionMnist } from "../../vectors.js";
import { hnswlibNode, hnswlibWasm } from "./hnswlib.js";
import { compare } from "./sets.js";
import { usearch } from "./usearch.js";

export default fashion10k;

export async function fashion10k(b: Bench): Promise<void> {
  const set = fashionMnist(10_000);
  if (set === undefined) b.log("Fashion-MNIST skipped: not here (MFN_DATA)");
  else await compare(b, set, [usearch, hnswlibNode, hnswlibWasm]);
}
