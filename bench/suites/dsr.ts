// DSR against plain JavaScript on typed arrays: exact search, distances, updates, the reservoir's steps; and what the reservoir
// is good for, on recorded speech.
import { Dsr, Reservoir, RidgeReadout } from "mfn/dsr";
import { clusteredVectors, Random } from "../data.js";
import { dataFile } from "../files.js";
import type { Bench } from "../harness.js";

export default async function dsr(b: Bench): Promise<void> {
  const shapes: [n: number, d: number, metric: "cosine" | "l2"][] = [
    [1000, 128, "cosine"],
    [b.quick ? 2000 : 10_000, 384, "cosine"],
    [b.quick ? 1000 : 10_000, 784, "l2"],
  ];
  for (const [n, d, metric] of shapes) await searches(b, n, d, metric);
  await updates(b, b.quick ? 500 : 5000, 384);
  await steps(b, 1024, 50);
  if (!b.quick) await steps(b, 16_384, 64);
  speech(b);
}

/** Rows in one Float32Array, scanned by a loop with four sums; the k nearest by insertion. */
class LoopSearch {
  readonly #rows: Float32Array;
  readonly #n: number;

  constructor(
    rows: Float32Array,
    readonly d: number,
    readonly metric: "cosine" | "l2",
  ) {
    this.#n = rows.length / d;
    this.#rows = rows.slice();
    if (metric === "cosine") for (let i = 0; i < this.#n; i++) normalise(this.#rows.subarray(i * d, (i + 1) * d));
  }

  distance(query: Float32Array, row: number): number {
    const rows = this.#rows;
    let p = row * this.d;
    let a = 0;
    let b = 0;
    let c = 0;
    let e = 0;
    if (this.metric === "cosine") {
      for (let i = 0; i < query.length; i += 4, p += 4) {
        a += query[i] * rows[p];
        b += query[i + 1] * rows[p + 1];
        c += query[i + 2] * rows[p + 2];
        e += query[i + 3] * rows[p + 3];
      }
      return 1 - (a + b + c + e);
    }
    for (let i = 0; i < query.length; i += 4, p += 4) {
      const w = query[i] - rows[p];
      const x = query[i + 1] - rows[p + 1];
      const y = query[i + 2] - rows[p + 2];
      const z = query[i + 3] - rows[p + 3];
      a += w * w;
      b += x * x;
      c += y * y;
      e += z * z;
    }
    return a + b + c + e;
  }

  search(query: Float32Array, k: number): { ids: number[]; distances: number[] } {
    const q = this.metric === "cosine" ? normalise(query.slice()) : query;
    const ids: number[] = [];
    const distances: number[] = [];
    for (let i = 0; i < this.#n; i++) {
      const distance = this.distance(q, i);
      if (ids.length === k && distance >= distances[k - 1]) continue;
      let at = ids.length < k ? ids.length : k - 1;
      for (; at > 0 && distances[at - 1] > distance; at--) {
        ids[at] = ids[at - 1];
        distances[at] = distances[at - 1];
      }
      ids[at] = i;
      distances[at] = distance;
    }
    return { ids, distances };
  }
}

function normalise(v: Float32Array): Float32Array {
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return v.map((x, i) => {
    v[i] = x / norm;
    return v[i];
  });
}

async function searches(b: Bench, n: number, d: number, metric: "cosine" | "l2"): Promise<void> {
  const rows = clusteredVectors(n + 16, d);
  const queries = Array.from({ length: 16 }, (_, i) => rows.slice((n + i) * d, (n + i + 1) * d));
  const base = rows.subarray(0, n * d);
  const dsr = Dsr.createSync({ dimensions: d, metric, capacity: n });
  dsr.addMany(
    Array.from({ length: n }, (_, i) => i),
    base,
  );
  const loop = new LoopSearch(base, d, metric);
  let turn = 0;
  await b.compare({
    case: `search, ${metric}, ${n} x ${d}, k = 10`,
    n: 1,
    unit: "us",
    peer: "loop over a Float32Array",
    check: () => queries.every((q) => agree(dsr.search(q), loop.search(q, 10))),
    ours: () => dsr.search(queries[turn++ & 15]),
    theirs: () => loop.search(queries[turn++ & 15], 10),
  });
  const random = new Random(4);
  const some = Int32Array.from({ length: 100 }, () => random.below(n));
  const out = new Float32Array(100);
  const normal = queries.map((q) => (metric === "cosine" ? normalise(q.slice()) : q));
  const listed = (q: Float32Array) => {
    for (let i = 0; i < some.length; i++) out[i] = loop.distance(q, some[i]);
    return out;
  };
  await b.compare({
    case: `distances to 100 ids, ${metric}, d = ${d}`,
    n: 100,
    peer: "loop over a Float32Array",
    check: () => queries.every((q, i) => dsr.distances(q, some).every((x, j) => close(x, listed(normal[i])[j]))),
    ours: () => dsr.distances(queries[turn++ & 15], some, out),
    theirs: () => listed(normal[turn++ & 15]),
  });
  dsr.dispose();
}

function close(x: number, y: number): boolean {
  return Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(y));
}

/** Equal distances, and equal ids but where two distances are equal to rounding. */
function agree(ours: { ids: Int32Array; distances: Float32Array }, theirs: { ids: number[]; distances: number[] }): boolean {
  const shared = theirs.ids.filter((id) => ours.ids.includes(id)).length;
  return (
    ours.ids.length === theirs.ids.length &&
    shared >= 0.9 * theirs.ids.length &&
    theirs.distances.every((x, i) => close(ours.distances[i], x))
  );
}

async function updates(b: Bench, n: number, d: number): Promise<void> {
  const rows = clusteredVectors(n, d, 16, 2);
  const ids = Array.from({ length: n }, (_, i) => i);
  const vectors = ids.map((i) => rows.slice(i * d, (i + 1) * d));
  const dsr = Dsr.createSync({ dimensions: d, metric: "l2" });
  const map = new Map<number, Float32Array>();
  const same = () => ids.every((i) => dsr.vector(i)!.every((x, j) => x === map.get(i)![j]));
  await b.compare({
    case: `replace one vector, d = ${d}`,
    n,
    peer: "Map of copied Float32Arrays",
    check: () => {
      for (const i of ids) {
        dsr.add(i, vectors[i]);
        map.set(i, vectors[i].slice());
      }
      return same();
    },
    ours: () => {
      for (let i = 0; i < n; i++) dsr.add(i, vectors[i]);
      return dsr.size;
    },
    theirs: () => {
      for (let i = 0; i < n; i++) map.set(i, vectors[i].slice());
      return map.size;
    },
  });
  await b.compare({
    case: `replace ${n} vectors at once, d = ${d}`,
    n,
    peer: "Map of copied Float32Arrays",
    check: same,
    ours: () => {
      dsr.addMany(ids, rows);
      return dsr.size;
    },
    theirs: () => {
      for (let i = 0; i < n; i++) map.set(i, rows.slice(i * d, (i + 1) * d));
      return map.size;
    },
  });
  await b.compare({
    case: "has",
    n,
    peer: "Map",
    check: () => ids.every((i) => dsr.has(i) && map.has(i)) && !dsr.has(n) && !map.has(n),
    ours: () => {
      let found = 0;
      for (let i = 0; i < n; i++) if (dsr.has(i)) found++;
      return found;
    },
    theirs: () => {
      let found = 0;
      for (let i = 0; i < n; i++) if (map.has(i)) found++;
      return found;
    },
  });
  dsr.dispose();
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
