// Thresholds that keep an allowed rate of false alarms, learned from how high the sums of all peers have gone without one. Were the model exact, a sum
// would reach h bits at most once in 2^h events (Lorden, 1971); a learned one is not, so the tail of the peaks above their hundred highest is taken
// as exponential (peaks over threshold: Davison, Smith, Journal of the Royal Statistical Society B 52, 1990) and followed to the rate that is allowed.

import { log2 } from "./log";
import { ALTERNATIVES, BINS, BINS_A_BIT, histogramOf, monitor, Peer, sumOf, thresholdOf } from "./monitor-layout";

/** Peaks that the tail is fitted to. */
const TOP: f64 = 100;
/** Peaks that are taken as seen beforehand, of the length that an exact model gives them. */
const PRIOR: f64 = 10;
const LOG2_E: f64 = Math.LOG2E;
/** Peaks below 1 bit are not noted. */
const LEAST_BIN: i32 = 4;
/** Events after which the past counts half, if they are worth this many alarms. */
const MEMORY: f64 = 65536;
const MEMORY_ALARMS: f64 = 32;

/** The thresholds of an exact model. */
export function startThresholds(): void {
  const m = monitor();
  for (let i: u32 = 0; i < ALTERNATIVES; i++) store<f64>(thresholdOf(i), -log2(m.rate / <f64>ALTERNATIVES));
}

/**
 * Ends an excursion of a sum: its peak is noted, unless the peer has alarmed more often than twice what is allowed and twice what peers do on the
 * average. So a few faulty ones do not raise the thresholds; if most alarm, it is the thresholds that are wrong.
 */
export function note(peer: Peer, i: u32, alarm: bool): void {
  const peak = load<f64>(sumOf(peer, i), 32);
  store<f64>(sumOf(peer, i), 0, 32);
  const m = monitor();
  if (!(peak > 1) || peer.alarms > 2 + 2 * max(m.rate, m.alarms / m.judged) * peer.count) return;
  const bin = histogramOf(i) + ((<usize>min<f64>(<f64>(BINS - 1), floor(peak * BINS_A_BIT))) << 3);
  store<f64>(bin, load<f64>(bin) + 1);
  if (alarm) store<f64>(thresholdOf(i), load<f64>(thresholdOf(i), 32) + 1, 32);
}

/** Fits the thresholds anew. */
export function calibrate(): void {
  const m = monitor();
  const rate = m.rate / <f64>ALTERNATIVES;
  const expected = m.seen * rate;
  for (let i: u32 = 0; i < ALTERNATIVES; i++) {
    const bins = histogramOf(i);
    const want = max<f64>(TOP, 2 * expected);
    let n: f64 = 0;
    let sum: f64 = 0;
    let bin = <i32>BINS - 1;
    for (; bin >= LEAST_BIN; bin--) {
      const here = load<f64>(bins + ((<usize>bin) << 3));
      n += here;
      sum += here * ((<f64>bin + 0.5) / BINS_A_BIT);
      if (n >= want) break;
    }
    const from = <f64>max<i32>(bin, LEAST_BIN) / BINS_A_BIT;
    // A peak that ended in an alarm would have gone on: it counts as one that was longer, by being none of the divisor's.
    const mean = (sum - n * from + PRIOR * LOG2_E) / (max<f64>(0, n - load<f64>(thresholdOf(i), 32)) + PRIOR);
    const often = (n + PRIOR) / expected;
    const threshold = often > 1 ? from + (mean * log2(often)) / LOG2_E : from;
    store<f64>(thresholdOf(i), expected < 1 ? max(threshold, -log2(rate)) : threshold);
  }
  if (m.seen < MEMORY || m.seen * m.rate < MEMORY_ALARMS) return;
  m.seen = floor(m.seen / 512) * 256;
  for (let i: u32 = 0; i < ALTERNATIVES; i++) {
    store<f64>(thresholdOf(i), load<f64>(thresholdOf(i), 32) * 0.5, 32);
    for (let bin: u32 = 0; bin < BINS; bin++) {
      const at = histogramOf(i) + ((<usize>bin) << 3);
      store<f64>(at, load<f64>(at) * 0.5);
    }
  }
}
