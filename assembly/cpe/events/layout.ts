// The event model's memory: its header at EVENTS, and the blocks that the header points to.
//
//   Events (header, 512 bytes)
//     |-- ids      map: item id -> symbol            8 bytes a slot, at most 3/4 full
//     |   symbols  column of 16-byte records         one for every item id seen; symbol 0 stands for "unknown"
//     |-- streams  map: stream id -> ring            8 bytes a slot, at most 3/4 full
//     |   rings    column of 160-byte records        one for every stream: its last 32 symbols; ring 0 stays empty
//     |-- tags     64 bytes a bucket                 the contexts: which lines are in the bucket, table.ts
//     |   table    64 bytes a line, eight a bucket   and what followed them; the size is fixed at the start
//     '-- weights  what the mixer has learned        fixed size, weights.ts
//
//   symbol   +0 u32 serial | +4 u32 item id | +8 u32 count | +12 u32 slot
//   stream   +0 u32 length | +4 u32 stream id | +8 u32 next | +12 u32 live | +16 f64 time | +24 u32 timed | +28 zero | +32 u32 symbol[32]
//   tags     +0 u32 tag[8] | +32 u8 worth[8] | +40 u8 level[8] | +48 u8 hand | +49 zero
//   line     +0 f32 events | +4 f32 novelties | +8 u32 used | +12 u32 last | +16 u32 symbol[8] | +48 u16 count[8]
//
// A *symbol* is the model's own dense number for an item id. Contexts are hashed from the serial of their symbols, which no
// other symbol ever gets again: so when an id is forgotten its contexts can no longer be reached, and grow old in the table.
// `slot` is working space of a query: before and after every call it is zero, or FORGOTTEN for a symbol that is not in use any more.

import { EVENTS } from "../layout";

/** Ids and a column of records, one for each id; see registry.ts. */
@unmanaged
export class Registry {
  /** The map of ids to numbers of records, its slots, and how many ids are in it. */
  table: u32;
  capacity: u32;
  size: u32;
  /** The column, how many records it has room for, and the end of those in use. Record 0 belongs to no id. */
  records: u32;
  room: u32;
  end: u32;
  /** First of the records that may be given out again, each of which names the next one where its id was; 0 for none. */
  free: u32;
  /** Bytes of a record, whose second word is its id. */
  bytes: u32;
}

/** The event model's header. */
@unmanaged
export class Events {
  seed: u64;
  /** Highest order of the contexts. */
  orders: u32;
  /** Once so many events are counted, the counts of order 0 are halved. */
  horizon: u32;

  // Item ids: a Registry whose records are symbols.
  idTable: u32;
  idCapacity: u32;
  idSize: u32;
  symbols: u32;
  symbolRoom: u32;
  symbolEnd: u32;
  freeSymbol: u32;
  symbolBytes: u32;

  // Streams: a Registry whose records are rings.
  streamTable: u32;
  streamCapacity: u32;
  streamSize: u32;
  rings: u32;
  ringRoom: u32;
  ringEnd: u32;
  freeRing: u32;
  ringBytes: u32;

  /** First of the forgotten symbols that the table may still name, and their number. */
  retiredSymbol: u32;
  retired: u32;
  /** Serial of the youngest symbol. */
  births: u32;
  /** Symbols with a count above zero, and the sum of the counts. */
  known: u32;
  total: u32;
  topUsed: u32;
  /** Streams that had an event. */
  live: u32;

  // Contexts (table.ts).
  tags: u32;
  table: u32;
  buckets: u32;
  linesUsed: u32;
  replaced: u32;

  // The mixer (weights.ts).
  weights: u32;
  /** Events observed, all in all. */
  observed: f64;
  /** After so many ms without an event a stream's next one begins a session; 0 for never. */
  gap: f64;
  /** 1 if every stream has a model of its own. */
  separate: u32;
  /** The most ids and streams, 0 for no limit, and where the hands of their clocks are. */
  mostIds: u32;
  mostStreams: u32;
  idHand: u32;
  streamHand: u32;
}

/** The header, where it lies. */
export function events(): Events {
  return changetype<Events>(EVENTS);
}

/** Item ids and their symbols. */
export function ids(): Registry {
  return changetype<Registry>(EVENTS + offsetof<Events>("idTable"));
}

/** Stream ids and their rings. */
export function streams(): Registry {
  return changetype<Registry>(EVENTS + offsetof<Events>("streamTable"));
}

/** The most frequent symbols, most frequent first: u32[TOP] at the end of the header. */
export const TOP_LIST: usize = EVENTS + 384;
/** Length of the list of most frequent symbols. */
export const TOP: u32 = 32;

/** One item id as the model sees it. */
@unmanaged
export class Symbol {
  /** Goes into the hashes of contexts; 0 for a symbol that is not in use. */
  serial: u32;
  /** Item id; in a list of free or retired symbols the next one. */
  id: u32;
  /** Times seen, aged. */
  count: u32;
  /** Number of the candidate during a query, else 0; FORGOTTEN from when the id is forgotten until the symbol is given out again. */
  slot: u32;
}

/** The slot of a forgotten symbol: the number of a candidate that does not count. */
export const FORGOTTEN: u32 = 255;

/** The record of symbol `s`. */
export function symbolAt(s: u32): Symbol {
  return changetype<Symbol>(<usize>events().symbols + ((<usize>s) << 4));
}

/** One stream: the ring of its last symbols. */
@unmanaged
export class Stream {
  /** Symbols in the ring. */
  length: u32;
  /** Stream id; in the list of free records the next one. */
  id: u32;
  /** Where the next symbol goes. */
  next: u32;
  /** 0 until it had an event; then 2 with each event, and 1 once the hand of the clock has passed (predict/ageing.ts). */
  live: u32;
  /** Time of its last event of which that is known, ms. */
  time: f64;
  /** 1 once there is one. */
  timed: u32;
  zero: u32;
}

/** Symbols that a stream remembers. */
export const RING: u32 = 32;
/** Bytes of a stream's record. */
export const STREAM_BYTES: u32 = 32 + RING * 4;

/** The record of stream number `r`. */
export function streamAt(r: u32): Stream {
  return changetype<Stream>(<usize>events().rings + <usize>r * STREAM_BYTES);
}

/** One line of the table of contexts; its symbols follow at +16, their counts at +48. */
@unmanaged
export class Line {
  /** Events seen in this context, aged (first line only). */
  events: f32;
  /** Those of them whose symbol was not in the lines (first line only). */
  novelties: f32;
  /** Entries in use. */
  used: u32;
  /** The symbol that the context counted last (first line only). */
  last: u32;
}

/** Entries of a line. */
export const ENTRIES: u32 = 8;
/** The most lines of a context. */
export const LEVELS: u32 = 4;
/** Lines of a bucket. */
export const WAYS: u32 = 8;
/** Offset of a line's symbols. */
export const LINE_SYMBOLS: usize = 16;
/** Offset of a line's counts. */
export const LINE_COUNTS: usize = 48;
/** Counts are kept in sixteenths of an event. */
export const ONE: u32 = 16;
