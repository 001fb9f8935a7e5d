// Counts of events that came in one place, and the probability that they give an event: | u32 sum | u32 different ones | numbers of 1 << shift bytes |.

import { monitor } from "./monitor-layout";

/**
 * Probability of an event by counts, over what is thought of it without them: what has not come yet weighs as much as there are different
 * events. Method C of Moffat, IEEE Trans. Communications 38, 1990, with its escapes blended as Witten and Bell do.
 */
export function over(counts: usize, shift: u32, event: u32, lower: f64): f64 {
  const different = <f64>load<u32>(counts, 4);
  if (different == 0) return lower;
  return (<f64>numberAt(counts, shift, event) + different * lower) / (<f64>load<u32>(counts) + different);
}

/** Counts an event; at `limit` of them, halves all. */
export function add(counts: usize, shift: u32, event: u32, limit: u32): void {
  const n = numberAt(counts, shift, event);
  if (n == 0) store<u32>(counts, load<u32>(counts, 4) + 1, 4);
  setNumber(counts, shift, event, n + 1);
  const sum = load<u32>(counts) + 1;
  store<u32>(counts, sum);
  if (sum < limit) return;
  let left: u32 = 0;
  let different: u32 = 0;
  for (let e: u32 = 0; e < monitor().events; e++) {
    const half = numberAt(counts, shift, e) >> 1;
    setNumber(counts, shift, e, half);
    left += half;
    if (half != 0) different++;
  }
  store<u32>(counts, left);
  store<u32>(counts, different, 4);
}

function numberAt(counts: usize, shift: u32, event: u32): u32 {
  const at = counts + 8 + ((<usize>event) << (<usize>shift));
  return shift == 1 ? <u32>load<u16>(at) : load<u32>(at);
}

function setNumber(counts: usize, shift: u32, event: u32, n: u32): void {
  const at = counts + 8 + ((<usize>event) << (<usize>shift));
  if (shift == 1) store<u16>(at, n);
  else store<u32>(at, n);
}
