// Event-driven delivery: only who fired costs anything. A spike adds each synapse's weight to its target's current, or, where synapses have
// delays, to the current that is pending for the step of its arrival. Work: O(spikes * fan-out), and with delays O(n) a step.

import { at, Network } from "./network";

/** Spikes of this step along synapses of one step's delay. */
export function deliver(w: Network): void {
  const current = <usize>w.current;
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    const first = <usize>load<u32>(at(w.offsets, i));
    const last = <usize>load<u32>(at(w.offsets, i), 4);
    let t = <usize>w.targets + (first << 1);
    let p = <usize>w.weights + (first << 2);
    const end = <usize>w.weights + (last << 2);
    const fours = end - ((end - p) & 15);
    for (; p < fours; p += 16) {
      Target.add(current, load<u16>(t), load<f32>(p));
      Target.add(current, load<u16>(t, 2), load<f32>(p, 4));
      Target.add(current, load<u16>(t, 4), load<f32>(p, 8));
      Target.add(current, load<u16>(t, 6), load<f32>(p, 12));
      t += 8;
    }
    for (; p < end; p += 4) {
      Target.add(current, load<u16>(t), load<f32>(p));
      t += 2;
    }
  }
}

// biome-ignore lint/complexity/noStaticOnlyClass: a method, unlike a function, can be inlined by force
abstract class Target {
  @inline static add(column: usize, neuron: u16, weight: f32): void {
    const p = column + ((<usize>neuron) << 2);
    store<f32>(p, load<f32>(p) + weight);
  }
}

/** Spikes of this step along synapses with delays. */
export function deliverLater(w: Network): void {
  const rowBytes = (<usize>w.padded) << 2;
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    const end = load<u32>(at(w.offsets, i + 1));
    for (let s = load<u32>(at(w.offsets, i)); s < end; s++) {
      // The slot of this step is empty again: a spike that takes as long as the ring may use it.
      let slot = w.slot + <u32>load<u16>(<usize>w.delays + ((<usize>s) << 1));
      if (slot >= w.slots) slot -= w.slots;
      const row = <usize>w.pending + <usize>slot * rowBytes;
      Target.add(row, load<u16>(<usize>w.targets + ((<usize>s) << 1)), load<f32>(at(w.weights, s)));
    }
  }
  w.slot = w.slot + 1 == w.slots ? 0 : w.slot + 1;
}

/** What arrives in this step goes to the currents. */
export function arrive(w: Network): void {
  const rowBytes = (<usize>w.padded) << 2;
  const row = <usize>w.pending + <usize>w.slot * rowBytes;
  const zero = f32x4.splat(0);
  for (let o: usize = 0; o < rowBytes; o += 16) {
    const current = <usize>w.current + o;
    v128.store(current, f32x4.add(v128.load(current), v128.load(row + o)));
    v128.store(row + o, zero);
  }
}
