// What the mixer has learned, one block of the image: a set of weights for each situation, with their AdaGrad sums.
//
//   sets 0..5   the next event, after 0, 1, ... 4, 5 or more events of its session
//   sets 6..8   the last event of a session, one of the last two, one of the last three

import { alloc } from "../../core/arena";
import { sessions } from "./layout";
import { TAIL } from "./store";

/** Features of a symbol. */
export const FEATURES: u32 = 5;
/** Sets of the next event. */
export const DEEPEST: u32 = 5;
const SETS: u32 = DEEPEST + 1 + TAIL;
const SET_BYTES: u32 = 48;
const RATE: f32 = 0.1;

/** One situation's weights; their AdaGrad sums follow at +20. */
@unmanaged
export class Weights {
  event: f32;
  a: f32;
  b: f32;
  share: f32;
  /** Of c for the next event; of the rate of ends for the last ones. */
  other: f32;
}

/** How often the event was no member of the mixture, and how often it should have been, both fading. */
@unmanaged
class Missed {
  was: f32;
  expected: f32;
}

/** The weights of a set. */
export function weightsOf(set: u32): Weights {
  return changetype<Weights>(<usize>sessions().mix + <usize>(set * SET_BYTES));
}

/** The misses of a set of the next event. */
export function missedIn(set: u32): Missed {
  return changetype<Missed>(<usize>sessions().mix + <usize>(set * SET_BYTES) + 40);
}

/** Allocates the block. At first the next event is as the event model says, and the end of a session as sessions like it say too. */
export function weightsInit(): bool {
  const block = alloc(SETS * SET_BYTES);
  if (block == 0) return false;
  sessions().mix = <u32>block;
  for (let set: u32 = 0; set < SETS; set++) {
    const w = weightsOf(set);
    const next = set <= DEEPEST;
    w.event = next ? <f32>0.9 : <f32>0.5;
    w.a = next ? <f32>0.05 : <f32>0.45;
    w.b = next ? <f32>0.05 : <f32>0.2;
    w.other = next ? <f32>0.05 : <f32>0.5;
    for (let f: usize = 0; f < FEATURES; f++) store<f32>(changetype<usize>(w) + (f << 2), 1, 20);
    const missed = missedIn(set);
    missed.was = 1;
    missed.expected = 1;
  }
  return true;
}

/** One step up a gradient of FEATURES numbers (Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning", 2011). */
export function climb(set: u32, gradient: usize): void {
  const w = changetype<usize>(weightsOf(set));
  for (let f: usize = 0; f < (<usize>FEATURES) << 2; f += 4) {
    const g = load<f32>(gradient + f);
    const sum = load<f32>(w + f, 20) + g * g;
    store<f32>(w + f, sum, 20);
    store<f32>(w + f, load<f32>(w + f) + (RATE * g) / sqrt<f32>(sum));
  }
}
