import type { KernelExports } from "../../../wasm/kernel.js";

/** What assembly/ifr/filters exports. */
export interface FilterExports extends KernelExports {
  initBloom(low: number, high: number, limit: number, hash: number, blocks: number, generations: number, perGeneration: number): number;
  initTags(low: number, high: number, limit: number, hash: number, buckets: number, capacity: number): number;
  initFuse(
    low: number,
    high: number,
    limit: number,
    hash: number,
    bits: number,
    segmentBits: number,
    firstSlots: number,
    keys: number,
    longest: number,
  ): number;
  reshapeFuse(low: number, high: number, limit: number, segmentBits: number, firstSlots: number): number;
  initHash(limit: number): number;
  hasKey(p: number, len: number): number;
  addKey(p: number, len: number): void;
  deleteKey(p: number, len: number): number;
  ascends(n: number): number;
  hasMany(source: number, n: number, out: number): number;
  addMany(source: number, n: number): void;
  gatherFuse(source: number, n: number): void;
  gatheredKeys(): number;
  buildFuse(): number;
  hashAlone(p: number, len: number): void;
  longKey(bytes: number): number;
  rotate(): void;
  clear(): void;
  unite(offset: number, bytes: number): void;
  countKeys(keys: number): void;
  table(): number;
  tableBytes(): number;
  keys(): number;
  inNewest(): number;
  bitsSet(): number;
  falsePositiveRate(): number;
  hashOne(p: number, len: number, low: number, high: number): bigint;
  hashAll(n: number, low: number, high: number): number;
}

/** How the window's keys are to be read: words, hashes, offsets, or, for a larger number, keys of that width. */
export const WORDS = 0;
export const HASHES = 1;
export const OFFSETS = 2;
