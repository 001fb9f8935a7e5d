// How many cells to look into and how many rows to compare for the recall that a caller asks for: measured on rows of the index
// itself, taken as queries that must find their neighbours but not themselves.
//
// For each of them the true neighbours are sought in all cells. Then the cells are scanned as a search would scan them, nearest
// first, and after more and more of them it is noted how far down the list of candidates each true neighbour stands. That gives the recall of
// every combination; of those that reach a level with a margin the one is kept that costs least by a count of the work.

import { scratch, scratchBack, scratchEnd } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { Store, slotOf, theStore } from "../layout";
import { candidateRoom, copyCandidates, sortEntries, startCandidates } from "./candidates";
import { allWords, turnQuery } from "./find";
import { byProduct, Population } from "./layout";
import { costOf, FEW, LEVEL_COUNT, LEVELS, leastCandidates, MANY, tunedAt } from "./levels";
import { findAmongAll, findWinners, scanWinner, shortlist, winnerAt } from "./prototypes";
import { floatRow, rowAsQuery } from "./rows";
import { ENTRY, placeOf } from "./slots";
import { rowSpace, takeWork } from "./work";

/** Candidates at which recall is noted. */
const STEPS: StaticArray<u32> = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1200, 1600];
const STEP_COUNT: u32 = 22;
const MOST_CANDIDATES: u32 = 1600;
/** Rows that serve as queries. */
const QUERIES: u32 = 256;
/** Candidates among which the true neighbours are sought. */
const TRUTH: u32 = 2000;
/** Of what a level leaves to be missed, the share that the sample may miss: queries from outside are a little harder. */
const MARGIN: f64 = 0.8;
/** The most steps of probes: each is a quarter more than the last, or one. */
const PROBE_STEPS: u32 = 48;

/** Bytes of what is noted: u32 [FEW, MANY][step of probes][step of candidates]. */
const HITS_BYTES: u32 = 2 * PROBE_STEPS * STEP_COUNT * 4;

/** The next number of probes after `n`. */
function nextProbes(n: u32, most: u32): u32 {
  return min<u32>(most, n + max<u32>(1, n >> 2));
}

/** Of so many winners a list by the neurons' words must have so many on average, or the words are too coarse. */
const WINNERS: u32 = 32;
const ENOUGH: f64 = 30.5;

/** How many of a query's first WINNERS are on the list by the words. */
function winnersListed(p: Population, marks: usize): u32 {
  const n = shortlist(p, WINNERS);
  memory.fill(marks, 0, MARK_BYTES);
  for (let i: u32 = 0; i < n; i++) store<u32>(placeOf(marks, MARKS - 1, winnerAt(i)), winnerAt(i) + 1);
  let found: u32 = 0;
  const first = findAmongAll(p, WINNERS, !byProduct());
  for (let i: u32 = 0; i < first; i++) if (load<u32>(placeOf(marks, MARKS - 1, winnerAt(i))) != 0) found++;
  return found + WINNERS - first;
}

/** Fills the table. Without memory for it the table says to look into a quarter of the cells. */
export function tune(p: Population): void {
  const s = theStore();
  const k = p.neurons;
  p.allDrives = 0;
  for (let half: u32 = 0; half < 2; half++) {
    for (let level: u32 = 0; level < LEVEL_COUNT; level++) {
      const entry = tunedAt(p, half, level);
      store<u32>(entry, (k >> 2) + 1);
      store<u32>(entry, half ? MOST_CANDIDATES : MOST_CANDIDATES >> 1, 4);
    }
  }
  const hits = scratch(HITS_BYTES + PROBE_STEPS * 8 + (candidateRoom(MOST_CANDIDATES) << 4) + MANY * 4 + MARK_BYTES);
  if (hits == 0) return;
  const words = hits + HITS_BYTES;
  const list = words + PROBE_STEPS * 8;
  const copy = list + ((<usize>candidateRoom(MOST_CANDIDATES)) << 3);
  const truth = copy + ((<usize>candidateRoom(MOST_CANDIDATES)) << 3);
  const marks = truth + MANY * 4;
  memory.fill(hits, 0, HITS_BYTES + PROBE_STEPS * 8);
  const queries = min<u32>(QUERIES, s.count);
  let listed: u32 = 0;
  let fewInAll: u32 = 0;
  let manyInAll: u32 = 0;
  const mark = scratchEnd();
  for (let q: u32 = 0; q < queries; q++) {
    scratchBack(mark);
    const slot = <u32>((<u64>q * <u64>s.count) / <u64>queries);
    if (!trueNeighbours(p, s, slot, truth)) return;
    fewInAll += few;
    manyInAll += many;
    if (!takeWork(p, false)) return;
    turnQuery(p, floatRow(s, slot, rowSpace));
    listed += winnersListed(p, marks);
    markTruth(truth, max<u32>(few, many), marks);
    const cells = findWinners(p, k);
    startCandidates(list, MOST_CANDIDATES, 0);
    let total: u64 = 0;
    let probes: u32 = 0;
    let want: u32 = 1;
    for (let step: u32 = 0; step < PROBE_STEPS; step++) {
      for (; probes < want; probes++) {
        total += scanWinner(p, probes);
      }
      store<u64>(words + ((<usize>step) << 3), load<u64>(words + ((<usize>step) << 3)) + total);
      const found = copyCandidates(copy);
      sortEntries(copy, found);
      note(copy, found, marks, step + 1, hits + <usize>(step * STEP_COUNT) * 4);
      if (probes == cells) break;
      want = nextProbes(probes, cells);
    }
  }
  if (<f64>listed < <f64>queries * ENOUGH) p.allDrives = 1;
  for (let level: u32 = 0; level < LEVEL_COUNT; level++) {
    choose(p, s, 0, level, queries, fewInAll, hits, words);
    choose(p, s, 1, level, queries, manyInAll, hits + HITS_BYTES / 2, words);
  }
}

/** Of the true neighbours last found, the first so many that nothing else is as near as: who looks for FEW, or MANY, must find them. */
let few: u32 = 0;
let many: u32 = 0;

/** Writes the slots of a row's nearest neighbours, nearest first, to `truth`. @returns false if there is no memory */
function trueNeighbours(p: Population, s: Store, slot: u32, truth: usize): bool {
  const query = rowAsQuery(s, slot, false);
  if (query == 0) return false;
  const result = allWords(p, s, query, min<u32>(MANY, s.count), slot, TRUTH);
  if (result == NO_MEMORY) return false;
  const n = load<u32>(result);
  const distances = <usize>result + 16 + ((<usize>n) << 2);
  many = nearerThan(distances, n - 1);
  few = nearerThan(distances, min<u32>(FEW, n - 1));
  for (let i: u32 = 0; i < n; i++) store<u32>(truth + ((<usize>i) << 2), slotOf(s, load<u32>(<usize>result + 16 + ((<usize>i) << 2))));
  return true;
}

/** How many of the ascending distances are below the i-th. */
function nearerThan(distances: usize, i: u32): u32 {
  let n: u32 = 0;
  while (n < i && load<f32>(distances + ((<usize>n) << 2)) < load<f32>(distances + ((<usize>i) << 2))) n++;
  return n;
}

/** Marks of the true neighbours: an open table of slot + 1 and rank, and for each rank the last step it was counted in. */
const MARKS: u32 = 256;
const MARK_BYTES: u32 = MARKS * ENTRY + MANY * 4;

function markTruth(truth: usize, n: u32, marks: usize): void {
  memory.fill(marks, 0, MARK_BYTES);
  for (let t: u32 = 0; t < n; t++) {
    const slot = load<u32>(truth + ((<usize>t) << 2));
    const place = placeOf(marks, MARKS - 1, slot);
    store<u32>(place, slot + 1);
    store<u32>(place, t, 4);
  }
}

/** Adds up, for each step of candidates, how many of the few and of the many true neighbours stand among so many of the list. */
function note(list: usize, found: u32, marks: usize, stamp: u32, hits: usize): void {
  const hitsOfMany = hits + HITS_BYTES / 2;
  const counted = marks + MARKS * ENTRY;
  let step: u32 = 0;
  for (let i: u32 = 0; i < found; i++) {
    if (step < STEP_COUNT && unchecked(STEPS[step]) == i) step++;
    if (step == STEP_COUNT) return;
    const place = placeOf(marks, MARKS - 1, load<u32>(list + ((<usize>i) << 3)));
    if (load<u32>(place) == 0) continue;
    const rank = load<u32>(place, 4);
    // A row may stand on the list twice.
    if (load<u32>(counted + ((<usize>rank) << 2)) == stamp) continue;
    store<u32>(counted + ((<usize>rank) << 2), stamp);
    const at = (<usize>step) << 2;
    if (rank < few) store<u32>(hits + at, load<u32>(hits + at) + 1);
    if (rank < many) store<u32>(hitsOfMany + at, load<u32>(hitsOfMany + at) + 1);
  }
}

/** Keeps the cheapest combination that reaches a level: that finds enough of `all` neighbours in `hits`. */
function choose(p: Population, s: Store, forMany: u32, level: u32, queries: u32, neighbours: u32, hits: usize, words: usize): void {
  const all = <f64>neighbours;
  // One more miss than there was: of a sample without a miss it is not known that there are none.
  const needed = all + 1 - (all * MARGIN * <f64>(10000 - unchecked(LEVELS[level]))) / 10000;
  let best: f64 = Infinity;
  let bestProbes = p.neurons;
  let bestCandidates = MOST_CANDIDATES << 1;
  let probes: u32 = 1;
  for (let step: u32 = 0; step < PROBE_STEPS; step++) {
    const scanned = <f64>load<u64>(words + ((<usize>step) << 3)) / <f64>queries;
    let found: f64 = 0;
    const least = leastCandidates(p, forMany ? MANY : FEW);
    for (let c: u32 = 0; c < STEP_COUNT; c++) {
      found += <f64>load<u32>(hits + ((<usize>(step * STEP_COUNT + c)) << 2));
      const cost = costOf(p, s, probes, scanned, unchecked(STEPS[c]));
      if (unchecked(STEPS[c]) < least || found < needed || cost >= best) continue;
      best = cost;
      bestProbes = probes;
      bestCandidates = unchecked(STEPS[c]);
    }
    if (probes == p.neurons) break;
    probes = nextProbes(probes, p.neurons);
  }
  const entry = tunedAt(p, forMany, level);
  store<u32>(entry, bestProbes);
  store<u32>(entry, bestCandidates, 4);
}
