// The regression's twin on logarithms: for values whose season and noise grow with their level, and for bursts, which
// weigh little there. Its forecasts are medians rather than means.

import { exp, ln } from "./ln";
import { regression } from "./regress";
import { ahead, at, back, first, mark, n, origins, put, release, setSeries, take, y } from "./work";

/** Share of the mean that is added before the logarithm, so that values near 0 are no outliers. */
const OFFSET: f64 = 0.01;

/** The regression on ln(y + offset); only for values that are never negative. */
export function logRegression(rows: usize, end: usize): bool {
  let mean: f64 = 0;
  let least: f64 = 0;
  for (let t = 0; t < n; t++) {
    least = min(least, at(y, t));
    if (t < first) mean += at(y, t);
  }
  mean /= <f64>first;
  if (least < 0 || !(mean > 1e-280)) return false;
  const marked = mark();
  const offset = OFFSET * mean;
  const logs = take(n);
  for (let t = 0; t < n; t++) put(logs, t, ln(at(y, t) + offset));
  const plain = y;
  setSeries(logs, n);
  const fits = regression(rows, end);
  setSeries(plain, n);
  release(marked);
  if (!fits) return false;
  for (let i = 0; i < origins * back; i++) put(rows, i, exp(at(rows, i)) - offset);
  for (let i = 0; i < ahead; i++) put(end, i, exp(at(end, i)) - offset);
  return true;
}
