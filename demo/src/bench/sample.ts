// Times two ways of doing the same work in turn, with a clock that may be coarse: a sample lasts many of the clock's steps.
import { clock } from "../../../bench/clock.js";

/** What is to be timed. */
export interface Work {
  /** Operations in one call of `ours`, and of `theirs`. */
  n: number;
  /** Whether both sides give the right result. Nothing is timed before. */
  check(): boolean;
  /** Each returns something that depends on the work, so that it cannot be optimised away. */
  ours(): unknown;
  theirs?(): unknown;
  dispose(): void;
}

/** Nanoseconds that a sample lasts at the least, and the steps of the clock that it spans: the error of one is below 3 %, of their middle less. */
const SHORTEST = 3e6;
const STEPS = 40;
/** A sample never lasts longer, however coarse the clock is. */
const LONGEST = 250e6;
const WARM_UP = 60e6;
const PAIRS = 21;

/** What a call returned last. Being reachable from outside, it keeps the work from being optimised away. */
export const sink: { value: unknown } = { value: undefined };

/** How long a sample lasts at the least by a clock of this step; both in nanoseconds. */
export function sampleLength(step: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, STEPS * step));
}

/**
 * Times of both sides, in nanoseconds an operation.
 * @param step of the clock, in nanoseconds
 * @throws if the check does not hold
 */
export function sample(work: Work, step: number): { ours: number; theirs: number | undefined } {
  if (!work.check()) throw new Error("a result was not what it must be");
  const length = sampleLength(step);
  const sides = [() => work.ours()];
  if (work.theirs !== undefined) sides.push(() => work.theirs?.());
  const calls = sides.map((side) => calibrate(side, length));
  const samples = sides.map((): number[] => []);
  for (let pair = 0; pair < PAIRS; pair++) {
    for (let i = 0; i < sides.length; i++) {
      const side = pair % 2 === 0 ? i : sides.length - 1 - i;
      samples[side].push(slice(sides[side], calls[side]) / (calls[side] * work.n));
    }
  }
  return { ours: middle(samples[0]), theirs: samples[1] && middle(samples[1]) };
}

/** The mean of the middle half. A median could only be a whole number of the clock's steps. */
function middle(samples: number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const half = sorted.slice(quarter, sorted.length - quarter);
  return half.reduce((sum, time) => sum + time, 0) / half.length;
}

/** Warms a side up, and finds how many calls fill a sample. */
function calibrate(side: () => unknown, length: number): number {
  let calls = 1;
  let spent = 0;
  for (;;) {
    const took = slice(side, calls);
    spent += took;
    if (took < length / 2) calls *= 2;
    else if (spent >= WARM_UP) return Math.max(1, Math.ceil((calls * length) / took));
  }
}

/** Calls in one go, in nanoseconds. */
function slice(side: () => unknown, calls: number): number {
  const from = clock.now();
  for (let i = 0; i < calls; i++) sink.value = side();
  return clock.now() - from;
}
