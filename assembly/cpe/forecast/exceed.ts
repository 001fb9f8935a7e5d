// How probable it is that a series exceeds a limit: at each step, and at any of them.
//
// Both come from the errors of the back-test's mixture, as the intervals of forecasts do, but with their signs. The share of errors that would carry
// the forecast beyond the limit is counted where many did; beyond the 90th percentile the tail is taken to be exponential with the mean excess
// that was seen (Pickands, Annals of Statistics 3, 1975, with shape 0). For any of the steps whole paths of errors are laid over the forecast, so that what holds together in
// the past does so here; the result is kept between what follows from the single steps alone: at least the largest of them, at most
// their sum (Frechet). O(horizon * origins * steps).

import { WINDOW } from "../../core/arena";
import { OK } from "../../core/status";
import { firstStep, mixed, mixture, RESULT_HEADER, result, stepLength } from "../demand/forecast";
import { Series } from "../demand/layout";
import { exp } from "../demand/ln";
import { placeFactor, places, scales, select } from "../demand/mix";
import { ahead, at, back, knownAt, n, origins, put, season, take, y } from "../demand/work";

/** Where the tail begins: of the errors of single steps, and of the highest points of paths, which are fewer. */
const TAIL: f64 = 0.9;
const PATH_TAIL: f64 = 0.75;

/**
 * The address of the result goes to WINDOW as a u32; it holds, in f64: the probability for any step, time of the first step, length of a step, `horizon`
 * probabilities.
 * They are NaN where there is no back-test (one value).
 * @returns as `mixture`
 */
export function exceedSeries(series: Series, limit: f64, horizon: i32, now: f64): i32 {
  const status = mixture(series, horizon, now, 0xffff_ffff);
  if (status != OK) return status;
  const mean = result + (RESULT_HEADER << 3);
  const steps = mean + ((<usize>ahead) << 3);
  const out = steps - 24;
  store<u32>(WINDOW, <u32>out);
  if (origins == 0) {
    put(out, 0, NaN);
    tellTime(out);
    for (let h = 0; h < ahead; h++) put(steps, h, NaN);
    return OK;
  }

  const total = origins * back;
  // What the mixture fell short of the truth by, in units of its step's scale.
  const sizes = take(total);
  for (let o = 0; o < origins; o++) {
    for (let h = 0; h < back; h++) {
      const i = o * back + h;
      put(mixed, i, at(y, knownAt(o) + h) - at(mixed, i));
      put(sizes, i, abs(at(mixed, i)));
    }
  }
  const sums = take(back);
  const scale = take(ahead);
  scales(sizes, sums, scale);
  for (let h = back; h < ahead; h++) put(scale, h, at(scale, back - 1) * sqrt(<f64>(h + 1) / <f64>back));
  const placed = season > 1;
  if (placed) places(sizes, scale);
  for (let o = 0; o < origins; o++) {
    for (let h = 0; h < back; h++) {
      const i = o * back + h;
      const by = placed ? at(scale, h) * placeFactor(knownAt(o) + h) : at(scale, h);
      put(mixed, i, by > 0 ? at(mixed, i) / by : 0);
    }
  }
  if (placed) for (let h = 0; h < ahead; h++) put(scale, h, at(scale, h) * placeFactor(n + h));
  // How far the limit lies above the mean in these units, before the mean gives way to the result.
  const room = take(ahead);
  for (let h = 0; h < ahead; h++) {
    const gap = limit - at(mean, h);
    put(room, h, at(scale, h) > 0 ? gap / at(scale, h) : gap < 0 ? -Infinity : Infinity);
  }

  memory.copy(sizes, mixed, (<usize>total) << 3);
  const knee = select(sizes, total, min(total - 1, <i32>(TAIL * <f64>total)));
  const decay = excess(mixed, total, knee);
  let largest: f64 = 0;
  let sum: f64 = 0;
  for (let h = 0; h < ahead; h++) {
    const p = beyond(mixed, total, at(room, h), knee, decay, <f64>back);
    put(steps, h, p);
    largest = max(largest, p);
    sum += p;
  }

  const tops = take(origins);
  for (let o = 0; o < origins; o++) {
    let top = -Infinity;
    for (let h = 0; h < ahead; h++) top = max(top, at(mixed, o * back + min(h, back - 1)) - at(room, h));
    put(tops, o, top);
  }
  memory.copy(sizes, tops, (<usize>origins) << 3);
  const bend = select(sizes, origins, min(origins - 1, <i32>(PATH_TAIL * <f64>origins)));
  const any = beyond(tops, origins, 0, bend, excess(tops, origins, bend), 1);
  put(out, 0, max(largest, min(min(1, sum), any)));
  tellTime(out);
  return OK;
}

function tellTime(out: usize): void {
  put(out, 1, firstStep());
  put(out, 2, stepLength());
}

/** Mean excess of the values above `knee`; 0 if there is none. */
function excess(values: usize, count: i32, knee: f64): f64 {
  let sum: f64 = 0;
  let above = 0;
  for (let i = 0; i < count; i++) {
    if (at(values, i) > knee) {
      sum += at(values, i) - knee;
      above++;
    }
  }
  return above > 0 && sum < Infinity ? sum / <f64>above : 0;
}

/**
 * Probability of a value beyond x: the share of those seen, half a value added to the more and the less probable side each, and its
 * continuation by the tail.
 * @param each values that count as one, being steps of one path
 */
function beyond(values: usize, count: i32, x: f64, knee: f64, decay: f64, each: f64): f64 {
  const from = min(x, knee);
  let above = 0;
  for (let i = 0; i < count; i++) if (at(values, i) > from) above++;
  const p = (<f64>above / each + 0.5) / (<f64>count / each + 1);
  if (x <= knee) return p;
  return decay > 0 ? p * exp((knee - x) / decay) : 0;
}
