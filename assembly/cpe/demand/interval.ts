// The interval of a series whose user gave none: the median spacing of its first records.

import { PROBES, RAW } from "./layout";

/** Lengths that people sample by: seven of seconds, the same of minutes, then nine of hours, of which the last one is a week. */
const NATURAL = memory.data<u8>([1, 2, 5, 10, 15, 20, 30, 1, 2, 3, 4, 6, 8, 12, 24, 168]);
const NATURALS = 23;

/**
 * The lower median of the spacings between the first PROBES raw records (which lie in order of time, at different times), at least 1 ms;
 * there are more of them only if there was no room for bins. If
 * fewer than half of the spacings are that median, the times jitter, and a usual length (whole seconds, minutes, hours, a day,
 * a week) within 5 % of it is taken instead.
 * @param work room for PROBES f64, not state
 * @returns the interval in ms, or 0 for fewer than two records
 */
export function findInterval(raw: usize, count: u32, work: usize): f64 {
  if (count < 2) return 0;
  const spacings = min<u32>(count, PROBES) - 1;
  for (let i: u32 = 0; i < spacings; i++) {
    const at = raw + <usize>i * RAW;
    const gap = load<f64>(at, RAW) - load<f64>(at);
    let j = i;
    while (j > 0 && load<f64>(work + ((<usize>(j - 1)) << 3)) > gap) {
      store<f64>(work + ((<usize>j) << 3), load<f64>(work + ((<usize>(j - 1)) << 3)));
      j--;
    }
    store<f64>(work + ((<usize>j) << 3), gap);
  }
  const median = load<f64>(work + ((<usize>((spacings - 1) >> 1)) << 3));
  let same: u32 = 0;
  for (let i: u32 = 0; i < spacings; i++) if (load<f64>(work + ((<usize>i) << 3)) == median) same++;
  if (same * 2 < spacings) {
    for (let i = 0; i < NATURALS; i++) {
      const unit: f64 = i < 7 ? 1000 : i < 14 ? 60_000 : 3_600_000;
      const natural = unit * <f64>load<u8>(NATURAL + <usize>(i < 7 ? i : i - 7));
      if (abs(median - natural) <= 0.05 * natural) return natural;
    }
  }
  return max<f64>(1, median);
}
