// One step of leaky integrate-and-fire neurons. Time moves in steps of dt; in a step, in this order:
//
//   1  current <- current + what arrives; potential <- keep * potential + current + drive; then the current decays. Who is refractory
//      stays at the reset potential
//   2  who is at or above the threshold is a candidate. Lateral inhibition lets the `winners` with the largest overshoot fire
//      (ties: the smaller number); the other candidates are pushed back to the reset potential, without a spike (inhibit.ts)
//   3  who fires is reset and refractory; traces decay and count the spikes; plasticity (stdp.ts)
//   4  the spikes of this step are delivered: they arrive in the next step, or in a later one where the synapse has a longer
//      delay (deliver.ts)
//
// Leaky integrate-and-fire with exponential currents: Rotter and Diesmann, "Exact digital simulation of time-invariant linear
// systems with applications to neuronal modeling", Biological Cybernetics 81, 1999 (here with the current held over a step).
// The liquid state machine: Maass, Natschläger, Markram, Neural Computation 14, 2002.
// Work: O(n) for 1 and 3, O(spikes * fan-out) for 4, O(candidates) for 2.

import { deliver } from "./deliver";
import { inhibit } from "./inhibit";
import { at, Network, Rest, TINY } from "./network";
import { depress, potentiate } from "./stdp";

/** Steps between two looks for what has become too small: a decay that is slow enough to matter takes longer from TINY to subnormal. */
const SETTLED: u32 = 64;
/** 2^-10. The least scale of the traces: what a spike adds to them stays a small number. */
const LEAST_SCALE: f32 = 0.0009765625;

/**
 * A step under the drive.
 * @param counts address of u32[n], to which each spike adds 1; or 0
 * @returns the number of spikes
 */
export function lifStep(w: Network, counts: usize): u32 {
  if (w.now % SETTLED == 0) settle(w);
  let n = integrate(w);
  decayTraces(w);
  if (w.restCount != 0) n = rest(w, n);
  if (n > w.winners) n = inhibit(w, n);
  w.firedCount = n;
  if (w.plastic) {
    decayColumn(w.preTrace, w.padded, w.preKeep);
    decayColumn(w.postTrace, w.padded, w.postKeep);
    depress(w);
    potentiate(w);
  }
  fire(w, counts);
  deliver(w);
  w.slot = w.slot + 1 == w.slots ? 0 : w.slot + 1;
  w.now++;
  return n;
}

/** All traces at once: what they are in common times, until that becomes small. O(1) as a rule. */
function decayTraces(w: Network): void {
  w.traceScale *= w.traceKeep;
  if (w.traceScale < LEAST_SCALE) bringIn(w);
}

/** Multiplies the traces by their scale, which is 1 then. */
function bringIn(w: Network): void {
  decayColumn(w.trace, w.padded, w.traceScale);
  w.traceScale = 1;
}

/** Parts 1 and the first half of 2, as if nobody were refractory; writes the candidates to `fired`, ascending, and returns how many. */
function integrate(w: Network): u32 {
  const threshold = f32x4.splat(w.threshold);
  const quantum = f32x4.splat(w.quantum);
  const currentKeep = f32x4.splat(w.currentKeep);
  const zero = i32x4.splat(0);
  let potential = <usize>w.potential;
  let keep = <usize>w.keep;
  let current = <usize>w.current;
  let pending = <usize>w.pending + <usize>w.slot * ((<usize>w.padded) << 2);
  let drive = <usize>w.drive;
  let out = <usize>w.fired;
  for (let i: u32 = 0; i < w.padded; i += 16) {
    let v0 = f32x4.mul(v128.load(potential), v128.load(keep));
    let v1 = f32x4.mul(v128.load(potential, 16), v128.load(keep, 16));
    let v2 = f32x4.mul(v128.load(potential, 32), v128.load(keep, 32));
    let v3 = f32x4.mul(v128.load(potential, 48), v128.load(keep, 48));
    const c0 = f32x4.add(v128.load(current), f32x4.mul(f32x4.convert_i32x4_s(v128.load(pending)), quantum));
    const c1 = f32x4.add(v128.load(current, 16), f32x4.mul(f32x4.convert_i32x4_s(v128.load(pending, 16)), quantum));
    const c2 = f32x4.add(v128.load(current, 32), f32x4.mul(f32x4.convert_i32x4_s(v128.load(pending, 32)), quantum));
    const c3 = f32x4.add(v128.load(current, 48), f32x4.mul(f32x4.convert_i32x4_s(v128.load(pending, 48)), quantum));
    v0 = f32x4.add(v0, f32x4.add(c0, v128.load(drive)));
    v1 = f32x4.add(v1, f32x4.add(c1, v128.load(drive, 16)));
    v2 = f32x4.add(v2, f32x4.add(c2, v128.load(drive, 32)));
    v3 = f32x4.add(v3, f32x4.add(c3, v128.load(drive, 48)));
    v128.store(potential, v0);
    v128.store(potential, v1, 16);
    v128.store(potential, v2, 32);
    v128.store(potential, v3, 48);
    v128.store(pending, zero);
    v128.store(pending, zero, 16);
    v128.store(pending, zero, 32);
    v128.store(pending, zero, 48);
    v128.store(current, f32x4.mul(c0, currentKeep));
    v128.store(current, f32x4.mul(c1, currentKeep), 16);
    v128.store(current, f32x4.mul(c2, currentKeep), 32);
    v128.store(current, f32x4.mul(c3, currentKeep), 48);
    // The sixteen comparisons as sixteen bytes, of which one instruction takes the signs.
    const low = i16x8.narrow_i32x4_s(f32x4.ge(v0, threshold), f32x4.ge(v1, threshold));
    const high = i16x8.narrow_i32x4_s(f32x4.ge(v2, threshold), f32x4.ge(v3, threshold));
    let mask = i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
    // The first of sixteen without a branch: as a rule there is none or one, and nobody could foretell which.
    store<u32>(out, i + ctz<u32>(mask));
    out += (<usize>i32(mask != 0)) << 2;
    mask &= mask - 1;
    while (mask != 0) {
      store<u32>(out, i + ctz<u32>(mask));
      out += 4;
      mask &= mask - 1;
    }
    potential += 64;
    keep += 64;
    current += 64;
    pending += 64;
    drive += 64;
  }
  return <u32>((out - <usize>w.fired) >> 2);
}

/** Holds the refractory neurons at the reset potential, and strikes them off the candidates. @returns how many candidates are left */
function rest(w: Network, candidates: u32): u32 {
  // What is read often is held in locals: after each store a compiler must read it anew.
  const potential = w.potential;
  const reset = w.resetPotential;
  const resting = <usize>w.resting;
  const length = w.padded;
  let place = w.restFirst;
  let count = w.restCount;
  // Modulo 2^32; no rest is longer than 2^20 steps.
  while (count != 0 && <i32>(w.now - changetype<Rest>(resting + <usize>place * offsetof<Rest>()).until) > 0) {
    place = place + 1 == length ? 0 : place + 1;
    count--;
  }
  w.restFirst = place;
  w.restCount = count;
  for (; count != 0; count--) {
    store<f32>(at(potential, changetype<Rest>(resting + <usize>place * offsetof<Rest>()).neuron), reset);
    place = place + 1 == length ? 0 : place + 1;
  }
  const threshold = w.threshold;
  const end = at(w.fired, candidates);
  let out = <usize>w.fired;
  for (let p = out; p < end; p += 4) {
    const i = load<u32>(p);
    store<u32>(out, i);
    // Written without a branch, which nobody could foretell.
    out += (<usize>i32(load<f32>(at(potential, i)) >= threshold)) << 2;
  }
  return <u32>((out - <usize>w.fired) >> 2);
}

/** Resets who fires, and lets the traces count them. */
function fire(w: Network, counts: usize): void {
  const potential = w.potential;
  const reset = w.resetPotential;
  const trace = w.trace;
  const one = <f32>1 / w.traceScale;
  const end = at(w.fired, w.firedCount);
  for (let p = <usize>w.fired; p < end; p += 4) {
    const i = load<u32>(p);
    store<f32>(at(potential, i), reset);
    const filtered = at(trace, i);
    store<f32>(filtered, load<f32>(filtered) + one);
    if (counts != 0) {
      // Whole numbers: an f32 stays what it is when 1 is added to 2^24.
      const count = counts + ((<usize>i) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  if (w.refractorySteps != 0) beginRest(w);
  if (!w.plastic) return;
  for (let p = <usize>w.fired; p < end; p += 4) {
    const i = load<u32>(p);
    increment(at(w.postTrace, i));
    // Only excitatory synapses learn.
    if (i < w.excitatory) increment(at(w.preTrace, i));
  }
}

/** Puts who fires at the end of the ring of the refractory. */
function beginRest(w: Network): void {
  const length = w.padded;
  const until = w.now + w.refractorySteps;
  const resting = <usize>w.resting;
  const end = at(w.fired, w.firedCount);
  let place = w.restFirst + w.restCount;
  if (place >= length) place -= length;
  for (let p = <usize>w.fired; p < end; p += 4) {
    const entry = changetype<Rest>(resting + <usize>place * offsetof<Rest>());
    entry.neuron = load<u32>(p);
    entry.until = until;
    place = place + 1 == length ? 0 : place + 1;
  }
  w.restCount += w.firedCount;
}

function decayColumn(column: u32, n: u32, keep: f32): void {
  const factor = f32x4.splat(keep);
  const end = <usize>column + ((<usize>n) << 2);
  for (let p = <usize>column; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), factor));
}

/** Takes away what is so small that it would soon be subnormal. */
function settle(w: Network): void {
  bringIn(w);
  settleColumn(w.potential, w.padded);
  settleColumn(w.current, w.padded);
  settleColumn(w.trace, w.padded);
  if (!w.plastic) return;
  settleColumn(w.preTrace, w.padded);
  settleColumn(w.postTrace, w.padded);
}

function settleColumn(column: u32, n: u32): void {
  const tiny = f32x4.splat(TINY);
  const end = <usize>column + ((<usize>n) << 2);
  for (let p = <usize>column; p < end; p += 16) {
    const x = v128.load(p);
    v128.store(p, v128.and(x, f32x4.ge(f32x4.abs(x), tiny)));
  }
}

function increment(p: usize): void {
  store<f32>(p, load<f32>(p) + 1);
}
