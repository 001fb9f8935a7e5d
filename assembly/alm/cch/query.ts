// A query walks the ways of both ends to the root of the elimination tree, without a queue (Dibbelt, Strasser, Wagner, JEA 2016,
// section 7; Bauer, Columbus, Rutter, Wagner, TCS 2016): every node that a cheapest way climbs over is on them. Costs lie by depth,
// as a pair: from the source, to the target. What the ways share is walked once for both.
//
// The way back is noted as the node below, by depth and direction; then every arc is taken apart over its middles, down to the graph's.

import { scratch, scratchMore } from "../../core/arena";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { BASE, depthOf, endOfArcs, firstArc, header, heads, middles, parentOf, ranks, weights } from "./layout";
import { at, get, NONE, set } from "./words";

/** Arcs of a path that are made room for at a time. */
const CHUNK: u32 = 1024;

let costs: usize = 0;
let froms: usize = 0;
let stack: usize = 0;
let path: usize = 0;
let pathLength: u32 = 0;
let room: u32 = 0;
let best: f64 = 0;
let meeting: u32 = 0;

/** What a cheapest path costs, Infinity if there is none, NaN if there is no memory. */
export function distance(source: u32, target: u32): f64 {
  if (source == target) return 0;
  return walk(get(ranks, source), get(ranks, target)) ? best : NaN;
}

/**
 * A cheapest path between two different nodes, as arcs of the graph, to be found at `routed()`.
 * @returns how many, NOT_FOUND or NO_MEMORY
 */
export function route(source: u32, target: u32): i32 {
  const s = get(ranks, source);
  const t = get(ranks, target);
  if (!walk(s, t)) return NO_MEMORY;
  if (best == Infinity) return NOT_FOUND;
  pathLength = 0;
  room = CHUNK;
  path = scratchMore(CHUNK << 2);
  if (path == 0) return NO_MEMORY;
  let height: u32 = 0;
  // Up to the meeting point, from its end: what is put on the stack last is taken off first.
  for (let y = meeting; y != s; ) {
    const depth = depthOf(y);
    const x = get(froms, 2 * depth);
    set(stack, height++, arcTo(x, depth) << 1);
    y = x;
  }
  if (!unpack(height)) return NO_MEMORY;
  for (let y = meeting; y != t; ) {
    const depth = depthOf(y);
    const x = get(froms, 2 * depth + 1);
    set(stack, 0, (arcTo(x, depth) << 1) | 1);
    if (!unpack(1)) return NO_MEMORY;
    y = x;
  }
  return <i32>pathLength;
}

/** Where the arcs of the last route are. */
export function routed(): usize {
  return path;
}

/** Sets `best` and `meeting`. False if there is no memory. */
function walk(s: u32, t: u32): bool {
  let u = s;
  let v = t;
  let du = depthOf(s);
  let dv = depthOf(t);
  const deepest = max<u32>(du, dv) + 1;
  const levels = header().levels;
  costs = scratch(deepest * 24 + 2 * (levels + 2) * 4);
  if (costs == 0) return false;
  froms = costs + ((<usize>deepest) << 4);
  stack = froms + ((<usize>deepest) << 3);
  const never = f64x2.splat(Infinity);
  for (let p = costs; p < froms; p += 16) v128.store(p, never);
  store<f64>(costs + ((<usize>du) << 4), 0);
  store<f64>(costs + ((<usize>dv) << 4), 0, 8);
  while (u != v) {
    // NONE, above a root, is the largest number.
    if (u < v) {
      climb(u, v128.replace_lane<f64>(never, 0, load<f64>(costs + ((<usize>du) << 4))), Infinity);
      du--;
      u = parentOf(u);
    } else {
      climb(v, v128.replace_lane<f64>(never, 1, load<f64>(costs + ((<usize>dv) << 4), 8)), Infinity);
      dv--;
      v = parentOf(v);
    }
  }
  best = Infinity;
  while (u != NONE) {
    const cost = v128.load(costs + ((<usize>du) << 4));
    du--;
    const sum = f64x2.extract_lane(cost, 0) + f64x2.extract_lane(cost, 1);
    if (sum < best) {
      best = sum;
      meeting = u;
    }
    climb(u, cost, best);
    u = parentOf(u);
  }
  return true;
}

/** Relaxes the arcs of `x`, whose costs are given, unless both are no less than `most`. */
function climb(x: u32, cost: v128, most: f64): void {
  if (!v128.any_true(f64x2.lt(cost, f64x2.splat(most)))) return;
  const node = i32x4.splat(x);
  let head = at(heads, firstArc(x));
  const end = at(heads, endOfArcs(x));
  let w = weights + ((<usize>firstArc(x)) << 4);
  const count = <u32>((end - head) >> 2);
  if (count > 0 && load<u32>(head) == count - 1) {
    // All nodes on the way to the root: their depths are known, and two of them are one load of `froms`.
    let place = costs + ((<usize>count) << 4);
    let from = froms + ((<usize>count) << 3);
    for (let left = count >> 1; left > 0; left--, w += 32) {
      place -= 32;
      from -= 16;
      const upper = v128.load(place);
      const lower = v128.load(place, 16);
      const upperWay = f64x2.add(cost, v128.load(w, 16));
      const lowerWay = f64x2.add(cost, v128.load(w));
      v128.store(place, f64x2.pmin(upper, upperWay));
      v128.store(place, f64x2.pmin(lower, lowerWay), 16);
      const better = v128.shuffle<u32>(f64x2.lt(upperWay, upper), f64x2.lt(lowerWay, lower), 0, 2, 4, 6);
      v128.store(from, v128.bitselect(node, v128.load(from), better));
    }
    if ((count & 1) != 0) improve(costs, node, f64x2.add(cost, v128.load(w)));
    return;
  }
  for (; head < end; head += 4, w += 16) {
    improve(costs + ((<usize>load<u32>(head)) << 4), node, f64x2.add(cost, v128.load(w)));
  }
}

/** Takes what costs less than what was known of a place. */
function improve(place: usize, node: v128, way: v128): void {
  const before = v128.load(place);
  const better = f64x2.lt(way, before);
  v128.store(place, f64x2.pmin(before, way));
  const from = froms + ((place - costs) >> 1);
  const narrow = v128.shuffle<u32>(better, better, 0, 2, 0, 2);
  v128.store_lane<u64>(from, v128.bitselect(node, v128.load_zero<u64>(from), narrow), 0);
}

/** The arc of `x` to its upper neighbour of a depth. */
function arcTo(x: u32, depth: u32): u32 {
  // Depths fall, so at most `depth` arcs come after it.
  let i = max<i32>(<i32>firstArc(x), <i32>endOfArcs(x) - 1 - <i32>depth);
  while (get(heads, i) != depth) i++;
  return i;
}

/** Takes the arcs on the stack (2 arc + direction) apart, the last first, and adds the graph's to the path. */
function unpack(height: u32): bool {
  while (height > 0) {
    const slot = get(stack, --height);
    const middle = get(middles, slot);
    if ((middle & BASE) != 0) {
      if (pathLength == room) {
        // Nothing else was taken meanwhile: the piece goes on where the last one ends.
        if (scratchMore(CHUNK << 2) == 0) return false;
        room += CHUNK;
      }
      set(path, pathLength++, middle & ~BASE);
      continue;
    }
    // x -> y over v: down the arc (v, x), up the arc (v, y). The way y -> x takes them the other way round.
    const depth = get(heads, slot >> 1);
    let j = middle + 1;
    while (get(heads, j) != depth) j++;
    const up = slot & 1;
    set(stack, height, up == 0 ? j << 1 : middle << 1);
    set(stack, height + 1, up == 0 ? (middle << 1) | 1 : (j << 1) | 1);
    height += 2;
  }
  return true;
}
