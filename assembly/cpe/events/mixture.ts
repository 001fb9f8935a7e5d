// The distribution of the next event. Only symbols that some context of the event has seen are looked at one by one: the *candidates*. All others
// are one more, the *rest*, whose probability they share by their counts; and for ids never seen there is the escape.
//
//   linear(a) = sum over contexts i of lambda_i c_i(a) / (n_i + beta), and lambda_0 u(a) for order 0
//   score(a)  = linear weight * ln linear(a)
//             + sum over the contexts i that have seen a of [ gain_i ln((c_i(a) - D) / ((d novelties_i + alpha) u(a))) + step_i(c_i(a)) ]
//   p         = softmax of the scores over candidates and rest; the likeliest candidate's is then calibrated (calibrate.ts)
//
// A mixture of orders in the way of Jelinek and Mercer, corrected by a log-linear model whose features are the same counts; the weights
// of both are learned online (learn.ts). Cost: O(entries), some 60 to 150 of them.
//
// The variables below are working space, like the window: not state.

import { candidateBytes, candidates, LINEAR, LOG, P, RARITY, SEEN, SUMS, SYMBOL } from "./arrays";
import { calibrate } from "./calibrate";
import { HISTORY, historyLength, makeKeys } from "./contexts";
import { addScore, gather } from "./gather";
import { findKnown, rest, zeroShare } from "./known";
import { events, symbolAt } from "./layout";
import { exp4, ln4, max4, sum4 } from "./vector";
import { Rest, shared } from "./weights";

/** No candidate's score is further below the best one's: its probability stays above e^-20 of it. */
const LEAST_SCORE: f32 = -20;
/** Added to the rest's share of the linear mixture, which may be nothing. */
const LEAST_REST: f32 = 1e-5;

/** Probability of the rest, and the logarithm of its linear mixture. */
export let restP: f32 = 1;
export let restLog: f32 = 0;
/** Probability of an id never seen. */
export let escape: f32 = 1;
/** Probability of a known symbol that is no candidate, for one of its counts. */
let restShare: f32 = 0;
/** Candidate that is the last symbol, or 0. */
export let againCandidate: u32 = 0;
/** Candidates that are the symbols before it, and their number. */
export const RECENT: usize = memory.data(16);
export let recentCandidates: u32 = 0;

/** Computes the distribution of the event of a stream after the `n` symbols in HISTORY. `release` must follow. O(entries). */
export function evaluate(stream: u32, n: u32): void {
  makeKeys(stream, n);
  findKnown();
  gather();
  repetitions();
  const best = scores();
  const sum = softmax(best);
  share(best, sum);
}

/** Takes the candidates' numbers out of the symbols again. */
export function release(): void {
  const symbols = <usize>events().symbols;
  const end = SYMBOL + ((<usize>candidates) << 2);
  for (let p = SYMBOL + 4; p <= end; p += 4) store<u32>(symbols + ((<usize>load<u32>(p)) << 4), 0, 12);
}

/** The probability of symbol `s`, between `evaluate` and `release`; 0 for one that was never seen. */
export function probabilityOf(s: u32): f32 {
  const symbol = symbolAt(s);
  const j = symbol.slot;
  return j == 0 ? restShare * <f32>symbol.count : load<f32>(P + ((<usize>j) << 2));
}

/** The linear mixture of a symbol that was seen. */
export function linearOf(s: u32): f32 {
  const symbol = symbolAt(s);
  const j = symbol.slot;
  return j == 0 ? (zeroShare * <f32>symbol.count) / <f32>events().total : load<f32>(LINEAR + ((<usize>j) << 2));
}

/** Symbols of the last five events come again more, or less, often than their counts say. */
function repetitions(): void {
  againCandidate = 0;
  recentCandidates = 0;
  for (let lag: u32 = 0; lag < historyLength; lag++) {
    const j = symbolAt(load<u32>(HISTORY + ((<usize>lag) << 2))).slot;
    if (j == 0) continue;
    if (lag == 0) {
      againCandidate = j;
      addScore(j, shared().again);
      continue;
    }
    if (j == againCandidate) continue;
    let twice = false;
    for (let q: u32 = 0; q < recentCandidates; q++) if (load<u32>(RECENT + ((<usize>q) << 2)) == j) twice = true;
    if (twice) continue;
    store<u32>(RECENT + ((<usize>recentCandidates) << 2), j);
    recentCandidates += 1;
    addScore(j, shared().recent);
  }
}

/** Brings the sums of the candidates into scores, which go to P. Returns the best score, that of the rest included. */
function scores(): f32 {
  const e = events();
  const weight = f32x4.splat(shared().linear);
  const inverse: f32 = e.total == 0 ? 0 : <f32>1 / <f32>e.total;
  const perCount = f32x4.splat(zeroShare * inverse);
  const half = f32x4.splat(0.5);
  const logTotal = ln4(f32x4.splat(<f32>e.total + <f32>0.5 * <f32>(e.known + 1)));
  const end = candidateBytes();
  store<u32>(SEEN, 0);
  for (let at = ((<usize>candidates) << 2) + 4; at < end; at += 4) store<u32>(SEEN + at, 0);
  let covered = i32x4.splat(0);
  let most = f32x4.splat(-1e30);
  for (let at: usize = 0; at < end; at += 16) {
    const p = SUMS + (at << 2);
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const count = v128.load(SEEN + at);
    const seen = f32x4.convert_i32x4_u(count);
    covered = i32x4.add(covered, count);
    // Places beside the candidates have no count and no sums: the linear mixture is 0 there, and its logarithm far below all others.
    const linear = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), f32x4.mul(perCount, seen));
    const gains = v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 6, 2, 6), v128.shuffle<f32>(c, d, 2, 6, 2, 6), 0, 1, 4, 5);
    const rarity = f32x4.sub(logTotal, ln4(f32x4.add(seen, half)));
    const log = ln4(linear);
    v128.store(LINEAR + at, linear);
    v128.store(LOG + at, log);
    v128.store(RARITY + at, rarity);
    const known = i32x4.ne(count, i32x4.splat(0));
    const s = f32x4.add(f32x4.add(v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), f32x4.mul(gains, rarity)), f32x4.mul(weight, log));
    const score = v128.bitselect(s, f32x4.splat(-1e30), known);
    v128.store(P + at, score);
    most = f32x4.pmax(most, score);
  }
  others =
    e.total -
    <u32>(
      (i32x4.extract_lane(covered, 0) + i32x4.extract_lane(covered, 1) + i32x4.extract_lane(covered, 2) + i32x4.extract_lane(covered, 3))
    );
  restLog = f32x4.extract_lane(ln4(f32x4.splat(zeroShare * <f32>others * inverse + LEAST_REST)), 0);
  restScore = shared().linear * restLog + changetype<Rest>(rest).bias;
  return max<f32>(restScore, max4(most));
}

/** Counts of all that is no candidate, and the score of it. */
let others: u32 = 0;
let restScore: f32 = 0;

/** Makes P the exponentials of the scores, the best one's being 1. Returns their sum, without the rest's. */
function softmax(best: f32): f32 {
  const from = f32x4.splat(best);
  const end = candidateBytes();
  let sum = f32x4.splat(0);
  let peaks = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const s = f32x4.sub(v128.load(P + at), from);
    // A place beside the candidates has the score -1e30 and is worth nothing.
    const p = v128.and(exp4(f32x4.pmax(s, f32x4.splat(LEAST_SCORE))), f32x4.gt(s, f32x4.splat(-1e29)));
    v128.store(P + at, p);
    peaks = f32x4.pmax(peaks, p);
    sum = f32x4.add(sum, p);
  }
  peak = max4(peaks);
  return sum4(sum);
}

/** The largest of the exponentials. */
let peak: f32 = 0;

/** Makes P probabilities, and shares the rest out. */
function share(best: f32, sum: f32): void {
  const r = f32x4.extract_lane(exp4(f32x4.splat(max<f32>(restScore - best, LEAST_SCORE))), 0);
  const inverse: f32 = <f32>1 / (sum + r);
  restP = r * inverse * calibrate(peak, r, inverse);
  escape = others == 0 ? restP : restP * changetype<Rest>(rest).fresh;
  restShare = others == 0 ? 0 : (restP - escape) / <f32>others;
}
