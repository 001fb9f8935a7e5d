import { Dsr } from "mfn/dsr";
import { clusteredVectors } from "../data.js";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";
import { label, peer } from "./load.js";

interface Usearch {
  Index: new (
    options: object,
  ) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
    search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  };
  exactSearch(
    rows: Float32Array,
    query: Float32Array,
    dimensions: number,
    k: number,
    metric: string,
    threads: number,
  ): { keys: BigUint64Array };
}
interface Hnswlib {
  HierarchicalNSW: new (
    space: string,
    dimensions: number,
  ) => {
    initIndex(most: number, m: number, efConstruction: number, seed: number): void;
    setEf(ef: number): void;
    addPoint(point: number[], label: number): void;
    searchKnn(query: number[], k: number): { neighbors: number[] };
  };
}

const k = 10;
/** The parameters of both graph indexes: connections a node, breadth of the search at building, and at asking. */
const connections = 16;
const efConstruction = 128;
const ef = 64;

interface Rows {
  name: string;
  count: number;
  dimensions: number;
  rows: Float32Array;
  queries: Float32Array[];
}

/**
 * Exact search against graph indexes, which answer sooner and miss some: each row of times has its row of recall. An index
 * of ours that does the same is not in this version; the losing rows say what exactness costs.
 */
export default async function (b: Bench): Promise<void> {
  const [count, dimensions] = b.quick ? [500, 32] : [10_000, 128];
  const all = clusteredVectors(count + 100, dimensions);
  const queries = Array.from({ length: 100 }, (_, i) => all.slice((count + i) * dimensions, (count + i + 1) * dimensions));
  await search(b, { name: "clusters", count, dimensions, rows: all.slice(0, count * dimensions), queries });
  const fashion = b.quick ? undefined : fashionMnist(10_000, 100);
  if (fashion === undefined) b.log("Fashion-MNIST skipped: a smoke run, or its files are not here (MFN_DATA)");
  else await search(b, fashion);
}

/** The first training images, and as queries the first test images. */
function fashionMnist(count: number, asked: number): Rows | undefined {
  const train = dataFile("fashion-mnist/fashion-train-images-idx3-ubyte.gz");
  const test = dataFile("fashion-mnist/fashion-t10k-images-idx3-ubyte.gz");
  if (train === undefined || test === undefined) return undefined;
  const dimensions = 28 * 28;
  const header = 16;
  const rows = Float32Array.from(train.subarray(header, header + count * dimensions));
  const image = (i: number) => Float32Array.from(test.subarray(header + i * dimensions, header + (i + 1) * dimensions));
  return { name: "Fashion-MNIST", count, dimensions, rows, queries: Array.from({ length: asked }, (_, i) => image(i)) };
}

async function search(b: Bench, { name, count, dimensions, rows, queries }: Rows): Promise<void> {
  const size = `${name} ${count} x ${dimensions}`;
  const dsr = Dsr.createSync({ dimensions, metric: "l2", capacity: count });
  dsr.addMany(
    Int32Array.from({ length: count }, (_, i) => i),
    rows,
  );
  const truth = queries.map((query) => [...dsr.search(query, { k }).ids]);
  const found = (answers: ArrayLike<number | bigint>[]) =>
    answers.reduce((sum, ids, q) => sum + Array.from(ids, Number).filter((id) => truth[q].includes(id)).length, 0) / (k * queries.length);
  const turns = <T>(items: readonly T[], ask: (item: T) => unknown) => {
    let next = 0;
    return () => ask(items[next++ % items.length]);
  };
  const ours = turns(queries, (query) => dsr.search(query, { k }).ids);
  /** Nearest by the plain loop: what both sides are held to. */
  const right = () => queries.slice(0, 10).every((query, q) => nearest(query, rows, dimensions) === truth[q][0]);

  const compare = async (kind: string, version: string, theirs: () => unknown, recall: number, least: number) => {
    const check = () => right() && recall >= least;
    await b.compare({ case: `search k=${k}, ${size}`, n: 1, unit: "us", peer: `${version}${kind}`, check, ours, theirs });
    b.score({ case: `recall@${k}, ${size}`, unit: "share", ours: 1, peer: `${version}${kind}`, peerValue: recall, n: queries.length });
  };

  const usearch = await peer<Usearch>(b, "usearch");
  if (usearch !== undefined) {
    const metric = "l2sq";
    const options = {
      dimensions,
      metric,
      quantization: "f32",
      connectivity: connections,
      expansion_add: efConstruction,
      expansion_search: ef,
      multi: false,
    };
    const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(i));
    const index = new usearch.Index(options);
    index.add(keys, rows, 1);
    const graph = (query: Float32Array) => index.search(query, k, 1).keys;
    const exact = (query: Float32Array) => usearch.exactSearch(rows, query, dimensions, k, metric, 1).keys;
    await compare(" exact", label("usearch"), turns(queries, exact), found(queries.map(exact)), 0.99);
    await compare("", label("usearch"), turns(queries, graph), found(queries.map(graph)), 0.8);
  }
  const hnswlib = await peer<Hnswlib>(b, "hnswlib-node");
  if (hnswlib !== undefined) {
    const index = new hnswlib.HierarchicalNSW("l2", dimensions);
    index.initIndex(count, connections, efConstruction, 1);
    for (let i = 0; i < count; i++) index.addPoint([...rows.subarray(i * dimensions, (i + 1) * dimensions)], i);
    index.setEf(ef);
    // It takes only arrays.
    const lists = queries.map((query) => [...query]);
    const ask = (query: number[]) => index.searchKnn(query, k).neighbors;
    await compare("", label("hnswlib-node"), turns(lists, ask), found(lists.map(ask)), 0.8);
  }
  dsr.dispose();
}

function nearest(query: Float32Array, rows: Float32Array, dimensions: number): number {
  let best = -1;
  let least = Infinity;
  for (let row = 0; row * dimensions < rows.length; row++) {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) sum += (query[d] - rows[row * dimensions + d]) ** 2;
    if (sum < least) {
      least = sum;
      best = row;
    }
  }
  return best;
}
