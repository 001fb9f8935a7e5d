// Where the finished sessions lie. The header is in the place that the demand part has in the engine's module, and that this one has no use for.
//
//   Sessions (header)
//     |-- ring    units of 16 bytes: finished sessions, each in one piece, oldest first; a new one takes the place of the oldest
//     |-- items   column of 32-byte records, one for every symbol
//     |-- tails   column of 192-byte records, one for every stream: what its last events would teach about ends of sessions
//     '-- mix     the weights of the mixer, mix.ts
//
//   session  +0 u32 length | +4 u32 last match | +8 f32 similarity | +12 zero | +16 entries, 8 bytes each, in the order of the events
//   entry    +0 u32 symbol, 0 once it is forgotten | +4 u32 link
//   link     of the last time that a symbol is in a session: where the session before this one that has the symbol has it last,
//            unit << 6 | position; REPEATED where the symbol comes again later in the session
//   item     +0 u32 newest link | +4 u32 sessions | +8 u32 events | +12 u32 ends[3] | +24 u32 slot | +28 zero
//
// An item's record knows how many sessions have it, so that nobody follows a link to a session that was overwritten.
// `last match`, `similarity` and `slot` are working space of a query: zero before and after every call.

import { grow } from "../../core/arena";
import { DEMAND } from "../layout";

/** The header of the sessions. */
@unmanaged
export class Sessions {
  /** The ring and its units; 0 if there are none. */
  ring: u32;
  units: u32;
  /** Units of the oldest session and of the next one. */
  oldest: u32;
  next: u32;
  /** Sessions in the ring. */
  size: u32;
  /** 1 if the newest sessions are before the oldest; the ring then ends at unit `end`. */
  wrapped: u32;
  end: u32;
  /** Events in the ring. */
  events: u32;
  /** Events in the ring that are the last of their session, among the last two, the last three. */
  ends0: u32;
  ends1: u32;
  ends2: u32;
  /** The columns, and how many records they have room for. */
  items: u32;
  itemRoom: u32;
  tails: u32;
  tailRoom: u32;
  /** What the mixer has learned. */
  mix: u32;
}

/** The header, where it lies. */
export function sessions(): Sessions {
  return changetype<Sessions>(DEMAND);
}

/** Sessions that end with an item as one of their last 1, 2, 3 events, all items together. */
export function endsOf(within: u32): u32 {
  return load<u32>(DEMAND + offsetof<Sessions>("ends0") + ((<usize>(within - 1)) << 2));
}

/** Adds to `endsOf(within)`. */
export function addEnds(within: u32, x: i32): void {
  const at = DEMAND + offsetof<Sessions>("ends0") + ((<usize>(within - 1)) << 2);
  store<u32>(at, load<u32>(at) + x);
}

/** A finished session. */
@unmanaged
export class Session {
  /** Events that are kept. */
  length: u32;
  /** Working space: position of the last event that is also in the present session. */
  last: u32;
  /** Working space: how like the present session it is. */
  similarity: f32;
  zero: u32;
}

/** Bytes of a session's header, and of a unit of the ring. */
export const UNIT: u32 = 16;
/** Events of a session that are kept, its last ones. */
export const LONGEST: u32 = 64;
/** The link of an entry whose symbol comes again later in its session. */
export const REPEATED: u32 = 0xffffffff;
/** Units of the ring, at most: a link has 26 bits for them. */
export const MOST_UNITS: u32 = 1 << 25;

/** The session at a unit of the ring. */
export function sessionAt(unit: u32): Session {
  return changetype<Session>(<usize>sessions().ring + ((<usize>unit) << 4));
}

/** Address of entry `i` of a session. */
export function entryAt(session: Session, i: u32): usize {
  return changetype<usize>(session) + <usize>UNIT + ((<usize>i) << 3);
}

/** Units of a session of `length` events. */
export function unitsOf(length: u32): u32 {
  return 1 + ((length + 1) >> 1);
}

/** One symbol, as the finished sessions have it. */
@unmanaged
export class Item {
  /** Where the newest session that has it has it last; of use if `sessions` is not 0. */
  newest: u32;
  /** Sessions that have it, and how often they have it. */
  sessions: u32;
  events: u32;
  /** How often it is the last event, among the last two, among the last three. */
  ends0: u32;
  ends1: u32;
  ends2: u32;
  /** Working space: a number of the query. */
  slot: u32;
  zero: u32;
}

const ITEM_BYTES: u32 = 32;
/** Bytes of a stream's record: three gradients for each of its last three events. */
export const TAIL_BYTES: u32 = 192;

/** The record of symbol `s`. */
export function itemAt(s: u32): Item {
  return changetype<Item>(<usize>sessions().items + <usize>s * ITEM_BYTES);
}

/** How often an item is among the last `within` events of a session. */
export function endsOfItem(item: Item, within: u32): u32 {
  return load<u32>(changetype<usize>(item) + offsetof<Item>("ends0") + ((<usize>(within - 1)) << 2));
}

/** The record of the stream whose ring is number `r`. */
export function tailAt(r: u32): usize {
  return <usize>sessions().tails + <usize>r * TAIL_BYTES;
}

/** Makes room for symbol `s` and for the stream whose ring is number `r`; false if there is no memory. */
export function sessionsRoom(s: u32, r: u32): bool {
  const all = sessions();
  if (s >= all.itemRoom) {
    const more = roomFor(all.itemRoom, s);
    if (<u64>more * ITEM_BYTES > 0x40000000) return false;
    const items = grow(<usize>all.items, all.itemRoom * ITEM_BYTES, more * ITEM_BYTES);
    if (items == 0) return false;
    all.items = <u32>items;
    all.itemRoom = more;
  }
  if (r >= all.tailRoom) {
    const more = roomFor(all.tailRoom, r);
    if (<u64>more * TAIL_BYTES > 0x40000000) return false;
    const tails = grow(<usize>all.tails, all.tailRoom * TAIL_BYTES, more * TAIL_BYTES);
    if (tails == 0) return false;
    all.tails = <u32>tails;
    all.tailRoom = more;
  }
  return true;
}

function roomFor(room: u32, n: u32): u32 {
  let more = max<u32>(room << 1, 16);
  while (more <= n) more <<= 1;
  return more;
}
