// A step of the reservoir, spiking and rate, against the same network in plain JavaScript on typed arrays. Beside it, as text, what simulators
// of other languages took elsewhere.
import { Reservoir } from "mfn/dsr";
import { Random } from "../../data.js";
import type { Bench } from "../../harness.js";

export default steps;

export async function steps(b: Bench): Promise<void> {
  await spiking(b, 1024, 50, 1.8, "3.47");
  if (!b.quick) await spiking(b, 16_384, 64, 1.3, "105");
  // Denser, and livelier: here a step is delivery for the most part.
  await spiking(b, 1024, 100, 1.2);
  await rate(b, 100, 10, "8.0");
  await rate(b, 1000, 100, "53");
}

/** The same network in plain JavaScript: typed arrays, one neuron at a time, spikes delivered over the same synapses. */
class LoopReservoir {
  readonly #v: Float32Array;
  readonly #current: Float32Array;
  readonly #pause: Int32Array;
  readonly #trace: Float32Array;
  readonly #fired: Int32Array;
  readonly #weights: ReturnType<Reservoir["weights"]>;
  /** Synapses that spikes went along. */
  events = 0;

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
        this.events += end - offsets[fired[f]];
      }
      spikes += n;
    }
    return spikes;
  }
}

/** @param inputScale where another simulator is quoted, chosen so that 2.7 % fire in a step as in its network */
async function spiking(b: Bench, neurons: number, fanIn: number, inputScale: number, brian?: string): Promise<void> {
  const tau = 20;
  const options = { inputs: 1, neurons, fanIn, kWinners: neurons, membraneTimeConstant: tau, inputScale, inputConnectivity: 1 };
  const reservoir = Reservoir.createSync(options);
  // From rest, the potentials after one step are what the input adds.
  reservoir.step([1]);
  const drive = reservoir.state().membranePotential;
  reservoir.reset();
  const loop = new LoopReservoir(reservoir, drive, tau);
  const each = 100;
  let eventsPerStep = 0;
  await b.compare({
    case: `step of ${neurons} spiking neurons, ${fanIn} synapses each`,
    n: each,
    unit: "us",
    peer: "loop over typed arrays",
    check: () => {
      const ours = reservoir.step([1], 1000);
      const theirs = loop.step(1000);
      const rate = ours / 1000 / neurons;
      eventsPerStep = loop.events / 1000;
      b.log(`${neurons} neurons: ${(100 * rate).toFixed(1)} % fire in a step, ${Math.round(eventsPerStep)} synaptic events`);
      return rate > 0.005 && Math.abs(ours - theirs) < 0.05 * ours;
    },
    ours: () => reservoir.step([1], each),
    theirs: () => loop.step(each),
  });
  const { ours, peerValue } = b.rows.at(-1) ?? {};
  if (ours && peerValue) {
    b.score({
      case: `synaptic events a second, ${neurons} spiking neurons, the neurons' own work included`,
      unit: "1e9/s",
      ours: eventsPerStep / ours / 1000,
      peer: "loop over typed arrays",
      peerValue: eventsPerStep / peerValue / 1000,
      n: Math.round(eventsPerStep),
    });
  }
  if (brian !== undefined) {
    b.log(
      `quoted, from another run on another machine: Brian2 2.5.1, C++ standalone, ${neurons} neurons of ${fanIn} synapses: ${brian} us a step`,
    );
  }
  reservoir.dispose();
}

/** Rate neurons in plain JavaScript: compressed sparse rows by target, and the engine's tanh. */
class LoopRate {
  #x: Float64Array;
  #next: Float64Array;
  readonly #offsets: Uint32Array;
  readonly #sources: Int32Array;
  readonly #weights: Float64Array;

  constructor(
    reservoir: Reservoir,
    readonly inputWeights: Float64Array,
  ) {
    const n = reservoir.neurons;
    const { offsets, targets, weights } = reservoir.weights();
    this.#x = new Float64Array(n);
    this.#next = new Float64Array(n);
    this.#offsets = new Uint32Array(n + 1);
    for (const t of targets) this.#offsets[t + 1]++;
    for (let i = 0; i < n; i++) this.#offsets[i + 1] += this.#offsets[i];
    const place = this.#offsets.slice();
    this.#sources = new Int32Array(targets.length);
    this.#weights = new Float64Array(targets.length);
    for (let source = 0; source < n; source++) {
      for (let s = offsets[source]; s < offsets[source + 1]; s++) {
        const at = place[targets[s]]++;
        this.#sources[at] = source;
        this.#weights[at] = weights[s];
      }
    }
  }

  states(rows: Float32Array): Float32Array {
    const n = this.#x.length;
    const offsets = this.#offsets;
    const sources = this.#sources;
    const weights = this.#weights;
    const inputWeights = this.inputWeights;
    const all = new Float32Array(rows.length * n);
    for (let r = 0; r < rows.length; r++) {
      const x = this.#x;
      const next = this.#next;
      const u = rows[r];
      for (let i = 0; i < n; i++) {
        let sum = inputWeights[i] * u;
        const end = offsets[i + 1];
        for (let s = offsets[i]; s < end; s++) sum += weights[s] * x[sources[s]];
        next[i] = 0.7 * x[i] + 0.3 * Math.tanh(sum);
        all[r * n + i] = next[i];
      }
      this.#x = next;
      this.#next = x;
    }
    return all;
  }
}

async function rate(b: Bench, neurons: number, fanIn: number, reservoirPy: string): Promise<void> {
  const options = { kind: "rate", inputs: 1, neurons, fanIn, leakRate: 0.3, inputScale: 0.5, seed: 2 } as const;
  const reservoir = Reservoir.createSync(options);
  // With no recurrence, a small input comes out times the input weights: 1e-3 is as good as linear.
  const open = Reservoir.createSync({ ...options, spectralRadius: 0, leakRate: 1 });
  open.step([1e-3]);
  const loop = new LoopRate(
    reservoir,
    Float64Array.from(open.features(), (y) => Math.atanh(y) * 1e3),
  );
  const random = new Random(5);
  const rows = Float32Array.from({ length: 200 }, () => random.normal());
  await b.compare({
    case: `step of ${neurons} rate neurons, ${fanIn} synapses each, states kept`,
    n: rows.length,
    unit: "us",
    peer: "loop over typed arrays",
    check: () => {
      const ours = reservoir.states(rows);
      const theirs = loop.states(rows);
      return ours.some((x) => Math.abs(x) > 0.1) && ours.every((x, i) => Math.abs(x - theirs[i]) < 1e-4);
    },
    ours: () => reservoir.states(rows),
    theirs: () => loop.states(rows),
  });
  const density = fanIn / neurons;
  b.log(`quoted, from another run on another machine: ReservoirPy, ${neurons} neurons, density ${density}: ${reservoirPy} us a step`);
  open.dispose();
  reservoir.dispose();
}
