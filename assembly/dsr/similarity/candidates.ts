// The rows that look nearest by their words: a list that is cut back to the best each time it is full, so that a row that gets on
// it costs a store, and the bar is never far from where a heap would have it.

import { entry, fromOrderedBits } from "../../core/heap";
import { slotAt, theStore } from "../layout";
import { allowed } from "../search";

/** u64 entries (estimate, slot), as assembly/core/heap.ts has them. */
let list: usize = 0;
let length: u32 = 0;
let wanted: u32 = 0;
let room: u32 = 0;
let filter: usize = 0;
/** Estimates above this are not among the best. */
export let bar: f32 = Infinity;

/** Entries of room that `n` candidates are found best in. */
export function candidateRoom(n: u32): u32 {
  return (n << 1) + 64;
}

/**
 * Starts an empty list for the best `n` at `place`, which has candidateRoom(n) entries of 8 bytes.
 * @param ids a filter of the rows' ids (see ../search.ts), or 0
 */
export function startCandidates(place: usize, n: u32, ids: usize): void {
  filter = ids;
  list = place;
  length = 0;
  wanted = n;
  room = candidateRoom(n);
  bar = Infinity;
}

/** Puts a row on the list. */
export function addCandidate(estimate: f32, slot: u32): void {
  if (filter != 0 && !allowed(filter, slotAt(theStore(), slot).id)) return;
  store<u64>(list + ((<usize>length) << 3), entry(estimate, slot));
  if (++length == room) cut();
}

/** Cuts the list back to the best. @returns how many there are; unordered, from `place` on */
export function finishCandidates(): u32 {
  if (length > wanted) cut();
  return length;
}

/** Copies the best of the list so far to `out`, which has room for candidateRoom(n) entries. @returns how many, unordered */
export function copyCandidates(out: usize): u32 {
  const n = finishCandidates();
  memory.copy(out, list, (<usize>n) << 3);
  return n;
}

function cut(): void {
  if (wanted == 0) {
    length = 0;
    bar = -Infinity;
    return;
  }
  const least = selectSmallest(list, length, wanted);
  length = wanted;
  bar = fromOrderedBits(<u32>(least >> 32));
}

/**
 * Brings the `k` smallest of `n` different u64 to the front, 0 < k <= n. O(n) on average; the pivots are medians of three.
 * Hoare, "Algorithm 65: find", Communications of the ACM 4, 1961.
 * @returns the largest of them
 */
export function selectSmallest(a: usize, n: u32, k: u32): u64 {
  let low = a;
  let high = a + ((<usize>(n - 1)) << 3);
  const target = a + ((<usize>(k - 1)) << 3);
  while (low < high) {
    const middle = low + (((high - low) >> 4) << 3);
    const x = load<u64>(low);
    const y = load<u64>(middle);
    const z = load<u64>(high);
    const pivot = max<u64>(min<u64>(x, y), min<u64>(max<u64>(x, y), z));
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<u64>(i) < pivot) i += 8;
      while (load<u64>(j) > pivot) j -= 8;
      if (i > j) break;
      const t = load<u64>(i);
      store<u64>(i, load<u64>(j));
      store<u64>(j, t);
      i += 8;
      j -= 8;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return load<u64>(target);
}

/** Sorts `n` u64, ascending: quicksort to the median, by insertion where few are left. O(n log n) on average. */
export function sortEntries(a: usize, n: u32): void {
  if (n > 24) {
    const half = n >> 1;
    selectSmallest(a, n, half);
    sortEntries(a, half);
    sortEntries(a + ((<usize>half) << 3), n - half);
    return;
  }
  const end = a + ((<usize>n) << 3);
  for (let p = a + 8; p < end; p += 8) {
    const x = load<u64>(p);
    let q = p;
    while (q > a) {
      const y = load<u64>(q - 8);
      if (y <= x) break;
      store<u64>(q, y);
      q -= 8;
    }
    store<u64>(q, x);
  }
}
