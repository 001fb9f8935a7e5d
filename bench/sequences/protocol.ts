// The protocol of IPredict: sequences in a random order, 14 folds, one guess a test sequence: an item among its last ones, after a window of items before
// them. Three seeded orders here, where the framework has one that is not seeded.
import { permutation } from "../data.js";
import type { SequenceSet } from "./sets.js";

/** A model under test; it is new for every fold. */
export interface Learner {
  /** Learns one whole sequence. */
  train(sequence: number[]): void;
  /** Another one that has learned the same: then what two folds have in common is learned once. */
  copy?(): this;
  /** What it holds can be let go of. */
  dispose?(): void;
}

/** A model that can be asked. */
export interface SequenceModel extends Learner {
  /** The likeliest item after these, or undefined for no guess. */
  guess(before: number[]): number | undefined;
}

export interface Overall {
  /** Right guesses, share of all test sequences. */
  share: number;
  /** One standard error of it, over the sequences. */
  error: number;
  /** Guesses asked for. */
  guesses: number;
  /** Microseconds a guess. */
  time: number;
}

export const FOLDS = 14;
export const SHUFFLES = 3;

/** The sequences of each part of a seeded order: fold f tests [f size, (f + 1) size), the last one what is left too. */
export function foldsOf(count: number, seed: number): { train: number[]; test: number[] }[] {
  const order = Array.from(permutation(count, seed));
  const size = Math.floor(count / FOLDS);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const from = fold * size;
    const to = fold === FOLDS - 1 ? count : from + size;
    return { train: [...order.slice(0, from), ...order.slice(to)], test: order.slice(from, to) };
  });
}

/** A way to ask a model for an item after these. */
export type Ask<M> = (model: M, before: number[]) => number | undefined;

/**
 * "Overall" of a model, asked in one way or in several. A sequence too short to have anything before its last items counts as failed, as does no guess.
 * @param shuffles seeds 1..shuffles
 * @param folds the first ones of the 14
 */
export function overalls<M extends Learner>(
  set: SequenceSet,
  make: () => M,
  asks: Ask<M>[],
  shuffles = SHUFFLES,
  folds = FOLDS,
): Overall[] {
  const { sequences, window, consequent } = set;
  const tallies = asks.map(() => ({ right: new Float64Array(sequences.length), nanoseconds: 0n }));
  const tried = new Float64Array(sequences.length);
  let guesses = 0;
  for (let seed = 1; seed <= shuffles; seed++) {
    const learn = (model: M, part: number[]) => {
      for (const q of part) model.train(sequences[q]);
      return model;
    };
    // A fold learns what is before its test sequences, then what is behind them.
    const before = make();
    let learned = 0;
    for (const { train, test } of foldsOf(sequences.length, seed).slice(0, folds)) {
      const model = before.copy === undefined ? learn(make(), train) : learn(before.copy(), train.slice(learned));
      for (const q of test) {
        tried[q]++;
        const end = sequences[q].length - consequent;
        if (end <= 0) continue;
        guesses++;
        const shown = sequences[q].slice(Math.max(0, end - window), end);
        for (const [i, tally] of tallies.entries()) {
          const start = process.hrtime.bigint();
          const item = asks[i](model, shown);
          tally.nanoseconds += process.hrtime.bigint() - start;
          if (item !== undefined && sequences[q].indexOf(item, end) >= 0) tally.right[q]++;
        }
      }
      model.dispose?.();
      learned += test.length;
      if (before.copy !== undefined) learn(before, test);
    }
    before.dispose?.();
  }
  return tallies.map(({ right, nanoseconds }) => {
    // The orders test the same sequences again: only these are independent of each other.
    const shares = Array.from(right, (hits, q) => hits / tried[q]).filter((share) => !Number.isNaN(share));
    const share = shares.reduce((sum, x) => sum + x, 0) / shares.length;
    const variance = shares.reduce((sum, x) => sum + (x - share) ** 2, 0) / (shares.length - 1);
    return { share, error: Math.sqrt(variance / shares.length), guesses, time: Number(nanoseconds) / 1000 / guesses };
  });
}

/** `overalls` of a model that guesses in one way. */
export function overall(set: SequenceSet, make: () => SequenceModel, shuffles = SHUFFLES, folds = FOLDS): Overall {
  return overalls(set, make, [(model, before) => model.guess(before)], shuffles, folds)[0];
}
