// Which contexts of an event are known, and with which weights they take part.

import { contextCount, KEYS } from "./contexts";
import { events, Line } from "./layout";
import { findLines } from "./table";
import { ln4 } from "./vector";
import { bucketOf, Mix, mixAt, restAt, stepsAt, zeroAt } from "./weights";

/** Novelties of a context that are worth one count, and what none is worth. */
const NOVELTY_WEIGHT: f32 = 0.8;
const ALPHA: f32 = 0.4;
/** Added to a context's events in the linear mixture. */
export const BETA: f32 = 0.2;

/** What of a known context counts for one event. */
@unmanaged
export class Part {
  /** Its number. */
  context: u32;
  /** Its lines, whose addresses are at `linesAt`. */
  lines: u32;
  /** Offsets of its first entry, and of the one behind its last. */
  from: u32;
  to: u32;
  /** Addresses of its weights (Mix) and of its steps. */
  mix: u32;
  steps: u32;
  /** The candidate that it counted last, and the address of what is learned of that; 0 if that is none. */
  newest: u32;
  last: u32;
  events: f32;
  /** Share of its counts in the linear mixture, for one count. */
  share: f32;
  /** Minus the logarithm of what a symbol has to be counted to be no news. */
  base: f32;
  novelties: f32;
}
const PARTS: usize = memory.data(576, 16);
/** Addresses of the lines of each of MOST_CONTEXTS contexts, four places each. Working space, as are PARTS (three more than there can be) and COUNTS. */
const LINES: usize = memory.data(144, 16);
/** Number of lines of each context. */
const COUNTS: usize = memory.data(64, 16);

/** Known contexts. */
export let known: u32 = 0;
/** The set of weights in use. */
export let set: u32 = 0;
/** Weight of order 0 in the linear mixture. */
export let zeroShare: f32 = 0;
/** Address of what is learned of no candidates in this situation (Rest). */
export let rest: usize = 0;

/** Known context number `a`, shortest order first. */
export function partAt(a: u32): Part {
  return changetype<Part>(PARTS + <usize>a * 48);
}

/** Where the addresses of the lines of context `i` are. */
export function linesAt(i: u32): usize {
  return LINES + ((<usize>i) << 4);
}

/** How many lines context `i` had when the event was evaluated. */
export function lineCount(i: u32): u32 {
  return load<u32>(COUNTS + ((<usize>i) << 2));
}

/** Looks all contexts of the event up. */
export function findKnown(): void {
  const orders = events().orders;
  const contexts = contextCount();
  let n: u32 = 0;
  let order: u32 = 0;
  let single: u32 = 0;
  for (let i: u32 = 0; i < contexts; i++) {
    const key = load<u64>(KEYS + ((<usize>i) << 3));
    const lines: u32 = key == 0 ? 0 : findLines(key, linesAt(i));
    store<u32>(COUNTS + ((<usize>i) << 2), lines);
    if (lines == 0) continue;
    const head = changetype<Line>(<usize>load<u32>(linesAt(i)));
    if (head.used == 0 && lines == 1) continue;
    const part = partAt(n++);
    part.context = i;
    part.lines = lines;
    part.events = head.events;
    part.novelties = head.novelties;
    if (i >= orders) continue;
    order = i + 1;
    single = lines == 1 && head.used == 1 ? 1 : 0;
  }
  known = n;
  chooseWeights(order * 2 + single);
}

/** Takes set number `chosen` of the weights, and each context's weights in it. */
function chooseWeights(chosen: u32): void {
  set = chosen;
  let novelty: u32 = 0;
  // The shortest order has the most events: its share of novelties says most about news.
  if (chosen > 1 && partAt(0).context == 0) {
    const share = partAt(0).novelties / partAt(0).events;
    novelty = share > 0.5 ? 3 : share > 0.15 ? 2 : share > 0.03 ? 1 : 0;
  }
  rest = changetype<usize>(restAt(chosen, novelty));
  const zero = load<f32>(zeroAt(chosen));
  let sum = zero;
  const end = PARTS + <usize>known * 48;
  for (let at = PARTS; at < end; at += 48) {
    const part = changetype<Part>(at);
    const i = part.context;
    const used = ((part.lines - 1) << 3) + changetype<Line>(<usize>load<u32>(linesAt(i))).used;
    const n = bucketOf(part.events);
    const mix = mixAt(chosen, i, n * 2 + (<f32>used * 2 > part.events ? 1 : 0));
    part.mix = <u32>changetype<usize>(mix);
    part.steps = <u32>stepsAt(i, n);
    sum += mix.lambda;
  }
  const inverse: f32 = <f32>1 / sum;
  zeroShare = zero * inverse;
  for (let at = PARTS; at < end; at += 4 * 48) {
    // Four contexts at a time; what is behind the last one is nobody's.
    let x = v128.load32_splat(at, 44);
    x = v128.load32_lane(at, x, 1, 48 + 44);
    x = v128.load32_lane(at, x, 2, 96 + 44);
    x = v128.load32_lane(at, x, 3, 144 + 44);
    x = f32x4.neg(ln4(f32x4.add(f32x4.mul(x, f32x4.splat(NOVELTY_WEIGHT)), f32x4.splat(ALPHA))));
    v128.store32_lane(at, x, 0, 40);
    v128.store32_lane(at, x, 1, 48 + 40);
    v128.store32_lane(at, x, 2, 96 + 40);
    v128.store32_lane(at, x, 3, 144 + 40);
  }
  for (let at = PARTS; at < end; at += 48) {
    const part = changetype<Part>(at);
    part.share = (changetype<Mix>(<usize>part.mix).lambda * inverse) / (part.events + BETA);
  }
}
