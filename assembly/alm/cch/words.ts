// Lists of u32 in plain memory.

/** No node, no arc. */
export const NONE: u32 = 0xffffffff;

/** Address of word `i` of a list. */
export function at(list: usize, i: u32): usize {
  return list + ((<usize>i) << 2);
}

/** Word `i` of a list. */
export function get(list: usize, i: u32): u32 {
  return load<u32>(list + ((<usize>i) << 2));
}

/** Sets word `i` of a list. */
export function set(list: usize, i: u32, x: u32): void {
  store<u32>(list + ((<usize>i) << 2), x);
}

/** Adds to word `i` of a list. */
export function add(list: usize, i: u32, x: u32): void {
  store<u32>(list + ((<usize>i) << 2), load<u32>(list + ((<usize>i) << 2)) + x);
}

/** Turns the counts of `n` lists into where each begins, with the end of the last behind them. */
export function startsOf(counts: usize, n: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i <= n; i++) {
    const c = i < n ? get(counts, i) : 0;
    set(counts, i, sum);
    sum += c;
  }
}
