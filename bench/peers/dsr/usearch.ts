import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import type { VectorSet } from "../../vectors.js";
import { label, peer } from "../load.js";
import { BREADTHS, BUILD_BREADTH, type Engine, LINKS } from "./engine.js";

export interface Usearch {
  Index: new (options: object) => UsearchIndex;
  exactSearch(
    rows: Float32Array,
    query: Float32Array,
    dimensions: number,
    k: number,
    metric: string,
    threads: number,
  ): { keys: BigUint64Array };
}
interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}

/** Native HNSW with SIMD, one thread, rows of f32. Cosine of vectors of length 1 is its inner product, which is faster there. */
export async function usearch(b: Bench, set: VectorSet): Promise<Engine | undefined> {
  const library = await peer<Usearch>(b, "usearch");
  if (library === undefined) return undefined;
  const { dimensions, metric, count, queries } = set;
  const name = label("usearch");
  const make = (breadth: number) =>
    new library.Index({
      dimensions,
      metric: metric === "l2" ? "l2sq" : "ip",
      quantization: "f32",
      connectivity: LINKS,
      expansion_add: BUILD_BREADTH,
      expansion_search: breadth,
      multi: false,
    });
  const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(i));
  const built = make(BREADTHS[0]);
  const from = clock.now();
  built.add(keys, set.rows, 1);
  const buildMs = (clock.now() - from) / 1e6;
  // The breadth of a search is given to the constructor: each has its own copy of the graph, through a file of this run.
  const folder = mkdtempSync(join(tmpdir(), "mfn-bench-"));
  const file = join(folder, "usearch");
  try {
    built.save(file);
    const contenders = BREADTHS.map((breadth) => {
      const index = make(breadth);
      index.load(file);
      return { engine: name, setting: `breadth ${breadth}`, ask: (q: number) => index.search(queries[q], 10, 1).keys };
    });
    return {
      name,
      buildMs,
      contenders,
      fileBytes: statSync(file).size,
      add: (id, vector) => built.add(BigUint64Array.of(BigInt(id)), vector, 1),
      nearest: (vector) => Number(built.search(vector, 1, 1).keys[0]),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
