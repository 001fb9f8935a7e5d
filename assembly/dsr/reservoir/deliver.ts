// Event-driven delivery: only who fired costs anything. A spike adds each synapse's weight to what is pending for its target, in the slot
// of the step in which it arrives. Work: O(spikes * fan-out).

import { at, Network } from "./network";

/** Spikes whose synapses are touched before they are used: their loads wait for memory together, not one after the other. */
const TOUCHED: u32 = 32;
/** Where what was touched is left, so that no compiler leaves out the loads. Static data, as what follows: no part of the state. */
const SINK = memory.data(4);
/** Fours of synapses of one neuron that are listed; those beyond have a loop of their own. */
const LISTED: usize = 32;
/** u32[TOUCHED * LISTED + 4]: addresses of fours of synapses. */
const LIST = memory.data(4112, 16);
/** Four synapses of weight zero. */
const NONE = memory.data(16, 16);

/** The spikes of this step. */
export function deliver(w: Network): void {
  const end = at(w.fired, w.firedCount);
  for (let first = <usize>w.fired; first < end; first += TOUCHED << 2) {
    const last = min<usize>(first + (TOUCHED << 2), end);
    if (w.slots == 1) sendNext(w, first, last);
    else {
      touch(w.offsets, w.synapses, first, last);
      sendLater(w, first, last);
    }
  }
}

/** Loads one word of each of the first four cache lines of the synapses of those who fired. */
function touch(offsets: u32, synapses: u32, first: usize, last: usize): void {
  let sum: u32 = 0;
  for (let fired = first; fired < last; fired += 4) {
    const p = at(synapses, load<u32>(at(offsets, load<u32>(fired))));
    sum |= load<u32>(p) | load<u32>(p, 64) | load<u32>(p, 128) | load<u32>(p, 192);
  }
  store<u32>(SINK, sum);
}

/**
 * The spikes of some neurons along synapses of one step's delay. Each neuron has a few synapses more or fewer than the one before: where
 * a loop over them ends would be foretold wrongly almost every time. So their fours are listed, without a branch, and one loop goes
 * over the list.
 */
function sendNext(w: Network, first: usize, last: usize): void {
  // The one slot is empty again: it is the next step's too.
  const pending = <usize>w.pending;
  const offsets = w.offsets;
  const synapses = w.synapses;
  const step = i32x4.splat(64);
  let touched: u32 = 0;
  let out = LIST;
  for (let fired = first; fired < last; fired += 4) {
    const row = at(offsets, load<u32>(fired));
    const p = at(synapses, load<u32>(row));
    const end = at(synapses, load<u32>(row, 4));
    touched |= load<u32>(p) | load<u32>(p, 64) | load<u32>(p, 128) | load<u32>(p, 192) | load<u32>(p, 256);
    let fours = i32x4.add(i32x4.splat(<i32>p), i32x4(0, 16, 32, 48));
    v128.store(out, fours);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 16);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 32);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 48);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 64);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 80);
    fours = i32x4.add(fours, step);
    v128.store(out, fours, 96);
    v128.store(out, i32x4.add(fours, step), 112);
    // What is listed beyond the neuron's last four, the next neuron's overwrite.
    out += min<usize>((end - p) >> 4, LISTED) << 2;
  }
  store<u32>(SINK, touched);
  v128.store(out, i32x4.splat(<i32>NONE));
  for (let q = LIST; q < out; q += 16) {
    Target.addFour(pending, <usize>load<u32>(q));
    Target.addFour(pending, <usize>load<u32>(q, 4));
    Target.addFour(pending, <usize>load<u32>(q, 8));
    Target.addFour(pending, <usize>load<u32>(q, 12));
  }
  for (let fired = first; fired < last; fired += 4) {
    const row = at(offsets, load<u32>(fired));
    const start = at(synapses, load<u32>(row));
    const end = at(synapses, load<u32>(row, 4));
    const tail = end - ((end - start) & 15);
    for (let p = start + (LISTED << 4); p < tail; p += 16) Target.addFour(pending, p);
    // Up to three are left. A branch for each would be foretold wrongly as often as not: what is beyond the end adds zero.
    Target.add(pending, select<i32>(load<i32>(tail), 0, tail < end));
    Target.add(pending, select<i32>(load<i32>(tail, 4), 0, tail + 4 < end));
    Target.add(pending, select<i32>(load<i32>(tail, 8), 0, tail + 8 < end));
  }
}

/** The same along synapses of different delays. */
function sendLater(w: Network, first: usize, last: usize): void {
  const rowBytes = (<usize>w.padded) << 2;
  const pending = <usize>w.pending;
  const slots = w.slots;
  const now = w.slot;
  for (let fired = first; fired < last; fired += 4) {
    const row = at(w.offsets, load<u32>(fired));
    const from = load<u32>(row);
    let delay = <usize>w.delays + ((<usize>from) << 1);
    const end = at(w.synapses, load<u32>(row, 4));
    for (let p = at(w.synapses, from); p < end; p += 4) {
      // The slot of this step is empty again: a spike that takes as long as the ring may use it.
      let slot = now + <u32>load<u16>(delay);
      if (slot >= slots) slot -= slots;
      Target.add(pending + <usize>slot * rowBytes, load<i32>(p));
      delay += 2;
    }
  }
}

// biome-ignore lint/complexity/noStaticOnlyClass: a method, unlike a function, can be inlined by force
abstract class Target {
  /** @param synapse a `Synapse` as one word: the weight is its upper half */
  @inline static add(pending: usize, synapse: i32): void {
    const p = pending + ((<usize>(synapse & 0xffff)) << 2);
    store<i32>(p, load<i32>(p) + (synapse >> 16));
  }

  /** @param synapses address of four of them */
  @inline static addFour(pending: usize, synapses: usize): void {
    Target.add(pending, load<i32>(synapses));
    Target.add(pending, load<i32>(synapses, 4));
    Target.add(pending, load<i32>(synapses, 8));
    Target.add(pending, load<i32>(synapses, 12));
  }
}
