// What lies where in the memory of the registries. Keys of any length (index.ts) and keys of one width (fixed/) share the index
// and the way ids become places; they differ in what a place holds.
//
//   STATE     Index (below), 128 bytes; then Records (records.ts), for keys of any length only
//             ├─ directory: 2^(64 - shift) x u32, the address of the segment for each value of the hash's first bits. A segment
//             │    that was not split as often as the others stands in several entries side by side.
//             ├─ segments, each of the same size and 64-byte aligned:
//             │      +0   64 bytes  keys in it, stale keys in its filter, depth: how many bits of hash its keys have in common
//             │      +64  segmentBuckets buckets of 64 bytes, one cache line each:
//             │             +0   10 x u16  tags: the low 16 bits of the key's hash, the lowest set; 0 in an empty slot
//             │             +20  10 x u32  refs: the address of the key's record, or, for keys of one width, its id
//             │             +60  u32       bits 0-3: slots in use, filled from the left
//             │                            bits 4-15: keys that found this bucket full and live further on
//             │                            bits 16-31: of each of these one bit, number (tag >> 1) & 15
//             │      ...  segmentBlocks blocks of 32 bytes: the segment's split-block Bloom filter (filter.ts), or none
//             └─ column: a directory of chunks of 65,536 places, one place an id (column.ts)
//
// A bit of the hash serves one purpose: the highest choose the segment, bits 16 to 47 the bucket and the filter's block, the
// low 16 are the tag. A lookup touches two cache lines: the bucket's and the key's. The hash is not stored: the key's line
// is needed anyway when a segment is split, and hashing it again is cheaper than eight more bytes a key.

import { STATE } from "../core/arena";

/** Slots in a bucket. */
export const SLOTS: u32 = 10;
/** Offset of the refs in a bucket. */
export const REFS: usize = 20;
/** Offset of the count and overflow word in a bucket. */
export const META: usize = 60;
/** Slots in use, in the word at META. */
export const USED: u32 = 0xf;
/** One key that passed on, in the word at META, and the most that are counted. */
export const PASSED: u32 = 0x10;
export const MOST_PASSED: u32 = 0xfff0;

/** Offset of the buckets in a segment. */
export const BUCKETS: usize = 64;

/** The header of both kinds of registry, at STATE. src/layers/ifr/header.ts reads it where it lies. */
@unmanaged
export class Index {
  /** Secret words of core/hash.ts. */
  k0: u64;
  k1: u64;
  k2: u64;
  k3: u64;
  /** Address of the directory, and 64 less the number of hash bits that index it, which is 1 at least. */
  directory: u32;
  shift: u32;
  /** Buckets and filter blocks in a segment, and how many keys it takes before it is split. */
  segmentBuckets: u32;
  segmentBlocks: u32;
  segmentLimit: u32;
  segments: u32;
  /** Option: bits of filter a key when a segment is full. */
  filterBits: u32;
  /** Live keys. */
  keys: u32;
  /** Deleted keys whose bits are still in a filter. */
  stale: u32;
  /** The column: address of its directory, room in that, places in all chunks, bytes a place. */
  chunks: u32;
  chunkRoom: u32;
  places: u32;
  placeBytes: u32;
  /** 1 + the largest id ever given, and the first free id + 1. */
  idLimit: u32;
  freeId: u32;
  /** Bytes of each key; 0: of any length. */
  width: u32;
  unused0: u64;
  unused1: u64;
  unused2: u64;
  unused3: u64;
}

/** Bytes of the Index. */
export const INDEX_BYTES: u32 = 128;

/** The header. */
export function index(): Index {
  return changetype<Index>(STATE);
}

/** The header of a segment. */
@unmanaged
export class Segment {
  keys: u32;
  /** Deleted keys whose bits are still in the segment's filter. */
  stale: u32;
  /** Bits of hash that all its keys share. */
  depth: u32;
}

/**
 * What the index must know of keys: where a ref's key is and what its hash is. One class a kind of key; as each is final and its
 * methods are called on no object, every call is resolved when the module is compiled.
 */
export abstract class Keys {
  /** Address of the cache line that a ref's key starts in. */
  abstract line(ref: u32): usize;
  /** The hash of a ref's key. */
  abstract hash(ref: u32): u64;
  /** Whether a ref's key is the one of `len` bytes at `p`. */
  abstract same(ref: u32, p: usize, len: u32): bool;
}
