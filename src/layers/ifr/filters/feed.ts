// Keys on their way into the module, a windowful at a time.

import { badArgument } from "../../../errors.js";
import type { Bytes } from "../../../types.js";
import { asU32, type Kernel, WINDOW, WINDOW_BYTES } from "../../../wasm/kernel.js";
import { countKeys, type Keys, type KeyWidth, keyAt, type PackedKeys, writeChunk } from "../columns.js";
import { keyBytes } from "../keys.js";
import { type FilterExports, HASHES, OFFSETS, WORDS } from "./kernel.js";

/** Keys of one width one behind the other: key i is bytes[i * width, (i + 1) * width). The same keys as the Uint8Arrays they are made of. */
export interface FixedKeys {
  /** Bytes of every key. */
  readonly width: KeyWidth;
  /** The keys: a multiple of `width` bytes. */
  readonly bytes: Uint8Array;
}

/** What the batch methods of filters take: an array of keys, a column of keys of any length, or one of keys of one width. */
export type FilterKeys = Keys | FixedKeys;

/** Hashes of 64 bits: a number each, or two, the low half first. */
export type KeyHashes = BigUint64Array | Uint32Array;

/** Is told that the window holds `n` keys from number `at` on, in the form `source`, and where answers about them may be written. */
type Use = (source: number, n: number, at: number, out: number) => void;

/** Hashes that go into the window at once; their answers follow them. */
const HASHES_AT_ONCE = 4096;
/** Keys of a column whose offsets go into the window at once, and where the answers and the bytes that belong to them are. */
const OFFSETS_AT_ONCE = 2048;
const OFFSET_ANSWERS = WINDOW + 4 * (OFFSETS_AT_ONCE + 2);
const OFFSET_BYTES = OFFSET_ANSWERS + OFFSETS_AT_ONCE / 8 + 8;

/** How many keys of a width the window takes, a bit for the answer to each included. */
export function columnCapacity(width: KeyWidth): number {
  if (width !== 8 && width !== 16 && width !== 20 && width !== 32) throw badArgument("width", "8, 16, 20 or 32", width);
  return Math.floor((WINDOW_BYTES * 8) / (width * 8 + 1)) & ~127;
}

/** How many keys a batch has. @throws ERR_ARGUMENT if it is none */
export function countFilterKeys(keys: FilterKeys): number {
  if (!isFixed(keys)) return countKeys(keys);
  const { width, bytes } = keys;
  columnCapacity(width);
  if (!(bytes instanceof Uint8Array) || bytes.length % width !== 0)
    throw badArgument("keys.bytes", `a Uint8Array of whole keys of ${width} bytes`, bytes);
  return bytes.length / width;
}

/** How many hashes a list has. @throws ERR_ARGUMENT if it is none */
export function countHashes(hashes: KeyHashes): number {
  if (hashes instanceof BigUint64Array) return hashes.length;
  if (!(hashes instanceof Uint32Array) || hashes.length % 2 !== 0)
    throw badArgument("hashes", "a BigUint64Array, or a Uint32Array of pairs", hashes);
  return hashes.length / 2;
}

/**
 * Checks every key of a batch, so that no call does a part of its work and then fails.
 * @returns the bytes of the longest key among those that are too long for the window, 0 if there is none
 */
export function checkKeys(keys: FilterKeys): Bytes {
  let longest = 0;
  if (isFixed(keys)) return longest;
  // Of an array writeChunk writes beside a key its word, and up to three bytes behind it; of a column there are offsets and answers.
  const most = Array.isArray(keys) ? WINDOW_BYTES - 8 : WINDOW + WINDOW_BYTES - OFFSET_BYTES;
  if (Array.isArray(keys)) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "string") {
        if (key.length * 3 > most) longest = Math.max(longest, keyBytes(key).length);
      } else if (!(key instanceof Uint8Array)) throw badArgument(`keys[${i}]`, "a string or a Uint8Array", key);
      else if (key.length > most) longest = Math.max(longest, key.length);
    }
  } else {
    const { offsets } = keys as PackedKeys;
    for (let i = 1; i < offsets.length; i++) {
      const length = offsets[i]! - offsets[i - 1]!;
      if (length < 0) throw descent(offsets, 0);
      if (length > longest) longest = length;
    }
    if (longest <= most) longest = 0;
  }
  return longest;
}

/** Passes `n` keys to the module. */
export function feed(k: Kernel<FilterExports>, keys: FilterKeys, n: number, use: Use): void {
  if (isFixed(keys)) feedColumn(k, keys, n, use);
  else if (!Array.isArray(keys)) feedPacked(k, keys as PackedKeys, n, use);
  else {
    for (let done = 0; done < n; ) {
      const some = writeChunk(k, keys, done, n);
      if (some > 0) use(WORDS, some, done, WINDOW);
      else feedLong(k, keys, done, use);
      done += Math.max(1, some);
    }
  }
}

/** Passes `n` hashes to the module. */
export function feedHashes(k: Kernel<FilterExports>, hashes: KeyHashes, n: number, use: Use): void {
  const bytes = new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let done = 0; done < n; done += HASHES_AT_ONCE) {
    const some = Math.min(HASHES_AT_ONCE, n - done);
    k.u8.set(bytes.subarray(done * 8, (done + some) * 8), WINDOW);
    use(HASHES, some, done, WINDOW + HASHES_AT_ONCE * 8);
  }
}

/** Writes a key that may be longer than the window where there is room for it, and calls the module with it. */
export function writeLong<T>(k: Kernel<FilterExports>, bytes: Uint8Array, call: (p: number, len: number) => T): T {
  const p = bytes.length <= WINDOW_BYTES ? WINDOW : k.x.longKey(asU32(bytes.length)) >>> 0;
  if (p === 0) throw k.full(bytes.length);
  k.u8.set(bytes, p);
  return call(p, bytes.length);
}

/** Passes key number `at`, which is too long for the window beside others. */
function feedLong(k: Kernel<FilterExports>, keys: Keys, at: number, use: Use): void {
  writeLong(k, keyBytes(keyAt(keys, at)), k.x.hashAlone);
  use(HASHES, 1, at, WINDOW);
}

/** Offsets and bytes go as they are; the module walks them. */
function feedPacked(k: Kernel<FilterExports>, keys: PackedKeys, n: number, use: Use): void {
  const { bytes, offsets } = keys;
  for (let done = 0; done < n; ) {
    const start = offsets[done]!;
    let some = Math.min(OFFSETS_AT_ONCE, n - done);
    // Whole bytes of answers, as long as there are any.
    while (offsets[done + some]! - start > WINDOW + WINDOW_BYTES - OFFSET_BYTES) some = some < 16 ? some >> 1 : (some >> 1) & ~7;
    if (some === 0) {
      feedLong(k, keys, done++, use);
      continue;
    }
    k.u32.set(offsets.subarray(done, done + some + 1), WINDOW >>> 2);
    if (!k.x.ascends(some)) throw descent(offsets, done);
    k.u8.set(bytes.subarray(start, offsets[done + some]!), OFFSET_BYTES);
    use(OFFSETS, some, done, OFFSET_ANSWERS);
    done += some;
  }
}

/** The error for the first offset behind number `from` that is below the one before it. */
function descent(offsets: Uint32Array, from: number): Error {
  let i = from + 1;
  while (offsets[i]! >= offsets[i - 1]!) i++;
  return badArgument(`keys.offsets[${i}]`, `at least ${offsets[i - 1]}`, offsets[i]);
}

function feedColumn(k: Kernel<FilterExports>, { width, bytes }: FixedKeys, n: number, use: Use): void {
  const capacity = columnCapacity(width);
  for (let done = 0; done < n; done += capacity) {
    const some = Math.min(capacity, n - done);
    k.u8.set(bytes.subarray(done * width, (done + some) * width), WINDOW);
    use(width, some, done, WINDOW + capacity * width);
  }
}

function isFixed(keys: FilterKeys): keys is FixedKeys {
  return typeof keys === "object" && keys !== null && "width" in keys;
}
