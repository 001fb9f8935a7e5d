// What an event teaches the mixer. `evaluate` has just computed its distribution.
//
//   lambda   exponentiated gradient: each context's weight moves to the part of the event's probability that was due to it
//            (Kivinen, Warmuth, "Exponentiated gradient versus gradient descent for linear predictors", 1997)
//   gains    gradient of the log loss, summed over the entries of a context, with AdaGrad's rates
//            (Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning", 2011)

import { contextCount } from "./contexts";
import { symbolAt } from "./layout";
import {
  againCandidate,
  C_INVERSE,
  C_LINEAR,
  C_LOG,
  C_P,
  candidates,
  E_CANDIDATE,
  E_COUNT,
  E_FEATURE,
  E_STEP,
  missCell,
  partAt,
  RECENT,
  recentCandidates,
  set,
} from "./mixture";
import { sum4 } from "./vector";
import { BUCKETS, Miss, Mix, missAt, Step, shared, zeroAt } from "./weights";

const LAMBDA_RATE: f32 = 0.02;
const RATE: f32 = 0.02;
const GAIN_RATE: f32 = 0.06;
/** An event this likely has little to teach. */
const SURE: f32 = 0.98;
/** The estimates of misses look back over so many events. */
const MISS_WINDOW: f32 = 255;

/** Gradient of each entry's candidate; sums of it over the buckets of counts. */
const E_GRADIENT: usize = memory.data(768);
const SUMS: usize = memory.data(40);

/** Learns that the event was symbol `s`. C_P is overwritten. */
export function learn(s: u32): void {
  const symbol = symbolAt(s);
  const target = symbol.slot;
  const cell = missAt(set, missCell);
  if (candidates > 0) learnMiss(cell, target == 0, symbol.count == 0);
  if (target == 0) return;
  const at = (<usize>target) << 2;
  learnLambda(target);
  const p = load<f32>(C_P + at);
  if (p > SURE) return;
  learnGains(target, p);
}

function learnMiss(cell: Miss, missed: bool, fresh: bool): void {
  cell.missCount = min<f32>(cell.missCount + 1, MISS_WINDOW);
  cell.miss = within(cell.miss + ((missed ? <f32>1 : <f32>0) - cell.miss) / (cell.missCount + <f32>1.5));
  if (!missed) return;
  cell.freshCount = min<f32>(cell.freshCount + 1, MISS_WINDOW);
  cell.fresh = within(cell.fresh + ((fresh ? <f32>1 : <f32>0) - cell.fresh) / (cell.freshCount + <f32>1.5));
}

/** Nothing is ever ruled out: an event that was not seen for long costs 13 bits more, not a hundred. */
function within(p: f32): f32 {
  return min<f32>(max<f32>(p, 1.0 / 8192), 8191.0 / 8192);
}

function learnLambda(target: u32): void {
  const at = (<usize>target) << 2;
  const inverse: f32 = <f32>1 / load<f32>(C_LINEAR + at);
  const contexts = contextCount();
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    if (part.used == 0) continue;
    let count: f32 = 0;
    for (let q = part.from; q < part.to; q++) {
      if (load<u32>(E_CANDIDATE + ((<usize>q) << 2)) == target) count = load<f32>(E_COUNT + ((<usize>q) << 2));
    }
    const f = min<f32>((count * inverse) / (part.events + <f32>0.2), 20);
    const mix = changetype<Mix>(<usize>part.mix);
    mix.lambda = max<f32>(1e-4, min<f32>(1e4, mix.lambda * (<f32>1 - LAMBDA_RATE + LAMBDA_RATE * f)));
  }
  const f = min<f32>(inverse / load<f32>(C_INVERSE + at), 20);
  const zero = zeroAt(set);
  store<f32>(zero, max<f32>(1e-4, load<f32>(zero) * (<f32>1 - LAMBDA_RATE + LAMBDA_RATE * f)));
}

function learnGains(target: u32, p: f32): void {
  // C_P becomes the gradient of the log loss: 1 - p for the event, -p for the others, 0 for the places beside them.
  const end = (candidates + 4) & ~3;
  for (let j: u32 = 0; j < end; j += 4) {
    const at = (<usize>j) << 2;
    v128.store(C_P + at, f32x4.neg(v128.load(C_P + at)));
  }
  store<f32>(C_P + ((<usize>target) << 2), <f32>1 - p);
  const contexts = contextCount();
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    if (part.used == 0) continue;
    memory.fill(SUMS, 0, BUCKETS * 4);
    for (let q = part.from; q < part.to; q++) {
      const at = (<usize>q) << 2;
      const g = load<f32>(C_P + ((<usize>load<u32>(E_CANDIDATE + at)) << 2));
      store<f32>(E_GRADIENT + at, g);
      const sum = SUMS + (<usize>load<u32>(E_STEP + at) >> 1);
      store<f32>(sum, load<f32>(sum) + g);
    }
    let dot = f32x4.splat(0);
    for (let q = part.from; q < part.to; q += 4) {
      const at = (<usize>q) << 2;
      dot = f32x4.add(dot, f32x4.mul(v128.load(E_GRADIENT + at), v128.load(E_FEATURE + at)));
    }
    const g = sum4(dot);
    const mix = changetype<Mix>(<usize>part.mix);
    mix.gainSum += g * g;
    mix.gain += (GAIN_RATE * g) / sqrt<f32>(<f32>1 + mix.gainSum);
    for (let b: u32 = 0; b < BUCKETS; b++) {
      const sum = load<f32>(SUMS + ((<usize>b) << 2));
      if (sum == 0) continue;
      const step = changetype<Step>(<usize>part.steps + ((<usize>b) << 3));
      step.sum += sum * sum;
      step.value += (GAIN_RATE * sum) / sqrt<f32>(<f32>1 + step.sum);
    }
  }
  let dot = f32x4.splat(0);
  for (let j: u32 = 0; j < end; j += 4) {
    const at = (<usize>j) << 2;
    dot = f32x4.add(dot, f32x4.mul(v128.load(C_P + at), v128.load(C_LOG + at)));
  }
  const g = sum4(dot);
  const all = shared();
  all.linearSum += g * g;
  all.linear += (RATE * g) / sqrt<f32>(<f32>1 + all.linearSum);
  if (againCandidate != 0) all.again += RATE * load<f32>(C_P + ((<usize>againCandidate) << 2));
  for (let q: u32 = 0; q < recentCandidates; q++) {
    all.recent += RATE * load<f32>(C_P + ((<usize>load<u32>(RECENT + ((<usize>q) << 2))) << 2));
  }
}
