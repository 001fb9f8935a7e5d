// Panel 2: spiking neurons under the vectors of the events.
import { Reservoir } from "mfn/dsr";
import type { DsrFrame, Run } from "../protocol.js";
import { DIMENSIONS } from "./source.js";

/** Milliseconds of the neurons' time under each event. */
const STEPS = 6;
/** Steps kept for a frame: what a raster shows at most. */
const KEPT = 256;
/** Largest weight of an input in mV: an event alone then makes some neurons fire, and several alike many more. */
const INPUT_SCALE = 4;

export class ReservoirPanel {
  #reservoir: Reservoir;
  #threshold: number;
  readonly #seed: number;
  /** Neurons that fired, by step since the last frame. */
  #fired: Int32Array[] = [];
  #last = new Int32Array(0);

  constructor(run: Pick<Run, "seed" | "neurons" | "threshold" | "winners">) {
    this.#seed = run.seed;
    this.#threshold = run.threshold;
    this.#reservoir = draw(run.seed, run.neurons, run.threshold, run.winners);
  }

  /** Other neurons take the place of these, from rest. */
  renew(run: Pick<Run, "neurons" | "threshold" | "winners">): void {
    const made = draw(this.#seed, run.neurons, run.threshold, run.winners);
    this.#reservoir.dispose();
    this.#reservoir = made;
    this.#threshold = run.threshold;
    this.#fired = [];
    this.#last = new Int32Array(0);
  }

  /** An event's vector goes in. O(STEPS (neurons + spikes fanIn) + inputs neurons). */
  feed(vector: Float32Array): void {
    for (let i = 0; i < STEPS; i++) {
      this.#reservoir.step(vector);
      this.#last = this.#reservoir.spikes() as Int32Array<ArrayBuffer>;
      this.#fired.push(this.#last);
    }
    // Dropped a few at a time: the steps of one event go together.
    if (this.#fired.length >= 2 * KEPT) this.#fired = this.#fired.slice(-KEPT);
  }

  frame(similar: DsrFrame["similar"]): DsrFrame {
    const steps = this.#fired.slice(-KEPT);
    this.#fired = [];
    const offsets = new Uint32Array(steps.length + 1);
    for (const [s, ids] of steps.entries()) offsets[s + 1] = offsets[s] + ids.length;
    const ids = new Uint16Array(offsets[steps.length]);
    for (const [s, fired] of steps.entries()) ids.set(fired, offsets[s]);
    return {
      neurons: this.#reservoir.neurons,
      threshold: this.#threshold,
      steps: steps.length,
      offsets,
      ids,
      potentials: this.#reservoir.state().membranePotential,
      winners: Uint16Array.from(this.#last),
      similar,
    };
  }

  dispose(): void {
    this.#reservoir.dispose();
  }
}

function draw(seed: number, neurons: number, threshold: number, winners: number): Reservoir {
  return Reservoir.createSync({
    inputs: DIMENSIONS,
    neurons,
    threshold,
    kWinners: Math.min(winners, neurons),
    inputScale: INPUT_SCALE,
    seed,
  });
}
