// What the facade calls: rows of input go through the network, features come out.

import { STATE, scratch } from "../../core/arena";
import { BAD_ARGUMENT } from "../../core/status";
import { lifStep } from "./lif";
import { at, Network, theNetwork } from "./network";
import { rateStep } from "./rate";

/** The most an input may be, in magnitude: with the bounds of the parameters it keeps every potential far below overflow. */
const MOST_INPUT: f32 = 1.0e9;

/**
 * Steps the network through rows of input, `steps` times under each.
 * @param rows address of f32[count][inputs]
 * @param sums address of what is summed over all steps: of spiking neurons u32[n], their spikes; of rate neurons f64[padded], their
 *   activations; or 0
 * @param features address of f32[count][n], to which each row's last traces or activations go; or 0
 * @returns the number of spikes, which may be beyond 2^32, or BAD_ARGUMENT for an input that is not finite or too large (nothing is changed then)
 */
export function reservoirRun(rows: usize, count: u32, steps: u32, sums: usize, features: usize): f64 {
  const w = theNetwork();
  const rowBytes = (<usize>w.inputs) << 2;
  const end = rows + <usize>count * rowBytes;
  for (let p = rows; p < end; p += 4) if (!(abs(load<f32>(p)) <= MOST_INPUT)) return BAD_ARGUMENT;
  let spikes: u64 = 0;
  for (let row = rows; row < end; row += rowBytes) {
    setDrive(w, row);
    for (let t: u32 = 0; t < steps; t++) {
      if (w.rate) {
        rateStep(w);
        if (sums != 0) accumulate(w, sums);
      } else spikes += lifStep(w, sums);
    }
    if (features != 0) {
      if (w.rate) memory.copy(features, w.activation, (<usize>w.neurons) << 2);
      else tellTraces(w, features);
      features += (<usize>w.neurons) << 2;
    }
  }
  return <f64>spikes;
}

/** drive = bias + input x inputWeights, one row of weights an input that is not zero. */
function setDrive(w: Network, input: usize): void {
  const bytes = (<usize>w.padded) << 2;
  if (w.rate) memory.copy(w.drive, w.bias, bytes);
  else memory.fill(w.drive, 0, bytes);
  for (let k: u32 = 0; k < w.inputs; k++) {
    const x = load<f32>(input + ((<usize>k) << 2));
    if (x == 0) continue;
    const factor = f32x4.splat(x);
    let weights = <usize>w.inputWeights + <usize>k * bytes;
    const end = <usize>w.drive + bytes;
    for (let p = <usize>w.drive; p < end; p += 16) {
      v128.store(p, f32x4.add(v128.load(p), f32x4.mul(factor, v128.load(weights))));
      weights += 16;
    }
  }
}

function accumulate(w: Network, sums: usize): void {
  let x = <usize>w.activation;
  const end = sums + ((<usize>w.padded) << 3);
  for (let p = sums; p < end; p += 16) {
    v128.store(p, f64x2.add(v128.load(p), f64x2.promote_low_f32x4(v128.load64_zero(x))));
    x += 8;
  }
}

/** Potentials, currents, traces and activations back to rest; weights stay. */
export function reservoirReset(): void {
  const w = theNetwork();
  const bytes = (<usize>w.padded) << 2;
  memory.fill(w.drive, 0, bytes);
  if (w.rate) {
    memory.fill(w.activation, 0, bytes);
    memory.fill(w.next, 0, bytes);
    return;
  }
  memory.fill(w.potential, 0, bytes);
  memory.fill(w.current, 0, bytes);
  memory.fill(w.trace, 0, bytes);
  w.traceScale = 1;
  memory.fill(w.fired, 0, bytes);
  memory.fill(w.ranks, 0, bytes);
  memory.fill(w.resting, 0, bytes * 2);
  memory.fill(w.pending, 0, <usize>w.slots * bytes);
  w.firedCount = 0;
  w.restFirst = 0;
  w.restCount = 0;
  w.now = 0;
  w.slot = 0;
  if (!w.plastic) return;
  memory.fill(w.preTrace, 0, bytes);
  memory.fill(w.postTrace, 0, bytes);
}

/** Writes the traces of all neurons to `to`. */
function tellTraces(w: Network, to: usize): void {
  const scale = w.traceScale;
  for (let i: u32 = 0; i < w.neurons; i++) store<f32>(to + ((<usize>i) << 2), load<f32>(at(w.trace, i)) * scale);
}

/**
 * Where the facade finds a column; the numbers are those of src/layers/dsr/reservoir-memory.ts. Traces are in working space, until it is
 * used again; traps if there is none.
 */
export function reservoirColumn(which: u32): usize {
  const w = theNetwork();
  if (which == 0) return w.potential;
  if (which == 1) {
    const traces = scratch(w.padded << 2);
    if (traces == 0) unreachable();
    tellTraces(w, traces);
    return traces;
  }
  if (which == 2) return w.activation;
  if (which == 3) return w.fired;
  if (which == 4) return w.offsets;
  if (which == 5) return w.synapses;
  if (which == 6) return w.delays;
  if (which == 7) return w.weights;
  return w.sources;
}

/** Neurons that fired in the last step. */
export function reservoirFired(): u32 {
  return load<u32>(STATE, offsetof<Network>("firedCount"));
}
