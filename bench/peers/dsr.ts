// DSR against public libraries: exact search, and the similarity index at equal recall. Each part also runs alone, from source.
import type { Bench } from "../harness.js";
import { clusters } from "../vectors.js";
import { exact } from "./dsr/exact.js";
import { fashion } from "./dsr/fashion.js";
import { fashion10k } from "./dsr/fashion-10k.js";
import { hnswlibNode, hnswlibWasm } from "./dsr/hnswlib.js";
import { compare } from "./dsr/sets.js";
import { text } from "./dsr/text.js";
import { usearch } from "./dsr/usearch.js";

export default async function (b: Bench): Promise<void> {
  await exact(b);
  if (b.quick) return compare(b, clusters(6000, 64, "l2"), [usearch, hnswlibNode, hnswlibWasm]);
  for (const part of [fashion10k, text, fashion]) await part(b);
}
