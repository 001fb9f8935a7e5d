// Holt-Winters with two seasons, a short and a long one, both additive, and an autoregression of the last error (Taylor, J. Oper.
// Res. Soc. 54, 2003). Parameters from a small grid, as in smooth.ts. O(grid * n + origins * back).

import { ahead, at, back, clear, cycle, first, knownAt, mark, n, origins, put, release, season, take, y } from "./work";

const CHOICES = 16;

let errorsFirst: f64 = 0;
let errorsAll: f64 = 0;
/** The two seasons of the start, one behind the other, and of the running model. */
let start: usize = 0;
let state: usize = 0;
let base: f64 = 0;

export function doubleSeasonal(rows: usize, end: usize): bool {
  if (cycle < 2 || season < 2 || first < 2 * cycle) return false;
  const marked = mark();
  start = take(season + cycle);
  state = take(season + cycle);
  begin();
  let bestFirst = Infinity;
  let bestAll = Infinity;
  let choiceFirst = 0;
  let choiceAll = 0;
  for (let c = 0; c < CHOICES; c++) {
    run(c, n, 0, 0);
    if (errorsFirst < bestFirst) {
      bestFirst = errorsFirst;
      choiceFirst = c;
    }
    if (errorsAll < bestAll) {
      bestAll = errorsAll;
      choiceAll = c;
    }
  }
  if (origins > 0) run(choiceFirst, knownAt(origins - 1), rows, 0);
  run(choiceAll, n, 0, end);
  release(marked);
  return true;
}

/** The start: the mean of the first two long seasons, their mean short season, and most of what is left as the long one. */
function begin(): void {
  clear(start, season + cycle);
  base = 0;
  const count = 2 * cycle;
  for (let t = 0; t < count; t++) base += at(y, t);
  base /= <f64>count;
  const each = <f64>(count / season);
  for (let t = 0; t < count - (count % season); t++) {
    put(start, t % season, at(start, t % season) + (at(y, t) - base) / each);
  }
  for (let i = 0; i < cycle; i++) {
    put(start, season + i, 0.7 * ((at(y, i) + at(y, cycle + i)) / 2 - base - at(start, i % season)));
  }
}

function run(choice: i32, count: i32, rows: usize, end: usize): void {
  const alpha = choice & 1 ? 0.02 : 0.002;
  const delta = choice & 2 ? 0.2 : 0.05;
  const omega = choice & 4 ? 0.3 : 0.1;
  const phi = choice & 8 ? 0.9 : 0.6;
  memory.copy(state, start, (<usize>(season + cycle)) << 3);
  const long = state + ((<usize>season) << 3);
  let level = base;
  let last: f64 = 0;
  let sum: f64 = 0;
  errorsFirst = 0;
  let origin = 0;
  let stop = rows == 0 ? n + 1 : knownAt(0);
  let i = 0;
  let j = 0;
  for (let t = 0; t <= count; t++) {
    if (t == stop) {
      extrapolate(level, last, phi, rows + ((<usize>(origin * back)) << 3), back, t);
      stop = knownAt(++origin);
    }
    if (t == count) break;
    if (t == first) errorsFirst = sum;
    const plain = at(y, t) - level - at(state, i) - at(long, j);
    const error = plain - phi * last;
    if (t >= cycle) sum += abs(error);
    last = plain;
    level += alpha * error;
    put(state, i, at(state, i) + delta * error);
    put(long, j, at(long, j) + omega * error);
    if (++i == season) i = 0;
    if (++j == cycle) j = 0;
  }
  errorsAll = sum;
  if (first == n) errorsFirst = sum;
  if (end != 0) extrapolate(level, last, phi, end, ahead, n);
}

function extrapolate(level: f64, last: f64, phi: f64, row: usize, steps: i32, from: i32): void {
  const long = state + ((<usize>season) << 3);
  for (let h = 0; h < steps; h++) {
    last *= phi;
    put(row, h, level + at(state, (from + h) % season) + at(long, (from + h) % cycle) + last);
  }
}
