// Many keys at a call: the forms a batch may come in, and how it gets into the module's window.
//
// A window holds, from its start, one word a key (offset of its bytes in the window << 16 | length), then the bytes. The kernel
// puts its answers in the place of the words. Keys of one width need no such words: they go as they are.

import { badArgument } from "../../errors.js";
import { type Kernel, type KernelExports, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import { writeJoined } from "./joined.js";
import { type Key, keyBytes, writeAscii, writeKey } from "./keys.js";
import { asciiWriter } from "./strings.js";

/**
 * Keys of any length one behind the other, as in an Arrow string column: key i is bytes[offsets[i], offsets[i + 1]).
 * A string is there as its UTF-8 bytes (`packKeys` makes such columns).
 */
export interface PackedKeys {
  /** All keys, without gaps. */
  readonly bytes: Uint8Array;
  /** One more than there are keys, ascending. */
  readonly offsets: Uint32Array;
}

/** The widths that keys of one width may have, in bytes. */
export type KeyWidth = 8 | 16 | 20 | 32;

/** What the batch methods take: an array of keys, or a column. */
export type Keys = readonly Key[] | PackedKeys;

/** The most keys that a batch call passes to the module at once. */
export const CHUNK = 1024;

/** How many keys a batch has. @throws ERR_ARGUMENT if it is neither an array nor a column */
export function countKeys(keys: Keys): number {
  if (Array.isArray(keys)) return keys.length;
  const { bytes, offsets } = (keys ?? {}) as PackedKeys;
  if (!(bytes instanceof Uint8Array) || !(offsets instanceof Uint32Array) || offsets.length === 0) {
    throw badArgument("keys", "an array of keys, or { bytes: Uint8Array, offsets: Uint32Array } with at least one offset", keys);
  }
  if (offsets[offsets.length - 1]! > bytes.length) throw badArgument("keys.offsets", `offsets up to ${bytes.length}`, offsets);
  return offsets.length - 1;
}

/** Key i of a batch, as a key. */
export function keyAt(keys: Keys, i: number): Key {
  if (Array.isArray(keys)) return keys[i]!;
  const { bytes, offsets } = keys as PackedKeys;
  const from = offsets[i]!;
  const to = offsets[i + 1]!;
  if (to < from) throw badArgument(`keys.offsets[${i + 1}]`, `at least ${from}`, to);
  return bytes.subarray(from, to);
}

/** Writes as many of the keys from `from` on into the window as it takes; 0 if the next one is too long for it. */
export function writeChunk(k: Kernel<KernelExports>, keys: Keys, from: number, count: number): number {
  const most = Math.min(CHUNK, count - from);
  return Array.isArray(keys) ? writeList(k, keys, from, most) : writePacked(k, keys as PackedKeys, from, most);
}

function writeList(k: Kernel<KernelExports>, keys: readonly Key[], from: number, most: number): number {
  const u32 = k.u32;
  const ascii = asciiWriter(k.x.memory);
  // Browsers do not encode into shared memory.
  if (ascii === null && u32.buffer instanceof ArrayBuffer && writeJoined(k, keys, from, most) > 0) return most;
  let at = WINDOW + 4 * most;
  let n = 0;
  for (; n < most; n++) {
    const key = keys[from + n]!;
    const room = WINDOW + WINDOW_BYTES - at;
    let length = -1;
    if (typeof key === "string") length = ascii === null ? writeAscii(u32, key, at, room) : ascii(key, at, room);
    if (length < 0) length = writeKey(k, key, at, room);
    if (length < 0) break;
    u32[(WINDOW >>> 2) + n] = ((at - WINDOW) << 16) | length;
    at += (length + 3) & ~3;
  }
  return n;
}

function writePacked(k: Kernel<KernelExports>, { bytes, offsets }: PackedKeys, from: number, most: number): number {
  const u32 = k.u32;
  const start = offsets[from]!;
  // Offset of the bytes in the window, less that of the first key in the column.
  const shift = 4 * most - start;
  let n = 0;
  let last = start;
  for (; n < most; n++) {
    const end = offsets[from + n + 1]!;
    if (end < last) throw badArgument(`keys.offsets[${from + n + 1}]`, `at least ${last}`, end);
    if (end + shift > WINDOW_BYTES) break;
    u32[(WINDOW >>> 2) + n] = ((last + shift) << 16) | (end - last);
    last = end;
  }
  k.u8.set(bytes.subarray(start, last), WINDOW + 4 * most);
  return n;
}

/**
 * The keys of an array as a column, for calls that come again and again with the same keys or for other programs.
 * @throws ERR_ARGUMENT if it is no array, or has what is neither string nor bytes
 */
export function packKeys(keys: readonly Key[]): PackedKeys {
  if (!Array.isArray(keys)) throw badArgument("keys", "an array of keys", keys);
  const parts = keys.map(keyBytes);
  const offsets = new Uint32Array(keys.length + 1);
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i]! + parts[i]!.length;
  const bytes = new Uint8Array(offsets[parts.length]!);
  for (let i = 0; i < parts.length; i++) bytes.set(parts[i]!, offsets[i]!);
  return { bytes, offsets };
}
