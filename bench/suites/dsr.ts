// DSR against plain JavaScript on typed arrays: exact search, the similarity index, updates, the reservoir's steps; and what the
// reservoir is good for, on recorded speech. Each part also runs alone, from source.
import { Reservoir, RidgeReadout } from "mfn/dsr";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";
import { exact } from "./dsr/exact.js";
import { index } from "./dsr/index.js";
import { updates } from "./dsr/updates.js";

export default async function dsr(b: Bench): Promise<void> {
  for (const part of [exact, index, updates]) await part(b);
  await steps(b, 1024, 50);
  if (!b.quick) await steps(b, 16_384, 64);
  speech(b);
}

/** The same network in plain JavaScript: typed arrays, one neuron at a time, spikes delivered over the same synapses. */
class LoopReservoir {
  readonly #v: Float32Array;
  readonly #current: Float32Array;
  readonly #pause: Int32Array;
  readonly #trace: Float32Array;
  readonly #fired: Int32Array;
  readonly #weights: ReturnType<Reservoir["weights"]>;

  constructor(
    reservoir: Reservoir,
    readonly drive: Float32Array,
    readonly tau: number,
  ) {
    const n = reservoir.neurons;
    this.#v = new Float32Array(n);
    this.#current = new Float32Array(n);
    this.#pause = new Int32Array(n);
    this.#trace = new Float32Array(n);
    this.#fired = new Int32Array(n);
    this.#weights = reservoir.weights();
  }

  step(steps: number): number {
    const v = this.#v;
    const current = this.#current;
    const pause = this.#pause;
    const trace = this.#trace;
    const fired = this.#fired;
    const drive = this.drive;
    const { offsets, targets, weights } = this.#weights;
    const keep = Math.exp(-1 / this.tau);
    const currentKeep = Math.exp(-1 / 2);
    const traceKeep = Math.exp(-1 / 30);
    let spikes = 0;
    for (let t = 0; t < steps; t++) {
      let n = 0;
      for (let i = 0; i < v.length; i++) {
        let x = v[i] * keep + current[i] + drive[i];
        current[i] *= currentKeep;
        trace[i] *= traceKeep;
        if (pause[i] > 0) {
          pause[i]--;
          x = 0;
        } else if (x >= 15) {
          x = 0;
          pause[i] = 2;
          trace[i] += 1;
          fired[n++] = i;
        }
        v[i] = x;
      }
      for (let f = 0; f < n; f++) {
        const end = offsets[fired[f] + 1];
        for (let s = offsets[fired[f]]; s < end; s++) current[targets[s]] += weights[s];
      }
      spikes += n;
    }
    return spikes;
  }
}

async function steps(b: Bench, neurons: number, fanIn: number): Promise<void> {
  const tau = 20;
  const options = { inputs: 1, neurons, fanIn, kWinners: neurons, membraneTimeConstant: tau, inputScale: 1.2, inputConnectivity: 1 };
  const reservoir = Reservoir.createSync(options);
  // From rest, the potentials after one step are what the input adds.
  reservoir.step([1]);
  const drive = reservoir.state().membranePotential;
  reservoir.reset();
  const loop = new LoopReservoir(reservoir, drive, tau);
  const each = 100;
  await b.compare({
    case: `step of ${neurons} spiking neurons, ${fanIn} synapses each`,
    n: each,
    unit: "us",
    peer: "loop over typed arrays",
    check: () => {
      const ours = reservoir.step([1], 1000);
      const theirs = loop.step(1000);
      const rate = ours / 1000 / neurons;
      b.log(`${neurons} neurons: ${(100 * rate).toFixed(1)} % fire in a step, ${Math.round(rate * neurons * fanIn)} synaptic events`);
      return rate > 0.005 && Math.abs(ours - theirs) < 0.05 * ours;
    },
    ours: () => reservoir.step([1], each),
    theirs: () => loop.step(each),
  });
  reservoir.dispose();
}

/** Japanese Vowels: which of nine speakers says a vowel. Scored beside a linear readout of the inputs' means. */
function speech(b: Bench): void {
  const files = ["train", "test"].map((name) => dataFile(`speech/japanese-vowels.ae.${name}`));
  if (files[0] === undefined || files[1] === undefined) {
    b.log("speech: skipped, speech/japanese-vowels.ae.* is not in the data folder (MFN_DATA)");
    return;
  }
  const inputs = 12;
  const [train, held] = files.map((file) =>
    new TextDecoder()
      .decode(file)
      .split(/\n\s*\n/)
      .filter((block) => block.trim() !== "")
      .map((block) => Float32Array.from(block.trim().split(/\s+/), Number)),
  );
  const mean = new Float64Array(inputs);
  const square = new Float64Array(inputs);
  let rows = 0;
  for (const series of train) {
    rows += series.length / inputs;
    series.forEach((x, i) => {
      mean[i % inputs] += x;
      square[i % inputs] += x * x;
    });
  }
  const standard = (series: Float32Array) =>
    series.map((x, i) => {
      const m = mean[i % inputs] / rows;
      return (x - m) / Math.sqrt(square[i % inputs] / rows - m * m);
    });
  const speakers = [31, 35, 88, 44, 29, 24, 40, 50, 29].flatMap((count, speaker) => new Array<number>(count).fill(speaker));
  const score = (features: (series: Float32Array) => Float32Array): number => {
    const states = train.map((series) => features(standard(series)));
    const readout = new RidgeReadout({ features: states[0].length, outputs: 9 });
    const all = new Float32Array(states.length * states[0].length);
    states.forEach((state, i) => {
      all.set(state, i * state.length);
    });
    readout.fitClasses(
      all,
      states.map((_, i) => Math.floor(i / 30)),
    );
    return held.filter((series, i) => readout.classify(features(standard(series))) === speakers[i]).length / held.length;
  };
  const seeds = b.quick ? 1 : 5;
  let spiking = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const reservoir = Reservoir.createSync({ inputs, neurons: 500, seed });
    spiking += score((series) => {
      reservoir.reset();
      return reservoir.run(series, { steps: 4, bins: 2 });
    });
    reservoir.dispose();
  }
  const linear = score((series) => {
    const out = new Float32Array(inputs);
    series.forEach((x, i) => {
      out[i % inputs] += (x * inputs) / series.length;
    });
    return out;
  });
  b.score({
    case: `Japanese Vowels, 500 spiking neurons, mean of ${seeds} seed${seeds > 1 ? "s" : ""}`,
    unit: "accuracy",
    ours: spiking / seeds,
    peer: "linear readout of the inputs' means",
    peerValue: linear,
    n: held.length,
  });
}
