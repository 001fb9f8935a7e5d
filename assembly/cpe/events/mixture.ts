// The distribution of the next event. Only symbols that some context of the event has seen are looked at one by one: the
// *candidates*. What is left for the others is shared out by their counts, and for ids never seen there is the escape.
//
//   linear(a) = sum over contexts i of lambda_i c_i(a) / (n_i + beta), and lambda_0 u(a) for order 0
//   score(a)  = linear weight * ln linear(a) + sum over i of [ gain_i ln(1 + (c_i(a) - D) / ((d novelties_i + alpha) u(a))) + step ]
//   p(a)      = (1 - miss) softmax(score)(a)
//
// A mixture of orders in the way of Jelinek and Mercer, corrected by a log-linear model whose features are the same counts; the weights
// of both are learned online (learn.ts). Cost: O(entries), some 60 to 170 of them, in lines of eight.
//
// The arrays below are working space, like the window: not state.

import { contextCount, HISTORY, historyLength, KEYS, makeKeys } from "./contexts";
import { ENTRIES, events, LINE_COUNTS, LINE_SYMBOLS, Line, Symbol, symbolAt } from "./layout";
import { top } from "./symbols";
import { findLine } from "./table";
import { exp4, ln4, sum4 } from "./vector";
import { BUCKETS, bucketOf, Mix, missAt, mixAt, shared, stepsAt, zeroAt } from "./weights";

/** Room for candidates; number 0 stands for "none". */
const MOST_CANDIDATES: u32 = 256;
/** Room for entries: 4 + 2 + 1 + 1 + 1 lines of orders and 3 * 4 of bags. */
const MOST_ENTRIES: u32 = 192;
/** Orders fill up with the most frequent symbols when there are fewer candidates than this. */
const FEW: u32 = 16;

const DISCOUNT: f32 = 0.5;
const NOVELTY_WEIGHT: f32 = 0.5;
const ALPHA: f32 = 0.4;
const BETA: f32 = 0.2;
/** No candidate's score is further below the best one's: its probability stays above e^-20 of it. */
const LEAST_SCORE: f32 = -20;

// Candidates: symbol, 1 / u, score, linear mixture, its logarithm, probability.
export const C_SYMBOL: usize = memory.data(1024);
export const C_INVERSE: usize = memory.data(1024);
export const C_SCORE: usize = memory.data(1024);
export const C_LINEAR: usize = memory.data(1024);
export const C_LOG: usize = memory.data(1024);
export const C_P: usize = memory.data(1024);
// Entries: their candidate, its 1 / u, count, feature, step bucket.
export const E_CANDIDATE: usize = memory.data(768);
export const E_INVERSE: usize = memory.data(768);
export const E_COUNT: usize = memory.data(768);
export const E_FEATURE: usize = memory.data(768);
export const E_STEP: usize = memory.data(768);
/** What of a context counts for one event. */
@unmanaged
export class Part {
  /** First entry, and the one after the last. */
  from: u32;
  to: u32;
  /** Entries in use; 0 for a context that is not known. */
  used: u32;
  /** Address of its weights (Mix), and of its steps. */
  mix: u32;
  steps: u32;
  events: f32;
  novelties: f32;
  /** Share of its counts in the linear mixture, for one count. */
  share: f32;
}
const PARTS: usize = memory.data(256);
/** Addresses of the lines of each context, four places each. */
const LINES: usize = memory.data(128);

/** What counts for context `i`. */
export function partAt(i: u32): Part {
  return changetype<Part>(PARTS + ((<usize>i) << 5));
}

/** Candidates of the event; their numbers are 1..candidates. */
export let candidates: u32 = 0;
/** The set of weights in use. */
export let set: u32 = 0;
/** The cell of the misses in use: its novelty step. */
export let missCell: u32 = 0;
/** Probability that the event is no candidate. */
export let miss: f32 = 1;
/** Probability of an id never seen. */
export let escape: f32 = 1;
/** Probability of a known symbol that is no candidate, for one of its counts. */
export let restShare: f32 = 0;
/** Sum of the counts of the candidates. */
let covered: u32 = 0;
/** Candidate that is the last symbol, or 0. */
export let againCandidate: u32 = 0;
/** Candidates that are the symbols before it, and their number. */
export const RECENT: usize = memory.data(16);
export let recentCandidates: u32 = 0;
let inverseTotal: f32 = 0;

/** Computes the distribution of the event after the `n` symbols in HISTORY. `release` must follow. */
export function evaluate(n: u32): void {
  const e = events();
  makeKeys(n);
  candidates = 0;
  covered = 0;
  inverseTotal = <f32>1 / (<f32>e.total + <f32>0.5 * <f32>(e.known + 1));
  gather();
  if (candidates < FEW) {
    for (let i: u32 = 0; i < e.topUsed; i++) {
      const s = top(i);
      candidateOf(s, symbolAt(s));
    }
  }
  chooseSet();
  if (candidates > 0) {
    score();
    repetitions();
    normalise();
  }
  const cell = missAt(set, missCell);
  miss = candidates == 0 ? 1 : cell.miss;
  const rest = e.total - covered;
  if (rest == 0) {
    escape = miss;
    restShare = 0;
  } else {
    escape = miss * cell.fresh;
    restShare = (miss - escape) / <f32>rest;
  }
}

/** Takes the candidates' numbers out of the symbols again. */
export function release(): void {
  for (let j: u32 = 1; j <= candidates; j++) symbolAt(load<u32>(C_SYMBOL + ((<usize>j) << 2))).slot = 0;
}

/** The probability of symbol `s`, between `evaluate` and `release`; 0 for one that was never seen. */
export function probabilityOf(s: u32): f32 {
  const symbol = symbolAt(s);
  const j = symbol.slot;
  if (j != 0) return (<f32>1 - miss) * load<f32>(C_P + ((<usize>j) << 2));
  return restShare * <f32>symbol.count;
}

function candidateOf(s: u32, symbol: Symbol): u32 {
  let j = symbol.slot;
  if (j != 0) return j;
  j = ++candidates;
  assert(j < MOST_CANDIDATES, "too many candidates");
  symbol.slot = j;
  const at = (<usize>j) << 2;
  store<u32>(C_SYMBOL + at, s);
  store<f32>(C_INVERSE + at, <f32>1 / ((<f32>symbol.count + <f32>0.5) * inverseTotal));
  store<f32>(C_LINEAR + at, 0);
  store<f32>(C_SCORE + at, 0);
  covered += symbol.count;
  return j;
}

/**
 * Collects the entries of all contexts that are known. First the lines of all contexts are looked up, level by level, so that the
 * processor waits for their cache lines together and not for one after the other.
 */
function gather(): void {
  const contexts = contextCount();
  for (let level: u32 = 0; level < 4; level++) {
    for (let i: u32 = 0; i < contexts; i++) {
      const part = partAt(i);
      const key = load<u64>(KEYS + ((<usize>i) << 3));
      // Until the entries are collected, `to` is the number of lines.
      if (level == 0) {
        part.to = key == 0 ? 0 : 1;
        part.events = 0;
        part.novelties = 0;
      }
      if (level >= part.to) continue;
      const line = findLine(key, level);
      if (line == 0) {
        part.to = level;
        continue;
      }
      store<u32>(linePlace(i, level), <u32>line);
      if (level != 0) continue;
      const head = changetype<Line>(line);
      part.to = <u32>head.lines;
      part.events = head.events;
      part.novelties = head.novelties;
    }
  }
  let at: u32 = 0;
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    const lines = part.to;
    part.from = at;
    part.used = 0;
    for (let level: u32 = 0; level < lines; level++) {
      part.used += gatherLine(<usize>load<u32>(linePlace(i, level)), at);
      at += ENTRIES;
    }
    part.to = at;
  }
  assert(at <= MOST_ENTRIES, "too many entries");
}

/** Where the address of a context's line is noted. */
function linePlace(i: u32, level: u32): usize {
  return LINES + ((<usize>(i * 4 + level)) << 2);
}

/** Collects one line into the entries from number `at` on. Returns how many of its symbols are in use. */
function gatherLine(line: usize, at: u32): u32 {
  const used = <u32>changetype<Line>(line).used;
  let alive: u32 = 0;
  const entry = (<usize>at) << 2;
  for (let q: u32 = 0; q < ENTRIES; q++) {
    let j: u32 = 0;
    let inverse: f32 = 0;
    if (q < used) {
      const s = load<u32>(line + ((<usize>q) << 2), LINE_SYMBOLS);
      const symbol = symbolAt(s);
      if (symbol.serial != 0) {
        j = candidateOf(s, symbol);
        inverse = load<f32>(C_INVERSE + ((<usize>j) << 2));
        alive++;
      }
    }
    const to = entry + ((<usize>q) << 2);
    store<u32>(E_CANDIDATE + to, j);
    store<f32>(E_INVERSE + to, inverse);
  }
  const counts = v128.load(line, LINE_COUNTS);
  const unit = f32x4.splat(<f32>0.0625);
  v128.store(E_COUNT + entry, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(counts)), unit));
  v128.store(E_COUNT + entry, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(counts)), unit), 16);
  return alive;
}

/** Chooses the set of weights, and each context's weights in it. */
function chooseSet(): void {
  const e = events();
  let order: u32 = 0;
  let single: u32 = 0;
  for (let i: u32 = 0; i < e.orders; i++) {
    const used = partAt(i).used;
    if (used == 0) continue;
    order = i + 1;
    single = used == 1 ? 1 : 0;
  }
  set = order * 2 + single;
  missCell = 0;
  if (order > 0) {
    // The shortest order has the most events: its share of novelties says most about news.
    const part = partAt(0);
    const share = part.novelties / part.events;
    missCell = part.used == 0 ? 0 : share > 0.5 ? 3 : share > 0.15 ? 2 : share > 0.03 ? 1 : 0;
  }
  const contexts = contextCount();
  let sum = load<f32>(zeroAt(set));
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    if (part.used == 0) continue;
    const n = bucketOf(part.events);
    const mix = mixAt(set, i, n * 2 + (<f32>part.used * 2 > part.events ? 1 : 0));
    part.mix = <u32>changetype<usize>(mix);
    part.steps = <u32>stepsAt(i, n);
    sum += mix.lambda;
  }
  const inverse: f32 = <f32>1 / sum;
  zeroShare = load<f32>(zeroAt(set)) * inverse;
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    if (part.used != 0) part.share = (changetype<Mix>(<usize>part.mix).lambda * inverse) / (part.events + BETA);
  }
}

/** Weight of order 0 in the linear mixture. */
export let zeroShare: f32 = 0;

/** Adds what each entry says to its candidate. */
function score(): void {
  const contexts = contextCount();
  for (let i: u32 = 0; i < contexts; i++) {
    const part = partAt(i);
    if (part.used == 0) continue;
    const gain = changetype<Mix>(<usize>part.mix).gain;
    const steps = <usize>part.steps;
    const share = part.share;
    const perNovelty = f32x4.splat(<f32>1 / (NOVELTY_WEIGHT * part.novelties + ALPHA));
    for (let q = part.from; q < part.to; q += 4) {
      const at = (<usize>q) << 2;
      const c = v128.load(E_COUNT + at);
      const net = f32x4.pmax(f32x4.sub(c, f32x4.splat(DISCOUNT)), f32x4.mul(c, f32x4.splat(0.1)));
      const odds = f32x4.mul(f32x4.mul(net, perNovelty), v128.load(E_INVERSE + at));
      const x = ln4(f32x4.add(odds, f32x4.splat(1)));
      v128.store(E_FEATURE + at, x);
      const bucket = i32x4.sub(i32x4.shr_s(f32x4.add(c, f32x4.splat(0.5)), 23), i32x4.splat(126));
      v128.store(E_STEP + at, i32x4.shl(i32x4.min_s(bucket, i32x4.splat(BUCKETS - 1)), 3));
    }
    for (let q = part.from; q < part.to; q++) {
      const at = (<usize>q) << 2;
      const j = (<usize>load<u32>(E_CANDIDATE + at)) << 2;
      const say = gain * load<f32>(E_FEATURE + at) + load<f32>(steps + <usize>load<u32>(E_STEP + at));
      store<f32>(C_SCORE + j, load<f32>(C_SCORE + j) + say);
      store<f32>(C_LINEAR + j, load<f32>(C_LINEAR + j) + share * load<f32>(E_COUNT + at));
    }
  }
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

function addScore(j: u32, x: f32): void {
  const at = C_SCORE + ((<usize>j) << 2);
  store<f32>(at, load<f32>(at) + x);
}

/** Softmax of the scores, four at a time; the places beside the candidates get 0. */
function normalise(): void {
  const end = (candidates + 4) & ~3;
  for (let j: u32 = 0; j < end; j = max<u32>(j, candidates) + 1) {
    const at = (<usize>j) << 2;
    store<f32>(C_SCORE + at, -1e30);
    store<f32>(C_LINEAR + at, 0);
    store<f32>(C_INVERSE + at, 1);
  }
  const weight = f32x4.splat(shared().linear);
  const zero = f32x4.splat(zeroShare);
  let most = f32x4.splat(-1e30);
  for (let j: u32 = 0; j < end; j += 4) {
    const at = (<usize>j) << 2;
    const linear = f32x4.add(v128.load(C_LINEAR + at), f32x4.div(zero, v128.load(C_INVERSE + at)));
    v128.store(C_LINEAR + at, linear);
    const log = ln4(linear);
    v128.store(C_LOG + at, log);
    const s = f32x4.add(v128.load(C_SCORE + at), f32x4.mul(weight, log));
    v128.store(C_SCORE + at, s);
    most = f32x4.pmax(most, s);
  }
  let best = f32x4.extract_lane(most, 0);
  best = max<f32>(best, f32x4.extract_lane(most, 1));
  best = max<f32>(best, f32x4.extract_lane(most, 2));
  best = max<f32>(best, f32x4.extract_lane(most, 3));
  const from = f32x4.splat(best);
  let sum = f32x4.splat(0);
  for (let j: u32 = 0; j < end; j += 4) {
    const at = (<usize>j) << 2;
    const s = f32x4.sub(v128.load(C_SCORE + at), from);
    // A place beside the candidates has the score -1e30 and is worth nothing.
    const alive = f32x4.gt(s, f32x4.splat(-1e29));
    const p = v128.and(exp4(f32x4.pmax(s, f32x4.splat(LEAST_SCORE))), alive);
    v128.store(C_P + at, p);
    sum = f32x4.add(sum, p);
  }
  const inverse = f32x4.splat(<f32>1 / sum4(sum));
  for (let j: u32 = 0; j < end; j += 4) {
    const at = (<usize>j) << 2;
    v128.store(C_P + at, f32x4.mul(v128.load(C_P + at), inverse));
  }
}
