// Taking in values: raw records while the interval is not known, then bins in a ring.

import { alloc, free, WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, OK } from "../../core/status";
import { findInterval } from "./interval";
import { BIN_SHIFT, binAt, LAST, PROBES, RAW, Series } from "./layout";

/** Bytes of a series' block. */
export function blockBytes(series: Series): u32 {
  return series.interval == 0 ? series.room * RAW : series.room << BIN_SHIFT;
}

/**
 * Adds one record. O(1) amortised, or O(gap) if bins without a record lie between it and the newest one.
 * @returns OK, NO_MEMORY, or BAD_ARGUMENT if the record is older than the memory of the series; nothing is changed then
 */
export function add(series: Series, at: f64, value: f64): i32 {
  const status = series.interval == 0 ? addRaw(series, at, value) : addBinned(series, at, value);
  if (status == OK) series.records += 1;
  return status;
}

/** Adds `n` records of total (or latest) `value` to a bin, in which they lie `offset` ms after its start. */
function merge(bin: usize, aggregate: u32, offset: f64, value: f64, n: f64): void {
  const note = load<f64>(bin, 8);
  if (aggregate != LAST) {
    store<f64>(bin, load<f64>(bin) + value);
    store<f64>(bin, note + n, 8);
  } else if (offset + 1 >= note) {
    store<f64>(bin, value);
    store<f64>(bin, offset + 1, 8);
  }
}

function addRaw(series: Series, at: f64, value: f64): i32 {
  const count = series.count;
  let i = count;
  while (i > 0 && load<f64>(<usize>series.block + <usize>(i - 1) * RAW) > at) i--;
  if (i > 0) {
    const same = <usize>series.block + <usize>(i - 1) * RAW;
    if (load<f64>(same) == at) {
      store<f64>(same, series.aggregate == LAST ? value : load<f64>(same, 8) + value, 8);
      store<f64>(same, load<f64>(same, 16) + 1, 16);
      return OK;
    }
  }
  if (count == series.room) {
    const block = alloc((count << 1) * RAW);
    if (block == 0) return NO_MEMORY;
    memory.copy(block, <usize>series.block, <usize>count * RAW);
    free(<usize>series.block, count * RAW);
    series.block = <u32>block;
    series.room = count << 1;
  }
  const place = <usize>series.block + <usize>i * RAW;
  memory.copy(place + RAW, place, <usize>(count - i) * RAW);
  store<f64>(place, at);
  store<f64>(place, value, 8);
  store<f64>(place, 1, 16);
  series.count = count + 1;
  if (series.count >= PROBES) {
    // Enough is known: the raw records become bins. Should there be no room for these yet, the next record tries again.
    const interval = findInterval(<usize>series.block, series.count, WINDOW);
    settle(series, interval, interval / 2);
  }
  return OK;
}

/** Bins that the raw records of a series span at this interval, at most `most`. */
export function spannedBins(series: Series, interval: f64, stamp: f64, most: u32): u32 {
  if (series.count == 0) return 0;
  const raw = <usize>series.block;
  const newest = floor((load<f64>(raw + <usize>(series.count - 1) * RAW) - firstEdge(load<f64>(raw), interval, stamp)) / interval);
  return <u32>min<f64>(newest + 1, <f64>most);
}

/** Start of the bin of a series' first record: a multiple of a given interval; for a found one, so that the record is in its middle. */
export function firstEdge(at: f64, interval: f64, stamp: f64): f64 {
  return stamp == 0 ? floor(at / interval) * interval : at - stamp;
}

/** Puts the raw records of a series into a zeroed ring of `room` bins, of which the first `count` are used. Returns the oldest one's number. */
export function binRaw(series: Series, interval: f64, stamp: f64, ring: usize, count: u32): f64 {
  const raw = <usize>series.block;
  if (series.count == 0) return 0;
  const edge = firstEdge(load<f64>(raw), interval, stamp);
  const newest = floor((load<f64>(raw + <usize>(series.count - 1) * RAW) - edge) / interval);
  const first = newest - <f64>(count - 1);
  for (let i: u32 = 0; i < series.count; i++) {
    const r = raw + <usize>i * RAW;
    const number = floor((load<f64>(r) - edge) / interval);
    if (number < first) continue;
    // Numbers beyond 2^53 are even, and so is what `first` was rounded to.
    const bin = ring + ((<usize>min<f64>(number - first, <f64>(count - 1))) << BIN_SHIFT);
    merge(bin, series.aggregate, load<f64>(r) - edge - number * interval, load<f64>(r, 8), load<f64>(r, 16));
  }
  return first;
}

/** Bins of a ring that holds `count` of them. */
export function roomOf(count: u32): u32 {
  let room: u32 = 8;
  while (room < count) room <<= 1;
  return room;
}

/**
 * Fixes the interval of a series: its raw records become bins.
 * @param stamp offset of a bin's reported time from its start; 0 says that the interval was given
 * @returns false if there is no room; nothing is changed then
 */
export function settle(series: Series, interval: f64, stamp: f64): bool {
  const count = spannedBins(series, interval, stamp, series.most);
  const room = roomOf(count);
  const ring = alloc(room << BIN_SHIFT);
  if (ring == 0) return false;
  const raw = <usize>series.block;
  const first = binRaw(series, interval, stamp, ring, count);
  if (series.count != 0) series.edge = firstEdge(load<f64>(raw), interval, stamp);
  free(raw, series.room * RAW);
  series.interval = interval;
  series.stamp = stamp;
  series.first = first;
  series.head = 0;
  series.count = count;
  series.room = room;
  series.block = <u32>ring;
  return true;
}

function addBinned(series: Series, at: f64, value: f64): i32 {
  if (series.count == 0) {
    series.edge = firstEdge(at, series.interval, series.stamp);
    series.first = 0;
    series.head = 0;
  }
  const number = floor((at - series.edge) / series.interval);
  const count = series.count;
  const most = series.most;
  const newest = series.first + <f64>count - 1;
  if (count != 0 && number < series.first) {
    // Older than all bins: taken while the memory of the series is not full.
    const wanted = <f64>count + (series.first - number);
    if (wanted > <f64>most) return BAD_ARGUMENT;
    if (!makeRoom(series, <u32>wanted)) return NO_MEMORY;
    const more = <u32>wanted - count;
    series.head = (series.head - more) & (series.room - 1);
    clear(series, 0, more);
    series.first = number;
    series.count = <u32>wanted;
  } else if (count == 0 || number > newest) {
    const gap = count == 0 ? 1 : number - newest;
    const wanted = <u32>min<f64>(<f64>count + gap, <f64>most);
    if (!makeRoom(series, wanted)) return NO_MEMORY;
    // A jump beyond the whole memory leaves only new bins.
    const more = <u32>min<f64>(gap, <f64>wanted);
    series.head = (series.head + count + more - wanted) & (series.room - 1);
    clear(series, wanted - more, more);
    series.count = wanted;
    series.first = number - <f64>(wanted - 1);
  }
  // Numbers beyond 2^53 are even, and so is what `first` was rounded to.
  const place = <u32>min<f64>(number - series.first, <f64>(series.count - 1));
  const bin = binAt(<usize>series.block, series.room, series.head, place);
  merge(bin, series.aggregate, at - series.edge - number * series.interval, value, 1);
  return OK;
}

function clear(series: Series, from: u32, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    v128.store(binAt(<usize>series.block, series.room, series.head, from + i), i64x2.splat(0));
  }
}

/** Makes the ring hold `bins` bins; what it held moves to its start. */
function makeRoom(series: Series, bins: u32): bool {
  if (bins <= series.room) return true;
  let room = series.room;
  while (room < bins) room <<= 1;
  const ring = alloc(room << BIN_SHIFT);
  if (ring == 0) return false;
  for (let i: u32 = 0; i < series.count; i++) {
    v128.store(ring + ((<usize>i) << BIN_SHIFT), v128.load(binAt(<usize>series.block, series.room, series.head, i)));
  }
  free(<usize>series.block, series.room << BIN_SHIFT);
  series.block = <u32>ring;
  series.room = room;
  series.head = 0;
  return true;
}
