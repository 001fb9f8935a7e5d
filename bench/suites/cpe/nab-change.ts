// Changes in made series: how many values after a change the detector says so, beside the classical CUSUM of a mean (Page, 1954), which is told by 5,000 values what
// mean and deviation are usual, and is the best there is for a mean that moves by one deviation. It looks for nothing else, and it loses where something else
// changes; where the mean moves, the detector does, which knows nothing beforehand.
import { SeriesDetector } from "mfn/cpe";
import { Random } from "../../data.js";
import type { Bench } from "../../harness.js";

const BEFORE = 5000;
const AFTER = 1000;
const RATE = 1e-3;

/** What normal noise becomes after the change. */
const changes: Record<string, (noise: number) => number> = {
  "mean by half a deviation": (noise) => noise + 0.5,
  "mean by a deviation": (noise) => noise + 1,
  "mean by two deviations": (noise) => noise + 2,
  "deviation doubled": (noise) => 2 * noise,
  "deviation a third": (noise) => noise / 3,
};

/** The rows of changes. */
export async function change(b: Bench): Promise<void> {
  const series = b.quick ? 10 : 100;
  fresh(b);
  const threshold = thresholdFor(RATE);
  const quiet = { ours: 0, theirs: 0 };
  for (let seed = 1; seed <= series; seed++) {
    const values = made(10_000 + seed, (noise) => noise);
    quiet.ours += positions(ours(values)).length;
    quiet.theirs += positions(cusum(values, threshold)).length;
  }
  const n = series * AFTER;
  b.log(`no change, ${n} values, ${RATE * n} alarms allowed: ours ${quiet.ours}, CUSUM of the mean ${quiet.theirs}`);
  for (const [name, after] of Object.entries(changes)) {
    const delays = { ours: [] as number[], theirs: [] as number[] };
    for (let seed = 1; seed <= series; seed++) {
      const values = made(seed, after);
      delays.ours.push(positions(ours(values))[0] ?? AFTER);
      delays.theirs.push(positions(cusum(values, threshold))[0] ?? AFTER);
    }
    const [mine, other] = [median(delays.ours), median(delays.theirs)];
    b.score({
      case: `${name}: values to the alarm, median`,
      unit: "values",
      ours: mine,
      peer: "CUSUM of the mean",
      peerValue: other,
      higherIsBetter: false,
      n: series,
    });
  }
}

/** Series that only do what they always do. */
const usual: Record<string, (random: Random, t: number, last: number) => number> = {
  independent: (random) => random.normal(),
  autoregressive: (random, _, last) => 0.9 * last + random.normal(),
  exponential: (random) => -Math.log(1 - random.unit()),
  "heavy-tailed": (random) => random.normal() / Math.sqrt((random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2) / 3),
  daily: (random, t) => 5 * Math.sin((2 * Math.PI * t) / 288) + random.normal(),
};

/** Alarms of series that are new, over those allowed: what a series has not done yet is rare. */
function fresh(b: Bench): void {
  const lengths = b.quick ? [500, 2000] : [500, 2000, 10_000, 40_000];
  const most = lengths[lengths.length - 1];
  const each = b.quick ? 4 : 40;
  const ratios = lengths.map(() => [] as number[]);
  for (const next of Object.values(usual)) {
    const alarms = new Float64Array(lengths.length);
    for (let seed = 1; seed <= each; seed++) {
      const random = new Random(90_000 + seed);
      let last = 0;
      const values = Float64Array.from({ length: most }, (_, t) => {
        last = next(random, t, last);
        return last;
      });
      const detector = SeriesDetector.createSync({ falseAlarmRate: RATE });
      const { alarm } = detector.observeMany(0, values);
      detector.dispose();
      lengths.forEach((length, i) => {
        alarms[i] += alarm.subarray(0, length).reduce((a, x) => a + x, 0);
      });
    }
    lengths.forEach((length, i) => {
      ratios[i].push(alarms[i] / (each * length * RATE));
    });
  }
  for (const [i, length] of lengths.entries()) {
    b.log(
      `new series, ${length} values: alarms over those allowed ${Object.keys(usual)
        .map((name, k) => `${name} ${ratios[i][k].toFixed(2)}`)
        .join(", ")}`,
    );
    b.score({
      case: `new series, ${length} values: alarms over those allowed, the worst kind`,
      unit: "times",
      ours: Math.max(...ratios[i]),
      higherIsBetter: false,
      n: each * Object.keys(usual).length,
    });
  }
}

function made(seed: number, after: (noise: number) => number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: BEFORE + AFTER }, (_, i) => (i < BEFORE ? random.normal() : after(random.normal())));
}

/** Where 1 stands after the change, counted from 1 on. */
function positions(flags: ArrayLike<number>): number[] {
  const found: number[] = [];
  for (let i = BEFORE; i < flags.length; i++) if (flags[i] === 1) found.push(i - BEFORE + 1);
  return found;
}

function ours(values: Float64Array): Uint8Array {
  const detector = SeriesDetector.createSync({ falseAlarmRate: RATE });
  const { change: changed } = detector.observeMany(0, values);
  detector.dispose();
  return changed;
}

/** Two-sided, reference value half a deviation, both sums begun anew after an alarm. */
function cusum(values: Float64Array, threshold: number): Uint8Array {
  const known = values.subarray(0, BEFORE);
  const mean = known.reduce((a, x) => a + x, 0) / BEFORE;
  const deviation = Math.sqrt(known.reduce((a, x) => a + (x - mean) ** 2, 0) / BEFORE);
  const flags = new Uint8Array(values.length);
  let [up, down] = [0, 0];
  for (let i = BEFORE; i < values.length; i++) {
    const z = (values[i] - mean) / deviation;
    up = Math.max(0, up + z - 0.5);
    down = Math.max(0, down - z - 0.5);
    if (Math.max(up, down) < threshold) continue;
    flags[i] = 1;
    [up, down] = [0, 0];
  }
  return flags;
}

/** The threshold at which that alarms at a rate on normal noise, on other seeds. */
function thresholdFor(rate: number): number {
  const series = Array.from({ length: 200 }, (_, i) => made(50_000 + i, (noise) => noise));
  for (let threshold = 3; ; threshold += 0.1) {
    const alarms = series.reduce((sum, values) => sum + positions(cusum(values, threshold)).length, 0);
    if (alarms <= rate * series.length * AFTER) return threshold;
  }
}

function median(numbers: number[]): number {
  return numbers.sort((a, z) => a - z)[numbers.length >> 1];
}

export default change;
