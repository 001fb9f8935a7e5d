// The reservoir: a sparse recurrent population. What it keeps; draw.ts says how it is drawn.
//
//   STATE          Network (this file), then blocks. n neurons, `padded` is n rounded up to a multiple of 16.
//   inputWeights   f32[inputs][padded]     what a neuron gets for one unit of an input; zero where there is no connection
//   drive          f32[padded]             what the input of the running step adds
//
// Leaky integrate-and-fire neurons:
//   keep           f32[padded]             e^(-dt / membrane time constant): what is left of a potential after a step
//   potential      f32[padded]             mV above rest
//   current        f32[padded]             synaptic current: mV it will add in the next step
//   trace          f32[padded]             filtered spike train, over traceScale: so a step need not decay the column
//   preTrace       f32[padded]             the same, for plasticity; of excitatory neurons only
//   postTrace      f32[padded]
//   fired          u32[padded]             who fired in the last step, ascending
//   ranks          i32[padded]             potentials of the candidates of a step, to find the winners by
//   resting        Rest[padded]            ring: the refractory neurons, by when that ends
//   offsets        u32[n + 1]              synapses of neuron i: offsets[i] .. offsets[i + 1]      (compressed sparse rows,
//   synapses       Synapse[n * fanIn]        by source, then target)
//   delays         u16[n * fanIn]          steps; only if some delay is longer than one
//   weights        f32[n * fanIn]          mV, from which `synapses` has rounded; only with plasticity
//   incoming       Incoming[n * fanIn]     the same synapses by target: which, and its source; only with plasticity
//   pending        i32[slots][padded]      ring over time: what spikes that are under way will add to a current, in quanta
//
// A synapse's weight is a whole number of quanta in 16 bits, and what arrives at a neuron is summed in whole numbers: it does not depend on
// their order, and cannot overflow (65,535 synapses of 32,767 quanta are below 2^31). Four bytes a synapse are what makes delivery fast:
// it waits for memory. Weights of 16 bits and a ring of pending input are the form in which SpiNNaker has synapses: Jin, Furber, Woods, "Efficient
// modelling of spiking neural networks on a scalable chip multiprocessor", IJCNN 2008.
//
// Neurons 0 .. excitatory-1 excite, the others inhibit (Dale's principle: all synapses of a neuron have one sign).
//
// Rate neurons:
//   bias           f32[padded]
//   activation     f32[padded]             what a neuron puts out, in (-1, 1)
//   next           f32[padded]             the same one step later; the two change places
//   sources        u16[padded * fanIn]     of four neurons at a time: [neuron / 4][fanIn][neuron % 4]
//   weights        f32[padded * fanIn]     likewise

import { alloc, arenaInit, blockBytes, reserve, STATE, WINDOW } from "../../core/arena";
import { expf } from "../../core/math";
import { drawNetwork } from "./draw";

/** The most bytes of one block. */
const MOST_BLOCK: u64 = 0xe0000000;

/**
 * 2^-64. What decays would end at a subnormal number, which many processors multiply a hundred times more slowly than others; what is smaller
 * than this in magnitude becomes zero instead.
 */
export const TINY: f32 = 5.421010862427522e-20;
/** The most quanta of a weight. */
export const MOST_QUANTA: i32 = 32767;

/** The header of a reservoir. Its first words are read by src/layers/dsr/reservoir.ts. */
@unmanaged
export class Network {
  random: u64;
  /** 0: leaky integrate-and-fire; 1: rate. */
  rate: u32;
  inputs: u32;
  neurons: u32;
  padded: u32;
  /** Synapses that each neuron receives. */
  fanIn: u32;
  excitatory: u32;
  winners: u32;
  plastic: u32;
  refractorySteps: u32;
  /** Length of the ring of pending currents: the longest delay. */
  slots: u32;
  /** Slot of the ring that the running step takes. */
  slot: u32;
  /** Steps since the start, modulo 2^32. */
  now: u32;
  /** Index of the oldest entry in `resting`, and how many there are. */
  restFirst: u32;
  restCount: u32;
  firedCount: u32;
  threshold: f32;
  resetPotential: f32;
  currentKeep: f32;
  traceKeep: f32;
  preKeep: f32;
  postKeep: f32;
  /** Largest weight that plasticity may make, mV. */
  mostWeight: f32;
  /** Change of a weight, mV, for a trace of 1. */
  potentiation: f32;
  depression: f32;
  /** mV that one quantum of a weight is. */
  quantum: f32;
  /** Share of a rate neuron's new activation. */
  leakRate: f32;
  inputWeights: u32;
  drive: u32;
  keep: u32;
  potential: u32;
  current: u32;
  trace: u32;
  preTrace: u32;
  postTrace: u32;
  fired: u32;
  ranks: u32;
  resting: u32;
  offsets: u32;
  synapses: u32;
  delays: u32;
  weights: u32;
  incoming: u32;
  pending: u32;
  bias: u32;
  activation: u32;
  next: u32;
  sources: u32;
  /** What a trace is the column's number times; 1 at least every 64 steps. */
  traceScale: f32;
}

/** One synapse, with its source. */
@unmanaged
export class Synapse {
  target: u16;
  /** In quanta. */
  weight: i16;
}

/** One synapse, with its target. */
@unmanaged
export class Incoming {
  synapse: u32;
  source: u32;
}

/** A neuron that is refractory, and the last step in which it is (modulo 2^32). */
@unmanaged
export class Rest {
  neuron: u32;
  until: u32;
}

/** What the facade writes to WINDOW to make a reservoir: all f64, in this order. */
@unmanaged
export class Parameters {
  rate: f64;
  inputs: f64;
  neurons: f64;
  fanIn: f64;
  timeStep: f64;
  inputScale: f64;
  inputConnectivity: f64;
  seedLow: f64;
  seedHigh: f64;
  // Rate neurons.
  topology: f64;
  leakRate: f64;
  spectralRadius: f64;
  bias: f64;
  // Leaky integrate-and-fire neurons.
  excitatory: f64;
  winners: f64;
  refractorySteps: f64;
  membraneLeast: f64;
  membraneMost: f64;
  threshold: f64;
  resetPotential: f64;
  synapticTimeConstant: f64;
  traceTimeConstant: f64;
  weightScale: f64;
  inhibitionRatio: f64;
  delayLeast: f64;
  delayMost: f64;
  plastic: f64;
  aPlus: f64;
  aMinus: f64;
  tauPlus: f64;
  tauMinus: f64;
  mostWeight: f64;
}

/** The header. */
export function theNetwork(): Network {
  return changetype<Network>(STATE);
}

/** The address of a column's i-th entry of 4 bytes. */
export function at(column: u32, i: u32): usize {
  return <usize>column + ((<usize>i) << 2);
}

/** A weight of at most `MOST_QUANTA` quanta, in quanta: the nearest, of two as near the even one. */
export function quanta(w: Network, weight: f32): i16 {
  return <i16>(<i32>max<f32>(min<f32>(nearest<f32>(weight / w.quantum), <f32>MOST_QUANTA), -(<f32>MOST_QUANTA)));
}

/** Makes the reservoir that the `Parameters` in WINDOW describe. False if there is no memory. See `drawNetwork` for the cost. */
export function reservoirInit(limitBytes: u32): bool {
  const p = changetype<Parameters>(WINDOW);
  if (!arenaInit(offsetof<Network>(), limitBytes)) return false;
  const w = theNetwork();
  w.random = ((<u64>p.seedHigh) << 32) | <u64>p.seedLow;
  w.rate = <u32>p.rate;
  w.inputs = <u32>p.inputs;
  w.neurons = <u32>p.neurons;
  w.padded = (w.neurons + 15) & ~15;
  w.fanIn = <u32>p.fanIn;
  w.excitatory = <u32>p.excitatory;
  w.winners = <u32>p.winners;
  w.refractorySteps = <u32>p.refractorySteps;
  w.plastic = <u32>p.plastic;
  w.slots = <u32>p.delayMost;
  w.threshold = <f32>p.threshold;
  w.resetPotential = <f32>p.resetPotential;
  w.currentKeep = decay(p.timeStep, p.synapticTimeConstant);
  w.traceKeep = decay(p.timeStep, p.traceTimeConstant);
  w.preKeep = decay(p.timeStep, p.tauPlus);
  w.postKeep = decay(p.timeStep, p.tauMinus);
  w.mostWeight = <f32>p.mostWeight;
  w.potentiation = <f32>(p.aPlus * p.mostWeight);
  w.depression = <f32>(p.aMinus * p.mostWeight);
  w.leakRate = <f32>p.leakRate;
  w.traceScale = 1;
  return makeBlocks(w) && drawNetwork(w, p);
}

/** What an exponential decay of this time constant leaves after a step; nothing if the constant is 0. */
export function decay(step: f64, constant: f64): f32 {
  return constant > 0 ? expf(<f32>(-step / constant)) : 0;
}

/** Takes all blocks: first it counts what they need, then, when `reserve` has agreed, no allocation fails. */
function makeBlocks(w: Network): bool {
  const column = <u64>w.padded * 4;
  const synapses = <u64>(w.rate ? w.padded : w.neurons) * <u64>w.fanIn;
  const inputs = <u64>w.inputs * column;
  const pending = <u64>w.slots * column;
  const incoming = w.plastic ? synapses * offsetof<Incoming>() : 0;
  if (max<u64>(max<u64>(inputs, pending), max<u64>(synapses * 4, incoming)) > MOST_BLOCK) return false;
  const columns: u64 = w.rate ? 4 : w.plastic ? 9 : 7;
  const halves: u64 = w.rate || w.slots > 1 ? synapses * 2 : 0;
  const weights: u64 = w.rate || w.plastic ? synapses * 4 : 0;
  let total = roomFor(inputs) + roomFor(column) * columns + roomFor(halves) + roomFor(weights) + roomFor(incoming);
  if (!w.rate) total += roomFor(pending) + roomFor(synapses * offsetof<Synapse>()) + roomFor(column * 2) + roomFor(column + 4);
  if (total > 0xffffffff || !reserve(<u32>total)) return false;
  w.inputWeights = block(inputs);
  w.drive = block(column);
  if (weights != 0) w.weights = block(weights);
  if (w.rate) {
    w.sources = block(halves);
    w.bias = block(column);
    w.activation = block(column);
    w.next = block(column);
    return true;
  }
  // Not last: what touches a row of synapses ahead may look beyond the end.
  w.synapses = block(synapses * offsetof<Synapse>());
  if (halves != 0) w.delays = block(halves);
  w.keep = block(column);
  w.potential = block(column);
  w.current = block(column);
  w.trace = block(column);
  w.fired = block(column);
  w.ranks = block(column);
  w.resting = block(column * 2);
  w.offsets = block(column + 4);
  w.pending = block(pending);
  if (!w.plastic) return true;
  w.preTrace = block(column);
  w.postTrace = block(column);
  w.incoming = block(incoming);
  return true;
}

function roomFor(bytes: u64): u64 {
  return <u64>blockBytes(<u32>bytes);
}

function block(bytes: u64): u32 {
  return <u32>alloc(<u32>bytes);
}
