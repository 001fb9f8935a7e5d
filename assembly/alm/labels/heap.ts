// A 4-ary min-heap of distances in f64, over plain memory: an entry is +0 f64 distance, +8 u32 node. For searches that may settle a node but once;
// those that may come back to it take the smaller entries of core/heap.ts.

/** Bytes of an entry. */
export const ENTRY: usize = 16;

/** Adds to a heap of `n` entries; the caller keeps the count. O(log n). */
export function push(heap: usize, n: u32, distance: f64, node: u32): void {
  let i = n;
  while (i > 0) {
    const parent = (i - 1) >> 2;
    const p = heap + ((<usize>parent) << 4);
    if (load<f64>(p) <= distance) break;
    const at = heap + ((<usize>i) << 4);
    v128.store(at, v128.load(p));
    i = parent;
  }
  const at = heap + ((<usize>i) << 4);
  store<f64>(at, distance);
  store<u32>(at, node, 8);
}

/** Takes the top away from a heap of `n` > 0 entries; n - 1 are left. O(log n). */
export function drop(heap: usize, n: u32): void {
  const left = n - 1;
  const last = v128.load(heap + ((<usize>left) << 4));
  const distance = f64x2.extract_lane(last, 0);
  let i: u32 = 0;
  while (true) {
    const first = (i << 2) + 1;
    if (first >= left) break;
    let child = heap + ((<usize>first) << 4);
    let least = load<f64>(child);
    let next = child + ENTRY;
    const end = heap + ((<usize>min<u32>(first + 4, left)) << 4);
    for (; next < end; next += ENTRY) {
      const d = load<f64>(next);
      if (d < least) {
        least = d;
        child = next;
      }
    }
    if (least >= distance) break;
    v128.store(heap + ((<usize>i) << 4), v128.load(child));
    i = <u32>((child - heap) >> 4);
  }
  v128.store(heap + ((<usize>i) << 4), last);
}
