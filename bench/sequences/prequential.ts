// Predict, then observe, every event of every sequence: the scores of a model that learns as it goes, with standard errors.
import { BackoffMarkov } from "../../test/oracle/backoff.js";

/** A model of one stream's events: an event model of the layer, or one that answers as it does. */
export interface EventModel {
  predict(stream: number, k: number): { ids: ArrayLike<number>; probabilities: ArrayLike<number> };
  /** Learns an event; returns its bits. */
  observe(stream: number, id: number): number;
  endSession(stream: number): unknown;
}

/** A figure and its standard error. */
export interface Estimate {
  value: number;
  error: number;
}

export interface OnlineScores {
  /** Events. */
  n: number;
  /** Share of events that were the likeliest prediction, and among the five likeliest. */
  first: Estimate;
  five: Estimate;
  /** Mean surprise. */
  bits: Estimate;
  /** Expected calibration error of the likeliest prediction: ten equal bins of its probability, | said - right | over all events. */
  calibration: Estimate;
  /** The best of backoff Markov models of orders 1 to 5, chosen with hindsight: its order and share of right predictions. */
  order: number;
  backoff: Estimate;
  /** Share of right first predictions, divided by that of the backoff model. */
  ratio: Estimate;
}

const BINS = 10;
const ORDERS = 5;
/** Events that belong together: a sequence, or so many of a longer one. */
const BLOCK = 1000;
/** The jackknife leaves out one group of blocks at a time. */
const GROUPS = 20;

// What is counted of a group: events, hits, hits in five, bits; probability and hits in each bin; hits of each order.
const EVENTS = 0;
const FIRST = 1;
const FIVE = 2;
const BITS = 3;
const SAID = 4;
const RIGHT = SAID + BINS;
const BACKOFF = RIGHT + BINS;
const WIDTH = BACKOFF + ORDERS;

type Tally = Float64Array;

/** Scores a new model on sequences of ids; each is a session of its own. */
export function prequential(model: EventModel, sequences: readonly ArrayLike<number>[]): OnlineScores {
  const markov = new BackoffMarkov(ORDERS);
  const groups = Array.from({ length: GROUPS }, () => new Float64Array(WIDTH));
  let block = 0;
  for (const sequence of sequences) {
    model.endSession(0);
    markov.endSession();
    for (let i = 0; i < sequence.length; i++) {
      if (i % BLOCK === 0) block++;
      const id = sequence[i];
      const tally = groups[block % GROUPS];
      guess(tally, model, id);
      for (let order = 1; order <= ORDERS; order++) if (markov.predict(order) === id) tally[BACKOFF + order - 1]++;
      tally[BITS] += model.observe(0, id);
      tally[EVENTS]++;
      markov.observe(id);
    }
  }
  const all = sum(groups);
  const order = all.subarray(BACKOFF).indexOf(Math.max(...all.subarray(BACKOFF)));
  const estimate = (of: (tally: Tally) => number) => jackknife(groups, of);
  return {
    n: all[EVENTS],
    first: estimate((t) => t[FIRST] / t[EVENTS]),
    five: estimate((t) => t[FIVE] / t[EVENTS]),
    bits: estimate((t) => t[BITS] / t[EVENTS]),
    calibration: estimate(calibrationError),
    order: order + 1,
    backoff: estimate((t) => t[BACKOFF + order] / t[EVENTS]),
    ratio: estimate((t) => t[FIRST] / t[BACKOFF + order]),
  };
}

function guess(tally: Tally, model: EventModel, id: number): void {
  const { ids, probabilities } = model.predict(0, 5);
  if (ids.length === 0) return;
  const bin = Math.min(BINS - 1, Math.floor(probabilities[0] * BINS));
  tally[SAID + bin] += probabilities[0];
  if (ids[0] === id) {
    tally[RIGHT + bin]++;
    tally[FIRST]++;
  }
  for (let i = 0; i < ids.length; i++) if (ids[i] === id) tally[FIVE]++;
}

function calibrationError(tally: Tally): number {
  let error = 0;
  for (let bin = 0; bin < BINS; bin++) error += Math.abs(tally[SAID + bin] - tally[RIGHT + bin]);
  return error / tally[EVENTS];
}

/**
 * A figure of all groups, and its standard error from what it is without each of them. Groups without events are passed over; with fewer than
 * two there is no error to be had. Source: Efron and Stein, "The jackknife estimate of variance" (1981).
 */
export function jackknife(groups: readonly Float64Array[], figure: (all: Float64Array) => number): Estimate {
  const used = groups.filter((group) => group.some((x) => x !== 0));
  const all = sum(used);
  const without = used.map((group) => figure(all.map((x, i) => x - group[i])));
  const mean = without.reduce((a, b) => a + b, 0) / used.length;
  const squares = without.reduce((total, x) => total + (x - mean) ** 2, 0);
  return { value: figure(all), error: used.length < 2 ? Number.NaN : Math.sqrt(((used.length - 1) / used.length) * squares) };
}

function sum(groups: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(groups[0].length);
  for (const group of groups) for (let i = 0; i < all.length; i++) all[i] += group[i];
  return all;
}

/** "12.34 (.05)": a figure and its standard error, times `scale`. */
export function shown({ value, error }: Estimate, digits: number, scale = 1): string {
  return `${(value * scale).toFixed(digits)} (${(error * scale).toFixed(digits)})`;
}
