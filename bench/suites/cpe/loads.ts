// Public loads, online: every value is recorded, and from every one in the last 70 % of each series the next step, and the next season, are forecast with a 95 %
// interval. One configuration for all; only the season is given. Nothing was chosen on these 70 %, and nothing at all on the last four, which are of the Numenta
// Anomaly Benchmark: they hold incidents, and those of 5 minutes two weeks only, too few days to learn a day's interval from.
import { Forecaster } from "mfn/cpe";
import { dataFile } from "../../files.js";
import type { Bench } from "../../harness.js";

const hour = 3_600_000;
/** Where the scored part of a series begins, as a share of it. */
const START = 0.3;
/** Stretches of time whose differences give the standard errors: neighbouring errors depend on each other. */
const BLOCKS = 20;
/** Points of time from which a limit is asked about. */
const QUESTIONS = 200;

/** Public loads: file, column, steps in a season, what undoes what the file did to its values. */
const publicLoads: [name: string, file: string, column: number, season: number, undo?: (v: number) => number][] = [
  ["electricity of Victoria, half hours", "demand/vic_electricity.csv.gz", 1, 48],
  ["building 1, hours", "demand/bdg2_hourly_sample.csv.gz", 1, 24],
  ["building 2, hours", "demand/bdg2_hourly_sample.csv.gz", 2, 24],
  ["shared bicycles, hours", "demand/bike_sharing_dataset_clean.csv.gz", 8, 24],
  ["public transport of Madrid, days", "demand/public-transport-madrid.csv.gz", 5, 7],
  ["views of a page, days", "demand/wikipedia_visits.csv.gz", 1, 7, Math.exp],
  ["taxis of New York, half hours", "nab/data/realKnownCause/nyc_taxi.csv.gz", 1, 48],
  ["processor of a database, 5 min", "nab/data/realAWSCloudwatch/rds_cpu_utilization_e47b3b.csv.gz", 1, 288],
  ["processor of a machine, 5 min", "nab/data/realAWSCloudwatch/ec2_cpu_utilization_77c1ca.csv.gz", 1, 288],
  ["requests of a balancer, 5 min", "nab/data/realAWSCloudwatch/elb_request_count_8c0756.csv.gz", 1, 288],
];

export async function loads(b: Bench): Promise<void> {
  for (const [name, file, column, season, undo = (v: number) => v] of b.quick ? publicLoads.slice(4, 5) : publicLoads) {
    const bytes = dataFile(file);
    if (bytes === undefined) {
      b.log(`${name} skipped: its file is not here (MFN_DATA)`);
      continue;
    }
    const lines = new TextDecoder().decode(bytes).trim().split("\n").slice(1);
    const y = lines.map((line) => undo(Number(line.split(",")[column].replaceAll('"', "")))).filter(Number.isFinite);
    prequential(b, name, y, season, 1);
    prequential(b, name, y, season, season);
    exceedances(b, name, y, season);
  }
}

export default loads;

/** What one stretch of time adds up to. */
interface Block {
  error: number;
  naive: number;
  value: number;
  inside: number;
  steps: number;
}

function prequential(b: Bench, name: string, y: number[], season: number, horizon: number): void {
  const cpe = Forecaster.createSync();
  const series = cpe.series(0, { interval: hour, period: season, online: horizon });
  const start = Math.floor(START * y.length);
  const end = y.length - horizon;
  const blocks: Block[] = Array.from({ length: BLOCKS }, () => ({ error: 0, naive: 0, value: 0, inside: 0, steps: 0 }));
  let expected = 0;
  for (let t = 0; t < end; t++) {
    series.record(t * hour, y[t]);
    if (t + 1 < start) continue;
    const { mean, lower, upper, expectedWape } = series.forecast({ horizon, coverage: 0.95 });
    const block = blocks[Math.floor((BLOCKS * (t + 1 - start)) / (end - start + 1))];
    expected += expectedWape / (end - start + 1);
    for (let h = 0; h < horizon; h++) {
      const truth = y[t + 1 + h];
      block.error += Math.abs(mean[h] - truth);
      block.naive += Math.abs((horizon === 1 ? y[t] : y[t + 1 + h - season]) - truth);
      block.value += Math.abs(truth);
      block.inside += truth >= lower[h] && truth <= upper[h] ? 1 : 0;
      block.steps++;
    }
  }
  cpe.dispose();
  const sum = (of: (block: Block) => number) => blocks.reduce((total, block) => total + of(block), 0);
  const [value, steps] = [sum((x) => x.value), sum((x) => x.steps)];
  const accuracy = 1 - sum((x) => x.error) / value;
  const coverage = sum((x) => x.inside) / steps;
  const what = `${name}, 1 ${horizon === 1 ? "step" : "season"} ahead`;
  const n = end - start + 1;
  const peer = horizon === 1 ? "naive" : "seasonal naive";
  const theirs = 1 - sum((x) => x.naive) / value;
  // A ratio of accuracies says something only where both are some.
  if (accuracy > 0 && theirs > 0) b.score({ case: what, unit: "1 - WAPE", ours: accuracy, peer, peerValue: theirs, n });
  else b.score({ case: what, unit: "WAPE", ours: 1 - accuracy, peer, peerValue: 1 - theirs, higherIsBetter: false, n });
  b.score({ case: `${what}, 95 % interval`, unit: "coverage", ours: coverage, n });
  // The spread of a ratio of sums: of what each block adds to the numerator beyond its share.
  const error = (of: (block: Block) => number, total: number) =>
    Math.sqrt((blocks.reduce((s, x) => s + of(x) ** 2, 0) * BLOCKS) / (BLOCKS - 1)) / total;
  const se = error((x) => x.error - (1 - accuracy) * x.value, value);
  const seCoverage = error((x) => x.inside - coverage * x.steps, steps);
  b.log(
    `${what}: standard errors ${se.toFixed(4)} and ${seCoverage.toFixed(4)} (${BLOCKS} blocks); mean expectedWape ${expected.toFixed(4)}`,
  );
}

/** Whether the next season exceeds the 90th percentile of the seasons' maxima in the first 30 %, with probabilities, beside how often it did in that part. */
function exceedances(b: Bench, name: string, y: number[], season: number): void {
  const start = Math.floor(START * y.length);
  const most = (from: number) => Math.max(...y.slice(from, from + season));
  const maxima = Array.from({ length: Math.floor(start / season) }, (_, i) => most(i * season)).sort((x, z) => x - z);
  const limit = maxima[Math.floor(0.9 * maxima.length)];
  const before = maxima.filter((v) => v > limit).length / maxima.length;
  const cpe = Forecaster.createSync();
  const series = cpe.series(0, { interval: hour, period: season });
  // An odd distance visits all places of the season.
  const every = Math.max(1, Math.floor((y.length - season - start) / QUESTIONS)) | 1;
  let [squares, theirs, said, seen, n] = [0, 0, 0, 0, 0];
  for (let t = 0; t < y.length - season; t++) {
    series.record(t * hour, y[t]);
    if (t + 1 < start || (t + 1 - start) % every !== 0) continue;
    const { probability } = series.exceedance(limit, { horizon: season });
    const truth = most(t + 1) > limit ? 1 : 0;
    squares += (probability - truth) ** 2;
    theirs += (before - truth) ** 2;
    said += probability;
    seen += truth;
    n++;
  }
  cpe.dispose();
  const unit = "Brier score";
  const peer = "share of past seasons";
  b.score({ case: `${name}, next season beyond a limit`, unit, ours: squares / n, peer, peerValue: theirs / n, higherIsBetter: false, n });
  b.log(
    `${name}, next season beyond ${limit.toPrecision(4)}: mean probability ${(said / n).toFixed(3)}, came true ${(seen / n).toFixed(3)}`,
  );
}
