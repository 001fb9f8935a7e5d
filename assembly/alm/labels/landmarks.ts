// Landmarks: Goldberg and Harrelson, "Computing the shortest path: A* search meets graph theory", SODA 2005. With the distances from a landmark L to all nodes,
// and from all nodes to it, the triangle inequality bounds any distance from below: d(v, t) >= d(L, t) - d(L, v) and d(v, t) >= d(v, L) - d(t, L).
//
// A distance x is kept as floor(x / unit) in 15 bits, unit a power of two: so a difference of two, less one, is below the true one, which no rounding
// of floats has to be watched for, and eight bounds are one instruction. Infinity is the largest value, above all finite ones. That is right of itself:
// where one side is infinite, the difference is negative, or there is no path at all.
//
// Landmarks are those far from each other: each next one is the node farthest from its nearest landmark, there and back.

import { NO_MEMORY, OK } from "../../core/status";
import {
  ARC,
  arcCount,
  arcsGiven,
  inArcs,
  inEnds,
  inStarts,
  nodeOf,
  nodes,
  outArcs,
  outOffsets,
  room,
  simplify,
  symmetric,
  zeros,
} from "./graph";
import { header, MOST_LANDMARKS } from "./layout";
import { BLOCK, padded, replace, stage } from "./pack";
import { forget } from "./search";
import { spread, spreadDists, spreadRoom } from "./spread";

/** Stands for Infinity; finite distances are below. */
const FAR: i32 = 32767;
/** The least unit: what is still far from where floats end. */
const LEAST_UNIT: f64 = 1e-200;

/** Distances of each landmark, f32 rounded down, planes of `nodes`: from it, then, where not symmetric, to it. */
let planes: usize = 0;
/** By node, the distance to and from the nearest landmark; Infinity where no landmark has a path. */
let nearest: usize = 0;
/** The largest finite distance. */
let farthest: f64 = 0;
/** Landmarks as ranks. */
let picked: usize = 0;

/**
 * Builds `count` landmarks, or fewer in a graph with less nodes, of the graph at `input` in place of what was there.
 * @param keep the landmarks stay those that there are, whatever `count` says; only the distances are new
 * @returns OK, or NO_MEMORY: then nothing has changed
 */
export function buildLandmarks(count: u32, keep: bool): i32 {
  forget();
  if (!simplify() || !spreadRoom()) return NO_MEMORY;
  const n = <u64>nodes;
  const sides: u64 = symmetric ? 1 : 2;
  const most: u64 = keep ? header().landmarks : count;
  planes = room(n * sides * (most << 2));
  nearest = room(n << 3);
  picked = room(MOST_LANDMARKS << 2);
  if (planes == 0 || nearest == 0 || picked == 0) return NO_MEMORY;
  farthest = 0;
  const found = keep ? measureChosen() : choose(count);
  const lanes = (<u64>found + 7) & ~7;
  const offsetsAt = padded(n << 2);
  const linksAt = offsetsAt + padded((n + 1) << 2);
  const idsAt = linksAt + padded((<u64>arcCount) << 3);
  const inIdsAt = idsAt + padded((<u64>arcCount) << 2);
  const inOffsetsAt = inIdsAt + padded((<u64>arcCount) << 2);
  const inLinksAt = inOffsetsAt + (symmetric ? 0 : padded((n + 1) << 2));
  const chosenAt = inLinksAt + (symmetric ? 0 : padded((<u64>arcCount) << 3));
  const boundsAt = chosenAt + padded(MOST_LANDMARKS << 2);
  const bytes = padded(boundsAt + n * ((lanes << 1) * sides));
  const staged = stage(bytes);
  if (staged == 0) return NO_MEMORY;
  memory.fill(staged, 0, <usize>bytes);
  const unit = unitFor(farthest);
  for (let r: u32 = 0; r < nodes; r++) store<u32>(staged + ((<usize>load<u32>(nodeOf + ((<usize>r) << 2))) << 2), r);
  copyArcs(outOffsets, outOffsets + 4, outArcs, staged + <usize>offsetsAt, staged + <usize>linksAt, staged + <usize>idsAt);
  // Where the graph is symmetric the same offsets and links are written once more.
  const inOffsets = staged + <usize>(symmetric ? offsetsAt : inOffsetsAt);
  const inLinks = staged + <usize>(symmetric ? linksAt : inLinksAt);
  copyArcs(inStarts, inEnds, inArcs, inOffsets, inLinks, staged + <usize>inIdsAt);
  for (let i: u32 = 0; i < found; i++) {
    const at = (<usize>i) << 2;
    store<u32>(staged + <usize>chosenAt + at, load<u32>(nodeOf + ((<usize>load<u32>(picked + at)) << 2)));
  }
  for (let side: u32 = 0; side < <u32>sides; side++) {
    for (let i: u32 = 0; i < found; i++) {
      quantise(plane(i, side), staged + <usize>boundsAt + ((<usize>(side * <u32>lanes + i)) << 1), <usize>((lanes << 1) * sides), unit);
    }
  }
  replace(staged, bytes);
  const h = header();
  h.nodes = nodes;
  h.arcs = arcsGiven;
  h.symmetric = symmetric ? 1 : 0;
  h.zeros = zeros ? 1 : 0;
  h.entries = arcCount;
  h.ranks = <u32>BLOCK;
  h.offsets = <u32>(BLOCK + <usize>offsetsAt);
  h.links = <u32>(BLOCK + <usize>linksAt);
  h.ids = <u32>(BLOCK + <usize>idsAt);
  h.inOffsets = <u32>(BLOCK + <usize>(symmetric ? offsetsAt : inOffsetsAt));
  h.inLinks = <u32>(BLOCK + <usize>(symmetric ? linksAt : inLinksAt));
  h.inIds = <u32>(BLOCK + <usize>inIdsAt);
  h.chosen = <u32>(BLOCK + <usize>chosenAt);
  h.bounds = <u32>(BLOCK + <usize>boundsAt);
  h.landmarks = found;
  h.lanes = <u32>lanes;
  h.unit = unit;
  return OK;
}

/** Where the distances from landmark i lie (side 0), or those to it. */
function plane(i: u32, side: u32): usize {
  const number: u32 = symmetric ? i : 2 * i + side;
  return planes + ((<usize>nodes * <usize>number) << 2);
}

/** The distances of the landmarks that there are, by their names outside. @returns how many */
function measureChosen(): u32 {
  const h = header();
  for (let i: u32 = 0; i < h.landmarks; i++) {
    const at = (<usize>i) << 2;
    const rank = load<u32>(<usize>h.ranks + ((<usize>load<u32>(<usize>h.chosen + at)) << 2));
    store<u32>(picked + at, rank);
    measure(i, rank);
  }
  return h.landmarks;
}

/** Picks landmarks and finds their distances. @returns how many: fewer than `count` when all nodes that have paths are landmarks */
function choose(count: u32): u32 {
  if (nodes == 0) return 0;
  // The search for the first one starts where the most arcs are, so in the component that counts.
  let start: u32 = 0;
  let most: u32 = 0;
  for (let r: u32 = 0; r < nodes; r++) {
    store<f64>(nearest + ((<usize>r) << 3), Infinity);
    const degree = load<u32>(outOffsets + ((<usize>r) << 2), 4) - load<u32>(outOffsets + ((<usize>r) << 2));
    if (degree > most) {
      most = degree;
      start = r;
    }
  }
  spread(start, outOffsets, outOffsets + 4, outArcs);
  let next = start;
  let reach: f64 = 0;
  for (let r: u32 = 0; r < nodes; r++) {
    const d = load<f64>(spreadDists + ((<usize>r) << 3));
    if (d > reach && d < Infinity) {
      reach = d;
      next = r;
    }
  }
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(picked + ((<usize>i) << 2), next);
    measure(i, next);
    reach = 0;
    for (let r: u32 = 0; r < nodes; r++) {
      const from = load<f32>(plane(i, 0) + ((<usize>r) << 2));
      const to = load<f32>(plane(i, symmetric ? 0 : 1) + ((<usize>r) << 2));
      if (from == Infinity && to == Infinity) continue;
      const there = nearest + ((<usize>r) << 3);
      const distance = min<f64>(load<f64>(there), (from < Infinity ? <f64>from : 0) + (to < Infinity ? <f64>to : 0));
      store<f64>(there, distance);
    }
    for (let r: u32 = 0; r < nodes; r++) {
      const distance = load<f64>(nearest + ((<usize>r) << 3));
      if (distance > reach && distance < Infinity) {
        reach = distance;
        next = r;
      }
    }
    if (reach == 0) return i + 1;
  }
  return count;
}

/** Finds the distances of landmark i, the node of this rank. */
function measure(i: u32, rank: u32): void {
  spread(rank, outOffsets, outOffsets + 4, outArcs);
  keepDistances(plane(i, 0));
  if (symmetric) return;
  spread(rank, inStarts, inEnds, inArcs);
  keepDistances(plane(i, 1));
}

/** Copies the distances of a search, rounded down: a multiple of the unit, having few bits, is never passed by that. */
function keepDistances(to: usize): void {
  let from = spreadDists;
  for (const end = to + ((<usize>nodes) << 2); to < end; to += 4, from += 8) {
    const distance = load<f64>(from);
    if (distance < Infinity && distance > farthest) farthest = distance;
    store<f32>(to, distance < Infinity ? below(distance) : Infinity);
  }
}

/** The largest finite f32 that is not above x >= 0. */
function below(x: f64): f32 {
  const near = <f32>x;
  return <f64>near > x ? reinterpret<f32>(reinterpret<u32>(near) - 1) : near;
}

/** The smallest power of two of which the largest distance is less than FAR. */
function unitFor(largest: f64): f64 {
  let unit: f64 = 1;
  if (largest == 0) return unit;
  while (largest >= unit * <f64>FAR) unit *= 2;
  while (unit > LEAST_UNIT && largest < unit * 0.5 * <f64>FAR) unit *= 0.5;
  return unit;
}

function quantise(from: usize, to: usize, stride: usize, unit: f64): void {
  for (const end = from + ((<usize>nodes) << 2); from < end; from += 4, to += stride) {
    const distance = load<f32>(from);
    store<i16>(to, distance < Infinity ? <i16>(<i32>(<f64>distance / unit)) : <i16>FAR);
  }
}

/** Copies the arcs of all nodes in one direction. */
function copyArcs(starts: usize, ends: usize, arcs: usize, offsets: usize, links: usize, ids: usize): void {
  let count: u32 = 0;
  for (let r: usize = 0, last = (<usize>nodes) << 2; r < last; r += 4) {
    const end = arcs + <usize>load<u32>(ends + r) * ARC;
    for (let a = arcs + <usize>load<u32>(starts + r) * ARC; a < end; a += ARC) {
      store<u64>(links + ((<usize>count) << 3), load<u64>(a));
      store<u32>(ids + ((<usize>count) << 2), load<u32>(a, 8));
      count++;
    }
    store<u32>(offsets + r, count, 4);
  }
}
