// Models without parameters: the past repeated.

import { ahead, at, back, cycle, first, knownAt, origins, put, season, y } from "./work";

/** The last value. */
export function naive(rows: usize, end: usize): bool {
  repeatRows(rows, end, 1);
  return true;
}

/** The value one season ago. */
export function seasonalNaive(rows: usize, end: usize): bool {
  if (season < 2 || first < season) return false;
  repeatRows(rows, end, season);
  return true;
}

function repeatRows(rows: usize, end: usize, period: i32): void {
  for (let o = 0; o <= origins; o++) {
    const row = o == origins ? end : rows + ((<usize>(o * back)) << 3);
    const steps = o == origins ? ahead : back;
    const from = knownAt(o) - period;
    for (let h = 0; h < steps; h++) put(row, h, at(y, from + (h % period)));
  }
}

/** Weight of a season relative to the next younger one. */
const FADE: f64 = 0.6;
const SEASONS = 6;

/** The mean of the values at the same place of up to 6 past (long) seasons, the younger ones weighing more. */
export function profile(rows: usize, end: usize): bool {
  const period = cycle > 1 ? cycle : season;
  if (period < 2 || first < 2 * period) return false;
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
      for (let i = known - period + h, j = 0; i >= 0 && j < SEASONS; i -= period, j++) {
        sum += weight * at(y, i);
        weights += weight;
        weight *= FADE;
      }
      put(row, h, sum / weights);
    }
  }
  return true;
}
