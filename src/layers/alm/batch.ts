import { badArgument } from "../../errors.js";
import type { Milliseconds } from "../../types.js";
import { checkIds, checkList, type Kernel, NO_MEMORY, WINDOW, WINDOW_BYTES } from "../../wasm/kernel.js";
import { type AlmExports, checkType, checkWeight, given, LEAST_WEIGHT, type MeshExports, MOST_WEIGHT } from "./kernel.js";
import type { LinkManyOptions } from "./types.js";

/** Rows that go through the window at once, 13 bytes each. */
const ROWS = Math.floor(WINDOW_BYTES / 13 / 4) * 4;

/** Edges to be made, column by column. */
export interface Rows {
  from: ArrayLike<number>;
  to: ArrayLike<number>;
  weights?: ArrayLike<number>;
  types?: ArrayLike<number>;
  /** The largest id. */
  most: number;
}

/** Checks every number of a batch, before any of it is done. */
export function checkRows(from: ArrayLike<number>, to: ArrayLike<number>, options: LinkManyOptions, name = "weights"): Rows {
  const { weights, types } = given(options);
  const most = Math.max(largestId("from", from), largestId("to", to));
  const n = from.length;
  if (to.length !== n) throw badArgument("to", `${n} ids, as in from`, to);
  if (weights !== undefined) {
    if (checkList(name, weights) !== n) throw badArgument(name, `${n} numbers`, weights);
    for (let i = 0; i < n; i++) {
      const weight = weights[i];
      if (!(typeof weight === "number" && weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) checkWeight(`${name}[${i}]`, weight);
    }
  }
  if (types !== undefined) {
    if (checkList("types", types) !== n) throw badArgument("types", `${n} types`, types);
    for (let i = 0; i < n; i++) {
      const type = types[i];
      if (typeof type !== "number" || (type & 255) !== type) checkType(`types[${i}]`, type);
    }
  }
  return { from, to, weights, types, most };
}

/** Checks ids. @returns the largest one, 0 if there is none */
function largestId(name: string, ids: ArrayLike<number>): number {
  let most = 0;
  let least = 0;
  if (ids instanceof Int32Array) {
    for (let i = 0; i < ids.length; i++) {
      most = Math.max(most, ids[i]);
      least = Math.min(least, ids[i]);
    }
    if (least === 0) return most;
  }
  checkIds(name, ids);
  for (let i = 0; i < ids.length; i++) if (ids[i] > most) most = ids[i];
  return most;
}

/** Makes edges. @returns how many are new */
export function linkRows(k: Kernel<AlmExports>, rows: Rows, at: Milliseconds, limited = false): number {
  return send(k, rows, (n) => k.x.linkMany(WINDOW, n, at), limited ? at : undefined);
}

/** Adds to the weights of edges, and makes those that are not there. @returns how many are new */
export function reinforceRows(k: Kernel<MeshExports>, rows: Rows, at: number, limited: boolean): number {
  const time = at < 0 ? k.x.now() : at;
  // A time far ahead rescales all weights, which is no change of any.
  if (k.x.leads(time)) k.x.rescale(time);
  const added = send(k, rows, (n) => k.x.reinforceMany(WINDOW, n, time), limited ? time : undefined);
  k.x.advance(time);
  return added;
}

/** Gives edges new weights, all or none. @returns how many, or -16 - i for a row that is not there */
export function updateRows(k: Kernel<MeshExports>, { from, to, weights, types }: Rows, at: number): number {
  const n = from.length;
  const bytes = n * 13 + 16;
  const pointer = bytes > 0xffff_0000 ? 0 : k.x.scratch(bytes) >>> 0;
  if (pointer === 0) throw k.full(bytes);
  const base = pointer >>> 2;
  copyRows(k.i32, base, from, 0, n);
  copyRows(k.i32, base + n, to, 0, n);
  copyRows(k.f32, base + 2 * n, weights, 0, n, 1);
  copyRows(k.u8, pointer + 12 * n, types, 0, n);
  const time = at < 0 ? k.x.now() : at;
  const status = k.x.updateMany(pointer, n, time);
  if (status >= 0) k.x.advance(time);
  return status;
}

/** Batches of fewer rows are done row by row; so are those that are small beside the graph. */
const BULK = 2048;

/** Whether a batch is worth dealing. */
export function isBulk(k: Kernel<MeshExports>, { from }: Rows): boolean {
  return from.length >= BULK && from.length * 8 >= Math.max(k.x.edgeCount(), k.x.nodeCap() >>> 0);
}

/** Makes edges or adds to their weights (`add`), all or none. @returns how many are new, or NO_MEMORY where there may be room row by row */
export function linkBulk(k: Kernel<MeshExports>, rows: Rows, at: Milliseconds, add: boolean): number {
  if (!k.x.nodeRoom(rows.most)) throw k.full();
  const time = at < 0 ? k.x.now() : at;
  if (!copyAll(k, rows, true)) return NO_MEMORY;
  const status = k.x.bulkLink(time, add ? 1 : 0);
  if (status >= 0) k.x.advance(time);
  return status;
}

/** Gives edges new weights, all or none. @returns how many, or -16 - i for a row that is not there */
export function updateBulk(k: Kernel<MeshExports>, rows: Rows, at: Milliseconds): number {
  if (rows.most >= k.x.nodeCap() >>> 0 || !copyAll(k, rows, false)) return updateRows(k, rows, at);
  const time = at < 0 ? k.x.now() : at;
  const status = k.x.bulkUpdate(time);
  if (status >= 0) k.x.advance(time);
  return status;
}

/** Removes edges. @returns how many were there */
export function unlinkBulk(k: Kernel<MeshExports>, rows: Rows): number {
  if (rows.most >= k.x.nodeCap() >>> 0 || !copyAll(k, rows, false)) return unlinkRows(k, rows);
  return k.x.bulkUnlink();
}

/** Writes all rows to the scratch of a large batch. @returns false if there is no room for them all at once */
function copyAll(k: Kernel<MeshExports>, { from, to, weights, types }: Rows, growing: boolean): boolean {
  const n = from.length;
  const pointer = k.x.bulkRows(n, growing ? 1 : 0, types === undefined ? 0 : 1) >>> 0;
  if (pointer === 0) return false;
  const base = pointer >>> 2;
  copyRows(k.i32, base, from, 0, n);
  copyRows(k.i32, base + n, to, 0, n);
  copyRows(k.f32, base + 2 * n, weights, 0, n, 1);
  if (types !== undefined) copyRows(k.u8, pointer + 12 * n, types, 0, n);
  return true;
}

/** Removes edges, row by row. @returns how many were there */
export function unlinkRows(k: Kernel<MeshExports>, rows: Rows): number {
  let removed = 0;
  for (let start = 0; start < rows.from.length; start += ROWS) {
    removed += k.x.unlinkMany(WINDOW, fill(k, rows, start));
  }
  return removed;
}

/**
 * Sends rows through the window, chunk by chunk, and undoes the chunks before when one runs out of memory. The kernel leaves in the
 * window what undoes a chunk.
 * @param stays the time of the rows, if what was done stays: rows of nodes with a limit of edges may have made others give way
 * @returns the sum of what the kernel returns
 */
function send(k: Kernel<AlmExports>, rows: Rows, call: (n: number) => number, stays?: Milliseconds): number {
  const undo: Uint8Array[] = [];
  let added = 0;
  for (let start = 0; start < rows.from.length; start += ROWS) {
    const n = fill(k, rows, start);
    const status = call(n);
    if (status === NO_MEMORY) {
      if (stays !== undefined) k.x.advance(stays);
      else
        for (const done of undo.reverse()) {
          k.u8.set(done, WINDOW);
          k.x.undo(WINDOW, done.length / 13, done.length / 13);
        }
      throw k.full();
    }
    added += status;
    if (start + n < rows.from.length) undo.push(k.u8.slice(WINDOW, WINDOW + 13 * n));
  }
  return added;
}

/** Writes the rows from `start` on that fit to the window. @returns how many */
function fill(k: Kernel<AlmExports>, { from, to, weights, types }: Rows, start: number): number {
  const n = Math.min(ROWS, from.length - start);
  const base = WINDOW >>> 2;
  copyRows(k.i32, base, from, start, n);
  copyRows(k.i32, base + n, to, start, n);
  copyRows(k.f32, base + 2 * n, weights, start, n, 1);
  copyRows(k.u8, WINDOW + 12 * n, types, start, n);
  return n;
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
