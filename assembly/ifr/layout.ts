// What lies where in the memory of IFR.
//
//   STATE     Registry (below), 384 bytes
//             ├─ index block, 64-byte aligned inside
//             │    bucketCount buckets of 64 bytes, one cache line each:
//             │      +0   10 x u16  tags: the low 16 bits of the key's hash
//             │      +20  10 x u32  addresses of the keys' records
//             │      +60  u32       low 8 bits: slots in use, filled from the left
//             │                     high 24 bits: keys that found this bucket full and live further on
//             │    filterBlocks blocks of 32 bytes: the split-block Bloom filter (filter.ts)
//             ├─ id column, idCapacity x u32: the address of the id's record, or, if the id is free, a link:
//             │      (next free id + 1) << 1 | 1; records are 16-byte aligned, so bit 0 tells the two apart
//             └─ records (records.ts), one a key, 16-byte aligned:
//                    +0  u32 id    +4  u32 length in bytes    +8  the key's bytes
//
// A lookup touches two cache lines: the bucket and the record. The hash is not stored: the record's line is needed anyway
// when the index is rebuilt, and hashing it again is cheaper than eight more bytes a key.

import { STATE } from "../core/arena";

/** Slots in a bucket. */
export const SLOTS: u32 = 10;
/** Offset of the record addresses in a bucket. */
export const REFS: usize = 20;
/** Offset of the count and overflow word in a bucket. */
export const META: usize = 60;

/** Offset of the length in a record. */
export const LENGTH: usize = 4;
/** Offset of the key's bytes in a record. */
export const BYTES: usize = 8;

/** Records up to this many 16-byte units come from the slabs; longer ones are blocks of the arena. */
export const SMALL_UNITS: u32 = 63;

/** The layer's header, at STATE. */
@unmanaged
export class Registry {
  /** Secret words of core/hash.ts. */
  k0: u64;
  k1: u64;
  k2: u64;
  k3: u64;
  /** Bit u is set if the list of freed records of u units is not empty. */
  freeUnits: u64;
  /** Address and count of the buckets. */
  buckets: u32;
  bucketCount: u32;
  /** Address and count of the filter's blocks. */
  filter: u32;
  filterBlocks: u32;
  /** The arena block that holds both, and the size it was asked for. */
  indexBlock: u32;
  indexBytes: u32;
  /** Live keys, and how many fit before the index grows. */
  keys: u32;
  capacity: u32;
  /** The id column and its size, 1 + the largest id ever given, and the first free id + 1. */
  ids: u32;
  idCapacity: u32;
  idLimit: u32;
  freeId: u32;
  /** Option: bits of filter a key at full capacity. */
  filterBits: u32;
  /** Deleted keys whose bits are still in the filter. */
  stale: u32;
  /** The slab that small records are cut from, and its end. */
  slab: u32;
  slabEnd: u32;
  /** Outgrown blocks waiting to become the slab: a list, linked in their first word; the second is their size. */
  spare: u32;
  /** Bytes of live keys, and bytes of freed records and of spare blocks. */
  keyBytes: u32;
  freeBytes: u32;
  unused: u32;
}

/** Bytes of the header: the Registry and after it the heads of SMALL_UNITS + 1 lists of freed records. */
export const HEADER_BYTES: u32 = 128 + (SMALL_UNITS + 1) * 4;
/** Address of the heads of the lists of freed records, by units. */
export const FREE_RECORDS: usize = STATE + 128;

/** The header. */
export function registry(): Registry {
  return changetype<Registry>(STATE);
}
