// What the neurons do with a vector, step by step: the population as leaky integrate-and-fire neurons with lateral inhibition.
//
// A neuron's input current is the larger the nearer its weights: with s its squared distance, whatever the metric compares rows by, and m
// the mean of all, it is THRESHOLD (1 + (m - s) / (m - least s)), which a feed-forward inhibition by the mean and a division by the
// range of activity give. So the nearest gets twice what it takes to fire in the end, one at the mean just that. Potentials start at
// rest, and V <- keep V + (1 - keep) current. Who reaches the threshold fires; within a step the larger overshoot is the earlier
// spike, which is where it would come in continuous time. The spike that makes the winners complete closes the population.
//
// As V rises with the current at every step, the order of first spikes is that of the distances: what findWinners computes at once.
//
// Gerstner and Kistler, "Spiking neuron models", 2002 (the neuron); Thorpe, "Spike arrival times: a highly efficient coding scheme",
// 1990 (the code); Maass, "On the computational power of winner-take-all", Neural Computation 12, 2000.

import { scratch, scratchMore, WINDOW } from "../../core/arena";
import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND } from "../../core/status";
import { theStore } from "../layout";
import { toRow } from "../search";
import { cellAt, Population, prototypeAt, thePopulation } from "./layout";
import { turnRow } from "./members";
import { findAmongAll, makeWhole, squareTo, winnerAt } from "./prototypes";
import { takeWork, turned } from "./work";

/** Millivolts above rest at which a neuron fires. */
const THRESHOLD: f64 = 15;
/** e^(-1 ms / 20 ms): what is left of a potential after a step of a millisecond. */
const KEEP: f64 = 0.951229424500714;
/** A neuron that would need longer does not fire. */
const MOST_STEPS: u32 = 1000;

/**
 * Steps the neurons under the vector at `query` until `count` have fired.
 * @returns address of: u32 steps, u32 fired, 8 bytes nothing, f32 potentials[neurons] (mV above rest; of those that fired, as they
 *   fired), u32 winners[count], u32 steps[count], u8 word[bits / 8] (the spikes of the query's residual under the first winner); or
 *   BAD_ARGUMENT, NO_MEMORY, NOT_FOUND if the population has not learned
 */
export function populationTrace(query: usize, count: u32): i32 {
  const p = thePopulation();
  const k = p.neurons;
  count = min<u32>(count, k);
  const answerBytes = (16 + (k << 2) + (count << 3) + (p.bits >> 3) + 7) & ~7;
  const result = begin(p, query, answerBytes + (k << 4));
  if (isStatus(result)) return result;
  const currents = <usize>result + <usize>answerBytes;
  const potentials = currents + ((<usize>k) << 3);
  inject(p, currents);
  const shown = <usize>result + 16;
  const winners = shown + ((<usize>k) << 2);
  const times = winners + ((<usize>count) << 2);
  memory.fill(potentials, 0, (<usize>k) << 3);
  // Who has fired has the step in `shown`, until the potentials are put there.
  memory.fill(shown, 0, (<usize>k) << 2);
  let fired: u32 = 0;
  let step: u32 = 0;
  while (fired < count && step < MOST_STEPS) {
    step++;
    for (let o: usize = 0; o < (<usize>k) << 3; o += 8) {
      if (load<u32>(shown + (o >> 1)) != 0) continue;
      store<f64>(potentials + o, KEEP * load<f64>(potentials + o) + (1 - KEEP) * load<f64>(currents + o));
    }
    // The largest overshoot first, until nobody is above the threshold or the population is closed.
    while (fired < count) {
      let first: i32 = -1;
      let most: f64 = THRESHOLD;
      for (let j: u32 = 0; j < k; j++) {
        const v = load<f64>(potentials + ((<usize>j) << 3));
        if (load<u32>(shown + ((<usize>j) << 2)) != 0 || !(first < 0 ? v >= most : v > most)) continue;
        most = v;
        first = j;
      }
      if (first < 0) break;
      store<u32>(shown + ((<usize>first) << 2), step);
      store<u32>(winners + ((<usize>fired) << 2), first);
      store<u32>(times + ((<usize>fired) << 2), step);
      fired++;
    }
  }
  for (let j: usize = 0; j < <usize>k; j++) store<f32>(shown + (j << 2), <f32>load<f64>(potentials + (j << 3)));
  writeSpikes(p, fired > 0 ? load<u32>(winners) : 0, times + ((<usize>count) << 2));
  store<u32>(<usize>result, step);
  store<u32>(<usize>result, fired, 4);
  return result;
}

/**
 * Takes `bytes` for an answer about the vector at `query`, and turns it as if it were a row: who wins it is decided by distance under
 * every metric.
 * @returns the answer's address, or a status
 */
function begin(p: Population, query: usize, bytes: u32): i32 {
  if (p.neurons == 0) return NOT_FOUND;
  if (!toRow(theStore(), query)) return BAD_ARGUMENT;
  const result = query == WINDOW ? scratch(bytes) : scratchMore(bytes);
  if (result == 0 || !takeWork(p, false)) return NO_MEMORY;
  turnRow(p, query);
  makeWhole(p);
  return <i32>result;
}

function isStatus(result: i32): bool {
  return <u32>result >= <u32>BAD_ARGUMENT;
}

/** Writes the neurons' input currents, f64[neurons], in mV. */
function inject(p: Population, currents: usize): void {
  let least: f64 = Infinity;
  let sum: f64 = 0;
  for (let j: u32 = 0; j < p.neurons; j++) {
    const s = <f64>squareTo(p, j);
    store<f64>(currents + ((<usize>j) << 3), s);
    least = min<f64>(least, s);
    sum += s;
  }
  const mean = sum / <f64>p.neurons;
  // Where all are equally near all get what the nearest gets.
  const range = mean > least ? mean - least : 1;
  for (let o: usize = 0; o < (<usize>p.neurons) << 3; o += 8) {
    const x = mean > least ? (mean - load<f64>(currents + o)) / range : 1;
    store<f64>(currents + o, max<f64>(0, THRESHOLD * (1 + x)));
  }
}

/** The signs of the residual under a neuron, eight a byte. */
function writeSpikes(p: Population, neuron: u32, out: usize): void {
  const unit = cellAt(p, neuron).scale;
  const weights = prototypeAt(p, neuron);
  memory.fill(out, 0, p.bits >> 3);
  for (let i: usize = 0; i < <usize>p.bits; i++) {
    if (load<f32>(turned + (i << 2)) <= <f32>load<i8>(weights + i) * unit) continue;
    const byte = out + (i >> 3);
    store<u8>(byte, <u8>(<u32>load<u8>(byte) | (1 << (<u32>i & 7))));
  }
}

/**
 * The `count` neurons nearest to the vector at `query`, computed at once.
 * @returns address of u32 n, then u32 neurons[n]; or as populationTrace
 */
export function populationWinners(query: usize, count: u32): i32 {
  const p = thePopulation();
  count = min<u32>(count, p.neurons);
  const result = begin(p, query, 4 + (count << 2));
  if (isStatus(result)) return result;
  const n = findAmongAll(p, count, true);
  store<u32>(<usize>result, n);
  for (let i: u32 = 0; i < n; i++) store<u32>(<usize>result + 4 + ((<usize>i) << 2), winnerAt(i));
  return result;
}

/** Rows whose weight the spread of all cells has in that of a cell. */
const PRIOR_ROWS: f64 = 100;

/**
 * How far the vector at `query` is from the neuron that wins it, in standard deviations of the rows that this neuron won.
 * @returns address of an f64; or as populationTrace
 */
export function populationNovelty(query: usize): i32 {
  const p = thePopulation();
  const result = begin(p, query, 8);
  if (isStatus(result)) return result;
  findAmongAll(p, 1, true);
  const cell = cellAt(p, winnerAt(0));
  const distance = Math.sqrt(<f64>squareTo(p, winnerAt(0)));
  const n = <f64>cell.wins;
  const mean = (n * <f64>cell.meanDistance + PRIOR_ROWS * <f64>p.meanDistance) / (n + PRIOR_ROWS);
  const own = <f64>cell.sdDistance;
  const all = <f64>p.sdDistance;
  const sd = Math.sqrt((n * own * own + PRIOR_ROWS * all * all) / (n + PRIOR_ROWS));
  // Where all rows lie on their neurons any distance is new.
  store<f64>(<usize>result, sd > 0 ? (distance - mean) / sd : distance > mean ? Infinity : 0);
  return result;
}
