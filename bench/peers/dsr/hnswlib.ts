import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clock } from "../../clock.js";
import type { Bench } from "../../harness.js";
import type { VectorSet } from "../../vectors.js";
import { label, peer } from "../load.js";
import { BREADTHS, BUILD_BREADTH, type Engine, LINKS } from "./engine.js";

interface Hnswlib {
  HierarchicalNSW: new (
    space: string,
    dimensions: number,
  ) => {
    initIndex(most: number, m: number, efConstruction: number, seed: number): void;
    setEf(ef: number): void;
    addPoint(point: number[], label: number): void;
    searchKnn(query: number[], k: number): { neighbors: number[] };
    writeIndexSync(path: string): void;
  };
}
interface HnswlibWasm {
  default: () => Promise<{
    HierarchicalNSW: new (
      space: string,
      dimensions: number,
      file: string,
    ) => {
      initIndex(most: number, m: number, efConstruction: number, seed: number): void;
      setEfSearch(ef: number): void;
      addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void;
      searchKnn(query: Float32Array, k: number, filter: undefined): { neighbors: number[] };
    };
  }>;
}

/** Room for the vectors of the rows that time one `add`. */
const MORE = 1000;

const space = (set: VectorSet) => (set.metric === "l2" ? "l2" : "ip");

/** Native HNSW. It takes only arrays of numbers: those of the queries are made before the clock runs. */
export async function hnswlibNode(b: Bench, set: VectorSet): Promise<Engine | undefined> {
  const library = await peer<Hnswlib>(b, "hnswlib-node");
  if (library === undefined) return undefined;
  const { dimensions, count, rows, queries } = set;
  const name = label("hnswlib-node");
  const index = new library.HierarchicalNSW(space(set), dimensions);
  const from = clock.now();
  index.initIndex(count + MORE, LINKS, BUILD_BREADTH, 1);
  for (let i = 0; i < count; i++) index.addPoint(Array.from(rows.subarray(i * dimensions, (i + 1) * dimensions)), i);
  const buildMs = (clock.now() - from) / 1e6;
  const lists = queries.map((query) => Array.from(query));
  const folder = mkdtempSync(join(tmpdir(), "mfn-bench-"));
  try {
    index.writeIndexSync(join(folder, "hnswlib"));
    return {
      name,
      buildMs,
      contenders: BREADTHS.map((breadth) => ({
        engine: name,
        setting: `breadth ${breadth}`,
        begin: () => index.setEf(breadth),
        ask: (q) => index.searchKnn(lists[q], 10).neighbors,
      })),
      fileBytes: statSync(join(folder, "hnswlib")).size,
      add: (id, vector) => index.addPoint(Array.from(vector), id),
      nearest: (vector) => index.searchKnn(Array.from(vector), 1).neighbors[0],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same in WebAssembly. It is made for browsers, and asks for a window before it starts. */
export async function hnswlibWasm(b: Bench, set: VectorSet): Promise<Engine | undefined> {
  // Its package names no main file for Node, and its own loader wants IndexedDB.
  const library = await peer<HnswlibWasm>(b, "hnswlib-wasm", "hnswlib-wasm/dist/hnswlib-317962d7.js");
  if (library === undefined) return undefined;
  const scope = globalThis as { window?: unknown };
  scope.window = globalThis;
  const loaded = await library.default();
  delete scope.window;
  const { dimensions, count, rows, queries } = set;
  const name = label("hnswlib-wasm");
  const index = new loaded.HierarchicalNSW(space(set), dimensions, "");
  const from = clock.now();
  index.initIndex(count + MORE, LINKS, BUILD_BREADTH, 1);
  for (let i = 0; i < count; i++) index.addPoint(rows.subarray(i * dimensions, (i + 1) * dimensions), i, false);
  const buildMs = (clock.now() - from) / 1e6;
  return {
    name,
    buildMs,
    contenders: BREADTHS.map((breadth) => ({
      engine: name,
      setting: `breadth ${breadth}`,
      begin: () => index.setEfSearch(breadth),
      ask: (q) => index.searchKnn(queries[q], 10, undefined).neighbors,
    })),
    add: (id, vector) => index.addPoint(vector, id, false),
    nearest: (vector) => index.searchKnn(vector, 1, undefined).neighbors[0],
  };
}
