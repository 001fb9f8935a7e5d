// The likeliest symbols of a prediction, in order. A list of u64 in the second half of the window: a probability is positive, so that its bits have its
// order; then the smaller id. Lines hold their entries roughly in order, so there is little to move.

import { WINDOW, WINDOW_BYTES } from "../../core/arena";
import { symbolAt } from "./layout";

const LIST: usize = WINDOW + WINDOW_BYTES / 2;
let end: usize = LIST;
let most: usize = LIST;
/** What a symbol must at least have to come into the list. */
export let least: f32 = 0;

/** Starts a list of `k` at the most. */
export function startBest(k: u32): void {
  end = LIST;
  most = LIST + ((<usize>k) << 3);
  least = 0;
}

/** Offers symbol `s` of probability `p`. O(k). */
export function offer(s: u32, p: f32): void {
  if (p < least) return;
  const entry = ((<u64>reinterpret<u32>(p)) << 32) | <u64>~symbolAt(s).id;
  if (end < most) end += 8;
  else if (load<u64>(end - 8) > entry) return;
  let to = end - 8;
  for (; to > LIST && load<u64>(to - 8) < entry; to -= 8) store<u64>(to, load<u64>(to - 8));
  store<u64>(to, entry);
  if (end == most) least = load<f32>(end - 8, 4);
}

/** Writes the list to WINDOW + 16: ids, then their probabilities. Returns its length. */
export function writeBest(): u32 {
  const n = (end - LIST) >> 3;
  for (let i: usize = 0; i < n; i++) {
    const entry = load<u64>(LIST + (i << 3));
    store<u32>(WINDOW + (i << 2), ~(<u32>entry), 16);
    store<u32>(WINDOW + ((n + i) << 2), <u32>(entry >> 32), 16);
  }
  return <u32>n;
}
