// Two heaps over plain memory; an entry is a u64 whose high half is the priority and whose low half is the payload, so that
// one comparison orders by priority and breaks ties by the smaller payload: results do not depend on the order of insertion.

/** An f32 as a u32 with the same order (NaN excluded). */
export function orderedBits(x: f32): u32 {
  const b = reinterpret<u32>(x);
  return b ^ (<u32>(<i32>b >> 31) | 0x80000000);
}

/** The inverse of orderedBits. */
export function fromOrderedBits(b: u32): f32 {
  return reinterpret<f32>(b ^ (<u32>(<i32>~b >> 31) | 0x80000000));
}

/** An entry of priority `x` and payload `id`. */
export function entry(x: f32, id: u32): u64 {
  return ((<u64>orderedBits(x)) << 32) | <u64>id;
}

/** Adds to a 4-ary min-heap of `n` entries at `heap`; the caller keeps the count. O(log n). */
export function heapPush(heap: usize, n: u32, e: u64): void {
  let i = n;
  while (i > 0) {
    const parent = (i - 1) >> 2;
    const p = load<u64>(heap + ((<usize>parent) << 3));
    if (p <= e) break;
    store<u64>(heap + ((<usize>i) << 3), p);
    i = parent;
  }
  store<u64>(heap + ((<usize>i) << 3), e);
}

/** Takes the smallest of the `n` > 0 entries out of a 4-ary min-heap; n - 1 are left. O(log n). */
export function heapPop(heap: usize, n: u32): u64 {
  const least = load<u64>(heap);
  const left = n - 1;
  if (left > 0) siftDown(heap, left, load<u64>(heap + ((<usize>left) << 3)));
  return least;
}

/**
 * Keeps the `k` smallest entries seen, as a max-heap at `heap` of which `n` are filled.
 * @returns the new n. O(log k) for an entry that is kept, O(1) for one that is not.
 */
export function keepSmallest(heap: usize, n: u32, k: u32, e: u64): u32 {
  if (n < k) {
    heapPush(heap, n, ~e);
    return n + 1;
  }
  if (k > 0 && ~load<u64>(heap) > e) siftDown(heap, k, ~e);
  return n;
}

/** The largest entry kept by `keepSmallest`, n > 0: what a new one must be below to be kept once n = k. */
export function largestKept(heap: usize): u64 {
  return ~load<u64>(heap);
}

/** Turns the `n` entries kept by `keepSmallest` into an ascending list, in place. O(n log n). */
export function sortKept(heap: usize, n: u32): void {
  for (let left = n; left > 1; left--) {
    const last = heap + ((<usize>(left - 1)) << 3);
    const top = load<u64>(heap);
    siftDown(heap, left - 1, load<u64>(last));
    store<u64>(last, top);
  }
  for (let i: u32 = 0; i < n; i++) store<u64>(heap + ((<usize>i) << 3), ~load<u64>(heap + ((<usize>i) << 3)));
}

function siftDown(heap: usize, n: u32, e: u64): void {
  let i: u32 = 0;
  while (true) {
    const first = (i << 2) + 1;
    if (first >= n) break;
    let child = first;
    let least = load<u64>(heap + ((<usize>first) << 3));
    const end = min<u32>(first + 4, n);
    for (let c = first + 1; c < end; c++) {
      const v = load<u64>(heap + ((<usize>c) << 3));
      if (v < least) {
        least = v;
        child = c;
      }
    }
    if (least >= e) break;
    store<u64>(heap + ((<usize>i) << 3), least);
    i = child;
  }
  store<u64>(heap + ((<usize>i) << 3), e);
}
