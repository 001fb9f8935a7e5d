// What the ALM module keeps, and where. Every edge u -> v is stored twice: as an arc in the out-block of u and as an arc in the
// in-block of v, and each of the two knows the slot of the other (its twin).
//
//   STATE  Header
//            nodes ──▶ node records, 32 bytes each, indexed by id; two equal halves, one a direction
//                      +0  mark   u32   a query's index of this node, plus 1; zero between queries
//                      +4  len    u32   out-arcs
//                      +8  block  u32   address of the out-block, 0 without one
//                      +12 cap    u32   slots of the out-block: 0 or a power of two >= 2
//                      +16 (zero), len, block, cap of the in-arcs
//            hubs  ──▶ hub index, 8 bytes an entry (hubs.ts)
//
//   block  of `cap` slots, 13 bytes a slot, in planes:
//            ids     u32[cap]   the other end
//            weights f32[cap]   stored weight: weight * 2^(time / halfLife - shift), see decay.ts
//            twins   u32[cap]   the edge's slot in the other end's block
//            types   u8[cap]
//
// Planes, because a search by id reads ids only (four a comparison), a traversal ids and weights, and a filter types. The slots
// of a block are in no order; removal moves the last arc into the hole.

import { STATE } from "../core/arena";

/** Direction of a half record: arcs that leave a node. */
export const OUT: u32 = 0;
/** Direction of a half record: arcs that arrive at a node. */
export const IN: u32 = 1;
/** Bytes of a node record. */
export const NODE_BYTES: u32 = 32;
/** Bytes of a slot in a block. */
export const SLOT_BYTES: u32 = 13;
/** The most slots of a block: more would not be addressable. */
export const MOST_SLOTS: u32 = 1 << 28;
/** Weights are kept in [LEAST_WEIGHT, MOST_WEIGHT], so that decay has room on both sides of an f32's exponent. */
export const LEAST_WEIGHT: f64 = 1e-18;
export const MOST_WEIGHT: f64 = 1e18;

/** The layer's own header, at STATE. */
@unmanaged
export class Header {
  /** Address of the node records. */
  nodes: u32;
  /** Node records there are: ids below this have one. */
  nodeCap: u32;
  /** Nodes with at least one edge. */
  nodeCount: u32;
  edgeCount: u32;
  /** Milliseconds in which a weight halves; Infinity for never. */
  halfLife: f64;
  /** Half-lives by which stored weights are scaled down: an integer. */
  shift: f64;
  /** The largest time seen. */
  now: f64;
  /** Seed of the hub index's hash. */
  seed: u64;
  /** Address of the hub index, its entries (a power of two, or 0) and how many are taken. */
  hubs: u32;
  hubCap: u32;
  hubCount: u32;
  zero: u32;
  /** Bit t is set once an edge of type t was stored. */
  types0: u64;
  types1: u64;
  types2: u64;
  types3: u64;
}

/** One direction of a node: half a node record. */
@unmanaged
export class Side {
  mark: u32;
  len: u32;
  block: u32;
  cap: u32;

  /** Address of the id in a slot. */
  id(slot: u32): usize {
    return <usize>this.block + ((<usize>slot) << 2);
  }
  /** Address of the stored weight in a slot. */
  weight(slot: u32): usize {
    return <usize>this.block + ((<usize>(this.cap + slot)) << 2);
  }
  /** Address of the twin in a slot. */
  twin(slot: u32): usize {
    return <usize>this.block + ((<usize>(2 * this.cap + slot)) << 2);
  }
  /** Address of the type in a slot. */
  type(slot: u32): usize {
    return <usize>this.block + 12 * <usize>this.cap + <usize>slot;
  }
}

export function header(): Header {
  return changetype<Header>(STATE);
}

/** A direction of a node that has a record. */
export function side(node: u32, direction: u32): Side {
  return changetype<Side>(<usize>header().nodes + ((<usize>node) << 5) + ((<usize>direction) << 4));
}

/** Whether the node has an edge. Any u32 may be asked for. */
export function isNode(node: u32): bool {
  return node < header().nodeCap && (side(node, OUT).len | side(node, IN).len) != 0;
}
