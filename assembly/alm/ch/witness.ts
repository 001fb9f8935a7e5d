// Which shortcuts a node's contraction takes: for each way u -> v -> x through the node, one unless there is another way from u to x
// that is no longer, a witness. Witnesses are looked for by a Dijkstra search from u that gives up early: a shortcut too many makes the
// hierarchy larger, never wrong. Costs are f64, the order of the search is that of their f32.

import { scratchMore } from "../../core/arena";
import { heapPop, heapPush } from "../../core/heap";
import { degreeOf, entriesOf, HOPS, WEIGHT_IN, WEIGHT_OUT } from "./lists";
import { symmetric } from "./read";

/** Nodes that a search settles at most. */
const SETTLED: u32 = 100;
/** Entries that a search reads at most before the last node that it settles: what a hub has is read at most once. */
const READ: u32 = 4000;
/** Nodes that a search reaches at most. */
const REACHED: u32 = 1 << 15;

// A node's mark, 16 bytes: f64 distance from u, f64 the length of the way through v where a witness is wanted and not found, else -1.
let marks: usize = 0;
let heap: usize = 0;
let reached: usize = 0;
let reachedCount: u32 = 0;

/** The shortcuts found, 24 bytes each: u32 index of u and u32 index of x among the node's entries, f64 weight, u32 hops. */
export let wanted: usize = 0;
export let wantedCount: u32 = 0;
let wantedRoom: u32 = 0;
/** Arcs of the graph that they stand for. */
export let wantedHops: u32 = 0;
/** Entries read by all searches so far. */
export let work: u64 = 0;

/** Starts with `n` nodes. @returns false without memory */
export function startWitness(n: u32): bool {
  marks = scratchMore(n << 4);
  heap = scratchMore(REACHED << 3);
  reached = scratchMore(REACHED << 2);
  wantedRoom = 1 << 12;
  wanted = scratchMore(wantedRoom * 24);
  work = 0;
  if (marks == 0 || heap == 0 || reached == 0 || wanted == 0) return false;
  for (let i: u32 = 0; i < n; i++) {
    store<f64>(markOf(i), Infinity);
    store<f64>(markOf(i), -1, 8);
  }
  return true;
}

/**
 * Finds the shortcuts that the contraction of `v` takes; where the graph is symmetric, one for each pair of neighbours.
 * O(degree x (degree + what a search reads)). @returns false without memory
 */
export function findShortcuts(v: u32): bool {
  wantedCount = 0;
  wantedHops = 0;
  const degree = degreeOf(v);
  const first = entriesOf(v);
  for (let i: u32 = 0; i < degree; i++) {
    const ei = first + ((<usize>i) << 5);
    const into = load<f64>(ei, WEIGHT_IN);
    if (into == Infinity) continue;
    const from: u32 = symmetric ? i + 1 : 0;
    let goals: u32 = 0;
    let farthest: f64 = 0;
    for (let j = from; j < degree; j++) {
      const ej = first + ((<usize>j) << 5);
      const out = load<f64>(ej, WEIGHT_OUT);
      if (j == i || out == Infinity) continue;
      const length = into + out;
      store<f64>(markOf(load<u32>(ej)), length, 8);
      farthest = max<f64>(farthest, length);
      goals++;
    }
    if (goals == 0) continue;
    const left = search(load<u32>(ei), v, farthest, goals);
    work += <u64>goals;
    for (let j = from; j < degree && left > 0; j++) {
      const mark = markOf(load<u32>(first + ((<usize>j) << 5)));
      const length = load<f64>(mark, 8);
      if (length < 0) continue;
      store<f64>(mark, -1, 8);
      if (wantedCount == wantedRoom && !roomForMore()) return false;
      const s = wanted + <usize>wantedCount * 24;
      const hops = load<u32>(ei, HOPS) + load<u32>(first + ((<usize>j) << 5), HOPS);
      store<u32>(s, i);
      store<u32>(s, j, 4);
      store<f64>(s, length, 8);
      store<u32>(s, hops, 16);
      wantedCount++;
      wantedHops += hops;
    }
    for (let r: u32 = 0; r < reachedCount; r++) store<f64>(markOf(load<u32>(reached + ((<usize>r) << 2))), Infinity);
  }
  return true;
}

/** Searches from u around v for the nodes whose marks want a witness. @returns how many have none */
function search(u: u32, v: u32, farthest: f64, goals: u32): u32 {
  let n: u32 = 1;
  store<u64>(heap, <u64>u);
  store<f64>(markOf(u), 0);
  store<u32>(reached, u);
  reachedCount = 1;
  let read: u32 = 0;
  for (let settled: u32 = 0; n > 0 && settled < SETTLED && read < READ; settled++) {
    const top = heapPop(heap, n--);
    const node = <u32>top;
    const distance = load<f64>(markOf(node));
    if (reinterpret<f32>(<u32>(top >> 32)) > <f32>distance) continue;
    if (distance > farthest) break;
    const degree = degreeOf(node);
    let e = entriesOf(node);
    const end = e + ((<usize>degree) << 5);
    read += degree;
    work += <u64>degree;
    for (; e < end; e += 32) {
      const next = distance + load<f64>(e, WEIGHT_OUT);
      if (next > farthest) continue;
      const other = load<u32>(e);
      if (other == v) continue;
      const mark = markOf(other);
      const known = load<f64>(mark);
      if (next >= known) continue;
      if (known == Infinity) {
        if (reachedCount == REACHED) return goals;
        store<u32>(reached + ((<usize>reachedCount) << 2), other);
        reachedCount++;
      }
      store<f64>(mark, next);
      if (next <= load<f64>(mark, 8)) {
        store<f64>(mark, -1, 8);
        if (--goals == 0) return 0;
      }
      if (n == REACHED) return goals;
      heapPush(heap, n++, ((<u64>reinterpret<u32>(<f32>next)) << 32) | <u64>other);
    }
  }
  return goals;
}

function markOf(node: u32): usize {
  return marks + ((<usize>node) << 4);
}

function roomForMore(): bool {
  const room = wantedRoom << 1;
  const place = room < 1 << 27 ? scratchMore(room * 24) : 0;
  if (place == 0) return false;
  memory.copy(place, wanted, <usize>wantedRoom * 24);
  wanted = place;
  wantedRoom = room;
  return true;
}
