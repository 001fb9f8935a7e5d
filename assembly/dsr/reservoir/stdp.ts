// Spike-timing-dependent plasticity of the excitatory synapses: the pair rule with all-to-all traces, additive, with hard
// bounds. A spike of the source takes depression * (trace of the target) from a weight, a spike of the target adds
// potentiation * (trace of the source); weights stay in [0, mostWeight]. Traces hold the spikes *before* this step, so two
// neurons that fire in the same step do not change their synapse. What pairs is when the two neurons fire, whatever the delay between
// them. Inhibitory synapses stay as they were drawn.
//
// Morrison, Diesmann, Gerstner, "Phenomenological models of synaptic plasticity based on spike timing", Biological Cybernetics
// 98, 2008, section 4; additive with bounds: Song, Miller, Abbott, Nature Neuroscience 3, 2000.
// Work: O(spikes * (fan-out + fan-in)).

import { at, Incoming, Network, quanta, Synapse } from "./network";

/** The sources that fire weaken their synapses to targets that fired lately. */
export function depress(w: Network): void {
  for (let f: u32 = 0; f < w.firedCount; f++) {
    const i = load<u32>(at(w.fired, f));
    if (i >= w.excitatory) break;
    const end = load<u32>(at(w.offsets, i + 1));
    for (let s = load<u32>(at(w.offsets, i)); s < end; s++) {
      const trace = load<f32>(at(w.postTrace, changetype<Synapse>(at(w.synapses, s)).target));
      setWeight(w, s, max<f32>(load<f32>(at(w.weights, s)) - w.depression * trace, 0));
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
      const weight = load<f32>(at(w.weights, back.synapse)) + w.potentiation * load<f32>(at(w.preTrace, back.source));
      setWeight(w, back.synapse, min<f32>(weight, w.mostWeight));
    }
  }
}

/** What is learned is kept in full: changes may be smaller than a quantum. */
function setWeight(w: Network, s: u32, weight: f32): void {
  store<f32>(at(w.weights, s), weight);
  changetype<Synapse>(at(w.synapses, s)).weight = quanta(w, weight);
}
