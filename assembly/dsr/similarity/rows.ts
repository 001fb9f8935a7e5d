// The rows of the index: of f32, as the plain store has them, or of bytes.

import { scratch, scratchMore, WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import { copyRow, distances4 } from "../distance";
import { rowAt, Store, slotAt, slotOf, theStore } from "../layout";
import { asGiven } from "../rows";
import { distancesTo, Rows, toRow } from "../search";
import { byteDistances4, readBytes, shortenQuery, shortQueryBytes, writeBytes } from "./bytes";
import { floatBytes, thePopulation } from "./layout";

/** Rows of either kind. */
@final
@unmanaged
export class AnyRows extends Rows {
  four(s: Store, q: usize, a: usize, b: usize, c: usize, d: usize): v128 {
    return thePopulation().byteRows ? byteDistances4(s, q, a, b, c, d) : distances4(s.metric, q, a, b, c, d, s.stride);
  }
}

/** Writes the vector at `vector`, of length `norm`, to a slot. */
export function writeRow(s: Store, slot: u32, vector: usize, norm: f64): void {
  slotAt(s, slot).norm = <f32>norm;
  if (thePopulation().byteRows) writeBytes(s, rowAt(s, slot), vector);
  else copyRow(rowAt(s, slot), vector, s.dimensions, norm, s.metric);
}

/** A row as f32: where it is, or written to `buffer`, which has floatBytes. */
export function floatRow(s: Store, slot: u32, buffer: usize): usize {
  const row = rowAt(s, slot);
  if (!thePopulation().byteRows) return row;
  readBytes(s, row, buffer);
  return buffer;
}

/**
 * What rows are compared with: the f32 at `query`, or of that what rows of bytes are compared with, which takes scratch.
 * @param begin whether scratch is free to begin anew
 * @returns 0 if there is no memory
 */
export function comparable(s: Store, query: usize, begin: bool): usize {
  if (!thePopulation().byteRows) return query;
  const out = begin ? scratch(shortQueryBytes(s)) : scratchMore(shortQueryBytes(s));
  if (out != 0) shortenQuery(s, query, out);
  return out;
}

/**
 * A row as a query: where it is, or written as f32 to scratch. It is a row under every metric already.
 * @param begin whether scratch is free to begin anew
 * @returns 0 if there is no memory
 */
export function rowAsQuery(s: Store, slot: u32, begin: bool): usize {
  if (!thePopulation().byteRows) return rowAt(s, slot);
  const buffer = begin ? scratch(<u32>floatBytes(s)) : scratchMore(<u32>floatBytes(s));
  if (buffer != 0) readBytes(s, rowAt(s, slot), buffer);
  return buffer;
}

/** As storeVector: exact but for what the form of the rows rounds. */
export function populationVector(id: u32, out: usize): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  if (thePopulation().byteRows) {
    // Padding may not fit: number by number.
    const row = rowAt(s, slot);
    const unit = load<f32>(row + <usize>s.stride - 8);
    for (let i: usize = 0; i < <usize>s.dimensions; i++) store<f32>(out + (i << 2), <f32>load<i8>(row + i) * unit);
  } else memory.copy(out, rowAt(s, slot), (<usize>s.dimensions) << 2);
  asGiven(s, slot, out);
  return OK;
}

/** As storeDistances. `query`, `ids` and `out` are in WINDOW or in scratch that was taken. */
export function populationDistances(query: usize, ids: usize, n: u32, out: usize): i32 {
  const s = theStore();
  if (!toRow(s, query)) return BAD_ARGUMENT;
  const q = comparable(s, query, query == WINDOW);
  if (q == 0) return NO_MEMORY;
  distancesTo<AnyRows>(s, q, ids, n, out);
  return OK;
}

/** As storeDistancesById. */
export function populationDistancesById(id: u32, ids: usize, n: u32, out: usize): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  const query = rowAsQuery(s, slot, ids == WINDOW);
  let q = query;
  if (q != 0) q = comparable(s, query, false);
  if (q == 0) return NO_MEMORY;
  distancesTo<AnyRows>(s, q, ids, n, out);
  return OK;
}
