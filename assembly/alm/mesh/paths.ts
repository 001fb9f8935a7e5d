// Paths as answers of several: +0 cost f64, +8 nodes u32, +12 number for the query's own use, then ids u32, weights f32 and types u32 of the edges.
// While a query works, costs and weights are stored ones, and numbers stand for ids.

import { scratchMore } from "../../core/arena";
import { record } from "../query";

/** An empty path of so many nodes. 0 if there is no memory. */
export function newPath(nodes: u32): usize {
  if (nodes > 0x10000000) return 0;
  const path = scratchMore(4 + 12 * nodes + 8);
  if (path != 0) store<u32>(path, nodes, 8);
  return path;
}

/** Nodes of a path. */
export function lengthOf(path: usize): u32 {
  return load<u32>(path, 8);
}

/** Number of the node in a place of a path. */
export function nodeAt(path: usize, i: u32): u32 {
  return load<u32>(path + ((<usize>i) << 2), 16);
}

/** Puts a node into a path. */
export function putNode(path: usize, i: u32, number: u32): void {
  store<u32>(path + ((<usize>i) << 2), number, 16);
}

/** Address of the stored weight of the edge from the node in place `i`; its type is 4 * (nodes - 1) further. */
export function edgeAt(path: usize, i: u32): usize {
  return path + 16 + ((<usize>(lengthOf(path) + i)) << 2);
}

/** Puts an edge into a path. */
export function putEdge(path: usize, i: u32, stored: f32, type: u32): void {
  const at = edgeAt(path, i);
  store<f32>(at, stored);
  store<u32>(at + ((<usize>(lengthOf(path) - 1)) << 2), type);
}

/** Stored cost of the edge from the node in place `i`. */
export function costAt(path: usize, i: u32, byHops: bool): f64 {
  return byHops ? 1 : <f64>load<f32>(edgeAt(path, i));
}

/** Type of the edge from the node in place `i`. */
export function typeOf(path: usize, i: u32): u32 {
  return load<u32>(edgeAt(path, i) + ((<usize>(lengthOf(path) - 1)) << 2));
}

/** Makes a path an answer. */
export function finish(path: usize, unit: f64, factor: f64): void {
  const n = lengthOf(path);
  store<f64>(path, load<f64>(path) * unit);
  for (let i: u32 = 0; i < n; i++) putNode(path, i, load<u32>(record(nodeAt(path, i))));
  for (let i: u32 = 0; i + 1 < n; i++) {
    const weight = edgeAt(path, i);
    store<f32>(weight, <f32>(<f64>load<f32>(weight) * factor));
  }
}
