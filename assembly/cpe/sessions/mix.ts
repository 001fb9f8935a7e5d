// The event model and the neighbours of the session as one distribution. *Members* are the event model's candidates and the symbols that the
// neighbours say most of; every other symbol keeps what the event model gives it, but for a common factor, and so does the escape.
//
//   q(y) = softmax over the members of w0 ln(p(y) + .02 u(y)) + w1 ln(A + .05 u) + w2 ln(B + .05 u) + w3 ln u + w4 x(y)
//   p    = (1 - miss) q for members, p(y) miss / (what the event model leaves for others) for others
//
// p is the event model's probability, u the share of the symbol's counts; A and B are the neighbours' a and b as shares of their sums; x is ln(C + .05 u) where
// the next event is asked for, and the logarithm of how much more often than others y ends sessions where the last one is. All sums come to 1.

import { exp4, ln4, sum4 } from "../events/vector";
import { candidateCount, candidateSymbol, countOf, escape, isCandidate, probabilityOf, shareOfCount } from "./event";
import { endsOf, endsOfItem, itemAt, sessions } from "./layout";
import { forgetNeighbours, kept, keptAt, N_SUMS, N_SYMBOL, neighbours, numberOf, SPARE, SUMS } from "./neighbours";
import { climb, DEEPEST, FEATURES, missedIn, weightsOf } from "./weights";

/** Candidates of the event model that can be members; the others are the neighbours' 64. */
const MOST_CANDIDATES: u32 = 384;
/** Counts of a symbol that the common rate of ends is worth. */
const PRIOR: f32 = 2;
/** Misses look back over some 500 events. */
const FADE: f32 = 0.998;
/** No member's score is further below the best one's. */
const LEAST: f32 = -20;

// Members, from number 0 on; an item's slot has the number and one. Planes of features: p, A, B, u, C, ends.
const PLANE: usize = 1792;
const X: usize = SPARE;
const ENDS: usize = X + 5 * PLANE;
const Q: usize = X + 6 * PLANE;
const SYMBOL: usize = X + 7 * PLANE;

/** Members of the mixture. */
export let members: u32 = 0;
/** Probability of an id that was never seen. */
export let mixedEscape: f32 = 1;
/** What the event model leaves for others than members, and what that is to be multiplied by. */
let rest: f32 = 1;
let factor: f32 = 1;
/** What the neighbours' sums are to be multiplied by to make shares; and the counts. */
let inverseA: f32 = 0;
let inverseB: f32 = 0;
let inverseC: f32 = 0;
let inverseTotal: f32 = 0;
/** The set of weights for the next event. */
let depth: u32 = 0;

/**
 * Mixes for the event after the `n` symbols at `symbols`, newest first; `within` is 0 for the next event, or t for one of the last t of the session.
 * Between the event model's `evaluate` and `release`; `unmix` must follow.
 */
export function mix(symbols: usize, n: u32, within: u32): void {
  depth = min<u32>(n, DEEPEST);
  neighbours(symbols, n);
  join();
  if (within != 0) lookAtEnds(within);
  softmax(setOf(within));
  const missed = missedIn(depth);
  const ratio = max<f32>(0.125, min<f32>(8, missed.was / missed.expected));
  const miss: f32 = members == 0 ? 1 : min<f32>(8191.0 / 8192, rest * ratio);
  factor = miss / rest;
  mixedEscape = escape * factor;
}

/** Leaves no trace of the query. */
export function unmix(): void {
  for (let i: u32 = 0; i < members; i++) itemAt(memberSymbol(i)).slot = 0;
  members = 0;
}

/** The symbol of member `i`. */
export function memberSymbol(i: u32): u32 {
  return load<u32>(SYMBOL + ((<usize>i) << 2));
}

/** The probability of a symbol. */
export function mixedProbability(s: u32): f32 {
  const i = itemAt(s).slot;
  if (i == 0) return probabilityOf(s) * factor;
  return (<f32>1 - rest * factor) * load<f32>(Q + ((<usize>(i - 1)) << 2));
}

/** Learns that the next event was symbol `s`. Q must be that of `mix(.., 0)`. */
export function learnNext(s: u32, gradient: usize): void {
  const i = itemAt(s).slot;
  const missed = missedIn(depth);
  missed.was = missed.was * FADE + (i == 0 ? <f32>1 : <f32>0);
  missed.expected = missed.expected * FADE + rest;
  if (i == 0) return;
  slope(i - 1, 4, gradient);
  climb(depth, gradient);
}

/** Writes what symbol `s` would teach the weights if it were one of the last `within` events. Q is overwritten. */
export function wouldTeach(s: u32, within: u32, gradient: usize): void {
  const i = itemAt(s).slot;
  if (i == 0) {
    memory.fill(gradient, 0, (<usize>FEATURES) << 2);
    return;
  }
  lookAtEnds(within);
  softmax(setOf(within));
  slope(i - 1, 5, gradient);
}

/** The set of weights for what is asked. */
export function setOf(within: u32): u32 {
  return within == 0 ? depth : DEEPEST + within;
}

/** Gradient of ln q of member `i`, whose last feature is plane `other`. */
function slope(i: u32, other: usize, gradient: usize): void {
  const end = (<usize>((members + 3) & ~3)) << 2;
  for (let f: usize = 0; f < FEATURES; f++) {
    const x = X + (f == FEATURES - 1 ? other : f) * PLANE;
    let mean = f32x4.splat(0);
    for (let at: usize = 0; at < end; at += 16) mean = f32x4.add(mean, f32x4.mul(v128.load(Q + at), v128.load(x + at)));
    store<f32>(gradient + (f << 2), load<f32>(x + ((<usize>i) << 2)) - sum4(mean));
  }
}

/** Collects the members and the features that do not depend on what is asked. */
function join(): void {
  members = 0;
  let covered: f32 = 0;
  inverseTotal = shareOfCount();
  const none = load<f32>(SUMS) == 0;
  inverseA = none ? <f32>0 : <f32>1 / load<f32>(SUMS);
  inverseB = none ? <f32>0 : <f32>1 / load<f32>(SUMS, 4);
  inverseC = none ? <f32>0 : <f32>1 / load<f32>(SUMS, 8);
  const count = min<u32>(candidateCount(), MOST_CANDIDATES);
  for (let j: u32 = 1; j <= count; j++) covered += member(candidateSymbol(j));
  for (let i: u32 = 0; i < kept; i++) {
    const s = load<u32>(N_SYMBOL + ((<usize>keptAt(i)) << 2));
    if (!isCandidate(s)) covered += member(s);
  }
  forgetNeighbours();
  for (let i: u32 = 0; i < members; i++) itemAt(memberSymbol(i)).slot = i + 1;
  rest = max<f32>(<f32>1 - covered, escape);
  for (let x: usize = 0; x < 5; x++) logarithms(X + x * PLANE);
}

/** Adds a member; returns its probability. */
function member(s: u32): f32 {
  const to = X + ((<usize>members) << 2);
  const p = probabilityOf(s);
  const u = (<f32>countOf(s) + <f32>0.5) * inverseTotal;
  const n = (<usize>numberOf(s)) << 4;
  // A symbol that no neighbour has is number 0, whose sums are zero.
  const some = <f32>0.05 * u;
  store<u32>(SYMBOL + ((<usize>members) << 2), s);
  store<f32>(to, p + <f32>0.02 * u);
  store<f32>(to + PLANE, some + load<f32>(N_SUMS + n) * inverseA);
  store<f32>(to + 2 * PLANE, some + load<f32>(N_SUMS + n, 4) * inverseB);
  store<f32>(to + 3 * PLANE, u);
  store<f32>(to + 4 * PLANE, some + load<f32>(N_SUMS + n, 8) * inverseC);
  members += 1;
  return p;
}

/** How much more often than others each member is among the last `within` events of a session. */
function lookAtEnds(within: u32): void {
  const rate = <f32>(endsOf(within) + 1) / <f32>(sessions().events + 1);
  for (let i: u32 = 0; i < members; i++) {
    const item = itemAt(memberSymbol(i));
    const ends = (<f32>endsOfItem(item, within) + PRIOR * rate) / (<f32>item.events + PRIOR);
    store<f32>(ENDS + ((<usize>i) << 2), ends / rate);
  }
  logarithms(ENDS);
}

/** Takes the logarithms of a plane; the places beside the members get 0. */
function logarithms(x: usize): void {
  const end = (members + 3) & ~3;
  for (let i = members; i < end; i++) store<f32>(x + ((<usize>i) << 2), 1);
  for (let at: usize = 0; at < (<usize>end) << 2; at += 16) v128.store(x + at, ln4(v128.load(x + at)));
}

/** Fills Q by the weights of a set; 0 beside the members. */
function softmax(set: u32): void {
  if (members == 0) return;
  const w = weightsOf(set);
  const event = f32x4.splat(w.event);
  const a = f32x4.splat(w.a);
  const b = f32x4.splat(w.b);
  const share = f32x4.splat(w.share);
  const other = f32x4.splat(w.other);
  const plane: usize = (set <= DEEPEST ? 4 : 5) * PLANE;
  const end = (<usize>((members + 3) & ~3)) << 2;
  let most = f32x4.splat(-1e30);
  for (let at: usize = 0; at < end; at += 16) {
    let score = f32x4.mul(event, v128.load(X + at));
    score = f32x4.add(score, f32x4.mul(a, v128.load(X + PLANE + at)));
    score = f32x4.add(score, f32x4.mul(b, v128.load(X + 2 * PLANE + at)));
    score = f32x4.add(score, f32x4.mul(share, v128.load(X + 3 * PLANE + at)));
    score = f32x4.add(score, f32x4.mul(other, v128.load(X + plane + at)));
    v128.store(Q + at, score);
    most = f32x4.pmax(most, score);
  }
  for (let i = members; i < ((members + 3) & ~3); i++) store<f32>(Q + ((<usize>i) << 2), -1e30);
  const from = f32x4.splat(largest(most));
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const score = f32x4.sub(v128.load(Q + at), from);
    const q = v128.and(exp4(f32x4.pmax(score, f32x4.splat(LEAST))), f32x4.gt(score, f32x4.splat(-1e29)));
    v128.store(Q + at, q);
    sum = f32x4.add(sum, q);
  }
  const inverse = f32x4.splat(<f32>1 / sum4(sum));
  for (let at: usize = 0; at < end; at += 16) v128.store(Q + at, f32x4.mul(v128.load(Q + at), inverse));
}

function largest(x: v128): f32 {
  const low = max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
  return max<f32>(low, max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}
