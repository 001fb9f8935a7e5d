// One step of the reservoir. Time moves in steps of dt; in a step, in this order:
//
//   1  potential <- keep * potential + current + drive, where a neuron is not refractory; there it stays at the reset potential
//   2  who is at or above the threshold is a candidate. Lateral inhibition lets the `winners` with the largest overshoot fire
//      (ties: the smaller number); the other candidates are pushed back to the reset potential, without a spike
//   3  who fires is reset and refractory; traces decay and count the spikes; plasticity (stdp.ts)
//   4  the spikes of this step are delivered: they add to their targets' current, which the next step integrates
//
// Leaky integrate-and-fire with exponential currents: Rotter and Diesmann, "Exact digital simulation of time-invariant linear
// systems with applications to neuronal modeling", Biological Cybernetics 81, 1999 (here with the current held over a step).
// The liquid state machine: Maass, Natschläger, Markram, Neural Computation 14, 2002. k-winners-take-all as the limit of fast
// lateral inhibition: Maass, "On the computational power of winner-take-all", Neural Computation 12, 2000.
// Work: O(n) for 1 and 3, O(spikes * fan-out) for 4, O(candidates) for 2.

import { STATE } from "../../core/arena";
import { BAD_ARGUMENT } from "../../core/status";
import { at, Network, Synapse, theNetwork } from "./network";
import { depress, potentiate } from "./stdp";

/** The most an input may be, in magnitude: with the bounds of the parameters it keeps every potential far below overflow. */
const MOST_INPUT: f32 = 1.0e9;

/**
 * Steps the network `steps` times under a constant input.
 * @param input address of f32[inputs]
 * @param counts address of u32[n], to which each spike adds 1; or 0
 * @returns the number of spikes, which may be beyond 2^32, or BAD_ARGUMENT for an input that is not finite or too large (nothing is changed then)
 */
export function reservoirStep(input: usize, steps: u32, counts: usize): f64 {
  const w = theNetwork();
  for (let i: u32 = 0; i < w.inputs; i++) if (!(abs(load<f32>(input + ((<usize>i) << 2))) <= MOST_INPUT)) return BAD_ARGUMENT;
  setDrive(w, input);
  let spikes: u64 = 0;
  for (let t: u32 = 0; t < steps; t++) {
    const candidates = integrate(w);
    const n = candidates > w.winners ? inhibit(w, candidates) : candidates;
    w.firedCount = n;
    spikes += n;
    decayColumn(w.trace, w.padded, w.traceKeep);
    if (w.plastic) {
      decayColumn(w.preTrace, w.padded, w.preKeep);
      decayColumn(w.postTrace, w.padded, w.postKeep);
      depress(w);
      potentiate(w);
    }
    fire(w, counts);
    deliver(w);
  }
  return <f64>spikes;
}

/** Potentials, currents and traces back to rest; weights stay. */
export function reservoirReset(): void {
  const w = theNetwork();
  const bytes = (<usize>w.padded) << 2;
  memory.fill(w.potential, 0, bytes);
  memory.fill(w.current, 0, bytes);
  memory.fill(w.drive, 0, bytes);
  memory.fill(w.pause, 0, bytes);
  memory.fill(w.trace, 0, bytes);
  memory.fill(w.fired, 0, bytes);
  memory.fill(w.ranks, 0, bytes);
  w.firedCount = 0;
  if (!w.plastic) return;
  memory.fill(w.preTrace, 0, bytes);
  memory.fill(w.postTrace, 0, bytes);
}

/** drive = input x inputWeights, one row of weights an input that is not zero. */
function setDrive(w: Network, input: usize): void {
  const bytes = (<usize>w.padded) << 2;
  memory.fill(w.drive, 0, bytes);
  for (let k: u32 = 0; k < w.inputs; k++) {
    const x = load<f32>(input + ((<usize>k) << 2));
    if (x == 0) continue;
    const factor = f32x4.splat(x);
    const row = <usize>w.inputWeights + <usize>k * bytes;
    for (let o: usize = 0; o < bytes; o += 16) {
      const to = <usize>w.drive + o;
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(factor, v128.load(row + o))));
    }
  }
}

/** Parts 1 and the first half of 2; writes the candidates to `fired`, ascending, and returns how many. */
function integrate(w: Network): u32 {
  const threshold = f32x4.splat(w.threshold);
  const reset = f32x4.splat(w.resetPotential);
  const currentKeep = f32x4.splat(w.currentKeep);
  const zero = i32x4.splat(0);
  let n: u32 = 0;
  for (let i: u32 = 0; i < w.padded; i += 16) {
    let mask = 0;
    for (let j: u32 = 0; j < 16; j += 4) {
      const o = (<usize>(i + j)) << 2;
      const current = v128.load(<usize>w.current + o);
      const pause = v128.load(<usize>w.pause + o);
      const active = i32x4.eq(pause, zero);
      const input = f32x4.add(current, v128.load(<usize>w.drive + o));
      const moved = f32x4.add(f32x4.mul(v128.load(<usize>w.potential + o), v128.load(<usize>w.keep + o)), input);
      const potential = v128.bitselect(moved, reset, active);
      v128.store(<usize>w.potential + o, potential);
      v128.store(<usize>w.current + o, f32x4.mul(current, currentKeep));
      // A lane of `active` is -1 or 0, so this takes 1 from each pause that runs.
      v128.store(<usize>w.pause + o, i32x4.sub(i32x4.sub(pause, i32x4.splat(1)), active));
      mask |= i32x4.bitmask(f32x4.ge(potential, threshold)) << j;
    }
    while (mask != 0) {
      store<u32>(at(w.fired, n++), i + ctz<u32>(mask));
      mask &= mask - 1;
    }
  }
  return n;
}

/**
 * The second half of 2: keeps the winners of more candidates than may fire. Candidates' potentials are positive, so their bits
 * have their order; bisection over the bits, four at a time, finds the least potential that wins. O(candidates), with a factor
 * of 31 at worst, and about log2(candidates) where potentials differ.
 */
function inhibit(w: Network, candidates: u32): u32 {
  const end = at(w.ranks, (candidates + 3) & ~3);
  v128.store(end - 16, i32x4.splat(0));
  let most: i32 = 0;
  for (let c: u32 = 0; c < candidates; c++) {
    const bits = load<i32>(at(w.potential, load<u32>(at(w.fired, c))));
    store<i32>(at(w.ranks, c), bits);
    most = max<i32>(most, bits);
  }
  let least = reinterpret<i32>(w.threshold);
  while (least < most) {
    const middle = least + ((most - least + 1) >> 1);
    const n = countFrom(w, end, middle);
    if (n < w.winners) {
      most = middle - 1;
      continue;
    }
    least = middle;
    if (n == w.winners) break;
  }
  // Of those that tie with the last winner, the first win.
  let ties = w.winners - countFrom(w, end, least + 1);
  let n: u32 = 0;
  for (let c: u32 = 0; c < candidates; c++) {
    const i = load<u32>(at(w.fired, c));
    const bits = load<i32>(at(w.ranks, c));
    if (bits > least || (bits == least && ties > 0)) {
      if (bits == least) ties--;
      store<u32>(at(w.fired, n++), i);
    } else store<f32>(at(w.potential, i), w.resetPotential);
  }
  return n;
}

/** How many of the ranks up to `end` are at least `least`. */
function countFrom(w: Network, end: usize, least: i32): u32 {
  const bound = i32x4.splat(least);
  let sum = i32x4.splat(0);
  for (let p = <usize>w.ranks; p < end; p += 16) sum = i32x4.sub(sum, i32x4.ge_s(v128.load(p), bound));
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
}

/** Resets who fires, and lets the traces count them. */
function fire(w: Network, counts: usize): void {
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    store<f32>(at(w.potential, i), w.resetPotential);
    store<i32>(at(w.pause, i), w.refractorySteps);
    increment(at(w.trace, i));
    if (counts != 0) {
      // Whole numbers: an f32 stays what it is when 1 is added to 2^24.
      const count = counts + ((<usize>i) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
    if (!w.plastic) continue;
    increment(at(w.postTrace, i));
    // Only excitatory synapses learn.
    if (i < w.excitatory) increment(at(w.preTrace, i));
  }
}

/** Part 4. */
function deliver(w: Network): void {
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    let p = <usize>w.synapses + <usize>load<u32>(at(w.offsets, i)) * offsetof<Synapse>();
    const end = <usize>w.synapses + <usize>load<u32>(at(w.offsets, i + 1)) * offsetof<Synapse>();
    for (; p < end; p += offsetof<Synapse>()) {
      const s = changetype<Synapse>(p);
      const current = at(w.current, s.target);
      store<f32>(current, load<f32>(current) + s.weight);
    }
  }
}

function decayColumn(column: u32, n: u32, keep: f32): void {
  const factor = f32x4.splat(keep);
  const end = <usize>column + ((<usize>n) << 2);
  for (let p = <usize>column; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), factor));
}

function increment(p: usize): void {
  store<f32>(p, load<f32>(p) + 1);
}

/** Where the facade finds a column; the numbers are those of src/layers/reservoir.ts. */
export function reservoirColumn(which: u32): usize {
  const w = theNetwork();
  if (which == 0) return w.potential;
  if (which == 1) return w.trace;
  if (which == 2) return w.fired;
  if (which == 3) return w.offsets;
  return w.synapses;
}

/** Neurons that fired in the last step. */
export function reservoirFired(): u32 {
  return load<u32>(STATE, offsetof<Network>("firedCount"));
}
