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

import { STATE } from "../../core/arena";
import { expf } from "../../core/math";

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

/** What an exponential decay of this time constant leaves after a step; nothing if the constant is 0. */
export function decay(step: f64, constant: f64): f32 {
  return constant > 0 ? expf(<f32>(-step / constant)) : 0;
}
