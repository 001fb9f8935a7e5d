// The population's answer to a vector: which neurons win. A neuron's drive is the larger the nearer its weights, and the first to
// fire are the winners (trace.ts steps the neurons through time and comes to the same). Among many neurons those that may win are
// found by their words, as rows are; the drives of these are computed in full.

import { entry, fromOrderedBits } from "../../core/heap";
import { finishCandidates, selectSmallest, sortEntries, startCandidates } from "./candidates";
import { sumOfWholes } from "./lanes";
import { byProduct, cellAt, Population, prototypeAt, thePopulation } from "./layout";
import { shorten, squareOfShort } from "./matrix";
import { scanChain } from "./scan";
import { spot, tables, turned, whole, winners } from "./work";

/** How many times as many neurons as are wanted are looked at in full, and so many more. */
const WIDER: u32 = 2;
const MORE: u32 = 16;

/** Squared length of the vector last made whole, and the unit of its numbers: these describe scratch. */
export let squareOfWhole: f32 = 0;
let unit: f32 = 0;

/** Writes the f32[bits] at `turned` as whole numbers to `whole`. */
export function makeWhole(p: Population): void {
  unit = shorten(turned, p.bits, p.bits, whole);
  squareOfWhole = squareOfShort;
}

/** The product of i16[bits] at `x` and i8[bits] at `weights`. */
export function product(x: usize, weights: usize, bits: u32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  const end = weights + <usize>bits;
  for (; weights < end; weights += 16) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(x), v128.load8x8_s(weights)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(x, 16), v128.load8x8_s(weights, 8)));
    x += 32;
  }
  const c = i32x4.add(a, b);
  return sumOfWholes(c);
}

/** The product of two neurons' weights, in units of both their scales. */
export function productOfPrototypes(a: usize, b: usize, bits: u32): i32 {
  let sum = i32x4.splat(0);
  const end = a + <usize>bits;
  for (; a < end; a += 8) {
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load8x8_s(a), v128.load8x8_s(b)));
    b += 8;
  }
  return sumOfWholes(sum);
}

/** The inner product of the vector at `whole` and a neuron's weights. */
export function drive(p: Population, neuron: u32): f32 {
  // In this order: the product of two small units would vanish.
  return <f32>product(whole, prototypeAt(p, neuron), p.bits) * unit * cellAt(p, neuron).scale;
}

/** The squared distance of the vector at `whole` from a neuron's weights. */
export function squareTo(p: Population, neuron: u32): f32 {
  return max<f32>(0, squareOfWhole + cellAt(p, neuron).square - 2 * drive(p, neuron));
}

/** What a neuron adds to the estimates of its cell: smaller is nearer. */
function baseOf(p: Population, neuron: u32, byDistance: bool): f32 {
  return byDistance ? squareTo(p, neuron) : -drive(p, neuron);
}

/**
 * Finds the neurons nearest to the vector that work.ts holds turned, whole and as tables: entries (base, neuron), ascending, from
 * `winners` on. Exact where all are wanted or there are few; else of those whose words are nearest.
 * @returns how many: min(wanted, neurons)
 */
export function findWinners(p: Population, wanted: u32): u32 {
  const n = min<u32>(wanted, p.neurons);
  if (p.allDrives || shortlistFor(n) * 2 > p.neurons) return findAmongAll(p, n, !byProduct());
  const found = shortlist(p, n);
  for (let i: u32 = 0; i < found; i++) {
    const at = winners + ((<usize>i) << 3);
    const neuron = load<u32>(at);
    store<u64>(at, entry(baseOf(p, neuron, !byProduct()), neuron));
  }
  return nearest(found, n);
}

/** Neurons that are looked at in full to find `n` winners. */
function shortlistFor(n: u32): u32 {
  return n * WIDER + MORE;
}

/** Puts the neurons whose words are nearest at `winners`: entries (estimate, neuron), unordered. @returns how many */
export function shortlist(p: Population, n: u32): u32 {
  startCandidates(winners, shortlistFor(n), 0);
  scanChain(p, <usize>p.root, p.neurons, tables, 0, 1, spot);
  return finishCandidates();
}

/** The same, with the drives of all neurons. */
export function findAmongAll(p: Population, wanted: u32, byDistance: bool): u32 {
  for (let j: u32 = 0; j < p.neurons; j++) store<u64>(winners + ((<usize>j) << 3), entry(baseOf(p, j, byDistance), j));
  return nearest(p.neurons, min<u32>(wanted, p.neurons));
}

/** Brings the `n` smallest of `found` entries to the front, ascending. */
function nearest(found: u32, n: u32): u32 {
  if (n == 0) return 0;
  if (n < found) selectSmallest(winners, found, n, n);
  sortEntries(winners, n);
  return n;
}

/** The neuron of the i-th winner. */
export function winnerAt(i: u32): u32 {
  return load<u32>(winners + ((<usize>i) << 3));
}

/** Scans the words of the i-th winner's cell. @returns how many */
export function scanWinner(p: Population, i: u32): u32 {
  const cell = cellAt(p, winnerAt(i));
  const base = winnerBase(i);
  // See word.ts: under ip an offset counts as often as the weights are in the query.
  let weight: f32 = 1;
  if (byProduct()) weight = cell.square > 0 ? -base / cell.square : 0;
  scanChain(p, cell.head, cell.count, tables, base, weight, spot);
  return cell.count;
}

/** What it adds to the estimates of its cell. */
export function winnerBase(i: u32): f32 {
  return fromOrderedBits(load<u32>(winners + ((<usize>i) << 3), 4));
}

/** Writes the weights of a neuron, f32[bits] rotated and without the centre, to `out`. */
export function populationWeights(neuron: u32, out: usize): void {
  const p = thePopulation();
  const unit = cellAt(p, neuron).scale;
  for (let i: usize = 0; i < <usize>p.bits; i++) store<f32>(out + (i << 2), <f32>load<i8>(prototypeAt(p, neuron) + i) * unit);
}
