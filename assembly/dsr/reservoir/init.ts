// How a reservoir starts: its header from the parameters, its blocks, and then the draw.

import { alloc, arenaInit, blockBytes, reserve, WINDOW } from "../../core/arena";
import { drawNetwork } from "./draw";
import { decay, Incoming, Network, Parameters, Synapse, theNetwork } from "./network";

/** The most bytes of one block. */
const MOST_BLOCK: u64 = 0xe0000000;

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
