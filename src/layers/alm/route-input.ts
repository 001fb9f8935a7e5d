import { badArgument } from "../../errors.js";
import { checkIds, checkList, type Kernel, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import { timeOf } from "./graph.js";
import { given, MASK_BYTES, type MeshExports, writeMask } from "./kernel.js";
import type { WayOptions } from "./route-options.js";
import type { Path } from "./types.js";

const NO_IDS: readonly number[] = Object.freeze([]);

/** Options of a search for paths as the kernel takes them. */
export interface WayInput {
  byHops: number;
  filter: number;
  pointer: number;
  avoid: number;
  bar: number;
  maxCost: number;
  at: number;
}

/** Checks the options, and writes type filter, nodes, edges and further ids to the window, or where they do not fit, to scratch. */
export function writeInput(k: Kernel<MeshExports>, options: WayOptions, ids: ArrayLike<number> = NO_IDS): WayInput {
  const { cost = "weight", types, avoid = NO_IDS, avoidEdges, maxCost = Infinity, at } = given(options);
  if (cost !== "weight" && cost !== "hops") throw badArgument("cost", '"weight" or "hops"', cost);
  if (typeof maxCost !== "number" || Number.isNaN(maxCost)) throw badArgument("maxCost", "a number >= 0", maxCost, "ERR_NOT_FINITE");
  if (maxCost < 0) throw badArgument("maxCost", "a number >= 0", maxCost);
  const time = timeOf(at);
  const avoidCount = checkIds("avoid", avoid);
  const pairs = avoidEdges === undefined ? NO_IDS : flatten(avoidEdges);
  const words = avoidCount + pairs.length + ids.length;
  const filter = writeMask(k, types);
  const pointer = words * 4 <= WINDOW_BYTES - MASK_BYTES ? WINDOW + MASK_BYTES : k.x.scratch(words * 4) >>> 0;
  if (pointer === 0) throw k.full(words * 4);
  const view = k.i32;
  view.set(avoid, pointer >>> 2);
  view.set(pairs, (pointer >>> 2) + avoidCount);
  view.set(ids, (pointer >>> 2) + avoidCount + pairs.length);
  return { byHops: cost === "hops" ? 1 : 0, filter, pointer, avoid: avoidCount, bar: pairs.length / 2, maxCost, at: time };
}

/** The ids of pairs, one after the other. */
function flatten(edges: ArrayLike<readonly [number, number]>): number[] {
  const n = checkList("avoidEdges", edges as unknown as ArrayLike<number>);
  const ids: number[] = [];
  for (let i = 0; i < n; i++) {
    if (checkIds(`avoidEdges[${i}]`, edges[i]) !== 2) throw badArgument(`avoidEdges[${i}]`, "a pair [from, to]", edges[i]);
    ids.push(edges[i][0], edges[i][1]);
  }
  return ids;
}

/** The path of `n` nodes at an address; its ids begin `offset` bytes further. */
export function readPath(k: Kernel<MeshExports>, pointer: number, offset: number, n: number): Path {
  const ids = (pointer + offset) >>> 2;
  return {
    cost: k.f64[pointer >>> 3],
    path: k.i32.slice(ids, ids + n),
    weights: k.f32.slice(ids + n, ids + 2 * n - 1),
    types: Uint8Array.from(k.u32.subarray(ids + 2 * n - 1, ids + 3 * n - 2)),
  };
}

/** The paths whose addresses are listed at an address; see assembly/alm/mesh/paths.ts. */
export function readPaths(k: Kernel<MeshExports>, pointer: number, n: number): Path[] {
  const addresses = k.u32.subarray(pointer >>> 2, (pointer >>> 2) + n);
  return Array.from(addresses, (address) => readPath(k, address, 16, k.u32[(address >>> 2) + 2]));
}
