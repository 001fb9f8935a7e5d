// The ALM module: a live directed weighted typed graph. See layout.ts for what it keeps. A negative time stands for the largest
// seen, but in `linkMany`, `leads` and `advance`.

import { arenaInit } from "../core/arena";
import { NO_MEMORY, NOT_FOUND } from "../core/status";
import { AHEAD, touch } from "./ahead";
import { mostStored, prepare, readFactor, seen, storeFactor, timeOf, toStored } from "./decay";
import { countOf, Header, header, isNode, LEAST_WEIGHT, recordOf } from "./layout";
import { change, edgeRoom, find, insert, nodeRoom, remove, removeAll, weightAt } from "./store";
import { watched } from "./watch";

export * from "../core/exports";
export { lookedAhead } from "./ahead";
export { arcList, arcs } from "./arcs";
export { leads } from "./decay";
export { pageRank, topNodes } from "./push";
export { recall, recalled } from "./recall";
export { route, routed } from "./route";

/** Starts the layer with records for `capacity` nodes. False if there is no memory. Called once, first. */
export function init(limit: u32, capacity: u32, halfLife: f64, seedLow: u32, seedHigh: u32, undirected: bool, maxDegree: u32): bool {
  if (!arenaInit(offsetof<Header>(), limit)) return false;
  const h = header();
  h.halfLife = halfLife;
  if (watched) {
    h.undirected = undirected ? 1 : 0;
    h.maxDegree = maxDegree;
  }
  h.seed = ((<u64>seedHigh) << 32) | <u64>seedLow;
  return capacity == 0 || nodeRoom(capacity - 1);
}

/** Sets an edge's weight at a time. @returns 1 if it is new, 0 if it was there, or NO_MEMORY. Amortised O(1). */
export function link(from: u32, to: u32, type: u32, weight: f64, time: f64): i32 {
  const at = timeOf(time);
  const slot = find(from, to, type);
  if (slot == 0 && !edgeRoom(from, to, type)) return NO_MEMORY;
  prepare(at);
  seen(at);
  const stored = toStored(weight, storeFactor(at));
  if (slot != 0) {
    change(from, slot, stored);
    return 0;
  }
  insert(from, to, type, stored);
  return 1;
}

/**
 * Sets `n` edges at the current time or any that does not `leads`; rows are planes of u32 from, u32 to, f32 weight, u8 type.
 * The weight plane becomes the undo log: the stored weight that was there before, or -1 for a new edge.
 * @returns how many are new, or NO_MEMORY: then the rows done so far have been undone.
 */
export function linkMany(rows: usize, n: u32, at: f64): i32 {
  const factor = storeFactor(at);
  let added: i32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if ((i & (AHEAD - 1)) == 0) touch(rows, n, i);
    const from = load<u32>(rows + ((<usize>i) << 2));
    const to = load<u32>(rows + ((<usize>(n + i)) << 2));
    const weight = rows + ((<usize>(2 * n + i)) << 2);
    const type = <u32>load<u8>(rows + 12 * <usize>n + <usize>i);
    const stored = toStored(<f64>load<f32>(weight), factor);
    const slot = find(from, to, type);
    if (slot != 0) {
      store<f32>(weight, load<f32>(weightAt(from, slot)));
      change(from, slot, stored);
      continue;
    }
    if (!edgeRoom(from, to, type)) {
      // With a limit rows may have made others give way, which cannot be undone.
      if (!watched || header().maxDegree == 0) undo(rows, n, i);
      return NO_MEMORY;
    }
    store<f32>(weight, -1);
    insert(from, to, type, stored);
    added++;
  }
  return added;
}

/** Undoes the first `count` rows of a `linkMany` of `n` rows, last first. Needs no memory. */
export function undo(rows: usize, n: u32, count: u32): void {
  const h = header();
  const changes = h.changes - count;
  for (let i = count; i > 0; i--) {
    const row = (<usize>(i - 1)) << 2;
    const from = load<u32>(rows + row);
    const slot = find(from, load<u32>(rows + row + ((<usize>n) << 2)), <u32>load<u8>(rows + 12 * <usize>n + <usize>(i - 1)));
    const before = load<f32>(rows + row + ((<usize>n) << 3));
    if (before < 0) remove(from, slot);
    else change(from, slot, before);
  }
  if (watched) h.changes = changes;
}

/** Makes `at` the current time if it is later. */
export function advance(at: f64): void {
  prepare(at);
  seen(at);
}

/** The largest time seen. */
export function now(): f64 {
  return header().now;
}

/**
 * Adds to an edge's weight at a time; an edge that is not there weighs 0. What falls below LEAST_WEIGHT is removed, what rises above
 * MOST_WEIGHT stays there. @returns the weight at the current time, 0 without an edge, or NO_MEMORY.
 */
export function reinforce(from: u32, to: u32, type: u32, delta: f64, time: f64): f64 {
  const at = timeOf(time);
  const slot = find(from, to, type);
  if (slot == 0 && delta < LEAST_WEIGHT) return 0;
  if (slot == 0 && !edgeRoom(from, to, type)) return <f64>NO_MEMORY;
  prepare(at);
  seen(at);
  const before = slot == 0 ? 0 : <f64>load<f32>(weightAt(from, slot));
  const stored = <f32>min<f64>(before + delta * storeFactor(at), mostStored(at));
  const weight = <f64>(<f32>(<f64>stored * readFactor(0)));
  if (weight < LEAST_WEIGHT) {
    if (slot != 0) remove(from, slot);
    return 0;
  }
  if (slot == 0) insert(from, to, type, stored);
  else change(from, slot, stored);
  return weight;
}

/** Removes every edge of a node, in both directions. @returns how many. O(degree). */
export function removeNode(node: u32): u32 {
  return isNode(node) ? removeAll(node) : 0;
}

/** An edge's weight at a time, or NOT_FOUND. */
export function weightOf(from: u32, to: u32, type: u32, at: f64): f64 {
  const slot = find(from, to, type);
  return slot == 0 ? <f64>NOT_FOUND : <f64>(<f32>(<f64>load<f32>(weightAt(from, slot)) * readFactor(at)));
}

/** How many edges leave (OUT) or reach (IN) a node. */
export function degree(node: u32, direction: u32): u32 {
  return isNode(node) ? countOf(recordOf(node, direction)) : 0;
}

export function edgeCount(): u32 {
  return header().edgeCount;
}
