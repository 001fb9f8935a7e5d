// What a cache adds to the memory of a registry (../layout.ts).
//
//   STATE            the Registry
//   STATE + ~0x1c0   Cache (below), 128 bytes
//                    254 + 2 x u32: how many entries have each epoch byte
//                    └─ columns block, `capacity` x (8 to 13 bytes and a bit), indexed by id:
//                         newer    u32  id + 1 of the entry that came in after this one, 0 for the newest
//                         older    u32  id + 1 of the entry that came in before this one, 0 for the oldest
//                         size     u32  only if the cache is bounded by size
//                         epoch    u8   only if the cache has times: 0 never expires, 1..254 expires when that epoch comes,
//                                       255 has expired and waits to be taken out
//                         visited  bit  1 if it was asked for since the hand last passed
//
// The queue, from oldest to newest, is the order in which the entries came in. Entries on their way out are no longer in it:
// they form the list `gone`, linked by `newer`, until the facade has fetched their keys and values. There `visited` says whether
// the entry had expired.
//
// The key and its id are in the registry's record; the value is with the facade, found by the record's address.

import { STATE } from "../../core/arena";
import { HEADER_BYTES } from "../records";

/** Epochs go round: this many different ones, stored as 1 to 254. */
export const EPOCHS: u32 = 254;
/** The epoch byte of an entry that has expired and is still in the queue. */
export const EXPIRED: u8 = 255;

/** The cache's header. */
@unmanaged
export class Cache {
  /** Sum of the sizes in the queue, and the most it may be; 0 for no such bound. */
  total: u64;
  maxTotal: u64;
  /** Entries in the queue, and the most there may be. */
  entries: u32;
  maxEntries: u32;
  /** Ends of the queue and SIEVE's hand, as id + 1; 0 for none. */
  newest: u32;
  oldest: u32;
  hand: u32;
  /** Ends of the list of entries on their way out, as id + 1. */
  gone: u32;
  goneLast: u32;
  /** Entries in the queue whose time has come, and the first id of the 16 where the next one is looked for. */
  expired: u32;
  cursor: u32;
  /** The present epoch, 0 to 253. */
  epoch: u32;
  /** Ids for which there are columns, a multiple of 128; the block, and what it was asked for. */
  capacity: u32;
  block: u32;
  blockBytes: u32;
  /** Addresses of the columns; 0 for one that this cache does not have. */
  newer: u32;
  older: u32;
  sizes: u32;
  visited: u32;
  epochs: u32;
  /** Which of the two optional columns there are to be. */
  sized: u32;
  timed: u32;
}

const HEADER: usize = (STATE + <usize>HEADER_BYTES + 15) & ~15;
const COUNTS: usize = HEADER + 128;

/** Bytes of state before the first block: the registry's header, the cache's, and the counts of epochs. */
export const STATE_BYTES: u32 = <u32>(COUNTS + 1024 - STATE);

/** The header. */
export function cache(): Cache {
  return changetype<Cache>(HEADER);
}

/** Address of the count of entries with this epoch byte. */
export function countOf(byte: u32): usize {
  return COUNTS + ((<usize>byte) << 2);
}
