// What the ALM module keeps, and where. A directed edge u -> v is an arc in the out-record of u, with its weight, and an arc in the in-record
// of v, without: the weight is in one place. An undirected edge is two arcs with weights, one in the record of each end; a loop
// is one. There are no in-records then.
//
//   STATE  Header
//            out  ──▶ out-records, 24 bytes each, indexed by id
//            into ──▶ in-records, 12 bytes each, indexed by id; 0 in an undirected graph
//
//   record of up to three arcs of type 0:   ids u32[3], EMPTY where there is none, the first ones taken first; out: weights f32[3]
//   any other record:                       +0 SPILLED | TYPED | HASHED | capacity, +4 address of the block, +8 arcs
//
//   block  ids     u32[capacity]   the other end; EMPTY in a free slot
//          weights f32[capacity]   out only. Stored weight: weight * 2^(time / halfLife - shift), see decay.ts
//          types   u8[capacity]    TYPED only; without them all arcs of the block are of type 0
//
// So a node of few arcs costs a search one cache line, its own record, wherever and in which order its arcs were made. Ids and weights lie in planes,
// because a search by id reads ids only, four a comparison. A block of up to DENSE slots has its arcs at its beginning; a larger one is HASHED: an
// open-addressing table of groups of four slots (block.ts), so that an arc of a hub is found in O(1).

import { STATE } from "../core/arena";
import { watched } from "./watch";

/** Direction: arcs that leave a node. */
export const OUT: u32 = 0;
/** Direction: arcs that arrive at a node. */
export const IN: u32 = 1;
/** The id in a slot without an arc; ids are below 2^31. */
export const EMPTY: u32 = 0xffffffff;
/** Arcs that a record holds itself. */
export const INLINE: u32 = 3;
/** Set in the first word of a record whose arcs are in a block; then it says more: */
export const SPILLED: u32 = 0x80000000;
/** the block is a hash table; */
export const HASHED: u32 = 0x40000000;
/** the block has a plane of types; */
export const TYPED: u32 = 0x20000000;
/** the block's slots, a multiple of 4. */
export const CAPACITY: u32 = 0x1fffffff;
/** The most slots of a block that is searched from one end to the other. */
export const DENSE: u32 = 64;
/** Bytes of a record. */
export const OUT_BYTES: u32 = 24;
export const IN_BYTES: u32 = 12;
/** Weights are kept in [LEAST_WEIGHT, MOST_WEIGHT], so that decay has room on both sides of an f32's exponent. */
export const LEAST_WEIGHT: f64 = 1e-18;
export const MOST_WEIGHT: f64 = 1e18;

/** The layer's own header, at STATE. */
@unmanaged
export class Header {
  /** Address of the out-records, and of the in-records or 0. */
  out: u32;
  into: u32;
  /** Records there are: ids below this have them. */
  nodeCap: u32;
  /** Nodes with at least one edge. */
  nodeCount: u32;
  edgeCount: u32;
  /** 1 if the graph is undirected. */
  undirected: u32;
  /** The most arcs of an out-record; 0 for no limit. */
  maxDegree: u32;
  /** Edges that have a handle (handles.ts). */
  handles: u32;
  /** Milliseconds in which a weight halves; Infinity for never. */
  halfLife: f64;
  /** Half-lives by which stored weights are scaled down: an integer. */
  shift: f64;
  /** The largest time seen. */
  now: f64;
  /** Seed of the blocks' hash. */
  seed: u64;
  /** Bit t is set once an edge of type t was stored. */
  types0: u64;
  types1: u64;
  types2: u64;
  types3: u64;
  /** Edges made, changed and removed so far, and edges made, removed or put elsewhere; the full module counts them (watch.ts). */
  changes: u64;
  shapes: u64;
  /** The index of the handles and its entries, a power of two; their rows, how many there are, room for, and the first free one + 1. */
  handleIndex: u32;
  indexCap: u32;
  handleRows: u32;
  rows: u32;
  rowCap: u32;
  freeRow: u32;
  /** Address of the coordinates of the ids below `placed`, or 0; and what they bound (mesh/places.ts). */
  places: u32;
  placed: u32;
  scale: f64;
}

export function header(): Header {
  return changetype<Header>(STATE);
}

/** Whether edges have no direction; in the lean module every one has. */
export function undirected(): bool {
  return watched && header().undirected != 0;
}

/** Address of a node's record; the node has one. In an undirected graph both directions are the same record. */
export function recordOf(node: u32, direction: u32): usize {
  const h = header();
  if (direction == OUT || undirected()) return <usize>h.out + <usize>node * OUT_BYTES;
  return <usize>h.into + <usize>node * IN_BYTES;
}

/** Whether arcs in this direction have weights in their own record. */
export function weighted(direction: u32): bool {
  return direction == OUT || undirected();
}

/** Arcs of a record. */
export function countOf(record: usize): u32 {
  const word = load<u32>(record);
  if (word < SPILLED) return load<u32>(record, 4) == EMPTY ? 1 : load<u32>(record, 8) == EMPTY ? 2 : 3;
  return word == EMPTY ? 0 : load<u32>(record, 8);
}

/** Whether the node has an edge. Any u32 may be asked for. */
export function isNode(node: u32): bool {
  const h = header();
  if (node >= h.nodeCap) return false;
  // A block without arcs is room that was made.
  return countOf(recordOf(node, OUT)) != 0 || (h.into != 0 && countOf(recordOf(node, IN)) != 0);
}

// The arcs of a record, opened: for (let p = first; p < last; p += 4), the other end is u32 at p, EMPTY in a free slot, which is to be passed
// over; the weight f32 at p + toWeight, if the record has weights; the type u8 at types + ((p - first) >> 2), or 0 where `types` is 0. They are
// valid until the next `open` or change of the graph: a loop that does either keeps copies.
export let first: usize = 0;
export let last: usize = 0;
export let toWeight: usize = 0;
export let types: usize = 0;

/** Opens a record. */
export function open(record: usize, weights: bool): void {
  const word = load<u32>(record);
  if (word < SPILLED || word == EMPTY) {
    first = record;
    last = word == EMPTY ? record : record + (INLINE << 2);
    toWeight = INLINE << 2;
    types = 0;
    return;
  }
  const cap = <usize>(word & CAPACITY);
  first = <usize>load<u32>(record, 4);
  last = first + (((word & HASHED) != 0 ? cap : <usize>load<u32>(record, 8)) << 2);
  toWeight = cap << 2;
  types = (word & TYPED) == 0 ? 0 : first + (cap << (weights ? 3 : 2));
}

/** Type of the arc at `p` of a record opened with `first` and `types`. */
export function typeAt(p: usize, begin: usize, plane: usize): u32 {
  return plane == 0 ? 0 : <u32>load<u8>(plane + ((p - begin) >> 2));
}
