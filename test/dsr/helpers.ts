import { expect } from "vitest";
import { type ErrorCode, MfnError, Reservoir, type ReservoirOptions } from "../../src/dsr.js";
import { DsrCore } from "../../src/layers/dsr/core.js";
import type { StoreOptions, VectorStore } from "../../src/layers/dsr/store.js";
import { type Build, wasm } from "../helpers/modules.js";
import type { Random } from "../helpers/random.js";
import type { VectorOracle } from "../oracle/vectors.js";

/** The exact store, which the engine carries. */
export function makeStore(build: Build, options: StoreOptions): DsrCore {
  return DsrCore.createSync({ ...options, wasm: wasm("dsr", build) });
}

export function makeReservoir(build: Build, options: ReservoirOptions): Reservoir {
  return Reservoir.createSync({ ...options, wasm: wasm("dsr-reservoir", build) });
}

/** The code of the error that a call throws; fails if it throws none or another kind. */
export function codeOf(call: () => unknown): ErrorCode {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(MfnError);
    return (error as MfnError).code;
  }
  throw new Error("expected a call to throw, it did not");
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b);
}

/** A vector of small integers: all its distances but cosines are exact in f32, so results compare bit by bit. */
export function wholeVector(random: Random, dimensions: number): Float32Array {
  return Float32Array.from({ length: dimensions }, () => random.below(9) - 4);
}

/** Expects what a store answers to be what the oracle answers. */
export function expectNeighbors(
  store: VectorStore,
  oracle: VectorOracle,
  got: { ids: Int32Array; distances: Float32Array },
  query: ArrayLike<number>,
  k: number,
  exclude: readonly number[],
): void {
  const want = oracle.search(query, k, exclude);
  expect(got.ids.length).toBe(want.length);
  expect(got.distances.length).toBe(want.length);
  if (store.metric !== "cosine") {
    expect([...got.ids]).toEqual(want.map((w) => w.id));
    expect([...got.distances]).toEqual(want.map((w) => w.distance));
    return;
  }
  expect(new Set(got.ids).size).toBe(got.ids.length);
  // Cosines are rounded, so nearly equal ones may change places: the distances must be right, and the order be theirs.
  const wrong = want.findIndex((w, i) => {
    const [id, distance] = [got.ids[i], got.distances[i]];
    const ascending = i === 0 || distance > got.distances[i - 1] || (distance === got.distances[i - 1] && id > got.ids[i - 1]);
    const right = Math.abs(distance - w.distance) < 1e-5 && Math.abs(distance - oracle.distance(query, oracle.rows.get(id)!)) < 1e-5;
    return !ascending || !right || exclude.includes(id);
  });
  expect(wrong).toBe(-1);
}
