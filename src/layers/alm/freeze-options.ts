import type { Bytes } from "../../types.js";
import type { WasmSource } from "../../wasm/source.js";
import type { RouteIndexKind } from "./routes/types.js";

export type { RouteIndexKind } from "./routes/types.js";

/** How to freeze. */
export interface FreezeOptions {
  /**
   * Which index. "labels": hub labels, for networks with hubs of up to some ten thousand nodes. "ch": a contraction hierarchy, for roads and other large
   * graphs. "cch": a customisable one, which takes new weights in milliseconds. "alt": landmarks, built soonest and slowest to answer.
   * "auto" (default): by the graph and `churn`; where an index refuses the graph the next one is taken.
   */
  index?: "auto" | RouteIndexKind;
  /** What will change while the index is in use: nothing (default), or weights, which `reweight()` then hands on. */
  churn?: "none" | "weights";
  /** Only edges of these types; default: all. Routes over other types are searched in the live graph. */
  types?: readonly number[];
  /** An edge costs its weight (default), or 1. */
  cost?: "weight" | "hops";
  /** The most bytes the index may take; default: what WebAssembly can address (4 GiB), and for the labels of "auto" 4,000 a node. */
  maxBytes?: Bytes;
  /** Where the WebAssembly of an index comes from; default: the binaries embedded in the package. */
  wasm?: Readonly<Partial<Record<RouteIndexKind, WasmSource>>>;
}

/** What became of a freeze. */
export interface FrozenStats {
  /** Which index it is; with "auto", the one that was chosen. */
  index: RouteIndexKind;
  /**
   * Whether routes come from the index. "stale": weights have changed since, and `reweight()` would bring it up to date; until then routes are searched in
   * the live graph. "lost": edges were made or removed.
   */
  state: "valid" | "stale" | "lost";
  /** Nodes of the frozen graph. */
  nodes: number;
  /** Its arcs; an undirected edge is two of them. */
  arcs: number;
  /** Bytes of the index. */
  stateBytes: Bytes;
}
