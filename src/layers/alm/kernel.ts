import { badArgument } from "../../errors.js";
import type { Kernel, KernelExports } from "../../wasm/kernel.js";
import { checkList, WINDOW } from "../../wasm/kernel.js";

/** What the ALM module exports; see assembly/alm/index.ts. A type of -1 means any, a flag is 0 or 1. */
export interface AlmExports extends KernelExports {
  init(limit: number, capacity: number, halfLife: number, seedLow: number, seedHigh: number, undirected: number, maxDegree: number): number;
  link(from: number, to: number, type: number, weight: number, at: number): number;
  linkMany(rows: number, n: number, at: number): number;
  undo(rows: number, n: number, count: number): void;
  leads(at: number): number;
  advance(at: number): void;
  now(): number;
  reinforce(from: number, to: number, type: number, delta: number, at: number): number;
  removeNode(node: number): number;
  weightOf(from: number, to: number, type: number, at: number): number;
  degree(node: number, direction: number): number;
  edgeCount(): number;
  arcs(node: number, direction: number, filter: number, limit: number, at: number): number;
  arcList(): number;
  recall(
    seeds: number,
    n: number,
    k: number,
    hopDecay: number,
    maxHops: number,
    filter: number,
    minWeight: number,
    at: number,
    byShare: number,
  ): number;
  recalled(): number;
  route(from: number, to: number, byHops: number, filter: number, avoid: number, avoidCount: number, maxCost: number, at: number): number;
  routed(): number;
  pageRank(
    seeds: number,
    n: number,
    shares: number,
    k: number,
    restart: number,
    epsilon: number,
    filter: number,
    skipSeeds: number,
    minWeight: number,
    at: number,
    maxHops: number,
  ): number;
  topNodes(): number;
}

/** What the `alm-mesh` module exports beside; see assembly/alm/mesh. */
export interface MeshExports extends AlmExports {
  update(from: number, to: number, type: number, weight: number, at: number): number;
  unlink(from: number, to: number, type: number): number;
  nodeCount(): number;
  nodeCap(): number;
  nextNode(node: number, end: number): number;
  rescale(at: number): void;
  updateMany(rows: number, n: number, at: number): number;
  unlinkMany(rows: number, n: number): number;
  reinforceMany(rows: number, n: number, at: number): number;
  nodeRoom(node: number): number;
  bulkRows(n: number, growing: number, withTypes: number): number;
  bulkLink(at: number, add: number): number;
  bulkUnlink(): number;
  bulkUpdate(at: number): number;
  arcCount(): number;
  exportColumns(): number;
  columnIds(): number;
  columnsAt(): number;
  importWeights(weights: number, at: number): void;
  rowOf(from: number, to: number, type: number): number;
  generationOf(row: number): number;
  edgeOfRow(row: number, generation: number): number;
  shapes(): number;
  decays(): number;
  changes(): number;
  compact(): number;
  allow(arcs: number): void;
  rankOn(stop: number): number;
  recallOn(stop: number): number;
  kHop(seeds: number, n: number, hops: number, directions: number, filter: number, minWeight: number, at: number, limit: number): number;
  kHopOn(stop: number): number;
  found(): number;
  activate(
    seeds: number,
    n: number,
    shares: number,
    k: number,
    hops: number,
    decay: number,
    strength: number,
    minActivation: number,
    filter: number,
    minWeight: number,
    at: number,
  ): number;
  activateOn(stop: number): number;
  explain(n: number, spread: number, restart: number, most: number, at: number): number;
  explanations(): number;
  bfs(from: number, directions: number, filter: number, maxDepth: number): number;
  depthsAt(): number;
  reachedCount(): number;
  sssp(from: number, directions: number, byHops: number, filter: number, maxCost: number, at: number): number;
  treeDistances(): number;
  treeParents(): number;
  placeRoom(count: number): number;
  measure(): void;
  way(
    from: number,
    to: number,
    algorithm: number,
    byHops: number,
    filter: number,
    input: number,
    avoid: number,
    bar: number,
    maxCost: number,
    at: number,
  ): number;
  distances(
    from: number,
    byHops: number,
    filter: number,
    input: number,
    avoid: number,
    bar: number,
    n: number,
    maxCost: number,
    at: number,
  ): number;
  distancesAt(): number;
  kPaths(
    from: number,
    to: number,
    k: number,
    byHops: number,
    filter: number,
    input: number,
    avoid: number,
    bar: number,
    maxCost: number,
    at: number,
  ): number;
  kPathsAt(): number;
  disjointPair(
    from: number,
    to: number,
    byNode: number,
    byHops: number,
    filter: number,
    input: number,
    avoid: number,
    bar: number,
    maxCost: number,
    at: number,
  ): number;
  disjointPairAt(): number;
}

/** What a query answers that has used up the work it was allowed; see assembly/alm/query.ts. */
export const UNFINISHED = -4;
/** Bytes of WINDOW that the mask of a type filter takes; other input follows it. */
export const MASK_BYTES = 32;
/** The largest count or limit that a kernel takes. */
export const MOST = 0x7fff_ffff;
/** The latest time: what a Date can hold. */
export const MOST_TIME = 8.64e15;
/** Weights lie in [LEAST_WEIGHT, MOST_WEIGHT]; see assembly/alm/layout.ts. */
export const LEAST_WEIGHT = 1e-18;
export const MOST_WEIGHT = 1e18;

/** The options of a call. @throws MfnError `ERR_ARGUMENT` for what is no object */
export function given<T extends object>(options: T): T {
  if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
  return options;
}

/** Refuses what cannot be an edge's weight. */
export function checkWeight(name: string, weight: number): void {
  if (typeof weight === "number" && weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT) return;
  const finite = Number.isFinite(weight) || typeof weight !== "number";
  throw badArgument(name, `a number in [${LEAST_WEIGHT}, ${MOST_WEIGHT}]`, weight, finite ? "ERR_ARGUMENT" : "ERR_NOT_FINITE");
}

/** Refuses what is not an edge's type. */
export function checkType(name: string, type: number): void {
  if (typeof type !== "number" || (type & 255) !== type) throw badArgument(name, "an integer in [0, 255]", type);
}

/** Refuses what is not a time. */
export function checkTime(at: number): void {
  if (typeof at === "number" && at >= 0 && at <= MOST_TIME) return;
  const finite = Number.isFinite(at) || typeof at !== "number";
  throw badArgument("at", `a time in [0, ${MOST_TIME}]`, at, finite ? "ERR_ARGUMENT" : "ERR_NOT_FINITE");
}

/** Refuses what cannot be the weights of seeds. */
export function checkSeedWeights(weights: ArrayLike<number> | undefined, seeds: ArrayLike<number>): void {
  if (weights === undefined) return;
  if (checkList("seedWeights", weights) !== checkList("seeds", seeds)) throw badArgument("seedWeights", `${seeds.length} weights`, weights);
  for (let i = 0; i < weights.length; i++) checkWeight(`seedWeights[${i}]`, weights[i]);
}

const WAYS = { out: 1, in: 2, both: 3 };

/** A direction as the kernels take it. */
export function checkWay(direction: keyof typeof WAYS = "out"): number {
  if (!Object.hasOwn(WAYS, direction)) throw badArgument("direction", '"out", "in" or "both"', direction);
  return WAYS[direction];
}

/** Writes the mask of a type filter to the start of WINDOW. @returns 1, or 0 for no filter. */
export function writeMask(k: Kernel<AlmExports>, types: readonly number[] | undefined): number {
  if (types === undefined) return 0;
  checkList("types", types);
  for (let i = 0; i < types.length; i++) checkType(`types[${i}]`, types[i]);
  const mask = k.u8.fill(0, WINDOW, WINDOW + MASK_BYTES);
  for (let i = 0; i < types.length; i++) mask[WINDOW + (types[i] >> 3)] |= 1 << (types[i] & 7);
  return 1;
}

/** Takes apart `n` pairs of words at an address: the first words, the second ones, and the second ones as f32. */
export function pairs(
  k: Kernel<AlmExports>,
  pointer: number,
  n: number,
): [first: Int32Array, second: Int32Array, secondAsFloat: Float32Array] {
  const first = new Int32Array(n);
  const second = new Int32Array(n);
  const { i32 } = k;
  let p = pointer >>> 2;
  for (let i = 0; i < n; i++, p += 2) {
    first[i] = i32[p];
    second[i] = i32[p + 1];
  }
  return [first, second, new Float32Array(second.buffer)];
}
