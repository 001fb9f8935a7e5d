// How a reservoir is drawn from its seed: inputs first, then what each kind of neuron has of its own, then synapses.
//
// Sampling without repetition: Floyd, in Bentley, Communications of the ACM 30, 1987. The cycle: Rodan, Tiňo, "Minimum complexity
// echo state network", IEEE Transactions on Neural Networks 22, 2011. An orthogonal matrix as a product of plane rotations:
// Golub, Van Loan, "Matrix Computations", section 5.1; that orthogonal reservoirs remember longest: White, Lee, Sompolinsky,
// "Short-term memory in orthogonal neural networks", Physical Review Letters 92, 2004.

import { STATE, scratch, scratchMore } from "../../core/arena";
import { nextBelow, nextF32 } from "../../core/random";
import { at, decay, Incoming, MOST_QUANTA, Network, Parameters, quanta, Synapse } from "./network";
import { scaleTo } from "./spectral";

/** Topologies, as src/layers/dsr/reservoir-options.ts numbers them. Of a cycle the fan-in is 1. */
const ORTHOGONAL: u32 = 2;
const CYCLE: u32 = 1;

/** O(inputs n + n fanIn), and for random rate neurons 1,536 times n fanIn. False if there is no memory. */
export function drawNetwork(w: Network, p: Parameters): bool {
  drawInputs(w, p);
  if (w.rate) {
    const bias = <f32>p.bias;
    for (let i: u32 = 0; i < w.neurons; i++) store<f32>(at(w.bias, i), bias * (2 * nextF32(STATE) - 1));
    const topology = <u32>p.topology;
    if (topology == CYCLE || topology == ORTHOGONAL) return drawRotation(w, p.spectralRadius);
    const sources = drawSources(w);
    if (sources == 0) return false;
    fillRows(w, sources);
    scaleTo(w, p.spectralRadius);
    return true;
  }
  for (let i: u32 = 0; i < w.neurons; i++) {
    const tau = p.membraneLeast + (p.membraneMost - p.membraneLeast) * <f64>nextF32(STATE);
    store<f32>(at(w.keep, i), decay(p.timeStep, tau));
  }
  const sources = drawSources(w);
  if (sources == 0) return false;
  fillSynapses(w, p, sources);
  return true;
}

/** Each input reaches each neuron with probability inputConnectivity, by a weight uniform in +-inputScale. */
function drawInputs(w: Network, p: Parameters): void {
  const scale = <f32>p.inputScale;
  const connectivity = <f32>p.inputConnectivity;
  for (let k: u32 = 0; k < w.inputs; k++) {
    const row = <usize>w.inputWeights + <usize>k * ((<usize>w.padded) << 2);
    for (let i: u32 = 0; i < w.neurons; i++) {
      if (nextF32(STATE) >= connectivity) continue;
      store<f32>(row + ((<usize>i) << 2), scale * (2 * nextF32(STATE) - 1));
    }
  }
}

/**
 * Each neuron gets fanIn different other neurons as sources: as many draws as sources.
 * @returns address in scratch of u32[n][fanIn]; or 0
 */
function drawSources(w: Network): usize {
  const n = w.neurons;
  const f = w.fanIn;
  // The synapses are in one block, and take as much.
  const sources = scratch(n * f * 4);
  const marks = scratchMore(n * 4);
  if (sources == 0 || marks == 0) return 0;
  memory.fill(marks, 0, (<usize>n) << 2);
  for (let target: u32 = 0; target < n; target++) {
    for (let i: u32 = 0; i < f; i++) {
      const last = n - 1 - f + i;
      let other = nextBelow(STATE, last + 1);
      if (load<u32>(marks + ((<usize>other) << 2)) == target + 1) other = last;
      store<u32>(marks + ((<usize>other) << 2), target + 1);
      store<u32>(sources + ((<usize>(target * f + i)) << 2), other >= target ? other + 1 : other);
    }
  }
  return sources;
}

/**
 * Synapses of spiking neurons: weights uniform in (0, 2 weightScale), those of inhibitory sources times -inhibitionRatio, those
 * that learn no larger than they may become; delays uniform in delayLeast .. delayMost.
 */
function fillSynapses(w: Network, p: Parameters, sources: usize): void {
  const n = w.neurons;
  const f = w.fanIn;
  // offsets[s + 1] counts the synapses of s, then those up to s.
  for (let e: u32 = 0; e < n * f; e++) {
    const count = at(w.offsets, load<u32>(sources + ((<usize>e) << 2)) + 1);
    store<u32>(count, load<u32>(count) + 1);
  }
  for (let i: u32 = 0; i < n; i++) store<u32>(at(w.offsets, i + 1), load<u32>(at(w.offsets, i + 1)) + load<u32>(at(w.offsets, i)));
  // Targets come in ascending order, so each source's synapses do. `ranks` counts, for a while, what a source has already.
  const scale = <f32>p.weightScale;
  const inhibition = <f32>p.inhibitionRatio;
  const most: f32 = w.plastic ? w.mostWeight : Infinity;
  const largest = max<f32>(w.plastic ? w.mostWeight : 2 * scale, 2 * scale * inhibition);
  // Where all weights are zero any quantum will do.
  w.quantum = largest > 0 ? largest / <f32>MOST_QUANTA : 1;
  const shortest = <u32>p.delayLeast;
  const choices = w.slots - shortest + 1;
  for (let e: u32 = 0; e < n * f; e++) {
    const source = load<u32>(sources + ((<usize>e) << 2));
    const mark = at(w.ranks, source);
    const s = load<u32>(at(w.offsets, source)) + load<u32>(mark);
    store<u32>(mark, load<u32>(mark) + 1);
    const drawn = scale * (2 * nextF32(STATE));
    const weight = source < w.excitatory ? min<f32>(drawn, most) : -inhibition * drawn;
    const synapse = changetype<Synapse>(at(w.synapses, s));
    synapse.target = <u16>(e / f);
    synapse.weight = quanta(w, weight);
    if (w.slots > 1) {
      const delay = choices > 1 ? shortest + nextBelow(STATE, choices) : shortest;
      store<u16>(<usize>w.delays + ((<usize>s) << 1), <u16>delay);
    }
    if (w.plastic) {
      store<f32>(at(w.weights, s), weight);
      const back = changetype<Incoming>(<usize>w.incoming + <usize>e * offsetof<Incoming>());
      back.synapse = s;
      back.source = source;
    }
  }
  memory.fill(w.ranks, 0, (<usize>n) << 2);
}

/** The place of the synapse in `slot` of a rate neuron: four neurons' rows are interleaved. */
function placeOf(w: Network, neuron: u32, slot: u32): usize {
  return ((<usize>(neuron >> 2) * <usize>w.fanIn + <usize>slot) << 2) + <usize>(neuron & 3);
}

function setRow(w: Network, neuron: u32, slot: u32, source: u32, weight: f32): void {
  const place = placeOf(w, neuron, slot);
  store<u16>(<usize>w.sources + (place << 1), <u16>source);
  store<f32>(<usize>w.weights + (place << 2), weight);
}

/** Synapses of rate neurons: weights uniform in +-1, to be scaled. */
function fillRows(w: Network, sources: usize): void {
  for (let i: u32 = 0; i < w.neurons; i++) {
    for (let slot: u32 = 0; slot < w.fanIn; slot++) {
      const source = load<u32>(sources + ((<usize>(i * w.fanIn + slot)) << 2));
      setRow(w, i, slot, source, 2 * nextF32(STATE) - 1);
    }
  }
}

/**
 * A rotation times the radius, which is then its spectral radius and all its singular values: the cycle 0 -> 1 -> ... -> 0,
 * followed by log2(fanIn) layers of rotations in n / 2 random planes. Each layer doubles a neuron's sources; that the same
 * source may come twice does no harm. O(n fanIn).
 */
function drawRotation(w: Network, radius: f64): bool {
  const n = w.neurons;
  const f = w.fanIn;
  const order = scratch(n * 4);
  if (order == 0) return false;
  for (let i: u32 = 0; i < n; i++) {
    setRow(w, i, 0, i == 0 ? n - 1 : i - 1, <f32>radius);
    store<u32>(order + ((<usize>i) << 2), i);
  }
  for (let have: u32 = 1; have < f; have <<= 1) {
    for (let i = n - 1; i > 0; i--) {
      const j = nextBelow(STATE, i + 1);
      const one = order + ((<usize>i) << 2);
      const other = order + ((<usize>j) << 2);
      const kept = load<u32>(one);
      store<u32>(one, load<u32>(other));
      store<u32>(other, kept);
    }
    for (let i: u32 = 0; i < n; i += 2) {
      // An angle in (-90, 90) degrees; the cosine and sine of one whose half has the tangent t are rational in t.
      const t = 2 * <f64>nextF32(STATE) - 1;
      const cosine = (1 - t * t) / (1 + t * t);
      const sine = (2 * t) / (1 + t * t);
      const a = load<u32>(order + ((<usize>i) << 2));
      // Of an odd number the last has no partner, and stays as it is.
      if (i + 1 < n) turn(w, a, load<u32>(order + ((<usize>i) << 2), 4), have, cosine, sine);
    }
  }
  return true;
}

/** Rows a and b, of `have` synapses each, become cosine a + sine b and cosine b - sine a. */
function turn(w: Network, a: u32, b: u32, have: u32, cosine: f64, sine: f64): void {
  for (let slot: u32 = 0; slot < have; slot++) {
    const pa = placeOf(w, a, slot);
    const pb = placeOf(w, b, slot);
    const sa = <u32>load<u16>(<usize>w.sources + (pa << 1));
    const sb = <u32>load<u16>(<usize>w.sources + (pb << 1));
    const wa = <f64>load<f32>(<usize>w.weights + (pa << 2));
    const wb = <f64>load<f32>(<usize>w.weights + (pb << 2));
    setRow(w, a, slot, sa, <f32>(cosine * wa));
    setRow(w, a, slot + have, sb, <f32>(sine * wb));
    setRow(w, b, slot, sb, <f32>(cosine * wb));
    setRow(w, b, slot + have, sa, <f32>(-sine * wa));
  }
}
