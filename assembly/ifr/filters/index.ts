// Exports of the module of filters. One instance is one filter; what kind it is, its `init` says.

import { scratch, WINDOW } from "../../core/arena";
import { xxh64 } from "../../core/xxh64";
import { bloomAdd, bloomAddChunk, bloomBits, bloomHas, bloomHasChunk, bloomOr, bloomRate, rotate } from "./bloom";
import { build, gather, gatheredKeys, longKeyRoom, reshape, startBuild } from "./build";
import { fuseHas, fuseHasChunk, fuseRate } from "./fuse";
import { BLOOM, FUSE, filter, TABLE, TAGS } from "./layout";
import { ANSWERS, ascends, CHUNK, hashChunk, hashOf } from "./source";
import { begin } from "./state";
import { tagsAdd, tagsAddChunk, tagsDelete, tagsHas, tagsHasChunk, tagsRate } from "./tags";

export * from "../../core/exports";
export { ascends, build as buildFuse, gather as gatherFuse, gatheredKeys, rotate };

/**
 * A split-block Bloom filter.
 * @param hash 0 for the seeded hash, 1 for XXH64
 * @param blocks blocks of 32 bytes a generation
 * @param perGeneration new keys that a generation takes; 0 if there is one that takes all
 */
export function initBloom(low: u32, high: u32, limit: u32, hash: u32, blocks: u32, generations: u32, perGeneration: u32): bool {
  const bytes = ((<u64>blocks) << 5) * <u64>generations;
  if (bytes > 0xf0000000 || !begin(BLOOM, seedOf(low, high), limit, hash, blocks, <u32>bytes)) return false;
  filter().generations = generations;
  filter().perGeneration = perGeneration;
  return true;
}

/** A filter of tags in `buckets` buckets for at most `capacity` keys. */
export function initTags(low: u32, high: u32, limit: u32, hash: u32, buckets: u32, capacity: u32): bool {
  const bytes = (<u64>buckets) << 6;
  if (bytes > 0xf0000000 || !begin(TAGS, seedOf(low, high), limit, hash, buckets, <u32>bytes)) return false;
  filter().capacity = capacity;
  return true;
}

/** Starts the build of a binary fuse filter; `gatherFuse` takes the keys, `buildFuse` builds. See build.ts. */
export function initFuse(
  low: u32,
  high: u32,
  limit: u32,
  hash: u32,
  bits: u32,
  segmentBits: u32,
  firstSlots: u32,
  keys: u32,
  longest: u32,
): bool {
  return startBuild(seedOf(low, high), limit, hash, bits, segmentBits, firstSlots, keys, longest);
}

/** Another shape of the table, after `buildFuse` has thrown equal keys out. */
export function reshapeFuse(low: u32, high: u32, limit: u32, segmentBits: u32, firstSlots: u32): bool {
  return reshape(seedOf(low, high), limit, segmentBits, firstSlots);
}

/** No filter: for the XXH64 functions alone. */
export function initHash(limit: u32): bool {
  return begin(0, 0, limit, 1, 0, 0);
}

/** Whether the filter lets the key at `p` pass. O(length). */
export function hasKey(p: usize, len: u32): bool {
  const h = hashOf(p, len);
  const kind = filter().kind;
  if (kind == BLOOM) return bloomHas(h);
  return kind == FUSE ? fuseHas(h) : tagsHas(h);
}

/** Adds the key at `p`; there is room. O(length). */
export function addKey(p: usize, len: u32): void {
  const h = hashOf(p, len);
  if (filter().kind == BLOOM) bloomAdd(h);
  else tagsAdd(h);
}

/** Deletes the key at `p` from a filter of tags, once. False if it cannot have been added. */
export function deleteKey(p: usize, len: u32): bool {
  return tagsDelete(hashOf(p, len));
}

/**
 * Asks for the `n` keys of the window (source.ts says in which form). Bit i & 7 of byte i >> 3 at `out` becomes the answer to
 * key i; bits beyond n in the last byte become 0. `out` may lie on words or hashes, not on keys or offsets.
 * @returns how many may be there
 */
export function hasMany(source: u32, n: u32, out: usize): u32 {
  const kind = filter().kind;
  let hits: u32 = 0;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const count = min<u32>(CHUNK, n - from);
    hashChunk(source, from, count);
    store<u64>(ANSWERS, 0);
    store<u64>(ANSWERS, 0, 8);
    if (kind == BLOOM) bloomHasChunk(<usize>count);
    else if (kind == FUSE) fuseHasChunk(<usize>count);
    else tagsHasChunk(<usize>count);
    hits += <u32>(popcnt<u64>(load<u64>(ANSWERS)) + popcnt<u64>(load<u64>(ANSWERS, 8)));
    const to = out + (<usize>from >> 3);
    if (count == CHUNK) v128.store(to, v128.load(ANSWERS));
    else memory.copy(to, ANSWERS, (<usize>count + 7) >> 3);
  }
  return hits;
}

/** Adds the `n` keys of the window; there is room. */
export function addMany(source: u32, n: u32): void {
  const kind = filter().kind;
  for (let from: u32 = 0; from < n; from += CHUNK) {
    const count = min<u32>(CHUNK, n - from);
    hashChunk(source, from, count);
    if (kind == BLOOM) bloomAddChunk(<usize>count);
    else tagsAddChunk(<usize>count);
  }
}

/** Writes the hash of the key at `p` to the window, as the only one of a list of hashes. */
export function hashAlone(p: usize, len: u32): void {
  store<u64>(WINDOW, hashOf(p, len));
}

/** Where a key of `bytes` bytes, too long for the window, may be written; 0 if there is no memory. */
export function longKey(bytes: u32): usize {
  return longKeyRoom() != 0 ? longKeyRoom() : scratch(bytes);
}

/** Forgets all keys. */
export function clear(): void {
  const f = filter();
  memory.fill(TABLE, 0, <usize>f.tableBytes);
  f.keys = 0;
  f.newest = 0;
  f.inNewest = 0;
}

/** Sets the bits of another Bloom filter of the same size, of which `bytes` bytes from `offset` on are in the window. */
export function unite(offset: u32, bytes: u32): void {
  bloomOr(WINDOW, offset, bytes);
}

/** Counts keys that came by way of `unite` or as a table. */
export function countKeys(keys: f64): void {
  filter().keys += keys;
}

/** Address of the table. */
export function table(): usize {
  return TABLE;
}

/** Bytes of the table. */
export function tableBytes(): u32 {
  return filter().tableBytes;
}

/** Calls of add; distinct keys; keys that are in: by the kind. */
export function keys(): f64 {
  return filter().keys;
}

/** New keys in the newest generation. */
export function inNewest(): u32 {
  return filter().inNewest;
}

/** Bits that are set in a Bloom filter. O(table). */
export function bitsSet(): f64 {
  return bloomBits();
}

/** The chance that a key that was never added is let pass. O(table), for a binary fuse filter O(1). */
export function falsePositiveRate(): f64 {
  const kind = filter().kind;
  if (kind == BLOOM) return bloomRate();
  return kind == FUSE ? fuseRate() : tagsRate();
}

/** XXH64 of the bytes at `p` under any seed. */
export function hashOne(p: usize, len: u32, low: u32, high: u32): u64 {
  return xxh64(p, len, seedOf(low, high));
}

/** XXH64 of the `n` keys of the window (words, then bytes), eight bytes each; the address they are written to, or 0. */
export function hashAll(n: u32, low: u32, high: u32): usize {
  const seed = seedOf(low, high);
  const out = scratch(n << 3);
  if (out == 0) return 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const word = load<u32>(WINDOW + (i << 2));
    store<u64>(out + (i << 3), xxh64(WINDOW + <usize>(word >> 16), word & 0xffff, seed));
  }
  return out;
}

function seedOf(low: u32, high: u32): u64 {
  return ((<u64>high) << 32) | <u64>low;
}
