// Where things lie in the memory of the detector of anomalies: what it knows of each series is one block of a fixed size.
//
//   STATE  header, 64 bytes: table of the series by id, options
//
//   series +0     struct Series                              128 bytes
//          +128   cells    u16[66][66]   transitions from cell to cell; until the grid is laid, the first 32 values, f64
//          +8840  rows     f64[S][W]     transitions from symbol to symbol       S = levels + 6, W = S made even
//                 totals   f64[W]        how often each symbol came; infinity where there is none, which is never rare
//                 recent   f64[W]        the same, fading: shares of about the last 32 values
//                 sums     u32[S]        of each row: its sum, times 256, plus how many different symbols it has
//
// A value falls into a cell of a grid that only grows, by doubling its width, which joins cells in pairs; cell 0 and cell 65 are what lies
// outside. The model's symbols are coarser: `levels` equal levels of the range seen so far, and three symbols on either side of it for values one,
// three and more level widths beyond. When the range has moved on, the counts of symbols are made anew from those of cells.

import { STATE } from "../../core/arena";
import { Table } from "./table";

/** Cells of the grid. */
export const CELLS: u32 = 64;
/** The cells, and what lies below and above them. */
export const ROW: u32 = CELLS + 2;
/** Symbols on either side of the range. */
export const OUTSIDE: u32 = 3;
/** Values from which the grid is laid. */
export const FIRST: u32 = 32;
/** Bytes of the header. */
export const DETECTOR_BYTES: u32 = 64;

const STRUCT: usize = 128;
const CELL_BYTES: usize = 8712;

@unmanaged
export class Detector extends Table {
  /** Levels of the range. */
  levels: u32;
  /** Transitions after which all counts are halved. */
  horizon: u32;
  /** The longest rest after an alarm, observations. */
  rest: u32;
  /** Alarms an observation that are allowed, and its logarithm to base 2, negated. */
  rate: f64;
  threshold: f64;
  /** Observations of a series before it alarms. */
  warmUp: u32;
}

@unmanaged
export class Series {
  id: u32;
  /** Transitions that the cells hold. */
  weight: u32;
  /** Cell and symbol of the last value. */
  cell: u32;
  symbol: u32;
  /** Observations. */
  count: f64;
  /** Observation at which the symbols are laid anew. */
  next: f64;
  /** Observation at which the rest after an alarm ends. */
  awake: f64;
  /** Lower edge of cell 1, and the width of a cell. */
  origin: f64;
  width: f64;
  /** Range of what the cells hold. */
  least: f64;
  most: f64;
  /** Lower edge of the first level, and the width of a level. */
  low: f64;
  step: f64;
  /** The sum that looks for a change, bits; the highest it has been since it was 0. */
  sum: f64;
  peak: f64;
  /** Excursions of the sum above 1 bit, and by how much their peaks were above it. */
  excursions: f64;
  excess: f64;
  /** How often the counts have been halved. */
  fades: u32;
  /** Different symbols so far. */
  seen: u32;
}

export function detector(): Detector {
  return changetype<Detector>(STATE);
}

/** Symbols of the model. */
export function symbols(): u32 {
  return detector().levels + 2 * OUTSIDE;
}

/** Bytes of a row of counts of symbols. */
export function rowBytes(): usize {
  return (<usize>((symbols() + 1) & ~1)) << 3;
}

/** Bytes of a series. */
export function seriesBytes(): u32 {
  const s = symbols();
  return <u32>(STRUCT + CELL_BYTES) + (s + 2) * <u32>rowBytes() + (s << 2);
}

/** The counts of cells; the first values, while there is no grid. */
export function cellsOf(series: Series): usize {
  return changetype<usize>(series) + STRUCT;
}

/** The counts of symbols by the symbol before. */
export function rowsOf(series: Series): usize {
  return changetype<usize>(series) + STRUCT + CELL_BYTES;
}

/** The counts of symbols; the shares of recent ones are a row further on. */
export function totalsOf(series: Series): usize {
  return rowsOf(series) + <usize>symbols() * rowBytes();
}

/** Sum and number of different symbols of each row. */
export function sumsOf(series: Series): usize {
  return totalsOf(series) + 2 * rowBytes();
}
