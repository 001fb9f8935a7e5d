// Lateral inhibition: k-winners-take-all, the limit of fast inhibition among all neurons (Maass, "On the computational power of
// winner-take-all", Neural Computation 12, 2000).

import { at, Network } from "./network";

/**
 * Keeps the winners of more candidates than may fire: those with the largest potentials, of equal ones those with the smaller
 * numbers. The others are pushed back to the reset potential. Candidates' potentials are positive, so their bits have their order;
 * bisection over the bits, four at a time, finds the least potential that wins. O(candidates), with a factor of 31 at worst, and
 * about log2(candidates) where potentials differ.
 * @returns how many are left in `fired`, ascending
 */
export function inhibit(w: Network, candidates: u32): u32 {
  const end = at(w.ranks, (candidates + 3) & ~3);
  v128.store(end - 16, i32x4.splat(0));
  let most: i32 = 0;
  for (let c: u32 = 0; c < candidates; c++) {
    const bits = load<i32>(at(w.potential, load<u32>(at(w.fired, c))));
    store<i32>(at(w.ranks, c), bits);
    most = max<i32>(most, bits);
  }
  let least = reinterpret<i32>(w.threshold);
  while (least < most) {
    const middle = least + ((most - least + 1) >> 1);
    const n = countFrom(w, end, middle);
    if (n < w.winners) {
      most = middle - 1;
      continue;
    }
    least = middle;
    if (n == w.winners) break;
  }
  // Of those that tie with the last winner, the first win.
  let ties = w.winners - countFrom(w, end, least + 1);
  let n: u32 = 0;
  for (let c: u32 = 0; c < candidates; c++) {
    const i = load<u32>(at(w.fired, c));
    const bits = load<i32>(at(w.ranks, c));
    if (bits > least || (bits == least && ties > 0)) {
      if (bits == least) ties--;
      store<u32>(at(w.fired, n++), i);
    } else store<f32>(at(w.potential, i), w.resetPotential);
  }
  return n;
}

/** How many of the ranks up to `end` are at least `least`. */
function countFrom(w: Network, end: usize, least: i32): u32 {
  const bound = i32x4.splat(least);
  let sum = i32x4.splat(0);
  for (let p = <usize>w.ranks; p < end; p += 16) sum = i32x4.sub(sum, i32x4.ge_s(v128.load(p), bound));
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
}
