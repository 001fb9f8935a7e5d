import { type Build, wasm } from "../helpers/modules.js";

/** What assembly/selftest exports. Addresses are unsigned only after `>>> 0`. */
export interface Selftest {
  memory: WebAssembly.Memory;
  arenaInit(stateBytes: number, limitBytes: number): number;
  arenaTop(): number;
  arenaFree(): number;
  alloc(bytes: number): number;
  free(block: number, bytes: number): void;
  grow(block: number, oldBytes: number, newBytes: number): number;
  reserve(bytes: number): number;
  allocLasting(bytes: number): number;
  giveAway(block: number, bytes: number): void;
  blockBytes(bytes: number): number;
  scratch(bytes: number): number;
  scratchMore(bytes: number): number;
  hashKeys(keys: number, seed: bigint): void;
  hash8(p: number, keys: number): bigint;
  hash16(p: number, keys: number): bigint;
  hash20(p: number, keys: number): bigint;
  hash32(p: number, keys: number): bigint;
  hashBytes(p: number, len: number, keys: number): bigint;
  hashPair(a: bigint, b: bigint, seed: bigint): bigint;
  mix64(x: bigint): bigint;
  orderedBits(x: number): number;
  fromOrderedBits(b: number): number;
  entry(x: number, id: number): bigint;
  heapPush(heap: number, n: number, e: bigint): void;
  heapPop(heap: number, n: number): bigint;
  keepSmallest(heap: number, n: number, k: number, e: bigint): number;
  largestKept(heap: number): bigint;
  sortKept(heap: number, n: number): void;
  expf(x: number): number;
  nextU64(state: number): bigint;
  nextBelow(state: number, n: number): number;
  nextF32(state: number): number;
  /** Set by selectSmallest: how many are in front. */
  selected: WebAssembly.Global<"i32">;
  selectSmallest(entries: number, n: number, k: number, most: number): bigint;
  sortEntries(entries: number, n: number): void;
  shorten(floats: number, n: number, padded: number, out: number): number;
  fourProducts(rows: number, prototypes: number, n: number, bytes: number, products: number): void;
  productOfShorts(a: number, b: number, bytes: number): number;
  placeOf(table: number, mask: number, slot: number): number;
  filterBlock(filter: number, blocks: number, h: bigint): number;
  filterAdd(block: number, h: bigint): void;
  filterHas(block: number, h: bigint): number;
}

/** A fresh instance. */
export function selftest(build: Build): Selftest {
  const module = wasm("selftest", build);
  const instance = module instanceof WebAssembly.Module ? new WebAssembly.Instance(module, {}) : module;
  return instance.exports as unknown as Selftest;
}

/** Start of the window, the arena and the state (assembly/core/arena.ts). */
export const WINDOW = 0x10000;
export const ARENA = 0x20000;
export const STATE = 0x20200;

/** A seeded generator of u32 for the tests' own choices. */
export function random(seed: number): () => number {
  let s = seed | 0;
  return () => {
    s = (s + 0x9e3779b9) | 0;
    let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
