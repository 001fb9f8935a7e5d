// The two frontiers of a search: 4-ary min-heaps of 16-byte entries, +0 key f64, +8 number u32, so that the four children of an entry are one cache
// line. Keys are f64, not the f32 of core/heap.ts: a search from both ends that leaves settled nodes alone is exact only in the exact order.

import { scratchMore } from "../core/arena";

/** Entries that a heap begins with. */
const FIRST: u32 = 128;
/** Puts the children of an entry on one line: the first entry comes 16 bytes before a line. */
const SHIFT: usize = 48;
/** Of each heap: +0 address, +4 entries, +8 entries there is room for. */
const heaps: usize = memory.data(32);

/** Key of the entry that `dequeue` took. */
export let key: f64 = 0;

/** Starts both heaps, empty. False if there is no memory. */
export function emptyFrontiers(): bool {
  return makeHeap(heaps) && makeHeap(heaps + 16);
}

function makeHeap(heap: usize): bool {
  const place = scratchMore((FIRST << 4) + 128);
  store<u32>(heap, <u32>((place + 63) & ~63) + <u32>SHIFT);
  store<u32>(heap, 0, 4);
  store<u32>(heap, FIRST, 8);
  return place != 0;
}

/** Forgets the entries of a heap. */
export function clearFrontier(side: u32): void {
  store<u32>(heaps + ((<usize>side) << 4), 0, 4);
}

/** Entries of a heap, outdated ones among them. */
export function waiting(side: u32): u32 {
  return load<u32>(heaps + ((<usize>side) << 4), 4);
}

/** The least key of a heap, which is not empty. */
export function nearest(side: u32): f64 {
  return load<f64>(<usize>load<u32>(heaps + ((<usize>side) << 4)));
}

/** Adds an entry. False if there is no memory. O(log n). */
export function enqueue(side: u32, priority: f64, number: u32): bool {
  const heap = heaps + ((<usize>side) << 4);
  let i = load<u32>(heap, 4);
  if (i == load<u32>(heap, 8) && !widen(heap)) return false;
  store<u32>(heap, i + 1, 4);
  const base = <usize>load<u32>(heap);
  while (i > 0) {
    const parent = (i - 1) >> 2;
    const p = base + ((<usize>parent) << 4);
    if (load<f64>(p) <= priority) break;
    v128.store(base + ((<usize>i) << 4), v128.load(p));
    i = parent;
  }
  const place = base + ((<usize>i) << 4);
  store<f64>(place, priority);
  store<u32>(place, number, 8);
  return true;
}

/** Takes the entry of the least key from a heap, which is not empty. @returns its number; the key is in `key`. O(log n). */
export function dequeue(side: u32): u32 {
  const heap = heaps + ((<usize>side) << 4);
  const base = <usize>load<u32>(heap);
  const left = load<u32>(heap, 4) - 1;
  store<u32>(heap, left, 4);
  key = load<f64>(base);
  const number = load<u32>(base, 8);
  const end = base + ((<usize>left) << 4);
  const moved = v128.load(end);
  const priority = load<u64>(end);
  let place = base;
  while (true) {
    const child = base + ((place - base) << 2) + 16;
    if (child >= end) break;
    // Keys are not negative: their bits are in order too, and integers are selected without branches, of which half would be foreseen wrongly.
    let best = child;
    let least = load<u64>(child);
    if (child + 48 < end) {
      const b = load<u64>(child, 16);
      const c = load<u64>(child, 32);
      const d = load<u64>(child, 48);
      best = select<usize>(child + 16, child, b < least);
      least = select<u64>(b, least, b < least);
      const right = select<usize>(child + 48, child + 32, d < c);
      const high = select<u64>(d, c, d < c);
      best = select<usize>(right, best, high < least);
      least = select<u64>(high, least, high < least);
    } else {
      for (let other = child + 16; other < end; other += 16) {
        const value = load<u64>(other);
        if (value < least) {
          least = value;
          best = other;
        }
      }
    }
    if (least >= priority) break;
    v128.store(place, v128.load(best));
    place = best;
  }
  v128.store(place, moved);
  return number;
}

function widen(heap: usize): bool {
  const cap = load<u32>(heap, 8);
  if (cap > 0x4000000) return false;
  const place = scratchMore((cap << 5) + 128);
  if (place == 0) return false;
  const base = ((place + 63) & ~63) + SHIFT;
  memory.copy(base, <usize>load<u32>(heap), (<usize>cap) << 4);
  store<u32>(heap, <u32>base);
  store<u32>(heap, cap << 1, 8);
  return true;
}
