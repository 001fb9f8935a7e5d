// Spike-timing-dependent plasticity of the excitatory synapses: the pair rule with all-to-all traces, additive, with hard
// bounds. A spike of the source takes depression * (trace of the target) from a weight, a spike of the target adds
// potentiation * (trace of the source); weights stay in [0, mostWeight]. Traces hold the spikes *before* this step, so two
// neurons that fire in the same step do not change their synapse. What pairs is when the two neurons fire, whatever the delay between
// them. Inhibitory synapses stay as they were drawn.
//
// Morrison, Diesmann, Gerstner, "Phenomenological models of synaptic plasticity based on spike timing", Biological Cybernetics
// 98, 2008, section 4; additive with bounds: Song, Miller, Abbott, Nature Neuroscience 3, 2000.
// Work: O(spikes * (fan-out + fan-in)).

import { at, Incoming, Network } from "./network";

/** The sources that fire weaken their synapses to targets that fired lately. */
export function depress(w: Network): void {
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    if (i >= w.excitatory) break;
    const end = load<u32>(at(w.offsets, i + 1));
    for (let s = load<u32>(at(w.offsets, i)); s < end; s++) {
      const target = <u32>load<u16>(<usize>w.targets + ((<usize>s) << 1));
      const weight = at(w.weights, s);
      store<f32>(weight, max<f32>(load<f32>(weight) - w.depression * load<f32>(at(w.postTrace, target)), 0));
    }
  }
}

/** The targets that fire strengthen their synapses from sources that fired lately. */
export function potentiate(w: Network): void {
  for (let f: u32 = 0; f < w.firedCount; f++) {
    let p = <usize>w.incoming + <usize>(load<u32>(at(w.fired, f)) * w.fanIn) * offsetof<Incoming>();
    const end = p + <usize>w.fanIn * offsetof<Incoming>();
    for (; p < end; p += offsetof<Incoming>()) {
      const back = changetype<Incoming>(p);
      if (back.source >= w.excitatory) continue;
      const weight = at(w.weights, back.synapse);
      store<f32>(weight, min<f32>(load<f32>(weight) + w.potentiation * load<f32>(at(w.preTrace, back.source)), w.mostWeight));
    }
  }
}
