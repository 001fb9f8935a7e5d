// What there is to know of a population, for statistics, benchmarks and tests.

import { WINDOW } from "../../core/arena";
import { compared, probed, scanned } from "./find";
import { cellAt, Population, thePopulation } from "./layout";

/**
 * Writes f64 to WINDOW: neurons (0 before the population has learned), spikes of a word, rows that have words, mean squared distance of
 * the rows to their first winner when it last learned, imbalance; then of the last search: cells it looked into, words it scanned,
 * rows it compared in full.
 */
export function populationReport(): void {
  const p = thePopulation();
  store<f64>(WINDOW, <f64>p.neurons);
  store<f64>(WINDOW, <f64>p.bits, 8);
  store<f64>(WINDOW, <f64>p.indexed, 16);
  store<f64>(WINDOW, <f64>p.meanSquare, 24);
  store<f64>(WINDOW, imbalance(p), 32);
  store<f64>(WINDOW, <f64>probed, 40);
  store<f64>(WINDOW, <f64>scanned, 48);
  store<f64>(WINDOW, <f64>compared, 56);
}

/** Neurons times the sum of squared shares of the words: 1 if all cells are equally full, and by so much a search costs more. */
function imbalance(p: Population): f64 {
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let j: u32 = 0; j < p.neurons; j++) {
    const n = <f64>cellAt(p, j).count;
    sum += n;
    squares += n * n;
  }
  return sum > 0 ? (<f64>p.neurons * squares) / (sum * sum) : 0;
}
