// Contraction hierarchies (Geisberger, Sanders, Schultes and Delling, "Contraction hierarchies: faster and simpler hierarchical routing in
// road networks", WEA 2008). Node by node is taken out of the graph, the least important first, and shortcuts keep the distances between
// those that are left. What a node is connected to when it is taken out is above it; every cheapest path then has one that goes up only and
// then down only.
//
// Importance is the level, to contract evenly, plus shortcuts by arcs removed, in number and in length. It is looked at again only when a node's turn comes (lazy
// update). Graphs with hubs end in a dense core in which each contraction adds more arcs than it removes: when the work exceeds what the
// graph's size justifies, what is left stays as it is, and searches cross it by Dijkstra's algorithm.

import { scratchMore } from "../../core/arena";
import { entry, fromOrderedBits, heapPop, heapPush } from "../../core/heap";
import {
  append,
  degreeOf,
  entriesOf,
  find,
  HOPS,
  levelOf,
  NUMBER,
  ORIGINAL,
  pair,
  pairOf,
  raise,
  remove,
  SHARED,
  VIA_IN,
  VIA_OUT,
  WEIGHT_IN,
  WEIGHT_OUT,
} from "./lists";
import { inputArcs, inputNodes, symmetric } from "./read";
import { findShortcuts, startWitness, wanted, wantedCount, wantedHops, work } from "./witness";

/** Entries read, for each node and arc of the graph, after which contraction stops. */
const WORK: u64 = 100;
/** And that many are always granted. */
const WORK_AT_LEAST: u64 = 100000000;

/** The nodes in the order of contraction, then those of the core. */
export let order: usize = 0;
/** How many were contracted. */
export let contracted: u32 = 0;
/** Arcs numbered so far: each contracted node's in the order of its entries. */
export let numbered: u32 = 0;
/** Shortcuts among them. */
export let shortcuts: u32 = 0;

/** Contracts the graph read. @returns false without memory */
export function contract(): bool {
  const n = inputNodes();
  const heap = scratchMore(n << 3);
  order = scratchMore(n << 2);
  contracted = 0;
  numbered = 0;
  shortcuts = 0;
  if (heap == 0 || order == 0 || !startWitness(n)) return false;
  let waiting: u32 = 0;
  for (let v: u32 = 0; v < n; v++) heapPush(heap, waiting++, entry(leastImportance(v), v));
  const most = WORK * (<u64>n + <u64>inputArcs()) + WORK_AT_LEAST;
  while (waiting > 0 && work < most) {
    const v = <u32>load<u64>(heap);
    heapPop(heap, waiting--);
    const next = waiting > 0 ? fromOrderedBits(<u32>(load<u64>(heap) >> 32)) : Infinity;
    const least = leastImportance(v);
    if (least > next) {
      heapPush(heap, waiting++, entry(least, v));
      continue;
    }
    if (!findShortcuts(v)) return false;
    const now = importance(v);
    if (now > next) {
      heapPush(heap, waiting++, entry(now, v));
      continue;
    }
    if (!takeOut(v)) return false;
    store<u32>(order + ((<usize>contracted) << 2), v);
    contracted++;
  }
  // What still waits is the core.
  for (let i: u32 = 0; i < waiting; i++) {
    const v = <u32>load<u64>(heap + ((<usize>i) << 3));
    number(v);
    store<u32>(order + ((<usize>(contracted + i)) << 2), v);
  }
  return true;
}

/** The level, plus the shortcuts just found by the arcs that go, plus twice the same ratio of the arcs of the graph that both stand for. */
function importance(v: u32): f32 {
  const degree = degreeOf(v);
  if (degree == 0) return <f32>levelOf(v);
  let hops: u32 = 0;
  let e = entriesOf(v);
  const end = e + ((<usize>degree) << 5);
  for (; e < end; e += 32) hops += load<u32>(e, HOPS);
  const each: f32 = symmetric ? 1 : 0.5;
  return <f32>levelOf(v) + each * (<f32>wantedCount / <f32>degree + (<f32>2 * <f32>wantedHops) / <f32>hops);
}
/** What the importance is hardly below, without a search: a node of many arcs is not searched from before its turn can have come. */
function leastImportance(v: u32): f32 {
  const degree = degreeOf(v);
  return <f32>levelOf(v) + (degree > 8 ? (<f32>degree * <f32>degree) / 512 : 0);
}

/** Takes a node out and puts in the shortcuts found. @returns false without memory */
function takeOut(v: u32): bool {
  number(v);
  const degree = degreeOf(v);
  const first = entriesOf(v);
  const level = levelOf(v) + 1;
  for (let i: u32 = 0; i < degree; i++) {
    const neighbour = load<u32>(first + ((<usize>i) << 5));
    remove(neighbour, v);
    raise(neighbour, level);
  }
  for (let s: u32 = 0; s < wantedCount; s++) {
    const p = wanted + <usize>s * 24;
    const eu = first + ((<usize>load<u32>(p)) << 5);
    const ex = first + ((<usize>load<u32>(p, 4)) << 5);
    const weight = load<f64>(p, 8);
    const hops = load<u32>(p, 16);
    const there = pair(numberIn(eu), numberOut(ex));
    const back = symmetric ? pair(numberIn(ex), numberOut(eu)) : 0;
    if (there < 0 || back < 0) return false;
    const u = load<u32>(eu);
    const x = load<u32>(ex);
    if (!connect(u, x, weight, there, symmetric ? weight : Infinity, back, hops)) return false;
    if (!connect(x, u, symmetric ? weight : Infinity, back, weight, there, hops)) return false;
  }
  return true;
}

/** Puts the better of what is there and of what is offered into u's entry for x. @returns false without memory */
function connect(u: u32, x: u32, out: f64, viaOut: u32, into: f64, viaIn: u32, hops: u32): bool {
  let e = find(u, x);
  if (e == 0) e = append(u, x);
  if (e == 0) return false;
  if (out < load<f64>(e, WEIGHT_OUT)) {
    store<f64>(e, out, WEIGHT_OUT);
    store<u32>(e, viaOut, VIA_OUT);
    store<u32>(e, hops, HOPS);
  }
  if (into < load<f64>(e, WEIGHT_IN)) {
    store<f64>(e, into, WEIGHT_IN);
    store<u32>(e, viaIn, VIA_IN);
    store<u32>(e, hops, HOPS);
  }
  return true;
}

/** Numbers the arcs of a node whose entries are final: one number for both ways where they are the same way. */
function number(v: u32): void {
  let e = entriesOf(v);
  const end = e + ((<usize>degreeOf(v)) << 5);
  for (; e < end; e += 32) {
    const out = load<f64>(e, WEIGHT_OUT);
    const into = load<f64>(e, WEIGHT_IN);
    const viaOut = load<u32>(e, VIA_OUT);
    const viaIn = load<u32>(e, VIA_IN);
    let number = numbered;
    if (out == into && sameWay(viaOut, viaIn)) {
      number |= SHARED;
      numbered += 1;
      shortcuts += 1 - (viaOut >> 31);
    } else {
      if (out < Infinity) {
        numbered += 1;
        shortcuts += 1 - (viaOut >> 31);
      }
      if (into < Infinity) {
        numbered += 1;
        shortcuts += 1 - (viaIn >> 31);
      }
    }
    store<u32>(e, number, NUMBER);
  }
}

/** Whether an arc out and an arc in replace the same two arcs, or are both of the graph. */
function sameWay(viaOut: u32, viaIn: u32): bool {
  if (((viaOut | viaIn) & ORIGINAL) != 0) return (viaOut & viaIn & ORIGINAL) != 0;
  const there = pairOf(viaOut);
  const back = pairOf(viaIn);
  return load<u32>(there) == load<u32>(back, 4) && load<u32>(there, 4) == load<u32>(back);
}

/** The number of the arc of an entry that leads out. */
export function numberOut(e: usize): u32 {
  return load<u32>(e, NUMBER) & ~SHARED;
}

/** The number of the arc of an entry that leads in. */
export function numberIn(e: usize): u32 {
  const number = load<u32>(e, NUMBER);
  if ((number & SHARED) != 0) return number & ~SHARED;
  return load<f64>(e, WEIGHT_OUT) < Infinity ? number + 1 : number;
}
