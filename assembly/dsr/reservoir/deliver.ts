// Event-driven delivery: only who fired costs anything. A spike adds each synapse's weight to what is pending for its target, in the slot
// of the step in which it arrives. Work: O(spikes * fan-out).

import { at, Network } from "./network";

/** Spikes whose synapses are touched before they are used: their loads wait for memory together, not one after the other. */
const TOUCHED: u32 = 32;
/** Where what was touched is left, so that no compiler leaves out the loads. Static data: no part of the state. */
const SINK = memory.data(4);

/** The spikes of this step. */
export function deliver(w: Network): void {
  const rowBytes = (<usize>w.padded) << 2;
  // Where every delay is one step, the one slot is empty again: it is the next step's too.
  const only = <usize>w.pending;
  for (let first: u32 = 0; first < w.firedCount; first += TOUCHED) {
    const last = min<u32>(first + TOUCHED, w.firedCount);
    touch(w, first, last);
    for (let f = first; f < last; f++) {
      const i = load<u32>(at(w.fired, f));
      const from = load<u32>(at(w.offsets, i));
      const to = load<u32>(at(w.offsets, i + 1));
      if (w.slots == 1) sendNext(only, at(w.synapses, from), at(w.synapses, to));
      else sendLater(w, rowBytes, from, to);
    }
  }
}

/** Loads one word of each of the first four cache lines of the synapses of those who fired. */
function touch(w: Network, first: u32, last: u32): void {
  let sum: u32 = 0;
  for (let f = first; f < last; f++) {
    const p = at(w.synapses, load<u32>(at(w.offsets, load<u32>(at(w.fired, f)))));
    sum |= load<u32>(p) | load<u32>(p, 64) | load<u32>(p, 128) | load<u32>(p, 192);
  }
  store<u32>(SINK, sum);
}

/** One neuron's spike along synapses of one step's delay. */
function sendNext(pending: usize, p: usize, end: usize): void {
  const fours = end - ((end - p) & 15);
  for (; p < fours; p += 16) {
    Target.add(pending, load<i32>(p));
    Target.add(pending, load<i32>(p, 4));
    Target.add(pending, load<i32>(p, 8));
    Target.add(pending, load<i32>(p, 12));
  }
  for (; p < end; p += 4) Target.add(pending, load<i32>(p));
}

/** The same along synapses of different delays. */
function sendLater(w: Network, rowBytes: usize, from: u32, to: u32): void {
  for (let s = from; s < to; s++) {
    // The slot of this step is empty again: a spike that takes as long as the ring may use it.
    let slot = w.slot + <u32>load<u16>(<usize>w.delays + ((<usize>s) << 1));
    if (slot >= w.slots) slot -= w.slots;
    Target.add(<usize>w.pending + <usize>slot * rowBytes, load<i32>(at(w.synapses, s)));
  }
}

// biome-ignore lint/complexity/noStaticOnlyClass: a method, unlike a function, can be inlined by force
abstract class Target {
  /** @param synapse a `Synapse` as one word: the weight is its upper half */
  @inline static add(pending: usize, synapse: i32): void {
    const p = pending + ((<usize>(synapse & 0xffff)) << 2);
    store<i32>(p, load<i32>(p) + (synapse >> 16));
  }
}
