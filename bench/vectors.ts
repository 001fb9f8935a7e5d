// Sets of vectors with queries and their true nearest neighbours: public data where it is here, else drawn.
import { Dsr, type Metric } from "mfn/dsr";
import { clusteredVectors } from "./data.js";
import { dataFile } from "./files.js";

/** Vectors, queries, and what a search that misses nothing answers. */
export interface VectorSet {
  /** What the rows call it: data, count x dimensions, metric. */
  name: string;
  metric: Extract<Metric, "l2" | "cosine">;
  dimensions: number;
  count: number;
  /** `count` vectors back to back; under cosine each of length 1. Their ids are 0 to `count` - 1. */
  rows: Float32Array;
  /** Each an array of its own: some peers do not look where in its buffer an array begins. */
  queries: Float32Array[];
  /** Ids of the 100 nearest of each query, nearest first. */
  truth: Int32Array[];
}

const ASKED = 1000;
/** Neighbours that are known of a query, and those that searches here are asked for. */
const KNOWN = 100;
const NEAREST = 10;

/** Fashion-MNIST: the first training images, and as queries the first 1,000 test images. Squared Euclidean distance of the pixels. */
export function fashionMnist(count = 60_000): VectorSet | undefined {
  const train = dataFile("fashion-mnist/fashion-train-images-idx3-ubyte.gz");
  const test = dataFile("fashion-mnist/fashion-t10k-images-idx3-ubyte.gz");
  const truth = count === 60_000 ? dataFile("fashion-mnist/fashion-784-60k.gt100.i32") : new Uint8Array();
  if (train === undefined || test === undefined || truth === undefined) return undefined;
  const dimensions = 28 * 28;
  const header = 16;
  const pixels = (file: Uint8Array, n: number) => Float32Array.from(file.subarray(header, header + n * dimensions));
  return finish("Fashion-MNIST", "l2", dimensions, pixels(train, count), pixels(test, ASKED), truth);
}

/** Latent semantic analysis of paragraphs: 384 numbers of 8 bits, made to length 1. */
export function textVectors(count = 60_000): VectorSet | undefined {
  const train = dataFile("text-vectors/train-60000x384.i8.gz");
  const test = dataFile("text-vectors/queries-1000x384.i8.gz");
  const truth = count === 60_000 ? dataFile("text-vectors/cosine-top100-1000x100.i32.gz") : new Uint8Array();
  if (train === undefined || test === undefined || truth === undefined) return undefined;
  const dimensions = 384;
  const floats = (file: Uint8Array, n: number) => Float32Array.from(new Int8Array(file.buffer, file.byteOffset, n * dimensions));
  return finish("text", "cosine", dimensions, floats(train, count), floats(test, ASKED), truth);
}

/** Vectors around random centres, for runs without data. */
export function clusters(count: number, dimensions: number, metric: VectorSet["metric"], asked = 100, centres = 64): VectorSet {
  const all = clusteredVectors(count + asked, dimensions, centres);
  const rows = all.slice(0, count * dimensions);
  return finish("clusters", metric, dimensions, rows, all.slice(count * dimensions), new Uint8Array());
}

function finish(
  name: string,
  metric: VectorSet["metric"],
  dimensions: number,
  rows: Float32Array,
  asked: Float32Array,
  known: Uint8Array,
): VectorSet {
  const count = rows.length / dimensions;
  if (metric === "cosine") for (const all of [rows, asked]) normalise(all, dimensions);
  const queries = Array.from({ length: asked.length / dimensions }, (_, i) => asked.slice(i * dimensions, (i + 1) * dimensions));
  const size = count % 1e6 === 0 ? `${count / 1e6}M` : count % 1000 === 0 ? `${count / 1000}k` : count;
  const set: VectorSet = { name: `${name} ${size} x ${dimensions} ${metric}`, metric, dimensions, count, rows, queries, truth: [] };
  set.truth = known.length > 0 ? read(known, queries.length) : search(set);
  checkTruth(set);
  return set;
}

function normalise(all: Float32Array, dimensions: number): void {
  for (let from = 0; from < all.length; from += dimensions) {
    let sum = 0;
    for (let i = from; i < from + dimensions; i++) sum += all[i] * all[i];
    const factor = 1 / Math.sqrt(sum);
    for (let i = from; i < from + dimensions; i++) all[i] *= factor;
  }
}

function read(known: Uint8Array, asked: number): Int32Array[] {
  const all = new Int32Array(known.slice().buffer);
  return Array.from({ length: asked }, (_, i) => all.subarray(i * KNOWN, (i + 1) * KNOWN));
}

/** By the exact scan of this package, a few of whose answers `checkTruth` then compares. */
function search(set: VectorSet): Int32Array[] {
  const exact = fill(set, { autoLearn: false });
  const truth = set.queries.map((query) => exact.search(query, { k: KNOWN }).ids);
  exact.dispose();
  return truth;
}

/** An index of ours with all vectors of a set. */
export function fill({ dimensions, metric, count, rows }: VectorSet, options: object = {}): Dsr {
  const dsr = Dsr.createSync({ dimensions, metric, capacity: count, ...options });
  dsr.addMany(
    Int32Array.from({ length: count }, (_, i) => i),
    rows,
  );
  return dsr;
}

/** Holds a few queries' neighbours against a plain loop in double precision: as near, if not the same, as distances may be equal. */
function checkTruth(set: VectorSet): void {
  for (const q of [0, set.queries.length >> 1, set.queries.length - 1]) {
    const all = Float64Array.from({ length: set.count }, (_, row) => distance(set, q, row));
    const nearest = all.toSorted().subarray(0, NEAREST);
    const held = nearest.every((least, i) => Math.abs(all[set.truth[q][i]] - least) <= 1e-5 * Math.max(1, least));
    if (!held) throw new Error(`${set.name}: the nearest neighbours known of query ${q} are not the nearest`);
  }
}

function distance({ metric, dimensions, rows, queries }: VectorSet, q: number, row: number): number {
  const query = queries[q];
  const from = row * dimensions;
  let sum = 0;
  if (metric === "cosine") for (let i = 0; i < dimensions; i++) sum -= query[i] * rows[from + i];
  else for (let i = 0; i < dimensions; i++) sum += (query[i] - rows[from + i]) ** 2;
  return metric === "cosine" ? 1 + sum : sum;
}

/**
 * The share of the ten true neighbours of each query that the answers hold.
 * @param allowed which ids may be found at all; default all
 */
export function recall({ truth }: VectorSet, answers: readonly ArrayLike<number | bigint>[], allowed?: (id: number) => boolean): number {
  let found = 0;
  let wanted = 0;
  for (let q = 0; q < answers.length; q++) {
    const ids = new Set(Array.from(answers[q], Number));
    const nearest = (allowed === undefined ? truth[q] : truth[q].filter(allowed)).subarray(0, NEAREST);
    for (const id of nearest) if (ids.has(id)) found++;
    wanted += nearest.length;
  }
  return found / wanted;
}
