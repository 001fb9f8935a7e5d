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
  if (++length == room) cut(wanted + (wanted >> 2));
}

/** Cuts the list back to the best. @returns how many there are; unordered, from `place` on */
export function finishCandidates(): u32 {
  if (length > wanted) cut(wanted);
  return length;
}

/** Copies the best of the list so far to `out`, which has room for candidateRoom(n) entries. @returns how many, unordered */
export function copyCandidates(out: usize): u32 {
  const n = finishCandidates();
  memory.copy(out, list, (<usize>n) << 3);
  return n;
}

/** Cuts the list back to the best, of which more than are wanted may stay, but not more than `most`. */
function cut(most: u32): void {
  const largest = selectSmallest(list, length, wanted, most);
  length = selected;
  bar = fromOrderedBits(<u32>(largest >> 32));
}

/** How many selectSmallest has brought to the front. */
export let selected: u32 = 0;

/**
 * Brings the `k` smallest of `n` u64 to the front, or up to `most` of them if that is less work, 0 < k <= n. O(n) on average. The
 * pivots are medians of three; the partition takes no branch, which could not be foreseen.
 * Hoare, "Algorithm 65: find", Communications of the ACM 4, 1961; Lomuto's partition.
 * @returns the largest of them
 */
export function selectSmallest(a: usize, n: u32, k: u32, most: u32): u64 {
  let low = a;
  let high = a + ((<usize>n) << 3);
  const target = a + ((<usize>k) << 3);
  const enough = a + ((<usize>most) << 3);
  selected = k;
  while (high - low > 8) {
    const x = load<u64>(low);
    const y = load<u64>(low + (((high - low) >> 4) << 3));
    const z = load<u64>(high - 8);
    const pivot = max<u64>(min<u64>(x, y), min<u64>(max<u64>(x, y), z));
    let middle = partition(low, high, pivot);
    if (middle == high) {
      // The pivot is the largest: by those below it.
      middle = partition(low, high, pivot - 1);
      if (middle < target) return pivot;
      high = middle;
    } else if (middle < target) low = middle;
    else {
      if (middle <= enough) {
        selected = <u32>((middle - a) >> 3);
        return pivot;
      }
      high = middle;
    }
  }
  return load<u64>(low);
}

/** Brings what is not above the pivot to the front. @returns where the rest begins */
function partition(low: usize, high: usize, pivot: u64): usize {
  let middle = low;
  for (let p = low; p < high; p += 8) {
    const x = load<u64>(p);
    store<u64>(p, load<u64>(middle));
    store<u64>(middle, x);
    middle += x <= pivot ? 8 : 0;
  }
  return middle;
}

/** Sorts `n` u64, ascending: quicksort to the median, by insertion where few are left. O(n log n) on average. */
export function sortEntries(a: usize, n: u32): void {
  if (n > 24) {
    const half = n >> 1;
    selectSmallest(a, n, half, half);
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
