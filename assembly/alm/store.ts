// The edges: find, insert, change, remove. Capacity is made before anything is changed, and made capacity changes no answer, so a
// call that runs out of memory leaves the graph as it was.

import { grow } from "../core/arena";
import { addArc, arcRoom, dropBlock, findArc, removeArc } from "./block";
import { dropHandle } from "./handles";
import {
  CAPACITY,
  countOf,
  EMPTY,
  first,
  Header,
  header,
  IN,
  IN_BYTES,
  INLINE,
  isNode,
  last,
  OUT,
  OUT_BYTES,
  open,
  recordOf,
  SPILLED,
  toWeight,
  typeAt,
  types,
  undirected,
} from "./layout";
import { changed, lower, shaped, watched } from "./watch";

const LEAST_NODES: u32 = 64;
/** A search for the ids of the last record reads four words of its three. */
const BEYOND: u32 = 16;

/** Makes records for all ids up to this one. False if there is no memory. Amortised O(1). */
export function nodeRoom(node: u32): bool {
  const h = header();
  if (node < h.nodeCap) return true;
  const cap = max<u64>(max<u64>((<u64>h.nodeCap) << 1, <u64>LEAST_NODES), <u64>node + 1);
  if (cap * <u64>OUT_BYTES + <u64>BEYOND > <u64>u32.MAX_VALUE) return false;
  const old = h.nodeCap;
  const out = records(h.out, old, <u32>cap, OUT_BYTES);
  if (out == 0) return false;
  // Longer than `nodeCap` says does no harm.
  h.out = out;
  if (!undirected()) {
    const into = records(h.into, old, <u32>cap, IN_BYTES);
    if (into == 0) return false;
    h.into = into;
  }
  h.nodeCap = <u32>cap;
  return true;
}

function records(old: u32, count: u32, cap: u32, bytes: u32): u32 {
  const place = grow(<usize>old, count == 0 ? 0 : count * bytes + BEYOND, cap * bytes + BEYOND);
  if (place != 0) memory.fill(place + <usize>count * bytes, 0xff, <usize>(cap - count) * bytes);
  return <u32>place;
}

/** Address of an edge's slot in the out-record of `from`, or 0. O(1). */
export function find(from: u32, to: u32, type: u32): usize {
  const h = header();
  if (from >= h.nodeCap || to >= h.nodeCap) return 0;
  return findArc(recordOf(from, OUT), true, to, type);
}

/** Address of the stored weight of the edge at `slot` of the out-record of `from`. */
export function weightAt(from: u32, slot: usize): usize {
  const word = load<u32>(recordOf(from, OUT));
  return slot + (word < SPILLED ? <usize>(INLINE << 2) : (<usize>(word & CAPACITY)) << 2);
}

/** Type of the edge at `slot` of the out-record of `from`. */
export function typeOf(from: u32, slot: usize): u32 {
  open(recordOf(from, OUT), true);
  return typeAt(slot, first, types);
}

/** Stored weight of an edge that is there: what an in-record of a directed graph does not say. O(1). */
export function weightOfArc(from: u32, to: u32, type: u32): f32 {
  return load<f32>(weightAt(from, findArc(recordOf(from, OUT), true, to, type)));
}

/** Makes room for one more edge between these nodes. False if there is no memory. Amortised O(1). */
export function edgeRoom(from: u32, to: u32, type: u32): bool {
  if (!nodeRoom(max<u32>(from, to)) || !arcRoom(recordOf(from, OUT), true, type)) return false;
  if (!undirected()) return arcRoom(recordOf(to, IN), false, type);
  return from == to || arcRoom(recordOf(to, OUT), true, type);
}

/** Adds an edge that is not there; `edgeRoom` was called. O(1); with a limit of arcs O(maxDegree). */
export function insert(from: u32, to: u32, type: u32, stored: f32): void {
  const h = header();
  if (!isNode(from)) h.nodeCount++;
  if (to != from && !isNode(to)) h.nodeCount++;
  addArc(recordOf(from, OUT), true, to, type, stored);
  if (!undirected()) addArc(recordOf(to, IN), false, from, type, 0);
  else if (from != to) addArc(recordOf(to, OUT), true, from, type, stored);
  h.edgeCount++;
  noteType(type);
  if (!watched) return;
  shaped();
  if (h.places != 0) lower(from, to, stored);
  if (h.maxDegree == 0) return;
  evict(from, to, type);
  if (h.undirected != 0) evict(to, from, type);
}

/** Remembers that there are edges of a type. */
export function noteType(type: u32): void {
  const bits = changetype<usize>(header()) + offsetof<Header>("types0") + ((<usize>(type >> 6)) << 3);
  const bit: u64 = type & 63;
  store<u64>(bits, load<u64>(bits) | ((<u64>1) << bit));
}

/** Where a node has more arcs than the limit, the weakest of them gives way, but for the new one; of equal ones the one to the largest id. */
function evict(node: u32, other: u32, type: u32): void {
  const record = recordOf(node, OUT);
  if (countOf(record) <= header().maxDegree) return;
  open(record, true);
  let weakest: usize = 0;
  let least: f32 = Infinity;
  for (let p = first; p < last; p += 4) {
    const id = load<u32>(p);
    if (id == EMPTY || (id == other && typeAt(p, first, types) == type)) continue;
    const stored = load<f32>(p + toWeight);
    if (weakest != 0) {
      if (stored > least) continue;
      if (stored == least) {
        const kept = load<u32>(weakest);
        if (id < kept || (id == kept && typeAt(p, first, types) < typeAt(weakest, first, types))) continue;
      }
    }
    weakest = p;
    least = stored;
  }
  if (weakest != 0) remove(node, weakest);
}

/** Gives the edge at `slot` of the out-record of `from` a new stored weight. O(1). */
export function change(from: u32, slot: usize, stored: f32): void {
  store<f32>(weightAt(from, slot), stored);
  if (!watched) return;
  changed();
  const h = header();
  if (h.places != 0) lower(from, load<u32>(slot), stored);
  if (h.undirected == 0) return;
  const to = load<u32>(slot);
  if (to == from) return;
  store<f32>(weightAt(to, findArc(recordOf(to, OUT), true, from, typeOf(from, slot))), stored);
}

/** Removes the edge at `slot` of the out-record of `from`. Amortised O(1); needs no memory. */
export function remove(from: u32, slot: usize): void {
  const h = header();
  if (watched) shaped();
  const to = load<u32>(slot);
  const type = typeOf(from, slot);
  if (watched && h.handles != 0) dropHandle(from, to, type);
  removeTwin(from, to, type);
  removeArc(recordOf(from, OUT), true, slot);
  h.edgeCount--;
  if (!isNode(from)) h.nodeCount--;
  if (to != from && !isNode(to)) h.nodeCount--;
}

/** Removes what the other end knows of an edge. */
function removeTwin(from: u32, to: u32, type: u32): void {
  if (!undirected()) {
    const record = recordOf(to, IN);
    removeArc(record, false, findArc(record, false, from, type));
  } else if (from != to) {
    const record = recordOf(to, OUT);
    removeArc(record, true, findArc(record, true, from, type));
  }
}

/** Removes the edges from one node to another of every type. @returns how many. */
export function removeBetween(from: u32, to: u32): u32 {
  const h = header();
  let n: u32 = 0;
  for (let word: u32 = 0; word < 4; word++) {
    let bits = load<u64>(changetype<usize>(h) + offsetof<Header>("types0") + ((<usize>word) << 3));
    for (; bits != 0; bits &= bits - 1) {
      const slot = find(from, to, (word << 6) + <u32>ctz<u64>(bits));
      if (slot == 0) continue;
      remove(from, slot);
      n++;
    }
  }
  return n;
}

/** Removes every edge of a node. @returns how many. O(degree). */
export function removeAll(node: u32): u32 {
  const h = header();
  const before = h.edgeCount;
  if (watched) shaped();
  removeOthers(node, OUT);
  if (!undirected()) removeOthers(node, IN);
  h.nodeCount--;
  return before - h.edgeCount;
}

/** Takes a node's arcs in one direction out of the records at their other ends, then from its own. A loop is one of its out-arcs. */
function removeOthers(node: u32, direction: u32): void {
  const h = header();
  const record = recordOf(node, direction);
  const weights = direction == OUT || undirected();
  open(record, weights);
  const begin = first;
  const end = last;
  const plane = types;
  for (let p = begin; p < end; p += 4) {
    const other = load<u32>(p);
    if (other == EMPTY) continue;
    h.edgeCount--;
    const type = typeAt(p, begin, plane);
    if (watched && h.handles != 0) dropHandle(direction == OUT ? node : other, direction == OUT ? other : node, type);
    if (undirected()) {
      if (other == node) continue;
      const twin = recordOf(other, OUT);
      removeArc(twin, true, findArc(twin, true, node, type));
    } else {
      // A loop's in-arc lies in a record of this node's too, the other one.
      const twin = recordOf(other, direction ^ 1);
      removeArc(twin, direction == IN, findArc(twin, direction == IN, node, type));
    }
    if (other != node && !isNode(other)) h.nodeCount--;
  }
  dropBlock(record, weights);
}
