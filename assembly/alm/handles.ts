// Names of edges that last as long as the edge does, for those that ask for one: what is known of an edge beside its weight and type can then be kept
// elsewhere under its handle. A handle is a row, and a generation of it: a row is used again when its edge is gone, its handle is not.
//
//   index  16 bytes an entry: from, to, type, row + 1 (0: free). Open addressing, linear probing, at most three quarters full; deletion moves
//          back what follows (Knuth, vol. 3, 6.4, algorithm R)
//   rows   16 bytes a row: from, to, type, generation << 1 | whether it is in use; `from` of a free row is the next free row + 1
//
// An undirected edge is known by its lower end first.

import { alloc, free, grow } from "../core/arena";
import { hashPair } from "../core/hash";
import { NO_MEMORY } from "../core/status";
import { Header, header } from "./layout";

const ENTRY: u32 = 16;
const LEAST: u32 = 16;
/** A row of this many generations is not used again: generation and row are to fit a double. */
const LAST_GENERATION: u32 = 0x1fffff;

/** The row of an edge that is there, made if it has none. @returns NO_MEMORY, and nothing changed, if there is no room */
export function rowOf(from: u32, to: u32, type: u32): i32 {
  const h = header();
  const known = find(h, from, to, type);
  if (known >= 0) return <i32>load<u32>(entry(h, known), 12) - 1;
  if (!indexRoom(h)) return NO_MEMORY;
  let row = h.freeRow;
  if (row != 0) {
    h.freeRow = load<u32>(rowAt(h, row - 1));
  } else {
    if (h.rows == h.rowCap) {
      const cap = h.rowCap == 0 ? LEAST : h.rowCap << 1;
      const place = cap > 0x8000000 ? <usize>0 : grow(h.handleRows, h.rowCap * ENTRY, cap * ENTRY);
      if (place == 0) return NO_MEMORY;
      h.handleRows = <u32>place;
      h.rowCap = cap;
    }
    row = ++h.rows;
  }
  const at = rowAt(h, row - 1);
  put(at, h, from, to, type);
  store<u32>(at, load<u32>(at, 12) | 1, 12);
  place(h, from, to, type, row);
  h.handles++;
  return <i32>(row - 1);
}

/** Generation of a row. */
export function generationOf(row: u32): u32 {
  return load<u32>(rowAt(header(), row), 12) >> 1;
}

/** Address of from, to and type of the edge whose row this is in this generation, or 0. */
export function edgeOfRow(row: u32, generation: u32): usize {
  const h = header();
  if (row >= h.rows) return 0;
  const at = rowAt(h, row);
  return load<u32>(at, 12) == ((generation << 1) | 1) ? at : 0;
}

/** Ends the handle of an edge that goes, if it has one. */
export function dropHandle(from: u32, to: u32, type: u32): void {
  const h = header();
  const known = find(h, from, to, type);
  if (known < 0) return;
  const row = load<u32>(entry(h, known), 12);
  remove(h, <u32>known);
  const at = rowAt(h, row - 1);
  const generation = (load<u32>(at, 12) >> 1) + 1;
  store<u32>(at, generation << 1, 12);
  store<u64>(at, 0);
  store<u32>(at, 0, 8);
  h.handles--;
  if (generation > LAST_GENERATION) return;
  store<u32>(at, h.freeRow);
  h.freeRow = row;
}

/** Brings the handles into a graph that was built anew. @param moved how far off the old state is */
export function bringHandles(moved: usize): void {
  const h = header();
  h.handleIndex = brought(h.handleIndex, h.indexCap, moved);
  h.handleRows = brought(h.handleRows, h.rowCap, moved);
}

function brought(old: u32, entries: u32, moved: usize): u32 {
  if (entries == 0) return 0;
  const place = alloc(entries * ENTRY);
  memory.copy(place, <usize>old + moved, <usize>(entries * ENTRY));
  return <u32>place;
}

function entry(h: Header, i: u32): usize {
  return <usize>h.handleIndex + <usize>i * ENTRY;
}

function rowAt(h: Header, row: u32): usize {
  return <usize>h.handleRows + <usize>row * ENTRY;
}

/** Writes the ends in their order, and the type. */
function put(at: usize, h: Header, from: u32, to: u32, type: u32): void {
  const turned = h.undirected != 0 && to < from;
  store<u32>(at, turned ? to : from);
  store<u32>(at, turned ? from : to, 4);
  store<u32>(at, type, 8);
}

function home(h: Header, from: u32, to: u32, type: u32): u32 {
  const turned = h.undirected != 0 && to < from;
  const u = turned ? to : from;
  const v = turned ? from : to;
  return <u32>hashPair(((<u64>u) << 32) | <u64>v, type, h.seed) & (h.indexCap - 1);
}

function find(h: Header, from: u32, to: u32, type: u32): i32 {
  if (h.handles == 0) return -1;
  const turned = h.undirected != 0 && to < from;
  const ends = turned ? ((<u64>from) << 32) | <u64>to : ((<u64>to) << 32) | <u64>from;
  let i = home(h, from, to, type);
  while (true) {
    const at = entry(h, i);
    if (load<u32>(at, 12) == 0) return -1;
    if (load<u64>(at) == ends && load<u32>(at, 8) == type) return <i32>i;
    i = (i + 1) & (h.indexCap - 1);
  }
}

function place(h: Header, from: u32, to: u32, type: u32, row: u32): void {
  let i = home(h, from, to, type);
  while (load<u32>(entry(h, i), 12) != 0) i = (i + 1) & (h.indexCap - 1);
  const at = entry(h, i);
  put(at, h, from, to, type);
  store<u32>(at, row, 12);
}

function indexRoom(h: Header): bool {
  if (<u64>(h.handles + 1) * 4 <= <u64>h.indexCap * 3) return true;
  const old = <usize>h.handleIndex;
  const cap = h.indexCap;
  const wider = cap == 0 ? LEAST : cap << 1;
  const table = wider > 0x8000000 ? <usize>0 : alloc(wider * ENTRY);
  if (table == 0) return false;
  h.handleIndex = <u32>table;
  h.indexCap = wider;
  for (let i: u32 = 0; i < cap; i++) {
    const at = old + <usize>i * ENTRY;
    if (load<u32>(at, 12) != 0) place(h, load<u32>(at), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12));
  }
  free(old, cap * ENTRY);
  return true;
}

function remove(h: Header, i: u32): void {
  const mask = h.indexCap - 1;
  let hole = i;
  let next = i;
  while (true) {
    next = (next + 1) & mask;
    const at = entry(h, next);
    if (load<u32>(at, 12) == 0) break;
    // It may move back unless its home lies between the hole and itself.
    if (((next - home(h, load<u32>(at), load<u32>(at, 4), load<u32>(at, 8))) & mask) >= ((next - hole) & mask)) {
      v128.store(entry(h, hole), v128.load(at));
      hole = next;
    }
  }
  v128.store(entry(h, hole), i32x4.splat(0));
}
