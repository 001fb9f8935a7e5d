// Selection by keys: Hoare, "Algorithm 65: find", CACM 1961, with the median of three as pivot.

import { get, set } from "./words";

/** Key of item `i`. */
export function keyAt(keys: usize, i: u32): f64 {
  return load<f64>(keys + ((<usize>i) << 3));
}

/**
 * Moves items lo .. hi - 1, with their keys, so that those before `nth` have keys not above its own, those behind not below.
 * Expected O(hi - lo).
 */
export function select(items: usize, keys: usize, lo: u32, hi: u32, nth: u32): void {
  let l = <i32>lo;
  let r = <i32>hi - 1;
  const k = <i32>nth;
  while (l < r) {
    const a = keyAt(keys, l);
    const b = keyAt(keys, (l + r) >> 1);
    const c = keyAt(keys, r);
    const pivot = max<f64>(min<f64>(a, b), min<f64>(max<f64>(a, b), c));
    let i = l;
    let j = r;
    while (i <= j) {
      while (keyAt(keys, i) < pivot) i++;
      while (keyAt(keys, j) > pivot) j--;
      if (i > j) break;
      const item = get(items, i);
      set(items, i, get(items, j));
      set(items, j, item);
      const key = keyAt(keys, i);
      store<f64>(keys + ((<usize>i) << 3), keyAt(keys, j));
      store<f64>(keys + ((<usize>j) << 3), key);
      i++;
      j--;
    }
    if (k <= j) r = j;
    else if (k >= i) l = i;
    else return;
  }
}
