// What an event teaches the mixer. `evaluate` has just computed its distribution.
//
//   lambda   exponentiated gradient: each context's weight moves to the part of the event's probability that was due to it
//            (Kivinen, Warmuth, "Exponentiated gradient versus gradient descent for linear predictors", 1997)
//   gains    gradient of the log loss, summed over the entries of a context, with AdaGrad's rates
//            (Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning", 2011)

import { CODE, COUNT, candidateBytes, LOG, P, RARITY, SUMS } from "./arrays";
import { learnCalibration } from "./calibrate";
import { NETS } from "./gather";
import { BETA, known, Part, partAt, rest, set } from "./known";
import { events, FORGOTTEN, symbolAt } from "./layout";
import { againCandidate, linearOf, RECENT, recentCandidates, restLog, restP } from "./mixture";
import { sum4 } from "./vector";
import { Mix, Rest, shared, zeroAt } from "./weights";

const LAMBDA_RATE: f32 = 0.01;
const LINEAR_RATE: f32 = 0.05;
const AGAIN_RATE: f32 = 0.05;
const GAIN_RATE: f32 = 0.08;
const REST_RATE: f32 = 0.5;
/** An event this likely has little to teach. */
const SURE: f32 = 0.98;
/** The share of new ids looks back over so many events that were no candidates. */
const FRESH_WINDOW: f32 = 255;

/** Of each bucket of counts: f32 sum of the gradients, f32 sum of gradients times rarity. Working space. */
const BY_BUCKET: usize = memory.data(64, 16);

/** Learns that the event was symbol `s`. The probabilities are lost. O(entries). */
export function learn(s: u32): void {
  const symbol = symbolAt(s);
  const target = symbol.slot;
  if (target == 0) learnFresh(symbol.count == 0);
  if (symbol.count != 0) learnLambda(s, target);
  const others = restP * learnCalibration(target);
  const p = target == 0 ? others : load<f32>(P + ((<usize>target) << 2));
  if (p <= SURE) learnGains(target, p, others);
}

function learnFresh(fresh: bool): void {
  const cell = changetype<Rest>(rest);
  cell.freshCount = min<f32>(cell.freshCount + 1, FRESH_WINDOW);
  const share = cell.fresh + ((fresh ? <f32>1 : <f32>0) - cell.fresh) / (cell.freshCount + <f32>1.5);
  // Nothing is ever ruled out: an event that was not seen for long costs 13 bits more, not a hundred.
  cell.fresh = min<f32>(max<f32>(share, 1.0 / 8192), 8191.0 / 8192);
}

function learnLambda(s: u32, target: u32): void {
  const inverse: f32 = <f32>1 / linearOf(s);
  for (let a: u32 = 0; a < known; a++) {
    const part = partAt(a);
    const mix = changetype<Mix>(<usize>part.mix);
    mix.lambda = moved(mix.lambda, (countOf(part, target) * inverse) / (part.events + BETA));
  }
  const zero = zeroAt(set);
  store<f32>(zero, moved(load<f32>(zero), (inverse * <f32>symbolAt(s).count) / <f32>events().total));
}

function moved(lambda: f32, due: f32): f32 {
  return max<f32>(1e-4, min<f32>(1e4, lambda * (<f32>1 - LAMBDA_RATE + LAMBDA_RATE * min<f32>(due, 20))));
}

/** How often a known context counted a candidate. */
export function countOf(part: Part, candidate: u32): f32 {
  if (candidate == 0) return 0;
  const sought = i32x4.splat(<i32>candidate);
  const end = <usize>part.to;
  for (let at = <usize>part.from; at < end; at += 16) {
    const mask = <u32>i32x4.bitmask(i32x4.eq(i32x4.shr_u(v128.load(CODE + at), 4), sought));
    if (mask == 0) continue;
    // What is found behind the context's last entry is another context's.
    const q = at + ((<usize>ctz<u32>(mask)) << 2);
    return q < end ? load<f32>(COUNT + q) : 0;
  }
  return 0;
}

/** `p` is the probability that the event had, `others` that of the rest. */
function learnGains(target: u32, p: f32, others: f32): void {
  const r: f32 = target == 0 ? <f32>1 - p : -others;
  if (target != 0) store<f32>(P + ((<usize>target) << 2), p - <f32>1);
  learnShared(r);
  const end = candidateBytes();
  for (let at: usize = 0; at < end; at += 16) {
    const g = f32x4.neg(v128.load(P + at));
    const u = f32x4.mul(g, v128.load(RARITY + at));
    const low = v128.shuffle<f32>(g, u, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(g, u, 2, 6, 3, 7);
    const to = SUMS + (at << 2);
    v128.store64_lane(to, low, 0, 8);
    v128.store64_lane(to, low, 1, 24);
    v128.store64_lane(to, high, 0, 40);
    v128.store64_lane(to, high, 1, 56);
  }
  v128.store(SUMS + ((<usize>FORGOTTEN) << 4), f32x4.splat(0));
  for (let a: u32 = 0; a < known; a++) learnContext(partAt(a));
}

/** The weights that all contexts share. P holds minus the gradients. */
function learnShared(r: f32): void {
  const end = candidateBytes();
  let dot = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) dot = f32x4.add(dot, f32x4.mul(v128.load(P + at), v128.load(LOG + at)));
  const all = shared();
  const g = r * restLog - sum4(dot);
  all.linearSum += g * g;
  all.linear += (LINEAR_RATE * g) / sqrt<f32>(<f32>1 + all.linearSum);
  const cell = changetype<Rest>(rest);
  cell.biasSum += r * r;
  cell.bias += (REST_RATE * r) / sqrt<f32>(<f32>1 + cell.biasSum);
  if (againCandidate != 0) all.again -= AGAIN_RATE * load<f32>(P + ((<usize>againCandidate) << 2));
  for (let q: u32 = 0; q < recentCandidates; q++) {
    all.recent -= AGAIN_RATE * load<f32>(P + ((<usize>load<u32>(RECENT + ((<usize>q) << 2))) << 2));
  }
}

/** One context's gain and steps. */
function learnContext(part: Part): void {
  const zero = f32x4.splat(0);
  for (let b: usize = 0; b < 64; b += 16) v128.store(BY_BUCKET + b, zero);
  const last = <usize>part.to;
  for (let q = <usize>part.from; q < last; q += 4) {
    const code = <usize>load<u32>(CODE + q);
    const to = BY_BUCKET + ((code & 15) << 3);
    v128.store64_lane(to, f32x4.add(v128.load64_zero(to), v128.load64_zero(SUMS + (code & ~15), 8)), 0);
  }
  const base = f32x4.splat(part.base);
  const steps = <usize>part.steps;
  let gain = zero;
  for (let b: usize = 0; b < 32; b += 16) {
    const v = v128.load(BY_BUCKET + (b << 1));
    const w = v128.load(BY_BUCKET + (b << 1), 16);
    const g = v128.shuffle<f32>(v, w, 0, 2, 4, 6);
    if (!v128.any_true(g)) continue;
    gain = f32x4.add(gain, f32x4.add(v128.shuffle<f32>(v, w, 1, 3, 5, 7), f32x4.mul(g, f32x4.add(base, v128.load(NETS + b)))));
    const sum = f32x4.add(v128.load(steps + b, 32), f32x4.mul(g, g));
    v128.store(steps + b, sum, 32);
    const rate = f32x4.div(f32x4.splat(GAIN_RATE), f32x4.sqrt(f32x4.add(sum, f32x4.splat(1))));
    v128.store(steps + b, f32x4.add(v128.load(steps + b), f32x4.mul(g, rate)));
  }
  if (part.newest != 0) {
    const g = load<f32>(SUMS + ((<usize>part.newest) << 4), 8);
    const sum = load<f32>(<usize>part.last, 4) + g * g;
    store<f32>(<usize>part.last, sum, 4);
    store<f32>(<usize>part.last, load<f32>(<usize>part.last) + (GAIN_RATE * g) / sqrt<f32>(<f32>1 + sum));
  }
  const g = sum4(gain);
  const mix = changetype<Mix>(<usize>part.mix);
  mix.gainSum += g * g;
  mix.gain += (GAIN_RATE * g) / sqrt<f32>(<f32>1 + mix.gainSum);
}
