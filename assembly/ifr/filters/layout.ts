// What lies where in the memory of a filter.
//
//   STATE          Filter (below), 256 bytes
//   STATE + 256    the table, 64-byte aligned, up to the end of the image; by kind:
//
//     BLOOM        units blocks, each `generations` times 32 bytes (filter.ts): the generations of a block lie side by side, so
//                  that to ask all of two is still one cache line
//     FUSE         units fingerprints of 1 or 2 bytes
//     TAGS         units buckets of 64 bytes, one cache line each:
//                    +0   30 x u16  tags: the low 16 bits of the key's hash
//                    +60  u32       low 8 bits: tags in use, filled from the left
//                                   high 24 bits: keys that found this bucket full and live further on
//
// The table never grows, so it is part of the header that the arena starts with: no block of the arena, no slack.

import { STATE } from "../../core/arena";

export const BLOOM: u32 = 1;
export const FUSE: u32 = 2;
export const TAGS: u32 = 3;

/** Bytes of the header. */
export const HEADER_BYTES: u32 = 256;
/** Address of the table. */
export const TABLE: usize = STATE + 256;
/**
 * Tables larger than this have the lines of a chunk fetched before they are used. Most of a table of this size may be in a
 * processor's second cache, but a caller does other work between two batches, which takes that cache. Measured on a split-block
 * filter: fetching costs a sixth of the time at 320 KB, all at hand, and saves a third and more at 12.8 MB.
 */
export const STAGED_FROM: u32 = 1 << 19;

/** The layer's header, at STATE. */
@unmanaged
export class Filter {
  /** Secret words of core/hash.ts. */
  k0: u64;
  k1: u64;
  k2: u64;
  k3: u64;
  /** FUSE: what the hashes are mixed with. */
  mix: u64;
  /** What the secret words were made from. */
  seed: u64;
  /** BLOOM: calls of add. FUSE: distinct keys. TAGS: keys that are in. */
  keys: f64;
  kind: u32;
  /** How keys are hashed: 0 with the secret words, 1 by XXH64 with seed 0. */
  hash: u32;
  /** Blocks, fingerprints or buckets. */
  units: u32;
  tableBytes: u32;
  /** Whether the table is so large that its lines are fetched ahead. */
  staged: u32;
  /** BLOOM: how many generations, which one is added to, and how many new keys it takes (0: no limit) and has taken. */
  generations: u32;
  newest: u32;
  perGeneration: u32;
  inNewest: u32;
  /** TAGS: the most keys. */
  capacity: u32;
  /** FUSE: log2 of a segment's length, slots where a key's first place may be, bits of a fingerprint (8 or 16). */
  segmentBits: u32;
  firstSlots: u32;
  fingerprintBits: u32;
}

/** The header. */
export function filter(): Filter {
  return changetype<Filter>(STATE);
}
