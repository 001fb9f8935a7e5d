// What the mixer learns, one block of the image, and its first values.
//
//   sets     of weights, one chosen for each event by the longest context that is known and by whether that context has
//            only ever been followed by one symbol
//   lambda   [set][context][n bucket, sure]   weight of the context's counts in the linear mixture
//   gain     same place                       weight of the context's evidence in the log-linear correction, with its AdaGrad sum
//   step     [context][n bucket][c bucket]    correction for a symbol counted c times of n, with its AdaGrad sum
//   zero     [set]                            lambda of order 0
//   miss     [set][novelty]                   how often the event was no candidate, and of these how often it was new

import { alloc } from "../../core/arena";
import { MOST_CONTEXTS } from "./contexts";
import { events } from "./layout";

/** Sets of weights: two for each order from 0 to 5. */
export const SETS: u32 = 12;
/** Buckets of a context's number of events, and of an entry's count. */
export const BUCKETS: u32 = 10;
/** Steps of a context's share of novelties. */
export const NOVELTY: u32 = 4;

const MIX_BYTES: u32 = SETS * MOST_CONTEXTS * BUCKETS * 2 * 16;
const STEP_BYTES: u32 = MOST_CONTEXTS * BUCKETS * BUCKETS * 8;
const ZERO_BYTES: u32 = SETS * 4;
const MISS_BYTES: u32 = SETS * NOVELTY * 16;
const SHARED_BYTES: u32 = 16;

/** Weights of one context in one situation. */
@unmanaged
export class Mix {
  lambda: f32;
  gain: f32;
  gainSum: f32;
  zero: f32;
}

/** Correction for a count, with its AdaGrad sum. */
@unmanaged
export class Step {
  value: f32;
  sum: f32;
}

/** Running estimates of how often an event is no candidate (`miss`), and how often such an event was never seen (`fresh`). */
@unmanaged
export class Miss {
  miss: f32;
  missCount: f32;
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

/** The corrections of context `i` for n bucket `b`: Step[BUCKETS]. */
export function stepsAt(i: u32, b: u32): usize {
  return <usize>events().weights + MIX_BYTES + ((<usize>((i * BUCKETS + b) * BUCKETS)) << 3);
}

/** Address of the weight of order 0 in `set`. */
export function zeroAt(set: u32): usize {
  return <usize>events().weights + MIX_BYTES + STEP_BYTES + ((<usize>set) << 2);
}

/** The estimates of misses in `set` for a novelty step. */
export function missAt(set: u32, novelty: u32): Miss {
  return changetype<Miss>(<usize>events().weights + MIX_BYTES + STEP_BYTES + ZERO_BYTES + ((<usize>(set * NOVELTY + novelty)) << 4));
}

/** The weights that all situations share. */
export function shared(): Shared {
  return changetype<Shared>(<usize>events().weights + MIX_BYTES + STEP_BYTES + ZERO_BYTES + MISS_BYTES);
}

/** Allocates the block. Longer contexts and fuller ones begin with more weight. */
export function weightsInit(): bool {
  const e = events();
  const block = alloc(MIX_BYTES + STEP_BYTES + ZERO_BYTES + MISS_BYTES + SHARED_BYTES);
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
    for (let q: u32 = 0; q < NOVELTY; q++) {
      const cell = missAt(set, q);
      cell.miss = 0.2;
      cell.fresh = 0.5;
    }
  }
  shared().linear = 1;
  return true;
}

/** Bucket of a number of events: 0, 1, 2, 3, then one a doubling, 9 from 65 on. */
export function bucketOf(n: f32): u32 {
  if (n < 3.6) return n < 0.6 ? 0 : n < 1.6 ? 1 : n < 2.6 ? 2 : 3;
  return <u32>min<i32>(<i32>(reinterpret<u32>(n - 1.5) >> 23) - 127 + 3, 9);
}
