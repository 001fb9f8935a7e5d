// Anomalies in numeric series, by the surprise of quantised values.
//
// A value becomes a symbol (grid.ts); a Markov model of order 1 that falls back to order 0 and to equal chances, as PPM does, gives every symbol
// a probability before the value is learned. From it:
//   bits   -log2 of the value's own probability;
//   score  -log2 of the tail: the probability of all symbols that are no likelier. Under the model a score of s or more comes at most once in 2^s
//          observations, whatever its distribution, so a threshold is a rate of false alarms.
// A change is looked for by a CUSUM of log2((p + q) / 2p), q the shares of recent symbols: if the model is right, 2 to that power has the mean 1 whatever
// q is, so the sum reaches h bits at most once in 2^h observations on the average. Where a series' own past shows larger excursions, as those
// with long spells at one level do, the threshold is raised to what the exponential tail of their peaks says.
//
// Surprise of quantised contexts: Smirnov, "Contextual Anomaly Detector", 2016; escapes: Cleary, Witten, IEEE Trans. Communications 32, 1984; CUSUM
// with an estimated alternative: Lorden, Pollak, Annals of Statistics 33, 2005; its rate of alarms: Lorden, Annals of Mathematical Statistics 42, 1971.

import { WINDOW } from "../../core/arena";
import { NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import { count, fade, lay, layLevels, symbolOf } from "./grid";
import { cellsOf, detector, FIRST, rowBytes, rowsOf, Series, seriesBytes, sumsOf, symbols, totalsOf } from "./layout";
import { ln, log2 } from "./log";
import { create, find, remove } from "./table";

/** What a symbol not seen yet weighs, for each one that was. Below the usual 1/2: what is new shall be rare. */
const ESCAPE: f64 = 0.25;
/** Weight of the newest value in the shares of recent symbols. */
const RECENT: f64 = 1 / 32.0;
/** The rest after an alarm is at most this share of the observations so far. */
const REST_SHARE: f64 = 0.04;
/** Excursions, of the length that a right model has, that are taken as seen beforehand. */
const PRIOR: f64 = 10;
const LOG2_E: f64 = Math.LOG2E;
/** Equal probabilities that were computed on different ways may differ by this factor. */
const NEARLY: f64 = 1 + 1e-9;

/** Bits of the flags. */
const ALARM: u32 = 1;
const CHANGE: u32 = 2;
const RESTING: u32 = 4;

/** Values of one batch: where they, their bits, scores and flags lie in the window. */
const BATCH: usize = 2048;
const VALUES: usize = WINDOW;
const BITS: usize = VALUES + (BATCH << 3);
const SCORES: usize = BITS + (BATCH << 3);
const FLAGS: usize = SCORES + (BATCH << 3);

/** Number of series. */
export function detectorSize(): u32 {
  return detector().size;
}

/**
 * Takes values of a series, which is made if it is new, from the window, f64 each; writes bits and scores, f64 each, and flags, u8 each, behind them. O(S)
 * each, S = levels + 6; now and then O(cells^2), amortised over what came before.
 * @param n at most 2048
 */
export function detectorObserve(id: u32, n: u32): i32 {
  let at = find(detector(), id);
  if (at == 0) at = create(detector(), id, seriesBytes());
  if (at == 0) return NO_MEMORY;
  for (let i: usize = 0; i < <usize>n; i++) observe(changetype<Series>(at), load<f64>(VALUES + (i << 3)), i);
  return OK;
}

/** Observations, and the range of the grid's cells, of a series, to the window. */
export function detectorInfo(id: u32): i32 {
  const at = find(detector(), id);
  if (at == 0) return NOT_FOUND;
  const series = changetype<Series>(at);
  store<f64>(WINDOW, series.count);
  // There is no grid yet.
  const few = series.count <= <f64>FIRST;
  store<f64>(WINDOW, few ? NaN : series.least, 8);
  store<f64>(WINDOW, few ? NaN : series.most, 16);
  return OK;
}

/** Forgets a series. */
export function detectorForget(id: u32): i32 {
  return remove(detector(), id, seriesBytes()) ? OK : NOT_FOUND;
}

function observe(series: Series, x: f64, i: usize): void {
  const before = series.count;
  series.count = before + 1;
  store<f64>(BITS + (i << 3), 0);
  store<f64>(SCORES + (i << 3), 0);
  store<u8>(FLAGS + i, 0);
  if (before < <f64>FIRST) {
    store<f64>(cellsOf(series) + ((<usize>before) << 3), x);
    return;
  }
  if (before == <f64>FIRST) {
    lay(series);
    series.next = before;
  }
  if (series.weight >= detector().horizon) {
    fade(series);
    series.next = before;
  }
  if (before == series.next) {
    layLevels(series);
    series.next = before * 2;
  }
  store<u8>(FLAGS + i, judge(series, symbolOf(series, x), i));
  count(series, x);
}

/** Scores a symbol, then learns it. */
function judge(series: Series, symbol: u32, i: usize): u32 {
  const size = symbols();
  const width = rowBytes();
  const row = rowsOf(series) + <usize>series.symbol * width;
  const sums = sumsOf(series) + ((<usize>series.symbol) << 2);
  const totals = totalsOf(series);
  const own = (<usize>symbol) << 3;
  const n = load<f64>(row + own);
  const total = load<f64>(totals + own);
  const sum = load<u32>(sums);
  const rowSum = <f64>(sum >> 8);

  const seen = <f64>series.seen * ESCAPE;
  const flat = seen / <f64>size;
  const scale = 1 / (<f64>series.weight + seen);
  const escape = <f64>(sum & 255) * ESCAPE;
  const rowScale = rowSum > 0 ? 1 / (rowSum + escape) : 0;
  // Of order 0: (n + flat) * scale; of order 1 over it, unless nothing has followed this symbol yet.
  const lower = rowSum > 0 ? escape * scale * rowScale : scale;
  const p = n * rowScale + (total + flat) * lower;
  const share = load<f64>(totals + width + own);

  // The probabilities of all symbols, two at a time, and the sum of those that are no likelier; the shares of recent symbols fade.
  const most = f64x2.splat(p * NEARLY);
  const rowScales = f64x2.splat(rowScale);
  const lowers = f64x2.splat(lower);
  const flats = f64x2.splat(flat);
  const keep = f64x2.splat(1 - RECENT);
  let tails = f64x2.splat(0);
  for (let at: usize = 0; at < width; at += 16) {
    const counts = v128.load(totals + at);
    const chances = f64x2.add(f64x2.mul(v128.load(row + at), rowScales), f64x2.mul(f64x2.add(counts, flats), lowers));
    tails = f64x2.add(tails, v128.and(chances, f64x2.le(chances, most)));
    v128.store(totals + width + at, f64x2.mul(v128.load(totals + width + at), keep));
  }
  const tail = f64x2.extract_lane(tails, 0) + f64x2.extract_lane(tails, 1);
  const bits = -log2(p);
  // The chances of all symbols may add up to a little more than 1.
  const score = tail < 1 ? -log2(tail) : 0;
  store<f64>(BITS + (i << 3), bits);
  store<f64>(SCORES + (i << 3), score);

  let flags: u32 = 0;
  const known = series.count > <f64>detector().warmUp;
  if (series.count <= series.awake) flags = RESTING;
  else if (known && score >= detector().threshold) {
    flags = ALARM;
    series.awake = series.count + min<f64>(<f64>detector().rest, floor(series.count * REST_SHARE));
  }
  if (known && changed(series, log2(0.5 + (0.5 * share) / p))) flags |= CHANGE;

  const recent = totals + width + own;
  store<f64>(recent, load<f64>(recent) + RECENT);
  store<f64>(totals + own, total + 1);
  store<f64>(row + own, n + 1);
  store<u32>(sums, sum + 256 + (n == 0 ? 1 : 0));
  if (total == 0) series.seen++;
  series.symbol = symbol;
  return flags;
}

/** Adds the evidence of one value for a change; whether it is enough now, which starts the search anew. */
function changed(series: Series, evidence: f64): bool {
  series.sum += evidence;
  if (series.sum <= 0) {
    note(series);
    series.sum = 0;
    return false;
  }
  series.peak = max(series.peak, series.sum);
  const d = detector();
  if (series.sum < d.threshold) return false;
  const mean = (series.excess + PRIOR * LOG2_E) / (series.excursions + PRIOR);
  const often = (series.excursions + PRIOR) / (series.count * d.rate);
  if (often > 1 && series.sum < 1 + mean * ln(often)) return false;
  note(series);
  series.sum = 0;
  return true;
}

/** Ends an excursion of the sum. */
function note(series: Series): void {
  if (series.peak > 1) {
    series.excursions += 1;
    series.excess += series.peak - 1;
  }
  series.peak = 0;
}
