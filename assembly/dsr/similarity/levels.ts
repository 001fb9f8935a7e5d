// The table that learning fills (tune.ts) and searches read: how many cells to look into and how many rows to compare for which recall; and
// what that costs.

import { Store } from "../layout";
import { Population } from "./layout";

/** Levels of recall: in ten-thousandths. */
export const LEVELS: StaticArray<u32> = [9000, 9500, 9800, 9900, 9950, 9990];
export const LEVEL_COUNT: u32 = 6;
/** Numbers of results that are tuned for; others are interpolated. */
export const FEW: u32 = 10;
export const MANY: u32 = 100;
/** Bytes of the table: [FEW, MANY][level] of probes and candidates, u32 each. */
export const TUNED_BYTES: u32 = 2 * LEVEL_COUNT * 8;

/** The place of a level's entry: the first half is for FEW results, the second for MANY. */
export function tunedAt(p: Population, half: u32, level: u32): usize {
  return <usize>p.tuned + ((<usize>(half * LEVEL_COUNT + level)) << 3);
}

function levelOf(recall: f32): u32 {
  let level: u32 = 0;
  while (level + 1 < LEVEL_COUNT && <f32>unchecked(LEVELS[level]) < recall * 10000 - 0.01) level++;
  return level;
}

/** Between the entries of FEW and MANY results, linear in the number of results. */
function between(p: Population, recall: f32, k: u32, offset: usize): f64 {
  const level = levelOf(recall);
  const atFew = <f64>load<u32>(tunedAt(p, 0, level) + offset);
  const atMany = <f64>load<u32>(tunedAt(p, 1, level) + offset);
  const share = min<f64>(1, max<f64>(0, <f64>k - FEW) / (MANY - FEW));
  return atFew + (atMany - atFew) * share;
}

/** Cells to look into; for more than MANY results in proportion. */
export function probesFor(p: Population, recall: f32, k: u32): u32 {
  const n = between(p, recall, k, 0);
  return <u32>min<f64>(p.neurons, Math.ceil(k > MANY ? (n * <f64>k) / MANY : n));
}

/** The fewest words among which `k` rows are found: each row may have two. */
export function leastCandidates(p: Population, k: u32): u32 {
  return p.spill ? k << 1 : k;
}

/** Words to compare the rows of. */
export function candidatesFor(p: Population, recall: f32, k: u32): u32 {
  const n = between(p, recall, k, 4);
  return <u32>Math.ceil(k > MANY ? (n * <f64>k) / MANY : n);
}

/**
 * Costs in nanoseconds, from timings of 60,000 rows of 384 and 784 numbers on a machine of 2026; only their proportions matter. A spike scanned
 * and a word; a spike of a winner and a cell; a byte of a row that lies anywhere and a row; a byte and a row where all are read in order.
 */
const SPIKE: f64 = 0.009;
const WORD: f64 = 0.6;
const WINNER_SPIKE: f64 = 0.06;
const CELL: f64 = 20;
const ROW_BYTE: f64 = 0.17;
const ROW: f64 = 40;
const BYTE_IN_ORDER: f64 = 0.025;
const ROW_IN_ORDER: f64 = 4;

/** What a search costs. */
export function costOf(p: Population, s: Store, probes: u32, words: f64, candidates: u32): f64 {
  const bits = <f64>p.bits;
  return words * (bits * SPIKE + WORD) + <f64>probes * (bits * WINNER_SPIKE + CELL) + <f64>candidates * (<f64>s.stride * ROW_BYTE + ROW);
}

/** Whether a look at every row costs no more than a search of so many cells and candidates. */
export function allIsCheaper(p: Population, s: Store, probes: u32, candidates: u32): bool {
  const words = (<f64>probes * <f64>s.count * <f64>(1000 + p.spill)) / (1000 * <f64>p.neurons);
  return costOf(p, s, probes, words, candidates) > <f64>s.count * (<f64>s.stride * BYTE_IN_ORDER + ROW_IN_ORDER);
}
