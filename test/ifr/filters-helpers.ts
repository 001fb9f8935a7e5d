import {
  BinaryFuse,
  type BinaryFuseOptions,
  type FilterKeys,
  type KeyHashes,
  RollingBloom,
  type RollingBloomOptions,
  SplitBlockBloom,
  type SplitBlockBloomOptions,
  TagFilter,
  type TagFilterOptions,
  Xxh64,
} from "../../src/ifr.js";
import { type Build, wasm } from "../helpers/modules.js";

const source = (build: Build) => ({ wasm: wasm("ifr-filters", build) });

export const bloom = (build: Build, options: SplitBlockBloomOptions) => SplitBlockBloom.createSync({ ...options, ...source(build) });
export const rolling = (build: Build, options: RollingBloomOptions) => RollingBloom.createSync({ ...options, ...source(build) });
export const tags = (build: Build, options: TagFilterOptions) => TagFilter.createSync({ ...options, ...source(build) });
export const fuse = (build: Build, keys: FilterKeys | KeyHashes, options: BinaryFuseOptions = {}) =>
  BinaryFuse.createSync(keys, { ...options, ...source(build) });
export const hasher = (build: Build) => Xxh64.createSync(source(build));

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Keys of `width` bytes: the number, and the rest drawn from it. */
export function column(width: number, count: number, from = 0): Uint8Array {
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint32(i * width, from + i, true);
    for (let at = 4; at < width; at += 4) view.setUint32(i * width + at, Math.imul(from + i + at, 0x9e3779b1), true);
  }
  return bytes;
}

/** The keys of a column one by one. */
export const cut = (bytes: Uint8Array, width: number) =>
  Array.from({ length: bytes.length / width }, (_, i) => bytes.slice(i * width, (i + 1) * width));

export { codeOf } from "./helpers.js";

/** Answers of a bitmap. */
export const bitsOf = (bits: Uint8Array, n: number) => Array.from({ length: n }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) === 1);

export const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
