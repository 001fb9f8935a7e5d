// Spreading activation with the fan effect of ACT-R: Anderson, "A spreading activation theory of memory", Journal of Verbal Learning and Verbal
// Behavior 22, 1983; Anderson and Lebiere, "The Atomic Components of Thought", 1998, ch. 3. The seeds share a source activation of 1 by their weights W.
// A node at the end of an edge from j gets W_j * S_ji, where S_ji = S - ln(fan_ji) falls with the number of edges that j has: who is linked with everything
// says little. There fan is the number of edges + 1; here edges have weights, and fan_ji = (d + 1) * mean weight of the d edges of j / weight of this one, the same
// where all weigh the same. S_ji below 0 counts as 0. ACT-R stops after one edge. On a longer way each further edge passes on decay * S_ji / S of what
// arrives, at most `decay` of it:
//
//   a(1, i) = sum over j of W_j * S_ji,    a(h + 1, i) = decay / S * sum over j of a(h, j) * S_ji,    activation(i) = a(1, i) + ... + a(hops, i)

import { scratchMore } from "../../core/arena";
import { entry, keepSmallest } from "../../core/heap";
import { NO_MEMORY } from "../../core/status";
import { readFactor } from "../decay";
import { EMPTY, first, isNode, last, OUT, open, recordOf, toWeight, typeAt, types } from "../layout";
import { ranked } from "../push";
import { beginQuery, follows, meet, met, numberOf, record, spend, UNFINISHED, work } from "../query";
import { ln } from "./log";

// A record: +0 node, +4 1 once its fan is known, +8 activation f64, +16 what arrived in the last round f64 and +24 in this one f64,
// +32 what it passed on f64, in units of S_ji, +40 S - ln of (d + 1) * the mean stored weight f64.
const RECORD: u32 = 48;

let wanted: u32 = 0;
let rounds: u32 = 0;
let round: u32 = 0;
let next: u32 = 0;
let roundEnd: u32 = 0;
let seedCount: u32 = 0;
let strength: f64 = 0;
let further: f64 = 0;
let faintest: f64 = 0;
let least: f64 = 0;

/**
 * The `k` most active nodes, seeds left out, best first, equal ones by ascending id: pairs of id u32 and activation f32 at `topNodes()`.
 * O(hops * edges of the nodes fewer than `hops` away).
 * @param seeds address of `n` ids; ids without an edge are passed over
 * @param shares address of the seeds' `n` f64 weights, 0 for equal ones
 * @param most S
 * @param minActivation what less arrives at in a round is not passed on
 * @param minWeight edges that weigh less at time `at` are not followed
 * @returns how many, UNFINISHED, or NO_MEMORY
 */
export function activate(
  seeds: usize,
  n: u32,
  shares: usize,
  k: u32,
  hops: u32,
  decay: f64,
  most: f64,
  minActivation: f64,
  withFilter: bool,
  minWeight: f64,
  at: f64,
): i32 {
  if (!beginQuery(RECORD, seeds, withFilter)) return NO_MEMORY;
  wanted = k;
  rounds = hops;
  round = 0;
  strength = most;
  further = decay / most;
  faintest = minActivation;
  least = minWeight / readFactor(at);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const seed = load<u32>(seeds + ((<usize>i) << 2));
    if (!isNode(seed)) continue;
    let number = numberOf(seed);
    if (number < 0) number = meet(seed);
    if (number < 0) return NO_MEMORY;
    const share = shares == 0 ? 1 : load<f64>(shares + ((<usize>i) << 3));
    sum += share;
    const r = record(number);
    store<f64>(r, load<f64>(r, 16) + share, 16);
  }
  seedCount = met;
  next = 0;
  roundEnd = met;
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    store<f64>(r, load<f64>(r, 16) / sum, 16);
  }
  return activateOn(false);
}

/** Goes on with an `activate` that was UNFINISHED, or `stop`s it with the activation found so far. */
export function activateOn(stop: bool): i32 {
  while (!stop && round < rounds && roundEnd > 0) {
    if (next == roundEnd) {
      endRound();
      continue;
    }
    if (work < 0) return UNFINISHED;
    const number = next++;
    const r = record(number);
    const arrived = load<f64>(r, 16);
    if (arrived <= 0 || (round > 0 && arrived < faintest)) continue;
    const on = round == 0 ? arrived : arrived * further;
    store<f64>(r, load<f64>(r, 32) + on, 32);
    if (!pass(number, on)) return NO_MEMORY;
  }
  endRound();
  return best();
}

/** Activation of a met node, and what it passed on, in units of `pull`. */
export function activationOf(number: u32): f64 {
  return load<f64>(record(number), 8);
}

export function passedOn(number: u32): f64 {
  return load<f64>(record(number), 32);
}

/** S_ji of an arc from a met node that passed something on. @param stored its stored weight */
export function pull(number: u32, stored: f64): f64 {
  return max<f64>(0, load<f64>(record(number), 40) + ln(stored));
}

/** Stored weight below which an arc is not followed. */
export function leastActive(): f64 {
  return least;
}

/** Counts in what arrived. */
function endRound(): void {
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    const arrived = load<f64>(r, 24);
    store<f64>(r, load<f64>(r, 8) + arrived, 8);
    store<f64>(r, arrived, 16);
    store<f64>(r, 0, 24);
  }
  round++;
  next = 0;
  roundEnd = met;
}

/** Passes activation on along the out-edges of a node. */
function pass(number: u32, on: f64): bool {
  const own = record(number);
  open(recordOf(load<u32>(own), OUT), true);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  spend((((end - begin) >> 2) << 1) + 1);
  if (load<u32>(own, 4) == 0) {
    let sum: f64 = 0;
    let count: f64 = 0;
    for (let p = begin; p < end; p += 4) {
      if (!leads(p, begin, toW, plane)) continue;
      sum += <f64>load<f32>(p + toW);
      count++;
    }
    store<u32>(own, 1, 4);
    if (count > 0) store<f64>(own, strength - ln((sum * (count + 1)) / count), 40);
  }
  for (let p = begin; p < end; p += 4) {
    if (!leads(p, begin, toW, plane)) continue;
    const part = pull(number, <f64>load<f32>(p + toW));
    if (part == 0) continue;
    const other = load<u32>(p);
    let otherNumber = numberOf(other);
    if (otherNumber < 0) otherNumber = meet(other);
    if (otherNumber < 0) return false;
    const r = record(otherNumber);
    store<f64>(r, load<f64>(r, 24) + on * part, 24);
  }
  return true;
}

/** Whether there is an arc in a slot that is followed. */
function leads(p: usize, begin: usize, toW: usize, plane: usize): bool {
  return load<u32>(p) != EMPTY && <f64>load<f32>(p + toW) >= least && follows(typeAt(p, begin, plane));
}

function best(): i32 {
  const kept = scratchMore(min<u32>(wanted, met) << 3);
  if (kept == 0) return NO_MEMORY;
  let n: u32 = 0;
  for (let i = seedCount; i < met; i++) {
    const activation = <f32>activationOf(i);
    if (activation > 0) n = keepSmallest(kept, n, wanted, entry(-activation, load<u32>(record(i))));
  }
  return ranked(kept, n);
}
