import type { Kernel, KernelExports } from "../../wasm/kernel.js";

/** What the reservoir's module exports. */
export interface ReservoirExports extends KernelExports {
  reservoirInit(limitBytes: number): number;
  reservoirRun(rows: number, count: number, steps: number, sums: number, features: number): number;
  reservoirReset(): void;
  reservoirColumn(which: number): number;
  reservoirFired(): number;
}

/** Columns of the module; numbers of assembly/dsr/reservoir/run.ts. */
export const POTENTIAL = 0;
export const TRACE = 1;
export const ACTIVATION = 2;
export const FIRED = 3;
const OFFSETS = 4;
const SYNAPSES = 5;
const DELAYS = 6;
const WEIGHTS = 7;
const SOURCES = 8;

/** The first words of `Network` in assembly/dsr/reservoir/network.ts that say what the reservoir is: rate, inputs, neurons, padded, fanIn, ... */
export const HEADER = 0x20208 >>> 2;
/** Its word that says how many mV a quantum of a weight is. */
const QUANTUM = (0x20200 + 104) >>> 2;

/** The recurrent synapses, as compressed sparse rows: those of neuron i are entries offsets[i] to offsets[i + 1] - 1. */
export interface ReservoirWeights {
  /** Where each neuron's entries start; one more than there are neurons. */
  offsets: Uint32Array;
  /** The neuron that each synapse leads to. */
  targets: Int32Array;
  /** Of spiking neurons in mV, negative from inhibitory ones. With plasticity, before they are rounded to what a spike adds. Where a pair of rate neurons comes more than once, its weights add up. */
  weights: Float32Array;
  /** Steps that a spike is under way. */
  delays: Uint16Array;
}

/** The synapses of spiking neurons, which are in the module as they are told. */
export function lifWeights(k: Kernel<ReservoirExports>): ReservoirWeights {
  const column = (which: number) => k.x.reservoirColumn(which) >>> 0;
  const [, , neurons, , fanIn] = k.u32.subarray(HEADER, HEADER + 5);
  const n = neurons * fanIn;
  const { buffer } = k.x.memory;
  const words = new Int32Array(buffer, column(SYNAPSES), n);
  const learned = column(WEIGHTS);
  const quantum = k.f32[QUANTUM];
  const delays = column(DELAYS);
  return {
    offsets: new Uint32Array(buffer, column(OFFSETS), neurons + 1).slice(),
    targets: words.map((word) => word & 0xffff),
    weights: learned !== 0 ? new Float32Array(buffer, learned, n).slice() : Float32Array.from(words, (word) => (word >> 16) * quantum),
    delays: delays !== 0 ? new Uint16Array(buffer, delays, n).slice() : new Uint16Array(n).fill(1),
  };
}

/** The synapses of rate neurons: the module has the rows of four targets interleaved; here they become rows of sources. */
export function rateWeights(k: Kernel<ReservoirExports>): ReservoirWeights {
  const [, , neurons, padded, fanIn] = k.u32.subarray(HEADER, HEADER + 5);
  const sources = new Uint16Array(k.x.memory.buffer, k.x.reservoirColumn(SOURCES) >>> 0, padded * fanIn);
  const drawn = k.f32.subarray(k.x.reservoirColumn(WEIGHTS) >>> 2);
  const place = (target: number, slot: number) => ((target >> 2) * fanIn + slot) * 4 + (target & 3);
  const offsets = new Uint32Array(neurons + 1);
  for (let t = 0; t < neurons; t++) for (let slot = 0; slot < fanIn; slot++) offsets[sources[place(t, slot)] + 1]++;
  for (let i = 0; i < neurons; i++) offsets[i + 1] += offsets[i];
  const next = offsets.slice();
  const n = neurons * fanIn;
  const targets = new Int32Array(n);
  const weights = new Float32Array(n);
  for (let t = 0; t < neurons; t++) {
    for (let slot = 0; slot < fanIn; slot++) {
      const from = place(t, slot);
      const s = next[sources[from]]++;
      targets[s] = t;
      weights[s] = drawn[from];
    }
  }
  return { offsets, targets, weights, delays: new Uint16Array(n).fill(1) };
}
