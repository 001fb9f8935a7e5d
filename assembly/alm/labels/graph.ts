// The graph an index is built from, in scratch: as the facade gives it, and made simple. Loops are left out, of parallel arcs the cheapest counts, nodes are
// numbered by a given rank, and each node's arcs come ascending by the other end, in both directions. O(nodes + arcs): sorted by two transpositions.

import { scratch, scratchMore } from "../../core/arena";

/** An arc of the simple graph: +0 u32 other end, +4 f32 weight, +8 u32 what the arc is called outside. */
export const ARC: usize = 12;

let given: usize = 0;
/** Nodes, and arcs as given. */
export let nodes: u32 = 0;
export let arcsGiven: u32 = 0;
/** The node of each rank, u32. */
export let nodeOf: usize = 0;
/** Arcs that leave: those of r are offsets[r] to offsets[r + 1] - 1. */
export let outOffsets: usize = 0;
export let outArcs: usize = 0;
/** Arcs that arrive: those of r are inStarts[r] to inEnds[r] - 1. */
export let inStarts: usize = 0;
export let inEnds: usize = 0;
export let inArcs: usize = 0;
/** Arcs of the simple graph. */
export let arcCount: u32 = 0;
/** Whether every arc has one that leads back at the same cost. */
export let symmetric: bool = false;
/** Whether an arc costs nothing. */
export let zeros: bool = false;

/** Takes `bytes` of scratch more; 0 if that is more than there can be. */
export function room(bytes: u64): usize {
  return bytes > 0xffff0000 ? 0 : scratchMore(<u32>bytes);
}

/**
 * Room for a graph: words of offsets [n + 1], targets [m], weights f32[m] and the ranks of the nodes [n], a permutation. The facade has checked
 * what it writes there. @returns the address, or 0
 */
export function input(n: u32, m: u32): usize {
  nodes = n;
  arcsGiven = m;
  const bytes = (2 * (<u64>n + <u64>m) + 1) << 2;
  given = bytes > 0xffff0000 ? 0 : scratch(<u32>bytes);
  return given;
}

/** Makes the input simple. False if there is no memory. */
export function simplify(): bool {
  const n = nodes;
  const words = (<u64>n + 2) << 2;
  nodeOf = room(words);
  inStarts = room(words);
  inEnds = room(words);
  inArcs = room(12 * <u64>arcsGiven);
  outOffsets = room(words);
  if (nodeOf == 0 || inStarts == 0 || inEnds == 0 || inArcs == 0 || outOffsets == 0) return false;
  const ranks = given + ((<usize>n + 1 + 2 * <usize>arcsGiven) << 2);
  for (let u: u32 = 0; u < n; u++) store<u32>(nodeOf + ((<usize>load<u32>(ranks + ((<usize>u) << 2))) << 2), u);
  arrive(ranks);
  outArcs = room(12 * <u64>arcCount);
  if (outArcs == 0) return false;
  leave();
  symmetric = isSymmetric();
  return true;
}

/** The arcs by where they arrive. Those of one target come by rank of the source, so parallel ones follow each other. */
function arrive(ranks: usize): void {
  const n = nodes;
  const targets = given + ((<usize>n + 1) << 2);
  const weights = targets + ((<usize>arcsGiven) << 2);
  memory.fill(inEnds, 0, (<usize>n) << 2);
  for (let a: u32 = 0; a < arcsGiven; a++) {
    const end = inEnds + ((<usize>load<u32>(ranks + ((<usize>load<u32>(targets + ((<usize>a) << 2))) << 2))) << 2);
    store<u32>(end, load<u32>(end) + 1);
  }
  let sum: u32 = 0;
  for (let r: u32 = 0; r < n; r++) {
    const at = (<usize>r) << 2;
    store<u32>(inStarts + at, sum);
    const count = load<u32>(inEnds + at);
    store<u32>(inEnds + at, sum);
    sum += count;
  }
  arcCount = 0;
  zeros = false;
  memory.fill(outOffsets, 0, (<usize>n + 2) << 2);
  for (let r: u32 = 0; r < n; r++) {
    const row = given + ((<usize>load<u32>(nodeOf + ((<usize>r) << 2))) << 2);
    const end = load<u32>(row, 4);
    let kept: u32 = 0;
    for (let a = load<u32>(row); a < end; a++) {
      const target = load<u32>(ranks + ((<usize>load<u32>(targets + ((<usize>a) << 2))) << 2));
      if (target == r) continue;
      const weight = load<f32>(weights + ((<usize>a) << 2));
      if (weight == 0) zeros = true;
      const place = inEnds + ((<usize>target) << 2);
      const next = load<u32>(place);
      const arc = inArcs + <usize>next * ARC;
      if (next > load<u32>(inStarts + ((<usize>target) << 2)) && load<u32>(arc - ARC) == r) {
        if (weight >= load<f32>(arc - ARC, 4)) continue;
        store<f32>(arc - ARC, weight, 4);
        store<u32>(arc - ARC, a, 8);
        continue;
      }
      store<u32>(arc, r);
      store<f32>(arc, weight, 4);
      store<u32>(arc, a, 8);
      store<u32>(place, next + 1);
      kept++;
    }
    arcCount += kept;
    store<u32>(outOffsets + ((<usize>r) << 2), arcCount, 8);
  }
}

/** The arcs by where they leave, those of one source by rank of the target. */
function leave(): void {
  // outOffsets[r + 2] is where the arcs of r end, so outOffsets[r + 1] where they begin; counting it up makes it their end.
  for (let t: u32 = 0; t < nodes; t++) {
    const end = inArcs + <usize>load<u32>(inEnds + ((<usize>t) << 2)) * ARC;
    for (let a = inArcs + <usize>load<u32>(inStarts + ((<usize>t) << 2)) * ARC; a < end; a += ARC) {
      const place = outOffsets + ((<usize>load<u32>(a)) << 2);
      const next = load<u32>(place, 4);
      const arc = outArcs + <usize>next * ARC;
      store<u32>(arc, t);
      store<u32>(arc, load<u32>(a, 4), 4);
      store<u32>(arc, load<u32>(a, 8), 8);
      store<u32>(place, next + 1, 4);
    }
  }
}

function isSymmetric(): bool {
  for (let r: u32 = 0; r < nodes; r++) {
    const at = (<usize>r) << 2;
    let a = outArcs + <usize>load<u32>(outOffsets + at) * ARC;
    let b = inArcs + <usize>load<u32>(inStarts + at) * ARC;
    const end = outArcs + <usize>load<u32>(outOffsets + at, 4) * ARC;
    if (end - a != inArcs + <usize>load<u32>(inEnds + at) * ARC - b) return false;
    // The ends and, bit for bit, the weights.
    for (; a < end; a += ARC, b += ARC) if (load<u64>(a) != load<u64>(b)) return false;
  }
  return true;
}
