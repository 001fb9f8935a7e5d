// The memory of the demand forecaster: what it knows of each series is a struct and one block.
//
//   DEMAND +0  u32 slots      table of series by id: u32 addresses, 0 for an empty slot     -> block
//          +4  u32 slotCount  a power of two
//          +8  u32 size       series in the table, at most 3/4 of the slots
//
//   series  80 bytes, see Series
//   block   interval unknown: up to 32 raw records by time     | at f64 | value f64 | note f64 |   24 bytes each
//           interval known:   ring of `room` bins, a power of 2| value f64 | note f64 |            16 bytes each
//
//                    head            head + count - 1 (modulo room)
//                     v                     v
//       ring  | . | . | 7 | 8 | 9 | ... | newest | . |     the bin at `head` has number `first`
//
// A bin covers [edge + number * interval, + interval). Its note says what its value is made of:
//   sum    value = sum of the records, note = how many
//   mean   value = sum of the records, note = how many
//   last   value = the latest record,  note = 1 + its offset in the bin, so that a later one can be told
// A note of 0 is a gap: no record fell into the bin.

import { DEMAND } from "../layout";

/** How the records of one bin become its value. */
export const SUM: u32 = 0;
export const MEAN: u32 = 1;
export const LAST: u32 = 2;

/** Raw records, at different times, from which the interval is found. */
export const PROBES: u32 = 32;
/** Bytes of a raw record. */
export const RAW: u32 = 24;
/** log2 of the bytes of a bin. */
export const BIN_SHIFT: u32 = 4;
/** Bins that a series remembers unless `configure` says otherwise. */
export const DEFAULT_BINS: u32 = 1024;

@unmanaged
export class Header {
  slots: u32;
  slotCount: u32;
  size: u32;
}

@unmanaged
export class Series {
  /** Length of a bin, ms; 0 while it is not known. */
  interval: f64;
  /** Start of bin number 0, ms. */
  edge: f64;
  /** From the start of a bin to the time it is reported under: 0, or half an interval if the interval was found. */
  stamp: f64;
  /** Number of the oldest bin in memory. */
  first: f64;
  /** Records ever taken. */
  records: f64;
  id: u32;
  aggregate: u32;
  /** Given period in bins, 0 if it is to be found. */
  period: u32;
  /** The most bins to remember. */
  most: u32;
  /** Bins, or raw records, that fit into the block. */
  room: u32;
  head: u32;
  /** Bins, or raw records, that are there. */
  count: u32;
  block: u32;
  /** Given long period in bins, which holds several of the short one; 0 if none was given. */
  cycle: u32;
  /** Address of what the full module keeps current with every value, 0 if that is not asked for. */
  online: u32;
}

export function header(): Header {
  return changetype<Header>(DEMAND);
}

/** Address of the bin that lies `i` after the oldest one of a ring. */
export function binAt(block: usize, room: u32, head: u32, i: u32): usize {
  return block + ((<usize>((head + i) & (room - 1))) << BIN_SHIFT);
}
