// Distances from many nodes to many: the search of every target is done once and kept, cost by depth. A source's and a target's way to
// the root have their first nodes in common, those of the depths up to that of their lowest common ancestor, and the cheapest path goes
// over one of these: the least sum of two rows.

import { scratch, scratchBack, scratchEnd, scratchMore } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { depthOf, endOfArcs, firstArc, heads, parentOf, ranks, weights } from "./layout";
import { get, set } from "./words";

/** Room for the nodes of a matrix: u32[sources], u32[targets], then the answers, 8-byte aligned. 0 without memory. */
export function matrixIn(sources: u32, targets: u32): usize {
  const bytes = answersAt(sources, targets) + 8 * <u64>sources * <u64>targets;
  return bytes >= 0xffff0000 ? 0 : scratch(<u32>bytes);
}

/** Where the answers begin behind what `matrixIn` returned. */
export function matrixAt(sources: u32, targets: u32): u32 {
  return <u32>answersAt(sources, targets);
}

function answersAt(sources: u32, targets: u32): u64 {
  return ((<u64>sources + <u64>targets + 1) >> 1) << 3;
}

/** f64[sources * targets] from the nodes at `given`. @returns OK or NO_MEMORY */
export function matrix(given: usize, sources: u32, targets: u32): i32 {
  let answer = given + <usize>answersAt(sources, targets);
  const rows = scratchMore((targets + 1) << 3);
  if (rows == 0) return NO_MEMORY;
  for (let t: u32 = 0; t < targets; t++) {
    const row = search(get(ranks, get(given, sources + t)), 8);
    if (row == 0) return NO_MEMORY;
    set(rows, 2 * t, <u32>row);
    set(rows, 2 * t + 1, depthOf(get(ranks, get(given, sources + t))));
  }
  const back = scratchEnd();
  for (let s: u32 = 0; s < sources; s++) {
    const rank = get(ranks, get(given, s));
    const depth = depthOf(rank);
    const row = search(rank, 0);
    if (row == 0) return NO_MEMORY;
    for (let t: u32 = 0; t < targets; t++, answer += 8) {
      store<f64>(answer, meet(row, depth, <usize>get(rows, 2 * t), get(rows, 2 * t + 1)));
    }
    scratchBack(back);
  }
  return OK;
}

/**
 * Costs between a node and those on its way to the root.
 * @param direction 0 from the node, 8 to it: the place of the weight in a pair
 * @returns f64[depth + 1] (rounded up to a pair), then the ranks by depth; 0 without memory
 */
function search(rank: u32, direction: usize): usize {
  const depth = depthOf(rank);
  const costs = scratchMore(pairsOf(depth) + ((depth + 1) << 2));
  if (costs == 0) return 0;
  const nodes = costs + <usize>pairsOf(depth);
  for (let d: u32 = 0; d <= depth; d++) store<f64>(costs + ((<usize>d) << 3), Infinity);
  store<f64>(costs + ((<usize>depth) << 3), 0);
  let x = rank;
  for (let d = depth + 1; d > 0; d--) {
    set(nodes, d - 1, x);
    const cost = load<f64>(costs + ((<usize>(d - 1)) << 3));
    if (cost < Infinity) {
      for (let i = firstArc(x), end = endOfArcs(x); i < end; i++) {
        const place = costs + ((<usize>get(heads, i)) << 3);
        store<f64>(place, min<f64>(load<f64>(place), cost + load<f64>(weights + ((<usize>i) << 4) + direction)));
      }
    }
    x = parentOf(x);
  }
  return costs;
}

/** Bytes of the costs of a row. */
function pairsOf(depth: u32): u32 {
  return ((depth >> 1) + 1) << 4;
}

/** The least sum of two rows over the nodes that they have in common. */
function meet(a: usize, depthA: u32, b: usize, depthB: u32): f64 {
  const nodesA = a + <usize>pairsOf(depthA);
  const nodesB = b + <usize>pairsOf(depthB);
  let lo: u32 = 0;
  let hi = min<u32>(depthA, depthB) + 1;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (get(nodesA, middle) == get(nodesB, middle)) lo = middle + 1;
    else hi = middle;
  }
  let least = f64x2.splat(Infinity);
  let d: u32 = 0;
  for (; d + 1 < lo; d += 2) {
    const p = (<usize>d) << 3;
    least = f64x2.pmin(least, f64x2.add(v128.load(a + p), v128.load(b + p)));
  }
  const sum = min<f64>(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  if (d == lo) return sum;
  const p = (<usize>d) << 3;
  return min<f64>(sum, load<f64>(a + p) + load<f64>(b + p));
}
