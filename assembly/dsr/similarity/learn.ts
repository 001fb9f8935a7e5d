// How the population learns where to put its neurons: competitive Hebbian learning with homeostatic thresholds.
//
// A row is shown; the neuron whose squared distance plus threshold is least wins, and its weights move towards the row, by one over
// the times it has won lately. A neuron that wins more often than its share gets a higher threshold, one that wins less a lower
// one, so that all get about as many rows; after the first epoch who never won is moved beside who won most. Epochs: a part of
// the rows, then all (both among all neurons), and then a few more in which a row looks only at the neurons that were nearest to it before.
//
// Rumelhart and Zipser, "Feature discovery by competitive learning", Cognitive Science 9, 1985; DeSieno, "Adding a conscience to
// competitive learning", ICNN 1988 (the thresholds); MacQueen 1967 (the rate); Diehl and Cook, "Unsupervised learning of digit
// recognition using spike-timing-dependent plasticity", Frontiers in Computational Neuroscience 9, 2015 (the spiking form of both).

import { scratch } from "../../core/arena";
import { nextBelow } from "../../core/random";
import { COSINE, theStore } from "../layout";
import { sumOfFloats } from "./lanes";
import { floatBytes, Population } from "./layout";
import { fourProducts, productOfShorts, shorten, squareOfShort } from "./matrix";
import { floatRow } from "./rows";

/** Rows that are shown before the products are taken anew. */
const TILE: u32 = 64;
/** Neurons a row remembers. */
const NEAR: u32 = 16;
/** Rows a neuron sees in the first epoch, and in all later ones at most. */
const FIRST_SHARE: u32 = 16;
const SHARE: u32 = 64;
/** Epochs among the neurons remembered. */
const LATER_EPOCHS: u32 = 4;
/** How far a threshold goes, in mean squared distances, for a neuron that wins twice its share. */
const HOMEOSTASIS: f32 = 0.1;

/** What the learning works with: all in scratch. */
let neurons: u32 = 0;
let floats: u32 = 0;
let shorts: u32 = 0;
/** f32[neurons][floats]: the weights, and i16[neurons][shorts] the same in units of `units`. */
export let weights: usize = 0;
let shortWeights: usize = 0;
let units: usize = 0;
let squares: usize = 0;
let thresholds: usize = 0;
let rates: usize = 0;
let hits: usize = 0;
let wins: usize = 0;
let rows: usize = 0;
let shortRows: usize = 0;
let rowUnits: usize = 0;
let rowSquares: usize = 0;
let products: usize = 0;
let near: usize = 0;
let rowBuffer: usize = 0;
let meanSquare: f32 = 0;
/** Whether weights are kept at length 1, where rows are: else those of scattered rows are short, and every stray row is near them. */
export let spherical: bool = false;

/** Rows that are shown. */
function sampleSize(count: u32, k: u32): u32 {
  return min<u32>(count, k * SHARE);
}

/** Bytes of the working space to learn `k` neurons from `count` rows. */
export function learningBytes(count: u32, k: u32): u64 {
  const f = <u32>(floatBytes(theStore()) >> 2);
  const w = (f + 7) & ~7;
  return <u64>(k + TILE) * <u64>(f * 4 + w * 2) + <u64>sampleSize(count, k) * (NEAR * 2) + <u64>k * 40 + <u64>f * 4 + TILE * 8;
}

/** Takes the working space, for which there is memory. */
function takeSpace(count: u32, k: u32): void {
  const f = <u32>(floatBytes(theStore()) >> 2);
  const w = (f + 7) & ~7;
  neurons = k;
  floats = f;
  shorts = w;
  const column = k << 2;
  let at = scratch(<u32>learningBytes(count, k));
  weights = at;
  at += <usize>k * <usize>(f << 2);
  shortWeights = at;
  at += <usize>k * <usize>(w << 1);
  rows = at;
  at += <usize>TILE * <usize>(f << 2);
  shortRows = at;
  at += <usize>TILE * <usize>(w << 1);
  units = at;
  at += column;
  squares = at;
  at += column;
  thresholds = at;
  at += column;
  rates = at;
  at += column;
  hits = at;
  at += column;
  wins = at;
  at += column;
  products = at;
  at += column << 2;
  rowUnits = at;
  at += TILE << 2;
  rowSquares = at;
  at += TILE << 2;
  rowBuffer = at;
  at += <usize>(f << 2);
  near = at;
}

/** Rows of a group when a mean is taken: sums of so many lose little in f32. */
const GROUP: u32 = 64;

/** Puts the mean of the rows, or of every so manieth of many, at `centre`. O(min(n, 2^17) d). */
function learnCentre(p: Population): void {
  const s = theStore();
  const bytes = floatBytes(s);
  const centre = <usize>p.centre;
  const step = max<u32>(1, s.count >> 16);
  const n = (s.count + step - 1) / step;
  const part = f32x4.splat(1 / <f32>n);
  // No rows are in the tile yet.
  const sums = rows;
  memory.fill(centre, 0, bytes);
  for (let from: u32 = 0; from < n; from += GROUP) {
    const to = min<u32>(from + GROUP, n);
    memory.fill(sums, 0, bytes);
    for (let i = from; i < to; i++) {
      const row = floatRow(s, i * step, rowBuffer);
      for (let o: usize = 0; o < bytes; o += 16) v128.store(sums + o, f32x4.add(v128.load(sums + o), v128.load(row + o)));
    }
    for (let o: usize = 0; o < bytes; o += 16) {
      v128.store(centre + o, f32x4.add(v128.load(centre + o), f32x4.mul(v128.load(sums + o), part)));
    }
  }
}

/** Loads `n` rows of the sample, from the i-th on, into the tile. */
function loadTile(p: Population, first: u32, n: u32, stride: u32, start: u32): void {
  const s = theStore();
  const count = s.count;
  for (let r: u32 = 0; r < TILE; r++) {
    const out = rows + <usize>r * <usize>(floats << 2);
    // A tile that is not full repeats its last row.
    const i = first + min<u32>(r, n - 1);
    const slot = <u32>((<u64>i * <u64>stride + <u64>start) % <u64>count);
    const row = floatRow(s, slot, rowBuffer);
    for (let o: usize = 0; o < <usize>(floats << 2); o += 16) {
      let x = v128.load(row + o);
      if (!spherical) x = f32x4.sub(x, v128.load(<usize>p.centre + o));
      v128.store(out + o, x);
    }
    store<f32>(rowUnits + ((<usize>r) << 2), shorten(out, floats, shorts, shortRows + <usize>r * <usize>(shorts << 1)));
    store<f32>(rowSquares + ((<usize>r) << 2), squareOfShort);
  }
}

/** Moves a neuron's weights towards a row of the tile. */
function move(neuron: u32, r: u32): void {
  const hit = hits + ((<usize>neuron) << 2);
  const count = load<f32>(hit) + 1;
  store<f32>(hit, count);
  const rate = f32x4.splat(1 / count);
  let w = weights + <usize>neuron * <usize>(floats << 2);
  let x = rows + <usize>r * <usize>(floats << 2);
  const end = w + ((<usize>floats) << 2);
  for (; w < end; w += 16) {
    const v = v128.load(w);
    v128.store(w, f32x4.add(v, f32x4.mul(rate, f32x4.sub(v128.load(x), v))));
    x += 16;
  }
  const won = wins + ((<usize>neuron) << 2);
  store<u32>(won, load<u32>(won) + 1);
}

/** Brings the whole numbers of a neuron's weights up to date. */
function refresh(neuron: u32): void {
  const w = weights + <usize>neuron * <usize>(floats << 2);
  if (spherical) normalise(w);
  store<f32>(units + ((<usize>neuron) << 2), shorten(w, floats, shorts, shortWeights + <usize>neuron * <usize>(shorts << 1)));
  store<f32>(squares + ((<usize>neuron) << 2), squareOfShort);
}

function normalise(w: usize): void {
  const end = w + ((<usize>floats) << 2);
  let square = f32x4.splat(0);
  for (let o = w; o < end; o += 16) square = f32x4.add(square, f32x4.mul(v128.load(o), v128.load(o)));
  const length = sqrt<f32>(sumOfFloats(square));
  const scale = f32x4.splat(length > 0 ? 1 / length : 0);
  for (let o = w; o < end; o += 16) v128.store(o, f32x4.mul(v128.load(o), scale));
}

/** Thresholds after `shown` rows, of which each neuron won `wins`. */
function adapt(shown: u32): void {
  // A rate is the mean over about eight rows a neuron.
  const weight: f32 = min<f32>(1, <f32>shown / (8 * <f32>neurons));
  const share = <f32>neurons / <f32>shown;
  for (let j: usize = 0; j < (<usize>neurons) << 2; j += 4) {
    const rate = load<f32>(rates + j) + weight * (<f32>load<u32>(wins + j) * share - load<f32>(rates + j));
    store<f32>(rates + j, rate);
    store<u32>(wins + j, 0);
    store<f32>(thresholds + j, homeostasis * meanSquare * min<f32>(3, rate - 1));
  }
}

let homeostasis: f32 = HOMEOSTASIS;

function halveHits(): void {
  for (let j: usize = 0; j < (<usize>neurons) << 2; j += 4) store<f32>(hits + j, load<f32>(hits + j) * 0.5);
}

/**
 * Learns `k` neurons, whose weights are then at `weights`, without the centre and not rotated. O(sample k d).
 * @param plastic whether weights and thresholds change at all: without it the neurons stay at the rows they start from
 * @param homeostatic whether thresholds change, and neurons that do not win are moved
 */
export function learnWeights(p: Population, k: u32, plastic: bool, homeostatic: bool): void {
  const count = theStore().count;
  takeSpace(count, k);
  learnCentre(p);
  homeostasis = homeostatic ? HOMEOSTASIS : 0;
  const sample = sampleSize(count, k);
  spherical = theStore().metric == COSINE;
  // Rows in the order i -> i * stride + start (mod count): each once, neighbours in the store far apart.
  const start = nextBelow(changetype<usize>(p), count);
  let stride = <u32>(<f64>count * 0.6180339887498949) | 1;
  while (divisor(stride, count) != 1) stride++;
  const column = (<usize>k) << 2;
  memory.fill(thresholds, 0, column);
  memory.fill(hits, 0, column);
  memory.fill(wins, 0, column);
  for (let j: usize = 0; j < column; j += 4) store<f32>(rates + j, 1);
  meanSquare = 0;
  // The neurons start at the last rows of the order.
  for (let j: u32 = 0; j < k; j += TILE) {
    const n = min<u32>(TILE, k - j);
    loadTile(p, count - k + j, n, stride, start);
    memory.copy(weights + <usize>j * <usize>(floats << 2), rows, <usize>n * <usize>(floats << 2));
  }
  for (let j: u32 = 0; j < k; j++) refresh(j);
  if (!plastic) return;
  compete(p, min<u32>(sample, k * FIRST_SHARE), stride, start);
  if (homeostatic) revive();
  halveHits();
  compete(p, sample, stride, start);
  for (let e: u32 = 0; e < LATER_EPOCHS; e++) {
    halveHits();
    refine(p, sample, stride, start);
  }
}

/**
 * Moves neurons that never won beside those that won most, to share their rows: a neuron that is still the row it started from
 * lies farther from all other rows than one that is a mean of rows, and would never win.
 */
function revive(): void {
  const bytes = (<usize>floats) << 2;
  for (let j: u32 = 0; j < neurons; j++) {
    const own = hits + ((<usize>j) << 2);
    if (load<f32>(own) > 0) continue;
    let most = hits;
    for (let h = hits; h < hits + ((<usize>neurons) << 2); h += 4) if (load<f32>(h) > load<f32>(most)) most = h;
    const half = load<f32>(most) * 0.5;
    store<f32>(own, half);
    store<f32>(most, half);
    // A tenth of its own place stays, so that the two differ.
    const w = weights + <usize>j * bytes;
    const other = weights + ((most - hits) >> 2) * bytes;
    const tenth = f32x4.splat(0.1);
    for (let o: usize = 0; o < bytes; o += 16) {
      const x = v128.load(other + o);
      v128.store(w + o, f32x4.add(x, f32x4.mul(tenth, f32x4.sub(v128.load(w + o), x))));
    }
    refresh(j);
    store<f32>(rates + ((<usize>j) << 2), 1);
    store<f32>(thresholds + ((<usize>j) << 2), 0);
  }
}

/** One epoch over `n` rows among all neurons; the nearest of each row are kept at `near`. */
function compete(p: Population, n: u32, stride: u32, start: u32): void {
  const bytes = (<usize>shorts) << 1;
  for (let first: u32 = 0; first < n; first += TILE) {
    const here = min<u32>(TILE, n - first);
    loadTile(p, first, here, stride, start);
    let sum: f32 = 0;
    for (let r: u32 = 0; r < here; r += 4) {
      fourProducts(shortRows + <usize>r * bytes, shortWeights, neurons, bytes, products);
      for (let t: u32 = r; t < min<u32>(r + 4, here); t++) {
        const line = products + ((<usize>(t - r) * <usize>neurons) << 2);
        toScores(line, load<f32>(rowUnits + ((<usize>t) << 2)));
        const winner = keepNear(line, near + <usize>(first + t) * (NEAR << 1));
        sum +=
          load<f32>(line + ((<usize>winner) << 2)) -
          load<f32>(thresholds + ((<usize>winner) << 2)) +
          load<f32>(rowSquares + ((<usize>t) << 2));
        store<u32>(rowUnits + ((<usize>t) << 2), winner);
      }
    }
    follow(sum / <f32>here, here);
    for (let r: u32 = 0; r < here; r++) move(load<u32>(rowUnits + ((<usize>r) << 2)), r);
    for (let r: u32 = 0; r < here; r++) refresh(load<u32>(rowUnits + ((<usize>r) << 2)));
    adapt(here);
  }
}

/** The running mean of the winners' squared distances. */
function follow(mean: f32, n: u32): void {
  const weight: f32 = <f32>n / <f32>(n + neurons);
  meanSquare = meanSquare == 0 ? mean : meanSquare + weight * (mean - meanSquare);
}

/** One epoch in which each row looks only at the neurons that were nearest to it. */
function refine(p: Population, sample: u32, stride: u32, start: u32): void {
  const bytes = (<usize>shorts) << 1;
  const remembered = (<usize>min<u32>(NEAR, neurons)) << 1;
  for (let first: u32 = 0; first < sample; first += TILE) {
    const here = min<u32>(TILE, sample - first);
    loadTile(p, first, here, stride, start);
    let sum: f32 = 0;
    for (let r: u32 = 0; r < here; r++) {
      const list = near + <usize>(first + r) * (NEAR << 1);
      const row = shortRows + <usize>r * bytes;
      const twice: f32 = 2 * load<f32>(rowUnits + ((<usize>r) << 2));
      let winner: u32 = 0;
      let least: f32 = Infinity;
      for (let i: usize = 0; i < remembered; i += 2) {
        const j = <usize>load<u16>(list + i);
        const q = j << 2;
        const score =
          load<f32>(squares + q) +
          load<f32>(thresholds + q) -
          twice * load<f32>(units + q) * <f32>productOfShorts(row, shortWeights + j * bytes, bytes);
        if (score < least) {
          least = score;
          winner = <u32>j;
        }
      }
      sum += least - load<f32>(thresholds + ((<usize>winner) << 2)) + load<f32>(rowSquares + ((<usize>r) << 2));
      move(winner, r);
      refresh(winner);
    }
    follow(sum / <f32>here, here);
    adapt(here);
  }
}

/** Turns the products of a row with all neurons into squared distances plus thresholds, but for the row's own square. */
function toScores(line: usize, unit: f32): void {
  const twice = f32x4.splat(2 * unit);
  const column = (<usize>neurons) << 2;
  for (let o: usize = 0; o < column; o += 16) {
    const product = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(v128.load(line + o)), twice), v128.load(units + o));
    v128.store(line + o, f32x4.sub(f32x4.add(v128.load(squares + o), v128.load(thresholds + o)), product));
  }
}

/** Keeps the NEAR neurons of least score in `list`, u16[NEAR], ascending. @returns the first */
function keepNear(line: usize, list: usize): u32 {
  let n: u32 = 0;
  let worst = f32x4.splat(Infinity);
  for (let j: u32 = 0; j < neurons; j += 4) {
    let less = i32x4.bitmask(f32x4.lt(v128.load(line + ((<usize>j) << 2)), worst));
    while (less != 0) {
      const neuron = j + ctz<u32>(less);
      less &= less - 1;
      const score = load<f32>(line + ((<usize>neuron) << 2));
      if (n == NEAR && !(score < load<f32>(line + ((<usize>load<u16>(list, (NEAR - 1) << 1)) << 2)))) continue;
      let i = n < NEAR ? n++ : NEAR - 1;
      for (; i > 0; i--) {
        const other = load<u16>(list + ((<usize>(i - 1)) << 1));
        if (load<f32>(line + ((<usize>other) << 2)) <= score) break;
        store<u16>(list + ((<usize>i) << 1), other);
      }
      store<u16>(list + ((<usize>i) << 1), <u16>neuron);
      if (n == NEAR) worst = f32x4.splat(load<f32>(line + ((<usize>load<u16>(list, (NEAR - 1) << 1)) << 2)));
    }
  }
  return load<u16>(list);
}

function divisor(a: u32, b: u32): u32 {
  while (b != 0) {
    const c = a % b;
    a = b;
    b = c;
  }
  return a;
}
