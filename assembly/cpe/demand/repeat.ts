// Models without parameters: the past repeated.

import { ahead, at, back, cycle, first, knownAt, origins, put, season, y } from "./work";

/** Weight of a season relative to the next younger one, and how many are looked back. */
const FADE: f64 = 0.6;
const SEASONS = 6;

/** The last value. */
export function naive(rows: usize, end: usize): bool {
  return repeat(rows, end, 1, 1);
}

/** The value one season ago. */
export function seasonalNaive(rows: usize, end: usize): bool {
  return season > 1 && first >= season && repeat(rows, end, season, 1);
}

/** The mean of the values at the same place of up to 6 past (long) seasons, the younger ones weighing more. */
export function profile(rows: usize, end: usize): bool {
  const period = cycle > 1 ? cycle : season;
  return period > 1 && first >= 2 * period && repeat(rows, end, period, SEASONS);
}

/** Fills the rows with means over up to `seasons` past seasons of `period` steps. */
function repeat(rows: usize, end: usize, period: i32, seasons: i32): bool {
  for (let o = 0; o <= origins; o++) {
    const row = o == origins ? end : rows + ((<usize>(o * back)) << 3);
    const steps = o == origins ? ahead : back;
    const known = knownAt(o);
    for (let h = 0; h < steps; h++) {
      if (h >= period) {
        put(row, h, at(row, h - period));
        continue;
      }
      let sum: f64 = 0;
      let weights: f64 = 0;
      let weight: f64 = 1;
      for (let i = known - period + h, j = 0; i >= 0 && j < seasons; i -= period, j++) {
        sum += weight * at(y, i);
        weights += weight;
        weight *= FADE;
      }
      put(row, h, sum / weights);
    }
  }
  return true;
}
