// From a graph to the topology of its hierarchy, all of it in the working space: order, elimination tree, fill, and the lists that
// customisation reads. The facade then copies the topology to the state, which will lie where the working space was.

import { scratch, scratchMore } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { fill, heads as fillHeads } from "./fill";
import { bases, header, heads, lowers, pairs, placeTopology, ranks, records, topologyWords } from "./layout";
import { useCoordinates } from "./lines";
import { linkEnds, linkStarts, linksOf } from "./links";
import { order } from "./order";
import { parentsOf, walkTree } from "./tree";
import { add, at, get, NONE, set, startsOf } from "./words";

/** Where the topology made last lies in the working space. */
let made: usize = 0;

/**
 * Room for a graph: offsets u32[n + 1], targets u32[m], then, 8-byte aligned and if asked for, x and y as f64[n]. 0 without memory.
 */
export function input(n: u32, m: u32, coordinates: bool): usize {
  const bytes = coordinatesAt(n, m) + (coordinates ? 16 * <u64>n : 0);
  return bytes >= 0xffff0000 ? 0 : scratch(<u32>bytes);
}

function coordinatesAt(n: u32, m: u32): u64 {
  return ((<u64>n + <u64>m + 2) >> 1) << 3;
}

/** Builds from what was written to `input`. @returns OK, NO_MEMORY or TOO_DENSE */
export function build(graph: usize, n: u32, coordinates: bool): i32 {
  const offsets = graph;
  const targets = at(offsets, n + 1);
  const m = get(offsets, n);
  const places = graph + <usize>coordinatesAt(n, m);
  if (coordinates) useCoordinates(places, places + ((<usize>n) << 3));
  else useCoordinates(0, 0);
  if (n >= 1 << 26) return NO_MEMORY;
  const sequence = scratchMore((n + 1) << 2);
  const rank = sequence == 0 ? <usize>0 : scratchMore((n + 1) << 2);
  const parents = rank == 0 ? <usize>0 : scratchMore((n + 1) << 2);
  const starts = parents == 0 ? <usize>0 : scratchMore((n + 1) << 2);
  const space = starts == 0 ? <usize>0 : scratchMore((n + 1) * 12);
  if (space == 0 || !linksOf(n, offsets, targets)) return NO_MEMORY;
  const first = linkStarts;
  const ends = linkEnds;
  let status = order(n, first, ends, sequence);
  if (status != OK) return status;
  parentsOf(n, first, ends, sequence, rank, parents, space);
  walkTree(n, sequence, rank, parents, space);
  status = fill(n, first, ends, sequence, rank, parents, starts, space);
  if (status != OK) return status;
  return describe(n, offsets, targets, rank, parents, starts, space);
}

/** Words of the topology that was built. */
export function builtWords(): u32 {
  return <u32>topologyWords();
}

/** Where it is. */
export function built(): usize {
  return made;
}

function describe(n: u32, offsets: usize, targets: usize, rank: usize, parents: usize, starts: usize, space: usize): i32 {
  const h = header();
  const m = get(offsets, n);
  const arcs = get(starts, n);
  h.nodes = n;
  h.graphArcs = m;
  h.arcs = arcs;
  let loops: u32 = 0;
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(offsets, u), end = get(offsets, u + 1); e < end; e++) if (get(targets, e) == u) loops++;
  }
  h.bases = m - loops;
  let roots: u32 = 0;
  for (let x: u32 = 0; x < n; x++) if (get(parents, x) == NONE) roots++;
  h.pairs = arcs - (n - roots);
  const counts = scratchMore((arcs + 1) << 2);
  if (counts == 0 || topologyWords() >= 1 << 30) return NO_MEMORY;
  made = scratchMore((<u32>topologyWords()) << 2);
  if (made == 0) return NO_MEMORY;
  placeTopology(made);
  memory.copy(ranks, rank, (<usize>n) << 2);
  for (let x: u32 = 0; x <= n; x++) {
    set(records, 2 * x, get(starts, x));
    set(records, 2 * x + 1, x < n ? get(parents, x) : NONE);
  }
  placeBases(n, offsets, targets, starts, counts);
  placePairs(n, starts);
  // Depths: a parent is known before its children. Then they take the place of ranks.
  let levels: u32 = 0;
  for (let i = n; i > 0; i--) {
    const p = get(parents, i - 1);
    const depth = p == NONE ? 0 : get(space, p) + 1;
    set(space, i - 1, depth);
    levels = max<u32>(levels, depth + 1);
  }
  h.levels = levels;
  for (let a: u32 = 0; a < arcs; a++) set(heads, a, get(space, get(fillHeads, a)));
  return OK;
}

/** For every arc of the graph that is no loop the arc of the hierarchy and the direction that it is, sorted by these. */
function placeBases(n: u32, offsets: usize, targets: usize, starts: usize, counts: usize): void {
  const arcs = get(starts, n);
  memory.fill(counts, 0, (<usize>arcs + 1) << 2);
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(offsets, u), end = get(offsets, u + 1); e < end; e++) {
      const slot = slotOf(u, get(targets, e), starts);
      if (slot != NONE) add(counts, slot >> 1, 1);
    }
  }
  startsOf(counts, arcs);
  for (let u: u32 = 0; u < n; u++) {
    for (let e = get(offsets, u), end = get(offsets, u + 1); e < end; e++) {
      const slot = slotOf(u, get(targets, e), starts);
      if (slot == NONE) continue;
      const place = get(counts, slot >> 1);
      set(counts, slot >> 1, place + 1);
      set(bases, 2 * place, slot);
      set(bases, 2 * place + 1, e);
    }
  }
}

/** Twice the arc between two nodes, plus 1 if it is for the way down; NONE for a loop. */
function slotOf(u: u32, v: u32, starts: usize): u32 {
  if (u == v) return NONE;
  const a = get(ranks, u);
  const b = get(ranks, v);
  const low = min<u32>(a, b);
  const high = max<u32>(a, b);
  let from = get(starts, low);
  let to = get(starts, low + 1);
  while (from < to) {
    const middle = (from + to) >> 1;
    if (get(fillHeads, middle) < high) from = middle + 1;
    else to = middle;
  }
  return (from << 1) | (a > b ? 1 : 0);
}

/** For every node the arcs that lead to it from below, by rising rank, but those that are the last of their node. */
function placePairs(n: u32, starts: usize): void {
  memory.fill(lowers, 0, (<usize>n + 1) << 2);
  for (let v: u32 = 0; v < n; v++) {
    for (let i = get(starts, v), last = get(starts, v + 1); i + 1 < last; i++) add(lowers, get(fillHeads, i), 1);
  }
  startsOf(lowers, n);
  for (let v: u32 = 0; v < n; v++) {
    const end = get(starts, v + 1);
    for (let i = get(starts, v); i + 1 < end; i++) {
      const x = get(fillHeads, i);
      const place = get(lowers, x);
      set(lowers, x, place + 1);
      set(pairs, 2 * place, i);
      set(pairs, 2 * place + 1, end);
    }
  }
  memory.copy(lowers + 4, lowers, (<usize>n) << 2);
  set(lowers, 0, 0);
}
