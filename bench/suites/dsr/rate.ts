// What rate neurons are good at, by the field's two usual measures: NARMA-10 and memory capacity. A ridge readout of the states, scored on what
// it has not seen. The options were chosen on other seeds than these.
import { Reservoir, RidgeReadout } from "mfn/dsr";
import { Random } from "../../data.js";
import type { Bench } from "../../harness.js";

export default rate;

const WASHOUT = 200;
const TRAINED = 4200;
const ROWS = 6200;

export function rate(b: Bench): void {
  const seeds = b.quick ? [10] : [10, 11, 12, 13, 14];
  const mean = (score: (seed: number) => number) => seeds.reduce((sum, seed) => sum + score(seed) / seeds.length, 0);
  const of = `mean of ${seeds.length} seed${seeds.length > 1 ? "s" : ""}`;
  b.score({
    case: `NARMA-10, 200 rate neurons, ${of}`,
    unit: "NRMSE",
    ours: mean((seed) => narma(seed, true)),
    peer: "linear readout of the last 20 inputs",
    peerValue: mean((seed) => narma(seed, false)),
    higherIsBetter: false,
    n: ROWS - TRAINED,
  });
  for (const [topology, spectralRadius] of [
    ["cycle", 0.95],
    ["orthogonal", 0.95],
    ["random", 0.95],
  ] as const) {
    b.score({
      case: `memory capacity, 100 rate neurons, ${topology}, ${of}`,
      unit: "of 100",
      ours: mean((seed) => memoryCapacity(seed, topology, spectralRadius)),
      n: ROWS - TRAINED,
    });
  }
}

/** Root of the mean squared error over the deviation, of a readout of the reservoir, or of the inputs themselves. */
function narma(seed: number, withReservoir: boolean): number {
  const { inputs, targets } = narmaSeries(seed);
  const features = withReservoir ? 200 : 20;
  const states = withReservoir
    ? echo(inputs, seed)
    : Float32Array.from({ length: ROWS * 20 }, (_, i) => inputs[Math.floor(i / 20) - (i % 20)] ?? 0);
  const readout = new RidgeReadout({ features, outputs: 1 });
  readout.fit(states.subarray(WASHOUT * features, TRAINED * features), targets.subarray(WASHOUT, TRAINED), { ridge: 1e-5 });
  const held = targets.subarray(TRAINED);
  const mean = held.reduce((sum, y) => sum + y, 0) / held.length;
  let error = 0;
  let variance = 0;
  held.forEach((y, i) => {
    const t = TRAINED + i;
    error += (readout.predict(states.subarray(t * features, (t + 1) * features))[0] - y) ** 2;
    variance += (y - mean) ** 2;
  });
  return Math.sqrt(error / variance);
}

function echo(inputs: Float64Array, seed: number): Float32Array {
  const reservoir = Reservoir.createSync({
    kind: "rate",
    inputs: 1,
    neurons: 200,
    spectralRadius: 0.97,
    inputScale: 0.05,
    bias: 0.5,
    seed,
  });
  const states = reservoir.states(inputs);
  reservoir.dispose();
  return states;
}

/** Atiya and Parlos, "New results on recurrent network training", IEEE Transactions on Neural Networks 11, 2000. */
function narmaSeries(seed: number): { inputs: Float64Array; targets: Float64Array } {
  const random = new Random(seed);
  const u = Float64Array.from({ length: ROWS }, () => 0.5 * random.unit());
  const y = new Float64Array(ROWS);
  for (let t = 9; t < ROWS - 1; t++) {
    let sum = 0;
    for (let k = 0; k < 10; k++) sum += y[t - k];
    y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * sum + 1.5 * u[t - 9] * u[t] + 0.1;
  }
  return { inputs: u, targets: y };
}

/** The sum over delays of 1 to 200 steps of the squared correlation of the input with what a readout recalls: Jaeger, GMD report 152, 2002. */
function memoryCapacity(seed: number, topology: "cycle" | "orthogonal" | "random", spectralRadius: number): number {
  const neurons = 100;
  const delays = 2 * neurons;
  const random = new Random(seed);
  const inputs = Float64Array.from({ length: ROWS }, () => 2 * random.unit() - 1);
  const reservoir = Reservoir.createSync({ kind: "rate", inputs: 1, neurons, topology, spectralRadius, inputScale: 0.01, seed });
  const states = reservoir.states(inputs);
  reservoir.dispose();
  const wanted = (t: number) => Array.from({ length: delays }, (_, k) => inputs[t - k - 1]);
  const targets: number[] = [];
  for (let t = WASHOUT; t < TRAINED; t++) targets.push(...wanted(t));
  const readout = new RidgeReadout({ features: neurons, outputs: delays });
  readout.fit(states.subarray(WASHOUT * neurons, TRAINED * neurons), targets, { ridge: 1e-8 });
  const recalled: Float64Array[] = [];
  for (let t = TRAINED; t < ROWS; t++) recalled.push(readout.predict(states.subarray(t * neurons, (t + 1) * neurons)));
  let capacity = 0;
  for (let k = 0; k < delays; k++) {
    const pairs = recalled.map((row, i) => [row[k], inputs[TRAINED + i - k - 1]] as const);
    capacity += correlation(pairs) ** 2;
  }
  return capacity;
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const n = pairs.length;
  const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const my = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
    xy += (x - mx) * (y - my);
  }
  return xy / Math.sqrt(xx * yy);
}
