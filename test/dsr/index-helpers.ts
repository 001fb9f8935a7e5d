import { expect } from "vitest";
import { Dsr, type DsrOptions, type Metric, type Neighbors, type SearchOptions } from "../../src/dsr.js";
import { type IndexExports, reportOf } from "../../src/layers/dsr/index-module.js";
import type { Kernel } from "../../src/wasm/kernel.js";
import { readData } from "../helpers/data.js";
import { type Build, wasm } from "../helpers/modules.js";
import type { Random } from "../helpers/random.js";

export const metrics = ["l2", "ip", "cosine"] as const;
/** Metrics and forms of rows, all pairs of them. */
export const forms = metrics.flatMap((metric) => (["f32", "i8"] as const).map((rows) => ({ metric, rows })));

/** The similarity index on one of the builds of its module. */
export function makeIndex(build: Build, options: DsrOptions): Dsr {
  return Dsr.createSync({ ...options, wasm: wasm("dsr-index", build) });
}

/** The kernel below an index: counters and weights that the facade does not show. */
export function kernelOf(dsr: Dsr): Kernel<IndexExports> {
  return (dsr as unknown as { k: Kernel<IndexExports> }).k;
}

/** What the last search did. */
export function workOf(dsr: Dsr): { probed: number; scanned: number; compared: number } {
  const { probed, scanned, compared } = reportOf(kernelOf(dsr));
  return { probed, scanned, compared };
}

/** The weights of all neurons: rotated, without the centre. */
export function weightsOf(dsr: Dsr): Float32Array[] {
  const k = kernelOf(dsr);
  const { neurons, spikesPerWord } = dsr.stats();
  return Array.from({ length: neurons }, (_, neuron) => {
    const at = k.x.scratch(4 * spikesPerWord) >>> 0;
    k.x.populationWeights(neuron, at);
    return k.f32.slice(at >>> 2, (at >>> 2) + spikesPerWord);
  });
}

/** 0, 1, ... */
export function range(n: number, from = 0): number[] {
  return Array.from({ length: n }, (_, i) => from + i);
}

export interface Source {
  dimensions: number;
  /** Draws `n` vectors, back to back. */
  draw(n: number): Float32Array;
}

/**
 * Vectors around random centres: each centre has a place, and a few directions in which its vectors scatter, the first ones most, as
 * features of images and texts do. `at` moves all of them.
 */
export function clustered(random: Random, dimensions: number, centres: number, spread = 0.6, at = 0): Source {
  const places = Array.from({ length: centres }, () => random.vector(dimensions).map((x) => x + at));
  const directions = Math.min(dimensions, 12);
  const axes = Array.from({ length: centres }, () => Array.from({ length: directions }, () => random.vector(dimensions)));
  return {
    dimensions,
    draw(n) {
      const rows = new Float32Array(n * dimensions);
      for (let i = 0; i < n; i++) {
        const c = random.below(centres);
        const row = rows.subarray(i * dimensions, (i + 1) * dimensions);
        row.set(places[c]);
        for (let a = 0; a < directions; a++) {
          const factor = (spread * random.normal()) / (1 + a);
          const axis = axes[c][a];
          for (let j = 0; j < dimensions; j++) row[j] += factor * axis[j];
        }
        for (let j = 0; j < dimensions; j++) row[j] += 0.3 * spread * (random.next() + random.next() - 1);
      }
      return rows;
    },
  };
}

/** The first text vectors (`train-60000`) or queries (`queries-1000`) of the public set: 384 numbers each, of any length. */
export function textVectors(part: "train-60000" | "queries-1000", n: number): Float32Array {
  const bytes = readData(`text-vectors/${part}x384.i8.gz`);
  return Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, n * 384));
}

/** The first images of Fashion-MNIST: 784 pixels each. */
export function fashionMnist(part: "train" | "t10k", n: number): Float32Array {
  return Float32Array.from(readData(`fashion-mnist/fashion-${part}-images-idx3-ubyte.gz`).subarray(16, 16 + n * 784));
}

/** The vectors that lie back to back. */
export function rowsOf(vectors: Float32Array, dimensions: number): Float32Array[] {
  return range(vectors.length / dimensions).map((i) => vectors.slice(i * dimensions, (i + 1) * dimensions));
}

/** An index filled with vectors under the ids 0, 1, ... */
export function filled(build: Build, vectors: Float32Array, options: DsrOptions): Dsr {
  const dsr = makeIndex(build, options);
  dsr.addMany(range(vectors.length / options.dimensions), vectors);
  return dsr;
}

/** Looks into all cells and compares all rows, without the short cut to a plain scan. */
export function everything(dsr: Dsr): { probes: number; candidates: number } {
  return { probes: Math.max(1, dsr.stats().neurons), candidates: Math.max(1, dsr.size) };
}

/** Expects two answers to be the same, bit for bit. */
export function expectSame(got: Neighbors, want: Neighbors): void {
  // toEqual on thousands of numbers takes its time: only for the message.
  if (!sameNumbers(got.ids, want.ids)) expect([...got.ids]).toEqual([...want.ids]);
  if (!sameNumbers(got.distances, want.distances)) expect([...got.distances]).toEqual([...want.distances]);
  expect(sameNumbers(got.distances, want.distances), "distances bit for bit").toBe(true);
}

function sameNumbers(a: Int32Array | Float32Array, b: Int32Array | Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** The answer of a look at every id, from the distances to all of them. */
export function bruteForce(dsr: Dsr, query: ArrayLike<number>, k: number, among: readonly number[]): Neighbors {
  return nearest(among, dsr.distances(query, among), k);
}

/** The k nearest of those at these distances. */
export function nearest(among: readonly number[], distances: Float32Array, k: number): Neighbors {
  const all = among.map((id, i) => ({ id, distance: distances[i] })).filter(({ distance }) => distance < Infinity);
  all.sort((a, b) => a.distance - b.distance || a.id - b.id);
  const best = all.slice(0, k);
  return { ids: Int32Array.from(best, ({ id }) => id), distances: Float32Array.from(best, ({ distance }) => distance) };
}

/** Share of the true nearest that a search finds, by query. */
export function recalls(dsr: Dsr, queries: readonly Float32Array[], truth: readonly Int32Array[], options: SearchOptions): number[] {
  return queries.map((query, q) => {
    const want = truth[q].subarray(0, options.k ?? 10);
    const got = new Set(dsr.search(query, options).ids);
    return want.reduce((n, id) => n + (got.has(id) ? 1 : 0), 0) / want.length;
  });
}

/** The true nearest, by a look at all rows. */
export function truthOf(dsr: Dsr, queries: readonly Float32Array[], k: number, options: SearchOptions = {}): Int32Array[] {
  return queries.map((query) => dsr.search(query, { ...options, k, recall: 1 }).ids);
}

export function mean(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0) / xs.length;
}

/** Area under the curve: the chance that one of `higher` is above one of `lower`. */
export function auroc(higher: readonly number[], lower: readonly number[]): number {
  let above = 0;
  for (const a of higher) for (const b of lower) above += a > b ? 1 : a === b ? 0.5 : 0;
  return above / (higher.length * lower.length);
}

export type { Metric };
