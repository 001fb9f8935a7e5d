// Exports of the module of contraction hierarchies: an index of routes over a graph that stays as it is.

import { arenaInit, STATE } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { contract } from "./contract";
import { HEADER_BYTES, writeHeader } from "./layout";
import { input, read } from "./read";
import { best, search } from "./search";
import { write } from "./write";

export * from "../../core/exports";
export { arcCount, coreCount, nodeCount, shortcutCount } from "./layout";
export { matrix } from "./matrix";
export { route, routed } from "./route";
export { settled } from "./trail";
export { input };

/** The most bytes of state; 0 for all that can be addressed. Not state: an image means the same under any limit. */
let limit: u32 = 0;

/** Sets an index of no node up, once. @returns false if there is no memory for that */
export function init(limitBytes: u32): bool {
  limit = limitBytes;
  if (!arenaInit(HEADER_BYTES, limitBytes)) return false;
  writeHeader(STATE, 0, 0, 0, 0, 0, 0);
  return true;
}

/** Builds the index of the graph at `input()` in place of what was there. @returns OK, or NO_MEMORY: nothing has changed */
export function build(): i32 {
  return read() && contract() && write(limit) ? OK : NO_MEMORY;
}

/** What a cheapest path costs, Infinity if there is none, NaN without memory. */
export function distance(from: u32, to: u32): f64 {
  if (from == to) return 0;
  return search(from, to) ? best : NaN;
}
