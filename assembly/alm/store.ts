// The edges: find, insert, change, remove. Capacity is made before anything is changed, and made capacity changes no answer, so a
// call that runs out of memory leaves the graph as it was.

import { alloc, free, grow } from "../core/arena";
import { HUB_SLOTS, hubAdd, hubAll, hubEdges, hubFind, hubMove, hubRemove, hubRoom, isHubEdge } from "./hubs";
import { Header, header, IN, MOST_SLOTS, NODE_BYTES, OUT, Side, SLOT_BYTES, side } from "./layout";

const LEAST_NODES: u32 = 64;
/** Up to so many arcs a loop copies faster than four calls of memory.copy. */
const FEW: u32 = 16;

/** Makes node records for all ids up to this one. False if there is no memory. Amortised O(1). */
export function nodeRoom(node: u32): bool {
  const h = header();
  if (node < h.nodeCap) return true;
  const cap = max<u64>(max<u64>((<u64>h.nodeCap) << 1, <u64>LEAST_NODES), <u64>node + 1);
  const bytes = cap * <u64>NODE_BYTES;
  if (bytes > <u64>u32.MAX_VALUE) return false;
  const nodes = grow(<usize>h.nodes, h.nodeCap * NODE_BYTES, <u32>bytes);
  if (nodes == 0) return false;
  h.nodes = <u32>nodes;
  h.nodeCap = <u32>cap;
  return true;
}

/**
 * Slot of an edge in the out-block of `from`, or -1. Both nodes have records.
 * O(1): a SIMD scan of at most HUB_SLOTS slots, or the hub index.
 */
export function find(from: u32, to: u32, type: u32): i32 {
  const out = side(from, OUT);
  const into = side(to, IN);
  if (isHubEdge(out, into)) return hubFind(from, to, type);
  if (out.len <= into.len) return scan(out, to, type);
  const slot = scan(into, from, type);
  return slot < 0 ? -1 : load<i32>(into.twin(slot));
}

/** Makes room for one more edge between these nodes. False if there is no memory. Amortised O(1). */
export function edgeRoom(from: u32, to: u32): bool {
  if (!nodeRoom(max<u32>(from, to)) || !slotRoom(from, OUT) || !slotRoom(to, IN)) return false;
  return !isHubEdge(side(from, OUT), side(to, IN)) || hubRoom(1);
}

/** Adds an edge that is not there; `edgeRoom` was called. O(1). */
export function insert(from: u32, to: u32, type: u32, stored: f32): void {
  const h = header();
  const out = side(from, OUT);
  const into = side(to, IN);
  if ((out.len | side(from, IN).len) == 0) h.nodeCount++;
  if (to != from && (into.len | side(to, OUT).len) == 0) h.nodeCount++;
  const i = out.len;
  const j = into.len;
  put(out, i, to, type, stored, j);
  put(into, j, from, type, stored, i);
  out.len = i + 1;
  into.len = j + 1;
  h.edgeCount++;
  const word = offsetof<Header>("types0") + ((<usize>(type >> 6)) << 3);
  const bits = changetype<usize>(h) + word;
  const bit: u64 = type & 63;
  store<u64>(bits, load<u64>(bits) | ((<u64>1) << bit));
  if (isHubEdge(out, into)) hubAdd(from, to, type, i);
}

/** Gives an edge a new stored weight. O(1). */
export function change(from: u32, slot: u32, stored: f32): void {
  const out = side(from, OUT);
  store<f32>(out.weight(slot), stored);
  store<f32>(side(load<u32>(out.id(slot)), IN).weight(load<u32>(out.twin(slot))), stored);
}

/** Removes the edge in a slot of the out-block of `from`. Amortised O(1); needs no memory. */
export function remove(from: u32, slot: u32): void {
  const h = header();
  const out = side(from, OUT);
  const to = load<u32>(out.id(slot));
  const into = side(to, IN);
  const j = load<u32>(out.twin(slot));
  if (isHubEdge(out, into)) hubRemove(from, to, <u32>load<u8>(out.type(slot)), slot);

  const last = out.len - 1;
  if (slot != last) {
    copy(out, slot, last);
    const other = load<u32>(out.id(slot));
    const otherIn = side(other, IN);
    store<u32>(otherIn.twin(load<u32>(out.twin(slot))), slot);
    if (isHubEdge(out, otherIn)) hubMove(from, other, <u32>load<u8>(out.type(slot)), last, slot);
  }
  out.len = last;

  const lastIn = into.len - 1;
  if (j != lastIn) {
    copy(into, j, lastIn);
    store<u32>(side(load<u32>(into.id(j)), OUT).twin(load<u32>(into.twin(j))), j);
  }
  into.len = lastIn;

  h.edgeCount--;
  shrink(from, OUT);
  shrink(to, IN);
  if ((out.len | side(from, IN).len) == 0) h.nodeCount--;
  if (to != from && (into.len | side(to, OUT).len) == 0) h.nodeCount--;
}

/** Removes the edges from one node to another of every type. @returns how many. */
export function removeBetween(from: u32, to: u32): u32 {
  const h = header();
  let n: u32 = 0;
  for (let word: u32 = 0; word < 4; word++) {
    let bits = load<u64>(changetype<usize>(h) + offsetof<Header>("types0") + ((<usize>word) << 3));
    for (; bits != 0; bits &= bits - 1) {
      const slot = find(from, to, (word << 6) + <u32>ctz<u64>(bits));
      if (slot < 0) continue;
      remove(from, slot);
      n++;
    }
  }
  return n;
}

/** Removes every edge of a node. @returns how many. O(degree). */
export function removeAll(node: u32): u32 {
  const before = header().edgeCount;
  const out = side(node, OUT);
  while (out.len > 0) remove(node, out.len - 1);
  const into = side(node, IN);
  while (into.len > 0) remove(load<u32>(into.id(into.len - 1)), load<u32>(into.twin(into.len - 1)));
  return before - header().edgeCount;
}

function put(s: Side, slot: u32, id: u32, type: u32, stored: f32, twin: u32): void {
  store<u32>(s.id(slot), id);
  store<f32>(s.weight(slot), stored);
  store<u32>(s.twin(slot), twin);
  store<u8>(s.type(slot), <u8>type);
}

function copy(s: Side, to: u32, from: u32): void {
  store<u32>(s.id(to), load<u32>(s.id(from)));
  store<f32>(s.weight(to), load<f32>(s.weight(from)));
  store<u32>(s.twin(to), load<u32>(s.twin(from)));
  store<u8>(s.type(to), load<u8>(s.type(from)));
}

/** First slot of a block that holds this id and type, or -1: four ids a comparison. */
function scan(s: Side, id: u32, type: u32): i32 {
  const len = s.len;
  const wanted = i32x4.splat(<i32>id);
  // A block has at least 26 bytes, so the last load may run past the ids but not past the block.
  for (let i: u32 = 0; i < len; i += 4) {
    let hits = i32x4.bitmask(i32x4.eq(v128.load(s.id(i)), wanted));
    for (; hits != 0; hits &= hits - 1) {
      const slot = i + <u32>ctz<i32>(hits);
      if (slot < len && <u32>load<u8>(s.type(slot)) == type) return <i32>slot;
    }
  }
  return -1;
}

function slotRoom(node: u32, direction: u32): bool {
  const s = side(node, direction);
  if (s.len < s.cap) return true;
  if (s.cap >= MOST_SLOTS) return false;
  const becomesHub = s.cap == HUB_SLOTS;
  if (becomesHub) {
    const edges = hubEdges(node, direction);
    if (edges > 0 && !hubRoom(edges)) return false;
  }
  if (!resize(s, s.cap == 0 ? 2 : s.cap << 1)) return false;
  if (becomesHub) hubAll(node, direction, true);
  return true;
}

/** Halves a block that is at most a quarter full, so that growth does not follow at once; an empty one is given back. */
function shrink(node: u32, direction: u32): void {
  const s = side(node, direction);
  if (s.len == 0) {
    free(<usize>s.block, s.cap * SLOT_BYTES);
    s.block = 0;
    s.cap = 0;
    return;
  }
  if (s.cap <= 2 || s.len > s.cap >> 2) return;
  // Without memory for the smaller block the larger one stays.
  if (resize(s, s.cap >> 1) && s.cap == HUB_SLOTS) hubAll(node, direction, false);
}

/** Moves a side's arcs to a block of `cap` slots. */
function resize(s: Side, cap: u32): bool {
  const block = alloc(cap * SLOT_BYTES);
  if (block == 0) return false;
  const len = s.len;
  const weights = block + ((<usize>cap) << 2);
  const twins = block + ((<usize>cap) << 3);
  const types = block + 12 * <usize>cap;
  if (len <= FEW) {
    for (let i: u32 = 0; i < len; i++) {
      const word = (<usize>i) << 2;
      store<u32>(block + word, load<u32>(s.id(i)));
      store<u32>(weights + word, load<u32>(s.weight(i)));
      store<u32>(twins + word, load<u32>(s.twin(i)));
      store<u8>(types + <usize>i, load<u8>(s.type(i)));
    }
  } else {
    memory.copy(block, s.id(0), (<usize>len) << 2);
    memory.copy(weights, s.weight(0), (<usize>len) << 2);
    memory.copy(twins, s.twin(0), (<usize>len) << 2);
    memory.copy(types, s.type(0), <usize>len);
  }
  free(<usize>s.block, s.cap * SLOT_BYTES);
  s.block = <u32>block;
  s.cap = cap;
  return true;
}
