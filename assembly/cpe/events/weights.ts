// What the mixer learns, one block of the image, and its first values.
//
//   sets     of weights, one chosen for each event by the longest context that is known and by whether that context has
//            only ever been followed by one symbol
//   mix      [set][context][n bucket, sure]   lambda, the weight of the context's counts in the linear mixture; gain, the weight of its
//                                             evidence in the log-linear correction, with its AdaGrad sum
//   steps    [context][n bucket]              f32 value[STEPS] and f32 AdaGrad sum[STEPS], corrections for a symbol by the bucket of its count; then
//                                             f32 value, sum [STEPS], the same for the symbol that the context counted last
//   zero     [set]                            lambda of order 0
//   rest     [set][novelty]                   correction for what is no candidate, and how often that was new
//   knots    [KNOTS]                          f32 share, weight: how often the likeliest candidate comes, by what the mixture says of it

import { alloc } from "../../core/arena";
import { MOST_CONTEXTS } from "./contexts";
import { events } from "./layout";

/** Sets of weights: two for each order from 0 to 5. */
const SETS: u32 = 12;
/** Buckets of a context's number of events. */
export const BUCKETS: u32 = 10;
/** Buckets of an entry's count: the last one is from 64 on, and a count is halved soon after it comes to 60. */
export const STEPS: u32 = 8;
/** Steps of a context's share of novelties. */
const NOVELTY: u32 = 4;
/** Knots of the calibration, one for each whole log-odds from -8 to 8. */
export const KNOTS: u32 = 17;

const MIX_BYTES: u32 = SETS * MOST_CONTEXTS * BUCKETS * 2 * 16;
/** Bytes of the steps of one context and n bucket, and where those of the last symbol are in them. */
const STEP_BYTES: u32 = STEPS * 16;
export const LAST_STEPS: usize = <usize>STEPS * 8;
const ALL_STEP_BYTES: u32 = MOST_CONTEXTS * BUCKETS * STEP_BYTES;
const ZERO_BYTES: u32 = SETS * 4;
const REST_BYTES: u32 = SETS * NOVELTY * 16;
const KNOT_BYTES: u32 = KNOTS * 8 + 8;
const SHARED_BYTES: u32 = 16;

/** Weights of one context in one situation. */
@unmanaged
export class Mix {
  lambda: f32;
  gain: f32;
  gainSum: f32;
  zero: f32;
}

/** What is learned of events that are no candidates: a correction with its AdaGrad sum, and the share of new ones with their number. */
@unmanaged
export class Rest {
  bias: f32;
  biasSum: f32;
  fresh: f32;
  freshCount: f32;
}

/** Weights that all situations share. */
@unmanaged
export class Shared {
  /** Weight of the logarithm of the linear mixture. */
  linear: f32;
  linearSum: f32;
  /** Additions for a symbol that was seen one event ago, and two to five events ago. */
  again: f32;
  recent: f32;
}

/** The weights of context `i` in `set`, for bucket `b` = n bucket * 2 + sure. */
export function mixAt(set: u32, i: u32, b: u32): Mix {
  return changetype<Mix>(<usize>events().weights + ((<usize>((set * MOST_CONTEXTS + i) * (BUCKETS * 2) + b)) << 4));
}

/** The corrections of context `i` for n bucket `b`. */
export function stepsAt(i: u32, b: u32): usize {
  return <usize>events().weights + MIX_BYTES + <usize>(i * BUCKETS + b) * STEP_BYTES;
}

/** Address of the weight of order 0 in `set`. */
export function zeroAt(set: u32): usize {
  return <usize>events().weights + MIX_BYTES + ALL_STEP_BYTES + ((<usize>set) << 2);
}

/** What is learned of no candidates in `set` for a novelty step. */
export function restAt(set: u32, novelty: u32): Rest {
  return changetype<Rest>(<usize>events().weights + MIX_BYTES + ALL_STEP_BYTES + ZERO_BYTES + ((<usize>(set * NOVELTY + novelty)) << 4));
}

/** Address of a knot of the calibration. */
export function knotAt(i: u32): usize {
  return <usize>events().weights + MIX_BYTES + ALL_STEP_BYTES + ZERO_BYTES + REST_BYTES + ((<usize>i) << 3);
}

/** The weights that all situations share. */
export function shared(): Shared {
  return changetype<Shared>(knotAt(0) + KNOT_BYTES);
}

/** Allocates the block. Longer contexts and fuller ones begin with more weight. */
export function weightsInit(): bool {
  const e = events();
  const block = alloc(MIX_BYTES + ALL_STEP_BYTES + ZERO_BYTES + REST_BYTES + KNOT_BYTES + SHARED_BYTES);
  if (block == 0) return false;
  e.weights = <u32>block;
  for (let set: u32 = 0; set < SETS; set++) {
    for (let i: u32 = 0; i < MOST_CONTEXTS; i++) {
      const start: f32 = i < e.orders ? <f32>(1 << i) : <f32>0.7 / <f32>(i - e.orders + 1);
      let fade: f32 = 1;
      for (let b: u32 = 0; b < BUCKETS * 2; b++) {
        mixAt(set, i, b).lambda = start * (<f32>1 - fade);
        if (b & 1) fade *= 0.6;
      }
    }
    store<f32>(zeroAt(set), 0.3);
    for (let q: u32 = 0; q < NOVELTY; q++) restAt(set, q).fresh = 0.5;
  }
  shared().linear = 1;
  // What the mixture says is believed until it is seen to be wrong: e^-8, then e times more odds from knot to knot.
  let odds: f32 = 0.00033546263;
  for (let i: u32 = 0; i < KNOTS; i++) {
    store<f32>(knotAt(i), odds / (<f32>1 + odds));
    odds *= <f32>Math.E;
  }
  return true;
}

/** Bucket of a number of events: 0, 1, 2, 3, then one a doubling, 9 from 65 on. */
export function bucketOf(n: f32): u32 {
  if (n < 3.6) return n < 0.6 ? 0 : n < 1.6 ? 1 : n < 2.6 ? 2 : 3;
  return <u32>min<i32>(<i32>(reinterpret<u32>(n - 1.5) >> 23) - 127 + 3, 9);
}
