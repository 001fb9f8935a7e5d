import { badArgument } from "../errors.js";
import type { Milliseconds } from "../types.js";
import { checkIds, checkList, type Kernel, NO_MEMORY, WINDOW, WINDOW_BYTES } from "../wasm/kernel.js";
import { type AlmExports, checkType, checkWeight, LEAST_WEIGHT, MOST_WEIGHT } from "./alm-kernel.js";
import type { LinkManyOptions } from "./alm-types.js";

/** Rows that go through the window at once, 13 bytes each. */
const ROWS = Math.floor(WINDOW_BYTES / 13 / 4) * 4;

/** Edges to be made, column by column. */
export interface Rows {
  from: ArrayLike<number>;
  to: ArrayLike<number>;
  weights?: ArrayLike<number>;
  types?: ArrayLike<number>;
}

/** Checks every number of a batch, before any of it is done. */
export function checkRows(from: ArrayLike<number>, to: ArrayLike<number>, { weights, types }: LinkManyOptions): Rows {
  const n = checkIds("from", from);
  if (checkIds("to", to) !== n) throw badArgument("to", `${n} ids, as in from`, to);
  if (weights !== undefined) {
    if (checkList("weights", weights) !== n) throw badArgument("weights", `${n} weights`, weights);
    for (let i = 0; i < n; i++) {
      const weight = weights[i];
      if (!(typeof weight === "number" && weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) checkWeight(`weights[${i}]`, weight);
    }
  }
  if (types !== undefined) {
    if (checkList("types", types) !== n) throw badArgument("types", `${n} types`, types);
    for (let i = 0; i < n; i++) {
      const type = types[i];
      if (typeof type !== "number" || (type & 255) !== type) checkType(`types[${i}]`, type);
    }
  }
  return { from, to, weights, types };
}

/**
 * Makes edges: sends rows through the window, chunk by chunk, and undoes the chunks before when one runs out of memory. The kernel
 * leaves in the window what undoes a chunk.
 * @returns how many are new
 */
export function linkRows(k: Kernel<AlmExports>, { from, to, weights, types }: Rows, at: Milliseconds): number {
  const undo: Uint8Array[] = [];
  let added = 0;
  for (let start = 0; start < from.length; start += ROWS) {
    const n = Math.min(ROWS, from.length - start);
    const base = WINDOW >>> 2;
    copyRows(k.i32, base, from, start, n);
    copyRows(k.i32, base + n, to, start, n);
    copyRows(k.f32, base + 2 * n, weights, start, n, 1);
    copyRows(k.u8, WINDOW + 12 * n, types, start, n);
    const status = k.x.linkMany(WINDOW, n, at);
    if (status === NO_MEMORY) {
      for (const rows of undo.reverse()) {
        k.u8.set(rows, WINDOW);
        k.x.undo(WINDOW, rows.length / 13, rows.length / 13);
      }
      throw k.full();
    }
    added += status;
    if (start + n < from.length) undo.push(k.u8.slice(WINDOW, WINDOW + 13 * n));
  }
  return added;
}

/** Writes `n` numbers from `start` on to a place in a view; `otherwise` in place of numbers that were not given. */
function copyRows(
  view: Int32Array | Float32Array | Uint8Array,
  at: number,
  rows: ArrayLike<number> | undefined,
  start: number,
  n: number,
  otherwise = 0,
): void {
  if (rows === undefined) view.fill(otherwise, at, at + n);
  else if (rows instanceof Int32Array || rows instanceof Float32Array || rows instanceof Uint8Array)
    view.set(rows.subarray(start, start + n), at);
  else for (let i = 0; i < n; i++) view[at + i] = rows[start + i];
}
