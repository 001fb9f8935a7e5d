// What the module of the customisable contraction hierarchy keeps, and where. Nodes are known by their rank, in an order in which a
// node's parent in the elimination tree comes after its whole subtree. An arc leads from a node x to a node y above it, and
// stands for both directions.
//
//   STATE  Header
//            topology ──▶ ranks    u32[nodes]           rank of each node
//                         records  u32[2 (nodes + 1)]   first arc of x, its parent
//                         heads    u32[arcs]            depth of y in the tree; the arcs of x by falling depth
//                         bases    u32[2 bases]         2 arc + direction, arc of the graph; ascending
//                         lowers   u32[nodes + 1]       where the entries of x begin in
//                         pairs    u32[2 pairs]         arc i = (v, x) of a node v below x, end of v's arcs: if x is not v's last
//            weights  ──▶ f64[2 arcs]                   what x -> y costs, what y -> x costs; Infinity if there is no way
//            middles  ──▶ u32[2 arcs]                   by direction: the arc (v, x) of the node v that the way goes through, or
//                                                       BASE | arc of the graph, or NONE
//
// Depths name the upper neighbours of a node without doubt, because they all lie on its way to the root. So a search needs one place
// for each depth, not for each node: some hundred places, in the fastest cache, that are made ready anew for each query.

import { allocLasting, STATE } from "../../core/arena";
import { at } from "./words";

/** In a middle: the rest is an arc of the graph. */
export const BASE: u32 = 0x80000000;

/** The layer's own header, at STATE. */
@unmanaged
export class Header {
  nodes: u32;
  arcs: u32;
  bases: u32;
  pairs: u32;
  /** Arcs of the graph. */
  graphArcs: u32;
  /** Nodes on the longest way to a root. */
  levels: u32;
  topology: u32;
  weights: u32;
  middles: u32;
}

export function header(): Header {
  return changetype<Header>(STATE);
}

// The addresses, as the header has them.
export let ranks: usize = 0;
export let records: usize = 0;
export let heads: usize = 0;
export let bases: usize = 0;
export let lowers: usize = 0;
export let pairs: usize = 0;
export let weights: usize = 0;
export let middles: usize = 0;

/** Places the parts of a topology, of the numbers in the header, from `start` on. */
export function placeTopology(start: usize): void {
  const h = header();
  ranks = start;
  records = at(ranks, h.nodes);
  heads = at(records, 2 * (h.nodes + 1));
  bases = at(heads, h.arcs);
  lowers = at(bases, 2 * h.bases);
  pairs = at(lowers, h.nodes + 1);
}

/** Words of the topology. */
export function topologyWords(): u64 {
  const h = header();
  return 4 * <u64>h.nodes + 3 + <u64>h.arcs + 2 * <u64>h.bases + 2 * <u64>h.pairs;
}

/** Makes room for the topology and what belongs to it. @returns where the topology is to be, 0 if there is no room */
export function settle(): usize {
  const h = header();
  const words = topologyWords();
  if (words >= 1 << 30 || h.arcs >= 1 << 28) return 0;
  const topology = allocLasting((<u32>words) << 2);
  weights = topology == 0 ? <usize>0 : allocLasting(h.arcs << 4);
  middles = weights == 0 ? <usize>0 : allocLasting(h.arcs << 3);
  if (middles == 0) return 0;
  h.topology = <u32>topology;
  h.weights = <u32>weights;
  h.middles = <u32>middles;
  placeTopology(topology);
  return topology;
}

/** First arc of the node of rank `x`. */
export function firstArc(x: u32): u32 {
  return load<u32>(records + ((<usize>x) << 3));
}

/** Rank of its parent, NONE at a root. */
export function parentOf(x: u32): u32 {
  return load<u32>(records + ((<usize>x) << 3), 4);
}

/** Where the arcs of the node of rank `x` end. */
export function endOfArcs(x: u32): u32 {
  return load<u32>(records + ((<usize>x) << 3), 8);
}

/** Depth of the node of rank `x` in its tree: 0 at a root. */
export function depthOf(x: u32): u32 {
  const first = firstArc(x);
  return first == endOfArcs(x) ? 0 : load<u32>(at(heads, first)) + 1;
}

/** Lower triangles: a node with k arcs is the lowest of k (k - 1) / 2. */
export function triangles(): u64 {
  let sum: u64 = 0;
  for (let x: u32 = 0, n = header().nodes; x < n; x++) {
    const k = <u64>(endOfArcs(x) - firstArc(x));
    sum += (k * k - k) >> 1;
  }
  return sum;
}
