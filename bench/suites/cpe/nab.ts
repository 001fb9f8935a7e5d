// The detector of anomalies on the Numenta Anomaly Benchmark: the files whose labels are here, all in one configuration, each value judged before
// anything of it or of what follows is known. Higher is better; 0 is a detector that detects nothing.
import { SeriesDetector } from "mfn/cpe";
import type { Bench } from "../../harness.js";
import { chance, type NabDetector, nothing, relativeEntropy, windowedGaussian } from "../../nab/baselines.js";
import { nabPublished, nabSeries } from "../../nab/data.js";
import { PlainDetector } from "../../nab/plain.js";
import { type NabScore, type NabSeries, nabProfiles, normalised, scoreNab } from "../../nab/score.js";

/** What the cross-validation may choose from: levels, and bits of the rate of false alarms. The default rate has 9.97. */
const LEVELS = [4, 6, 8, 10, 12];
const RATES = [7, 8, 9, 9.5, 10, 10.5, 11, 12];
const FOLDS = 4;

/** The rows of the benchmark. */
export async function nab(b: Bench): Promise<void> {
  const series = nabSeries();
  if (series === undefined) {
    b.log("NAB skipped: its data are not here (MFN_DATA)");
    return;
  }
  const windows = series.reduce((sum, each) => sum + each.windows.length, 0);
  b.log(`NAB: labels of ${series.length} of 58 files and of ${windows} of 116 windows are here; totals below are theirs`);
  const published = nabPublished();
  const told = ["standard", "reward_low_FP_rate", "reward_low_FN_rate"];
  for (const name of ["ARTime", "numenta", "contextOSE", "knncad", "windowedGaussian"]) {
    const row = published?.[name];
    if (row !== undefined) b.log(`published, all 58 files, ${name}: ${told.map((profile) => row[profile].toFixed(2)).join(" / ")}`);
  }
  b.log("published detectors on these files alone: not computable here, their results by file are not among the data");
  checkScorer(b, series);

  const gaussian = detected(series, windowedGaussian);
  const ours = judged(series).map(({ scores }) => scores);
  const peer = "windowed Gaussian";
  for (const profile of Object.values(nabProfiles)) {
    const [mine, theirs] = [scoreNab(series, ours, profile), scoreNab(series, gaussian, profile)];
    b.log(`${profile.name}: ${say(mine)}; ${peer}: ${say(theirs)}`);
    b.score({ case: `NAB, ${profile.name}, best threshold`, unit: "score", ours: mine.score, peer, peerValue: theirs.score, n: windows });
  }
  const entropy = scoreNab(series, detected(series, relativeEntropy));
  b.log(`relative entropy, told the range of each file: ${say(entropy)}`);
  const best = scoreNab(series, ours).score;
  b.score({
    case: "NAB, standard, best threshold",
    unit: "score",
    ours: best,
    peer: "relative entropy",
    peerValue: entropy.score,
    n: windows,
  });
  const alarms = judged(series).map(({ alarms }) => alarms);
  const fixed = scoreNab(series, alarms, nabProfiles.standard, 1);
  b.log(`fixed threshold: ${say(fixed)}`);
  b.score({ case: "NAB, standard, alarms as they come", unit: "score", ours: fixed.score, n: windows });
  b.score({ case: "NAB, standard, cross-validated", unit: "score", ours: crossValidated(b, series), n: windows });
  for (const category of new Set(series.map(({ name }) => name.split("/")[0]))) {
    const pick = <T>(list: T[]) => list.filter((_, i) => series[i].name.startsWith(`${category}/`));
    const [files, mine, theirs] = [pick(series), pick(ours), pick(gaussian)];
    if (files.every((each) => each.windows.length === 0)) continue;
    const at = [scoreNab(series, ours).threshold, scoreNab(series, gaussian).threshold];
    const [x, y] = [mine, theirs].map((scores, i) => scoreNab(files, scores, nabProfiles.standard, at[i]));
    b.score({ case: `NAB, standard, ${category}`, unit: "score", ours: x.score, peer, peerValue: y.score, n: x.windows });
  }
  await cost(b, series);
}

/** Fails unless the scorer gives what must come out: 0 for nothing, 100 for the first row of each window, and for chance far less than a tenth of what is here. */
function checkScorer(b: Bench, series: NabSeries[]): void {
  const none = scoreNab(series, detected(series, nothing)).score;
  const first = (each: NabSeries) => each.times.map((time) => (each.windows.some(([from]) => from === time) ? 1 : 0));
  const perfect = scoreNab(series, series.map(first), nabProfiles.standard, 1).score;
  const random = [1, 2, 3, 4, 5].map((seed) => scoreNab(series, detected(series, chance(seed))).score);
  b.log(
    `scorer: null detector ${none.toFixed(2)} (published 0), perfect ${perfect.toFixed(2)}, random ${random.map((x) => x.toFixed(1)).join(" ")} (published, all files: 16.83)`,
  );
  if (none !== 0 || Math.abs(perfect - 100) > 1e-9)
    b.fail("NAB scorer", new Error(`null ${none} and perfect ${perfect} are not 0 and 100`));
}

function detected(series: readonly NabSeries[], detector: NabDetector): Float64Array[] {
  return series.map(({ values }) => detector(values));
}

/** Our scores, 0 during the rest after an alarm, and alarms. */
function judged(series: readonly NabSeries[], levels?: number, falseAlarmRate?: number): { scores: Float64Array; alarms: Uint8Array }[] {
  const detector = SeriesDetector.createSync({ levels, falseAlarmRate });
  const results = series.map(({ values }, id) => {
    const { score, resting, alarm } = detector.observeMany(id, values);
    return { scores: score.map((x, i) => (resting[i] === 1 ? 0 : x)), alarms: alarm };
  });
  detector.dispose();
  return results;
}

/** Levels and rate chosen on three quarters of the files, scored on the rest: alarms as they come, rests included. */
function crossValidated(b: Bench, series: readonly NabSeries[]): number {
  const sides = LEVELS.flatMap((levels) =>
    RATES.map((bits) => ({ levels, bits, alarms: judged(series, levels, 2 ** -bits).map(({ alarms }) => alarms) })),
  );
  const { standard } = nabProfiles;
  for (const levels of LEVELS) {
    const all = sides.filter((side) => side.levels === levels);
    const scores = all.map(({ bits, alarms }) => `${bits}: ${scoreNab(series, alarms, standard, 1).score.toFixed(1)}`);
    b.log(`standard, ${levels} levels, alarms as they come, by bits of the rate: ${scores.join(", ")}`);
  }
  let gain = 0;
  let windows = 0;
  const chosen: string[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const part = <T>(list: readonly T[], held: boolean) => list.filter((_, i) => (i % FOLDS === fold) === held);
    const trained = sides.map(({ alarms }) => scoreNab(part(series, false), part(alarms, false), standard, 1).score);
    const best = sides[trained.indexOf(Math.max(...trained))];
    const test = scoreNab(part(series, true), part(best.alarms, true), standard, 1);
    gain += test.gain;
    windows += test.windows;
    chosen.push(`${best.levels} levels at ${best.bits} bits: ${test.score.toFixed(1)}`);
  }
  b.log(`cross-validation: ${chosen.join(", ")}`);
  return normalised(gain, windows);
}

function say({ score, threshold, found, windows, falseAlarms }: NabScore): string {
  return `${score.toFixed(2)} at ${threshold.toFixed(3)}, ${found} of ${windows} windows, ${falseAlarms} false alarms`;
}

/** Time a value, learning included. */
async function cost(b: Bench, series: readonly NabSeries[]): Promise<void> {
  const { values } = series.reduce((a, each) => (each.values.length > a.values.length ? each : a));
  const part = values.subarray(0, 8000);
  const plainScores = () => {
    const plain = new PlainDetector(6);
    return part.map((x) => {
      plain.observe(x);
      return plain.score;
    });
  };
  const detector = SeriesDetector.createSync();
  const batch = () => {
    detector.forgetSeries(0);
    return detector.observeMany(0, part).score;
  };
  const single = () => {
    detector.forgetSeries(0);
    return part.map((x) => detector.observe(0, x).score);
  };
  const near = (a: Float64Array, z: Float64Array) => a.every((x, i) => Math.abs(x - z[i]) < 1e-9);
  const peer = "the same in plain JavaScript";
  const check = () => near(batch(), plainScores()) && near(single(), plainScores());
  await b.compare({ case: "a value of a series, batch", n: part.length, peer, check, ours: batch, theirs: plainScores });
  await b.compare({ case: "a value of a series, single", n: part.length, peer, check, ours: single, theirs: plainScores });
  detector.dispose();
}

export default nab;
