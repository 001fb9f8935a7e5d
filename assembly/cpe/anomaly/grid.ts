// The grid of a series and the model's symbols over it: how a range that nobody told is followed in bounded memory, without a look ahead.

import { mix64 } from "../../core/hash";
import { CELLS, cellsOf, detector, FIRST, OUTSIDE, ROW, rowBytes, rowsOf, Series, sumsOf, symbols, totalsOf } from "./layout";

/** Doublings of the grid that one value may cause: what lies farther off is counted as outside, so that no single value can make the grid coarse. */
const MOST_DOUBLINGS: u32 = 3;
/** A smaller range is none. */
const LEAST_RANGE: f64 = 1e-290;

/** The cell of a value: 1 to CELLS, or 0 or CELLS + 1 outside. */
function cellOf(series: Series, x: f64): u32 {
  const d = (x - series.origin) / series.width;
  if (d < 0) return 0;
  return d >= <f64>CELLS ? CELLS + 1 : 1 + <u32>d;
}

/** The symbol of a value: a level of the range, or how many level widths (one, three, more) it lies outside. */
export function symbolOf(series: Series, x: f64): u32 {
  const levels = detector().levels;
  const d = (x - series.low) / series.step;
  if (d < 0) return d >= -1 ? OUTSIDE - 1 : d >= -3 ? OUTSIDE - 2 : OUTSIDE - 3;
  const beyond = d - <f64>levels;
  if (beyond > 0) return OUTSIDE + levels + (beyond <= 1 ? 0 : beyond <= 3 ? 1 : 2);
  return OUTSIDE + min<u32>(<u32>d, levels - 1);
}

/** Lays the grid over the first values: they take half of its cells, in the middle. */
export function lay(series: Series): void {
  const cells = cellsOf(series);
  const raw = memory.data(256);
  memory.copy(raw, cells, 256);
  memory.fill(cells, 0, ROW * ROW * 2);
  let least = load<f64>(raw);
  let most = least;
  for (let i: u32 = 1; i < FIRST; i++) {
    const x = load<f64>(raw + ((<usize>i) << 3));
    least = min(least, x);
    most = max(most, x);
  }
  let range = most - least;
  // Nothing has moved yet: a tenth of the value is then taken as a level.
  if (!(range > LEAST_RANGE)) range = max(abs(most) * 0.8, 1e-9);
  series.least = least;
  series.most = most;
  series.width = range / <f64>(CELLS / 2);
  series.origin = least - series.width * <f64>(CELLS / 4);
  series.cell = cellOf(series, load<f64>(raw));
  for (let i: u32 = 1; i < FIRST; i++) count(series, load<f64>(raw + ((<usize>i) << 3)));
}

/** Counts the transition from the last value to this one, the grid made wider first if it must be. O(1), and O(cells^2) for a doubling. */
export function count(series: Series, x: f64): void {
  for (let i: u32 = 0; i < MOST_DOUBLINGS; i++) {
    const d = (x - series.origin) / series.width;
    if (d >= 0 && d < <f64>CELLS) break;
    double(series, d < 0);
  }
  const cell = cellOf(series, x);
  if (cell >= 1 && cell <= CELLS) {
    series.least = min(series.least, x);
    series.most = max(series.most, x);
  }
  const at = cellsOf(series) + ((<usize>(series.cell * ROW + cell)) << 1);
  store<u16>(at, load<u16>(at) + 1);
  series.cell = cell;
  series.weight++;
}

/** Twice the width of a cell, with as much more room below or above. */
function double(series: Series, below: bool): void {
  const cells = cellsOf(series);
  const shift: u32 = below ? CELLS : 0;
  const work = memory.data(8712);
  memory.copy(work, cells, ROW * ROW * 2);
  memory.fill(cells, 0, ROW * ROW * 2);
  for (let i: u32 = 0; i < ROW; i++) {
    const to = cells + ((<usize>(joined(i, shift) * ROW)) << 1);
    const from = work + ((<usize>(i * ROW)) << 1);
    for (let j: u32 = 0; j < ROW; j++) {
      const n = load<u16>(from + ((<usize>j) << 1));
      if (n == 0) continue;
      const at = to + ((<usize>joined(j, shift)) << 1);
      store<u16>(at, load<u16>(at) + n);
    }
  }
  series.cell = joined(series.cell, shift);
  if (below) series.origin -= series.width * <f64>CELLS;
  series.width *= 2;
}

/** Where a cell goes when cells are joined in pairs, those that were there in the lower half, or in the upper one if `shift` is CELLS. */
function joined(cell: u32, shift: u32): u32 {
  return cell == 0 || cell == CELLS + 1 ? cell : 1 + ((shift + cell - 1) >> 1);
}

/** Lays the symbols over the range so far and counts them anew, from the cells. O(cells^2). */
export function layLevels(series: Series): void {
  const levels = <f64>detector().levels;
  const size = symbols();
  series.low = series.least;
  series.step = (series.most - series.least) / levels;
  if (!(series.step > LEAST_RANGE)) series.step = (series.width * <f64>(CELLS / 2)) / levels;
  const map = memory.data(66);
  for (let cell: u32 = 0; cell < ROW; cell++) {
    const middle = series.origin + (<f64>cell - 0.5) * series.width;
    const symbol = cell == 0 ? 0 : cell == ROW - 1 ? size - 1 : symbolOf(series, min(series.most, max(series.least, middle)));
    store<u8>(map + <usize>cell, symbol);
  }
  const rows = rowsOf(series);
  const totals = totalsOf(series);
  const width = rowBytes();
  memory.fill(rows, 0, sumsOf(series) - rows);
  let cells = cellsOf(series);
  for (let i: u32 = 0; i < ROW; i++) {
    const row = rows + <usize>load<u8>(map + <usize>i) * width;
    for (let j: u32 = 0; j < ROW; j++) {
      const n = <f64>load<u16>(cells);
      cells += 2;
      if (n == 0) continue;
      const symbol = (<usize>load<u8>(map + <usize>j)) << 3;
      store<f64>(row + symbol, load<f64>(row + symbol) + n);
      store<f64>(totals + symbol, load<f64>(totals + symbol) + n);
    }
  }
  series.seen = 0;
  for (let s: u32 = 0; s < size; s++) {
    const total = totals + ((<usize>s) << 3);
    if (load<f64>(total) > 0) series.seen++;
    store<f64>(total + width, load<f64>(total) / <f64>series.weight);
    let sum: u32 = 0;
    for (let at: usize = 0; at < (<usize>size) << 3; at += 8) {
      const n = load<f64>(rows + <usize>s * width + at);
      if (n > 0) sum += ((<u32>n) << 8) + 1;
    }
    store<u32>(sumsOf(series) + ((<usize>s) << 2), sum);
  }
  if ((size & 1) != 0) store<f64>(totals + ((<usize>size) << 3), Infinity);
  series.symbol = load<u8>(map + <usize>series.cell);
}

/**
 * Halves all counts, so that what is long ago counts less, and takes the range from what is left. Odd counts are rounded up in one cell and down
 * in another, by a hash: of what came once, half stays.
 */
export function fade(series: Series): void {
  const cells = cellsOf(series);
  series.fades++;
  let first = CELLS + 1;
  let last: u32 = 0;
  series.weight = 0;
  for (let i: u32 = 0; i < ROW * ROW; i++) {
    const at = cells + ((<usize>i) << 1);
    const n = (<u32>load<u16>(at) + (<u32>mix64(((<u64>series.fades) << 32) | i) & 1)) >> 1;
    store<u16>(at, n);
    series.weight += n;
    const cell = i % ROW;
    if (n == 0 || cell == 0 || cell == CELLS + 1) continue;
    first = min(first, cell);
    last = max(last, cell);
  }
  if (last == 0) return;
  series.least = max(series.least, series.origin + <f64>(first - 1) * series.width);
  series.most = min(series.most, series.origin + <f64>last * series.width);
}
