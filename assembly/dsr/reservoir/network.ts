// The reservoir: a sparse recurrent population of leaky integrate-and-fire neurons. What it keeps, and how it is drawn.
//
//   STATE          Network (this file), then blocks. n neurons, `padded` is n rounded up to a multiple of 16.
//   inputWeights   f32[inputs][padded]     mV a neuron gets for one unit of an input; zero where there is no connection
//   keep           f32[padded]             e^(-dt / membrane time constant): what is left of a potential after a step
//   potential      f32[padded]             mV above rest
//   current        f32[padded]             synaptic current: mV it will add in the next step
//   drive          f32[padded]             mV a step that the input of the running call adds
//   pause          i32[padded]             steps that a neuron stays refractory
//   trace          f32[padded]             filtered spike train
//   preTrace       f32[padded]             the same, for plasticity; of excitatory neurons only
//   postTrace      f32[padded]
//   fired          u32[padded]             who fired in the last step, ascending
//   ranks          i32[padded]             potentials of the candidates of a step, to find the winners by
//   offsets        u32[n + 1]              synapses of neuron i: offsets[i] .. offsets[i + 1]      (compressed sparse rows)
//   synapses       Synapse[n * fanIn]      target and weight, by source, then target
//   incoming       Incoming[n * fanIn]     the same synapses by target: which, and its source; only with plasticity
//
// Neurons 0 .. excitatory-1 excite, the others inhibit (Dale's principle: all synapses of a neuron have one sign).

import { alloc, arenaInit, blockBytes, reserve, STATE, scratch, scratchMore, WINDOW } from "../../core/arena";
import { expf } from "../../core/math";
import { nextBelow, nextF32 } from "../../core/random";

/** The most bytes of one block. */
const MOST_BLOCK: u64 = 0xe0000000;

/** The header of a reservoir. */
@unmanaged
export class Network {
  random: u64;
  inputs: u32;
  neurons: u32;
  padded: u32;
  excitatory: u32;
  fanIn: u32;
  winners: u32;
  refractorySteps: i32;
  plastic: u32;
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
  firedCount: u32;
  inputWeights: u32;
  keep: u32;
  potential: u32;
  current: u32;
  drive: u32;
  pause: u32;
  trace: u32;
  preTrace: u32;
  postTrace: u32;
  fired: u32;
  ranks: u32;
  offsets: u32;
  synapses: u32;
  incoming: u32;
}

/** One synapse, with its source. */
@unmanaged
export class Synapse {
  target: u32;
  weight: f32;
}

/** One synapse, with its target. */
@unmanaged
export class Incoming {
  synapse: u32;
  source: u32;
}

/** What the facade writes to WINDOW to make a reservoir: all f64, in this order. */
@unmanaged
class Parameters {
  inputs: f64;
  neurons: f64;
  fanIn: f64;
  excitatory: f64;
  winners: f64;
  refractorySteps: f64;
  timeStep: f64;
  membraneLeast: f64;
  membraneMost: f64;
  threshold: f64;
  resetPotential: f64;
  synapticTimeConstant: f64;
  traceTimeConstant: f64;
  inputScale: f64;
  inputConnectivity: f64;
  weightScale: f64;
  inhibitionRatio: f64;
  plastic: f64;
  aPlus: f64;
  aMinus: f64;
  tauPlus: f64;
  tauMinus: f64;
  mostWeight: f64;
  seedLow: f64;
  seedHigh: f64;
}

/** The header. */
export function theNetwork(): Network {
  return changetype<Network>(STATE);
}

/** The address of a column's i-th entry of 4 bytes. */
export function at(column: u32, i: u32): usize {
  return <usize>column + ((<usize>i) << 2);
}

/** Makes the reservoir that the `Parameters` in WINDOW describe. O(inputs n + n fanIn). False if there is no memory. */
export function reservoirInit(limitBytes: u32): bool {
  const p = changetype<Parameters>(WINDOW);
  if (!arenaInit(offsetof<Network>(), limitBytes)) return false;
  const w = theNetwork();
  w.random = ((<u64>p.seedHigh) << 32) | <u64>p.seedLow;
  w.inputs = <u32>p.inputs;
  w.neurons = <u32>p.neurons;
  w.padded = (w.neurons + 15) & ~15;
  w.excitatory = <u32>p.excitatory;
  w.fanIn = <u32>p.fanIn;
  w.winners = <u32>p.winners;
  w.refractorySteps = <i32>p.refractorySteps;
  w.plastic = <u32>p.plastic;
  w.threshold = <f32>p.threshold;
  w.resetPotential = <f32>p.resetPotential;
  w.currentKeep = decay(p.timeStep, p.synapticTimeConstant);
  w.traceKeep = decay(p.timeStep, p.traceTimeConstant);
  w.preKeep = decay(p.timeStep, p.tauPlus);
  w.postKeep = decay(p.timeStep, p.tauMinus);
  w.mostWeight = <f32>p.mostWeight;
  w.potentiation = <f32>(p.aPlus * p.mostWeight);
  w.depression = <f32>(p.aMinus * p.mostWeight);
  if (!makeBlocks(w)) return false;
  drawInputs(w, p);
  for (let i: u32 = 0; i < w.neurons; i++) {
    const tau = p.membraneLeast + (p.membraneMost - p.membraneLeast) * <f64>nextF32(STATE);
    store<f32>(at(w.keep, i), decay(p.timeStep, tau));
  }
  return drawSynapses(w, p);
}

/** What an exponential decay of this time constant leaves after a step; nothing if the constant is 0. */
function decay(step: f64, constant: f64): f32 {
  return constant > 0 ? expf(<f32>(-step / constant)) : 0;
}

function makeBlocks(w: Network): bool {
  const inputs = <u64>w.inputs * <u64>w.padded * 4;
  const synapses = <u64>w.neurons * <u64>w.fanIn * offsetof<Synapse>();
  if (inputs > MOST_BLOCK || synapses > MOST_BLOCK) return false;
  const column = w.padded * 4;
  const columns: u64 = w.plastic ? 10 : 8;
  const total =
    <u64>blockBytes(<u32>inputs) +
    <u64>blockBytes(<u32>synapses) * (w.plastic ? 2 : 1) +
    <u64>blockBytes(column) * columns +
    <u64>blockBytes(w.neurons * 4 + 4);
  // Once `reserve` has agreed, no allocation fails.
  if (total > 0xffffffff || !reserve(<u32>total)) return false;
  w.inputWeights = block(<u32>inputs);
  w.keep = block(column);
  w.potential = block(column);
  w.current = block(column);
  w.drive = block(column);
  w.pause = block(column);
  w.trace = block(column);
  w.fired = block(column);
  w.ranks = block(column);
  w.offsets = block(w.neurons * 4 + 4);
  w.synapses = block(<u32>synapses);
  if (!w.plastic) return true;
  w.preTrace = block(column);
  w.postTrace = block(column);
  w.incoming = block(<u32>synapses);
  return true;
}

function block(bytes: u32): u32 {
  return <u32>alloc(bytes);
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
 * Each neuron gets fanIn different other neurons as sources (Floyd's sampling: as many draws as sources), with weights uniform
 * in (0, 2 weightScale): those of inhibitory sources times -inhibitionRatio, those that learn no larger than they may become.
 */
function drawSynapses(w: Network, p: Parameters): bool {
  const n = w.neurons;
  const f = w.fanIn;
  // n * f * 8 bytes of synapses exist, so n * f * 4 fits.
  const sources = scratch(n * f * 4);
  const marks = scratchMore(n * 4);
  if (sources == 0 || marks == 0) return false;
  memory.fill(marks, 0, (<usize>n) << 2);
  // Pass 1: sources of each target; offsets[s + 1] counts the synapses of s.
  for (let target: u32 = 0; target < n; target++) {
    for (let i: u32 = 0; i < f; i++) {
      const last = n - 1 - f + i;
      let other = nextBelow(STATE, last + 1);
      if (load<u32>(marks + ((<usize>other) << 2)) == target + 1) other = last;
      store<u32>(marks + ((<usize>other) << 2), target + 1);
      const source = other >= target ? other + 1 : other;
      store<u32>(sources + ((<usize>(target * f + i)) << 2), source);
      store<u32>(at(w.offsets, source + 1), load<u32>(at(w.offsets, source + 1)) + 1);
    }
  }
  for (let i: u32 = 0; i < n; i++) store<u32>(at(w.offsets, i + 1), load<u32>(at(w.offsets, i + 1)) + load<u32>(at(w.offsets, i)));
  // Pass 2: targets come in ascending order, so each source's synapses do. marks counts what a source has already.
  memory.fill(marks, 0, (<usize>n) << 2);
  const scale = <f32>p.weightScale;
  const inhibition = <f32>p.inhibitionRatio;
  const most: f32 = w.plastic ? w.mostWeight : Infinity;
  for (let e: u32 = 0; e < n * f; e++) {
    const source = load<u32>(sources + ((<usize>e) << 2));
    const mark = marks + ((<usize>source) << 2);
    const place = load<u32>(at(w.offsets, source)) + load<u32>(mark);
    store<u32>(mark, load<u32>(mark) + 1);
    const s = changetype<Synapse>(<usize>w.synapses + <usize>place * offsetof<Synapse>());
    const weight = scale * (2 * nextF32(STATE));
    s.target = e / f;
    s.weight = source < w.excitatory ? min<f32>(weight, most) : -inhibition * weight;
    if (w.plastic) {
      const back = changetype<Incoming>(<usize>w.incoming + <usize>e * offsetof<Incoming>());
      back.synapse = place;
      back.source = source;
    }
  }
  return true;
}
