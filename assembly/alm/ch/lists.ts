// The graph while it is contracted, in SCRATCH: of every node a list of its neighbours, one entry a neighbour whatever the arcs between
// the two, for an arc each way.
//
//   node record, 16 bytes: u32 address of the list, u32 entries, u32 entries there is room for, u32 level
//   entry, 32 bytes: +0 u32 neighbour, +4 u32 via out, +8 u32 via in, +12 u32 hops, or number once frozen, +16 f64 weight out, +24 f64 weight in
//
// A weight of Infinity means that there is no arc that way. `via` says what an arc stands for: ORIGINAL + the number of an arc of the graph,
// or the number of a pair, the two arcs that a shortcut replaces. Hops are the arcs of the
// graph that the entry's arc, or the later of its two, stands for.

import { scratchMore } from "../../core/arena";

/** The arc is one of the graph. */
export const ORIGINAL: u32 = 0x80000000;
/** One arc serves both ways. */
export const SHARED: u32 = 0x80000000;
/** Offsets in an entry. */
export const VIA_OUT: usize = 4;
export const VIA_IN: usize = 8;
export const HOPS: usize = 12;
export const NUMBER: usize = 12;
export const WEIGHT_OUT: usize = 16;
export const WEIGHT_IN: usize = 24;

const CHUNK: u32 = 1 << 20;

let records: usize = 0;
/** Heads of the lists of blocks waiting for reuse, by the logarithm of their room. */
const waiting: usize = memory.data(128);
let bump: usize = 0;
let bumpEnd: usize = 0;

// The pairs of all shortcuts, 8 bytes each, in chunks of 65,536.
let pairTable: usize = 0;
let pairCount: u32 = 0;

/** Starts with `n` nodes without neighbours. @returns false without memory */
export function startLists(n: u32): bool {
  records = scratchMore(n << 4);
  pairTable = scratchMore(1 << 14);
  if (records == 0 || pairTable == 0) return false;
  memory.fill(records, 0, (<usize>n) << 4);
  memory.fill(waiting, 0, 128);
  pairCount = 0;
  bump = 0;
  bumpEnd = 0;
  return true;
}

/** The address of a node's record. */
export function recordOf(node: u32): usize {
  return records + ((<usize>node) << 4);
}

/** A node's neighbours. */
export function degreeOf(node: u32): u32 {
  return load<u32>(recordOf(node), 4);
}

/** A node's first entry. */
export function entriesOf(node: u32): usize {
  return <usize>load<u32>(recordOf(node));
}

/** How many contractions deep what was contracted below the node is. */
export function levelOf(node: u32): u32 {
  return load<u32>(recordOf(node), 12);
}

/** Puts a node at `level` at least. */
export function raise(node: u32, level: u32): void {
  const r = recordOf(node);
  if (load<u32>(r, 12) < level) store<u32>(r, level, 12);
}

/** Makes room for `n` entries in the list of a node that has none. @returns false without memory */
export function roomFor(node: u32, n: u32): bool {
  const log = n <= 2 ? 1 : 32 - clz<u32>(n - 1);
  const block = take(log);
  const r = recordOf(node);
  store<u32>(r, <u32>block);
  store<u32>(r, 1 << log, 8);
  return block != 0;
}

/** Appends an entry without arcs for a neighbour. @returns its address, 0 without memory */
export function append(node: u32, neighbour: u32): usize {
  const r = recordOf(node);
  const n = load<u32>(r, 4);
  const room = load<u32>(r, 8);
  if (n == room) {
    const old = <usize>load<u32>(r);
    if (!roomFor(node, max<u32>(2, n << 1))) {
      store<u32>(r, <u32>old);
      store<u32>(r, room, 8);
      return 0;
    }
    if (room != 0) {
      memory.copy(<usize>load<u32>(r), old, (<usize>n) << 5);
      giveBack(old, 31 - clz<u32>(room));
    }
  }
  store<u32>(r, n + 1, 4);
  const e = <usize>load<u32>(r) + ((<usize>n) << 5);
  store<u32>(e, neighbour);
  store<u32>(e, 1, HOPS);
  store<f64>(e, Infinity, WEIGHT_OUT);
  store<f64>(e, Infinity, WEIGHT_IN);
  return e;
}

/** The entry of a neighbour, 0 if it is none. O(degree). */
export function find(node: u32, neighbour: u32): usize {
  const r = recordOf(node);
  let e = <usize>load<u32>(r);
  const end = e + ((<usize>load<u32>(r, 4)) << 5);
  for (; e < end; e += 32) if (load<u32>(e) == neighbour) return e;
  return 0;
}

/** Takes a neighbour out of a node's list. O(degree). */
export function remove(node: u32, neighbour: u32): void {
  const e = find(node, neighbour);
  if (e == 0) return;
  const r = recordOf(node);
  const n = load<u32>(r, 4) - 1;
  store<u32>(r, n, 4);
  const last = <usize>load<u32>(r) + ((<usize>n) << 5);
  if (e != last) memory.copy(e, last, 32);
}

/** Notes the arcs that a shortcut replaces: to its tail and to its head. @returns the pair's number, or -1 without memory */
export function pair(toTail: u32, toHead: u32): i32 {
  const slot = pairTable + ((<usize>(pairCount >> 16)) << 2);
  if ((pairCount & 0xffff) == 0) {
    const chunk = pairCount >> 28 == 0 ? scratchMore(1 << 19) : 0;
    if (chunk == 0) return -1;
    store<u32>(slot, <u32>chunk);
  }
  const p = <usize>load<u32>(slot) + ((<usize>(pairCount & 0xffff)) << 3);
  store<u32>(p, toTail);
  store<u32>(p, toHead, 4);
  return pairCount++;
}

/** The address of a pair: u32 number of the arc to the tail, u32 number of the arc to the head. */
export function pairOf(via: u32): usize {
  return <usize>load<u32>(pairTable + ((<usize>(via >> 16)) << 2)) + ((<usize>(via & 0xffff)) << 3);
}

/** A block of 2^log entries, 0 without memory. */
function take(log: u32): usize {
  const head = waiting + ((<usize>log) << 2);
  const block = <usize>load<u32>(head);
  if (block != 0) {
    store<u32>(head, load<u32>(block));
    return block;
  }
  if (log > 26) return 0;
  const bytes = (<u32>32) << log;
  if (bump + <usize>bytes > bumpEnd) {
    const size = max<u32>(CHUNK, bytes);
    const chunk = scratchMore(size);
    if (chunk == 0) return 0;
    // What is left of the last chunk is lost: less than a list.
    bump = chunk;
    bumpEnd = chunk + <usize>size;
  }
  const p = bump;
  bump += <usize>bytes;
  return p;
}

function giveBack(block: usize, log: u32): void {
  const head = waiting + ((<usize>log) << 2);
  store<u32>(block, load<u32>(head));
  store<u32>(head, <u32>block);
}
