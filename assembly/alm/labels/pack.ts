// Puts finished labels where they stay: behind the header, each label's entries in one piece. What they are made from lies in scratch, right where they
// go, so they are written further up first.

import { ARENA, allocLasting, arenaInit, STATE } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { entryCount, label, labelDists, labelHubs, labelLength, labelOf, labelWays, WAY } from "./build";
import { ARC, arcsGiven, inArcs, inStarts, nodeOf, nodes, outArcs, outOffsets, room, simplify, symmetric, zeros } from "./graph";
import { END, Header, header } from "./layout";

/** Bytes of an entry in all planes. */
const ENTRY_BYTES: u64 = 20;
/** Where the block behind the header begins, a multiple of 64. */
export const BLOCK: usize = STATE + offsetof<Header>();

/** Bytes up to the next multiple of 64. */
export function padded(bytes: u64): u64 {
  return (bytes + 63) & ~63;
}

/** The bytes that a block behind the header may have. */
export function blockLimit(): u64 {
  const limit = <u64>header().limit;
  const most = limit == 0 ? <u64>0xffff0000 - <u64>ARENA : limit;
  const fixed = <u64>(BLOCK - ARENA);
  return most > fixed ? (most - fixed) & ~63 : 0;
}

/**
 * Begins the state anew with one block, made from `bytes` bytes at `staged`, a multiple of 64 that is no more than `blockLimit()`.
 * The caller has seen to it that `staged` is not below the end of the block.
 */
export function replace(staged: usize, bytes: u64): void {
  arenaInit(offsetof<Header>(), header().limit);
  const block = allocLasting(<u32>bytes);
  assert(block == BLOCK, "the header's size is a multiple of 64");
  memory.copy(block, staged, <usize>bytes);
}

/** Room in scratch for a block of the state, beyond where that will lie. @returns the address, or 0 */
export function stage(bytes: u64): usize {
  if (bytes > blockLimit()) return 0;
  const end = <u64>BLOCK + bytes;
  const here = <u64>room(16);
  if (here == 0) return 0;
  return room((here < end ? end - here : 0) + bytes + 64) == 0 ? 0 : <usize>((max<u64>(here + 16, end) + 63) & ~63);
}

/**
 * Builds the labels of the graph at `input`, in place of what was there.
 * @returns OK, or NO_MEMORY: then nothing has changed
 */
export function buildLabels(): i32 {
  if (!simplify()) return NO_MEMORY;
  const sides: u64 = symmetric ? 1 : 2;
  const labels = <u64>nodes * sides;
  const twins: u64 = symmetric ? (<u64>arcsGiven) << 2 : 0;
  const fixed = (labels << 2) + twins + labels * ENTRY_BYTES;
  const limit = blockLimit();
  if (fixed > limit || !label((limit - fixed) / ENTRY_BYTES)) return NO_MEMORY;
  const entries = entryCount + labels;
  const hubsAt = padded(labels << 2);
  const distsAt = hubsAt + padded(entries << 2);
  const stepsAt = distsAt + padded(entries << 3);
  const twinsAt = stepsAt + padded(entries << 3);
  const bytes = padded(twinsAt + twins);
  const staged = stage(bytes);
  if (staged == 0) return NO_MEMORY;
  memory.fill(staged, 0, <usize>bytes);
  for (let side: u32 = 0, at: u32 = 0; side < <u32>sides; side++) at = place(side, at, staged + ((<usize>side * <usize>nodes) << 2));
  for (let side: u32 = 0; side < <u32>sides; side++) {
    const starts = staged + ((<usize>side * <usize>nodes) << 2);
    write(side, starts, staged + <usize>hubsAt, staged + <usize>distsAt, staged + <usize>stepsAt);
  }
  if (symmetric) pair(staged + <usize>twinsAt);
  replace(staged, bytes);
  const h = header();
  h.nodes = nodes;
  h.arcs = arcsGiven;
  h.symmetric = symmetric ? 1 : 0;
  h.zeros = zeros ? 1 : 0;
  h.entries = <u32>entries;
  h.starts = <u32>BLOCK;
  h.inStarts = symmetric ? <u32>BLOCK : <u32>(BLOCK + ((<usize>nodes) << 2));
  h.hubs = <u32>(BLOCK + <usize>hubsAt);
  h.dists = <u32>(BLOCK + <usize>distsAt);
  h.steps = <u32>(BLOCK + <usize>stepsAt);
  h.twins = symmetric ? <u32>(BLOCK + <usize>twinsAt) : 0;
  return OK;
}

/** Gives the labels of a side their places, from entry `at` on. @returns where the last one ends */
function place(side: u32, at: u32, starts: usize): u32 {
  for (let r: u32 = 0; r < nodes; r++) {
    store<u32>(starts + startOf(r), at);
    at += labelLength(labelOf(side, r)) + 1;
  }
  return at;
}

/** The offset in `starts` of the node of rank r. */
function startOf(r: u32): usize {
  return (<usize>load<u32>(nodeOf + ((<usize>r) << 2))) << 2;
}

function write(side: u32, starts: usize, hubs: usize, dists: usize, steps: usize): void {
  for (let r: u32 = 0; r < nodes; r++) {
    const label = labelOf(side, r);
    const length = <usize>labelLength(label);
    const at = <usize>load<u32>(starts + startOf(r));
    memory.copy(hubs + (at << 2), labelHubs(label), length << 2);
    store<u32>(hubs + ((at + length) << 2), END);
    memory.copy(dists + (at << 3), labelDists(label), length << 3);
    const ways = labelWays(label);
    for (let i: usize = 0; i < length; i++) {
      const way = ways + i * WAY;
      const step = steps + ((at + i) << 3);
      const other = load<u32>(way, 4);
      store<u32>(step, other == END ? END : load<u32>(starts + startOf(other)) + load<u32>(way, 8));
      store<u32>(step, other == END ? 0 : load<u32>(way), 4);
    }
  }
}

/** The twin of every arc of the simple graph; the others are on no way. */
function pair(twins: usize): void {
  for (let r: u32 = 0; r < nodes; r++) {
    const at = (<usize>r) << 2;
    const end = outArcs + <usize>load<u32>(outOffsets + at, 4) * ARC;
    let b = inArcs + <usize>load<u32>(inStarts + at) * ARC;
    for (let a = outArcs + <usize>load<u32>(outOffsets + at) * ARC; a < end; a += ARC, b += ARC) {
      store<u32>(twins + ((<usize>load<u32>(a, 8)) << 2), load<u32>(b, 8));
    }
  }
}
