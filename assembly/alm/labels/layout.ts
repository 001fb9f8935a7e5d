// What the module of hub labels and landmarks keeps. An instance holds one of two indices over a frozen graph, built at once and then
// only read: labels (build.ts, query.ts) or landmarks (landmarks.ts, search.ts). Each is a header at STATE and one block behind it.
//
//   labels     starts  u32[nodes], twice where the graph is not symmetric: out-labels, then in-labels: a label's first entry
//              hubs    u32[entries]   each label's hubs, ascending, then END
//              dists   f64[entries]   the distance to the hub (out-label) or from it (in-label)
//              steps   {u32 next, u32 arc}[entries]   the arc that begins the way to the hub, or ends the way from it, and the entry of
//                                     the same hub in the label of the node at that arc's other end; END at the hub itself
//              twins   u32[arcs]      symmetric only: the arc that leads back
//
// Hubs are numbered by importance. Hubs, distances and steps lie in planes: a merge of two labels reads all hubs, few distances and no steps. Labels lie in
// the order of their nodes' importance, so that those of the nodes that are asked for most are together.
//
//   landmarks  ranks   u32[nodes]     a node's number within the index
//              offsets u32[nodes + 1], links {u32 target, f32 weight}[n]   the simple graph, nodes by number; arcs that leave
//              ids     u32[n]         what the arcs are called outside
//              offsets, links, ids of the arcs that arrive; where the graph is symmetric the ids alone, of the twins
//              chosen  u32[32]        the landmarks, as nodes of the caller
//              bounds  i16[nodes][lanes] distances from the landmarks in units, rounded down; then, where the graph is not symmetric, i16[lanes] of those to them

import { STATE } from "../../core/arena";

/** Ends a label, and the way to a hub. Above every hub and entry. */
export const END: u32 = 0xffffffff;
/** The most landmarks. */
export const MOST_LANDMARKS: u32 = 32;

/** The header of either index, at STATE. 128 bytes, so that the block behind it is aligned. */
@unmanaged
export class Header {
  nodes: u32;
  /** Arcs of the graph as given. */
  arcs: u32;
  /** 1 if every arc has a twin that leads back at the same cost. */
  symmetric: u32;
  /** 1 if an arc costs nothing. */
  zeros: u32;
  /** Entries of all labels with their ENDs; arcs of the simple graph. */
  entries: u32;
  /** Addresses. */
  starts: u32;
  inStarts: u32;
  hubs: u32;
  dists: u32;
  steps: u32;
  twins: u32;
  ranks: u32;
  offsets: u32;
  links: u32;
  ids: u32;
  inOffsets: u32;
  inLinks: u32;
  inIds: u32;
  chosen: u32;
  bounds: u32;
  /** Landmarks there are. */
  landmarks: u32;
  /** Bounds of a node, a multiple of 8; twice where the graph is not symmetric. */
  lanes: u32;
  /** The most bytes of the image, as given; 0 for no limit. */
  limit: u32;
  reserved3: u32;
  /** What one unit of a bound is worth: a power of two. */
  unit: f64;
  reserved0: u64;
  reserved1: u64;
  reserved2: u64;
}

export function header(): Header {
  return changetype<Header>(STATE);
}
