import type { Kernel, KernelExports } from "../../../wasm/kernel.js";
import type { FrozenGraph } from "./types.js";

/** What the module of hub labels and landmarks exports; see assembly/alm/labels/index.ts. */
export interface LabelsExports extends KernelExports {
  init(limit: number): number;
  input(nodes: number, arcs: number): number;
  buildLabels(): number;
  labelDistance(from: number, to: number): number;
  labelRoute(from: number, to: number): number;
  labelEntries(): number;
  answered(): number;
  hasZeros(): number;
  tableTargets(n: number): number;
  tableBegin(): number;
  tableRow(from: number): void;
  buildLandmarks(count: number, keep: number): number;
  landmarkDistance(from: number, to: number): number;
  landmarkRoute(from: number, to: number): number;
  found(): number;
  searched(): number;
  spanTargets(n: number): number;
  spanRow(from: number, n: number): number;
}

/** Starts the kernel of an index. */
export function start(k: Kernel<LabelsExports>, limit: number): void {
  try {
    if (!k.x.init(limit)) throw k.full();
  } catch (e) {
    throw k.fail(e);
  }
}

/**
 * Writes a graph to where the kernel builds from.
 * @param ranks the number of each node within the index, a permutation
 */
export function writeGraph(k: Kernel<LabelsExports>, graph: FrozenGraph, weights: Float32Array, ranks: Uint32Array): void {
  const { nodes, offsets, targets } = graph;
  const pointer = k.x.input(nodes, targets.length) >>> 0;
  if (pointer === 0) throw k.full(8 * (nodes + targets.length) + 4);
  const { u32, f32 } = k;
  let at = pointer >>> 2;
  u32.set(offsets, at);
  at += nodes + 1;
  u32.set(targets, at);
  at += targets.length;
  f32.set(weights, at);
  at += targets.length;
  u32.set(ranks, at);
}
