// Exact search: every row is looked at, four at a time, and the k nearest are kept in a heap.

import { scratch, scratchMore, WINDOW } from "../core/arena";
import { entry, fromOrderedBits, keepSmallest, largestKept, sortKept } from "../core/heap";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../core/status";
import { copyRow, distances4, measure } from "./distance";
import { rowAt, Store, slotAt, slotOf, theStore } from "./layout";

/** How a query is compared with rows: a class without instances for each way rows are kept. */
@unmanaged
export abstract class Rows {
  /** The distances of the query at `q` to the rows at `a`, `b`, `c` and `d`. */
  abstract four(s: Store, q: usize, a: usize, b: usize, c: usize, d: usize): v128;
}

/** Rows of f32. */
@final
@unmanaged
export class FloatRows extends Rows {
  four(s: Store, q: usize, a: usize, b: usize, c: usize, d: usize): v128 {
    return distances4(s.metric, q, a, b, c, d, s.stride);
  }
}

/**
 * The `k` rows nearest to the vector at `query`, ascending by distance and then id. `query` is in WINDOW or was taken by
 * `scratch`, and has room for the padding of a row. O(n d + m log k), m the number of times a row gets among the best.
 * @param exclude an id to leave out, or 0xffffffff
 * @returns address of: u32 n, 12 bytes nothing, u32 ids[n], f32 distances[n]; or BAD_ARGUMENT, NO_MEMORY
 */
export function storeSearch(query: usize, k: u32, exclude: u32): i32 {
  const s = theStore();
  if (!toRow(s, query)) return BAD_ARGUMENT;
  return nearest(s, query, k, slotOf(s, exclude), query == WINDOW);
}

/** The `k` rows nearest to the row of `id`, which is itself left out. NOT_FOUND if it has none; else as `storeSearch`. */
export function storeSearchById(id: u32, k: u32): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  return nearest(s, rowAt(s, slot), k, slot, true);
}

/**
 * The distances from the vector at `query` (as for `storeSearch`) to the rows of the `n` ids at `ids`, written to `out`;
 * Infinity for an id without a vector. O(n d).
 */
export function storeDistances(query: usize, ids: usize, n: u32, out: usize): i32 {
  const s = theStore();
  if (!toRow(s, query)) return BAD_ARGUMENT;
  distancesTo<FloatRows>(s, query, ids, n, out);
  return OK;
}

/** The distances from the row of `id`; NOT_FOUND if it has none. */
export function storeDistancesById(id: u32, ids: usize, n: u32, out: usize): i32 {
  const s = theStore();
  const slot = slotOf(s, id);
  if (slot < 0) return NOT_FOUND;
  distancesTo<FloatRows>(s, rowAt(s, slot), ids, n, out);
  return OK;
}

/** Makes the vector at `query` what a row would be, in place: padded, and of length 1 under cosine. */
export function toRow(s: Store, query: usize): bool {
  const norm = measure(query, s.dimensions, s.metric);
  if (norm < 0) return false;
  const bytes = (<usize>s.dimensions) << 2;
  memory.fill(query + bytes, 0, -bytes & 15);
  copyRow(query, query, s.dimensions, norm, s.metric);
  return true;
}

function nearest(s: Store, query: usize, k: u32, excluded: i32, begin: bool): i32 {
  k = min<u32>(k, s.count);
  // Four distances, the heap, the distances of the result. No overflow: k is below 2^28, since a row has 16 bytes or more.
  const bytes = 32 + k * 12;
  const result = begin ? scratch(bytes) : scratchMore(bytes);
  if (result == 0) return NO_MEMORY;
  const four = result + 16;
  const heap = four + 16;
  let n: u32 = 0;
  if (k > 0) n = scan(s, query, k, excluded, heap, four);
  return answer(result, heap, k, n);
}

/** Writes the `n` entries kept in a heap of room for `k` at result + 32 as a search answers: ids, then distances. */
export function answer(result: usize, heap: usize, k: u32, n: u32): i32 {
  sortKept(heap, n);
  // The ids and distances are taken apart: distances to where the heap ends, then ids to where it began.
  const distances = heap + ((<usize>k) << 3);
  for (let i: u32 = 0; i < n; i++) {
    const e = load<u64>(heap + ((<usize>i) << 3));
    store<f32>(distances + ((<usize>i) << 2), fromOrderedBits(<u32>(e >> 32)));
    store<u32>(result + 16 + ((<usize>i) << 2), <u32>e);
  }
  memory.copy(result + 16 + ((<usize>n) << 2), distances, (<usize>n) << 2);
  store<u32>(result, n);
  return <i32>result;
}

/** Whether an id is among those of a filter: u32 words, u32 bits[words]; 0 lets all pass. */
export function allowed(filter: usize, id: u32): bool {
  if (filter == 0) return true;
  const word = id >> 5;
  return word < load<u32>(filter) && (load<u32>(filter + ((<usize>word) << 2), 4) & (1 << (id & 31))) != 0;
}

/** Keeps the k nearest rows in `heap`; `four` is 16 bytes to work in. */
function scan(s: Store, query: usize, k: u32, excluded: i32, heap: usize, four: usize): u32 {
  const stride = <usize>s.stride;
  let n: u32 = 0;
  let worst = f32x4.splat(Infinity);
  let first: u32 = 0;
  for (let g: u32 = 0; first < s.count; g++) {
    let row = <usize>load<u32>(<usize>s.directory + ((<usize>g) << 2));
    const end = min<u32>(first + s.rowsPerSegment, s.count);
    for (let slot = first; slot < end; slot += 4) {
      const b = row + stride;
      const c = b + stride;
      const d = c + stride;
      const distances = distances4(s.metric, query, row, b, c, d, stride);
      row = d + stride;
      // <= and not <: of two equal distances the smaller id wins, wherever its row lies.
      let near = i32x4.bitmask(f32x4.le(distances, worst));
      if (near == 0) continue;
      v128.store(four, distances);
      if (end - slot < 4) near &= (1 << (end - slot)) - 1;
      while (near != 0) {
        const lane = ctz<i32>(near);
        near &= near - 1;
        if (<i32>slot + lane == excluded) continue;
        n = keepSmallest(heap, n, k, entry(load<f32>(four + ((<usize>lane) << 2)), slotAt(s, slot + lane).id));
      }
      if (n == k) worst = f32x4.splat(fromOrderedBits(<u32>(largestKept(heap) >> 32)));
    }
    first = end;
  }
  return n;
}

export function distancesTo<R extends Rows>(s: Store, query: usize, ids: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i += 4) {
    const p = ids + ((<usize>i) << 2);
    const a = s.rowOf(load<u32>(p));
    const b = i + 1 < n ? s.rowOf(load<u32>(p, 4)) : 0;
    const c = i + 2 < n ? s.rowOf(load<u32>(p, 8)) : 0;
    const d = i + 3 < n ? s.rowOf(load<u32>(p, 12)) : 0;
    // For no row something to read: the query, which is no shorter.
    const distances = changetype<R>(0).four(s, query, a || query, b || query, c || query, d || query);
    const o = out + ((<usize>i) << 2);
    store<f32>(o, a == 0 ? Infinity : f32x4.extract_lane(distances, 0));
    if (i + 1 < n) store<f32>(o, b == 0 ? Infinity : f32x4.extract_lane(distances, 1), 4);
    if (i + 2 < n) store<f32>(o, c == 0 ? Infinity : f32x4.extract_lane(distances, 2), 8);
    if (i + 3 < n) store<f32>(o, d == 0 ? Infinity : f32x4.extract_lane(distances, 3), 12);
  }
}
