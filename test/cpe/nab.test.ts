import { describe, expect, it } from "vitest";
import { chance, nothing, relativeEntropy, windowedGaussian } from "../../bench/nab/baselines.js";
import { nabSeries } from "../../bench/nab/data.js";
import { PlainDetector } from "../../bench/nab/plain.js";
import { type NabSeries, nabProfiles, scoreNab } from "../../bench/nab/score.js";
import { SeriesDetector } from "../../src/layers/cpe/detector.js";
import { haveData } from "../helpers/data.js";
import { Random } from "../helpers/random.js";

/** A file of 1,000 rows with windows at these rows. */
function file(...windows: [number, number][]): NabSeries {
  const times = Array.from({ length: 1000 }, (_, i) => `t${i}`);
  return { name: "made", times, values: new Float64Array(1000), windows: windows.map(([from, to]) => [`t${from}`, `t${to}`]) };
}

/** 1 at these rows, else 0. */
const at = (...rows: number[]) => Float64Array.from({ length: 1000 }, (_, i) => (rows.includes(i) ? 1 : 0));
const sigmoid = (x: number) => 2 / (1 + Math.exp(5 * x)) - 1;

describe("the scorer of the Numenta Anomaly Benchmark", () => {
  const one = (...rows: number[]) => scoreNab([file([300, 399])], [at(...rows)], nabProfiles.standard, 1);

  it("gives 0 for nothing and 100 for the first row of each window", () => {
    expect(one()).toMatchObject({ score: 0, found: 0, windows: 1, falseAlarms: 0 });
    expect(one(300)).toMatchObject({ score: 100, found: 1, falseAlarms: 0 });
    expect(scoreNab([file([300, 399])], [nothing(new Float64Array(1000))]).score).toBe(0);
    expect(scoreNab([file([300, 399]), file([500, 509], [600, 700])], [at(300), at(500, 600)]).score).toBeCloseTo(100, 9);
  });

  it("counts the first detection in a window, by where it is", () => {
    expect(one(350).score).toBeCloseTo(50 + (50 * sigmoid(-0.5)) / sigmoid(-1), 9);
    expect(one(350, 351, 399).score).toBe(one(350).score);
    expect(one(399).score).toBeCloseTo(50 + (50 * sigmoid(-0.01)) / sigmoid(-1), 9);
  });

  it("takes off for false alarms, less for those shortly after a window, and nothing in the first part", () => {
    expect(one(200).score).toBeCloseTo(-5.5, 9);
    expect(one(149).score).toBe(0);
    expect(one(150).score).toBeCloseTo(-5.5, 9);
    expect(one(400).score).toBeCloseTo(5.5 * sigmoid(1 / 99), 9);
    expect(one(999).score).toBeCloseTo(-5.5, 9);
    const falseAlarm = (profile: keyof typeof nabProfiles) => scoreNab([file([300, 399])], [at(200)], nabProfiles[profile], 1).score;
    expect([falseAlarm("lowFP"), falseAlarm("lowFN")].map((x) => x.toFixed(9))).toEqual(["-11.000000000", (-11 / 3).toFixed(9)]);
  });

  it("finds the best threshold for all files together", () => {
    const scores = [at(300), at(200)].map((each, i) => each.map((x) => x * (i === 0 ? 3 : 2)));
    const best = scoreNab([file([300, 399]), file()], scores);
    expect([best.score, best.threshold, best.falseAlarms]).toEqual([100, 3, 0]);
    expect(scoreNab([file([300, 399]), file()], scores, nabProfiles.standard, 2).score).toBeCloseTo(94.5, 9);
  });
});

describe("what the detector is compared with", () => {
  it("the windowed Gaussian is what its formula says", () => {
    const random = new Random(2);
    const values = Float64Array.from({ length: 7000 }, () => random.normal());
    const scores = windowedGaussian(values);
    const past = [...values.slice(0, 100)];
    const mean = past.reduce((a, x) => a + x, 0) / 100;
    const deviation = Math.sqrt(past.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 100);
    // The normal distribution by adding up its density.
    const z = Math.abs(values[100] - mean) / deviation;
    let below = 0.5;
    for (let i = 0; i < 1000; i++) below += (Math.exp(-(((z * (i + 0.5)) / 1000) ** 2) / 2) * z) / 1000 / Math.sqrt(2 * Math.PI);
    expect(scores[100]).toBeCloseTo(below, 6);
    expect(scores.slice(1).every((x) => x >= 0.5 && x <= 1)).toBe(true);
    expect(chance(1)(values)).not.toEqual(chance(2)(values));
  });

  it("relative entropy finds the windows that are like none before", () => {
    // Levels 1 and 2 in turn, for 60 values level 4, levels 1 and 2 again, level 4 again.
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? 0 : i === 1 ? 10 : i % 500 >= 440 ? 8.5 : 3 + 2 * (i % 2)));
    const scores = relativeEntropy(values);
    expect(scores.slice(0, 440).every((x) => x === 0)).toBe(true);
    expect(scores.slice(440, 500).some((x) => x === 1)).toBe(true);
    expect(scores.slice(560).every((x) => x === 0)).toBe(true);
    expect(relativeEntropy(new Float64Array(100).fill(3)).every((x) => x === 0)).toBe(true);
  });

  it("the detector in plain JavaScript gives the same scores", () => {
    const random = new Random(3);
    const values = Array.from(
      { length: 5000 },
      (_, i) => Math.sin(i / 20) + (random.below(200) === 0 ? random.below(50) : random.normal() / 9),
    );
    const plain = new PlainDetector(6);
    const { bits, score } = SeriesDetector.createSync().observeMany(0, values);
    let worst = 0;
    for (const [i, x] of values.entries()) {
      plain.observe(x);
      worst = Math.max(worst, Math.abs(plain.bits - bits[i]), Math.abs(plain.score - score[i]));
    }
    expect(worst).toBeLessThan(1e-9);
  });
});

describe("the detector on the files whose labels are here", () => {
  it.skipIf(!haveData("nab"))(
    "finds nine windows of ten, at less than three false alarms a found one, in its default configuration",
    () => {
      const series = nabSeries() as NabSeries[];
      const detector = SeriesDetector.createSync();
      const alarms = series.map(({ values }, id) => detector.observeMany(id, values).alarm);
      const { score, found, windows, falseAlarms } = scoreNab(series, alarms, nabProfiles.standard, 1);
      expect(windows).toBe(67);
      expect(found / windows).toBeGreaterThan(0.9);
      expect(falseAlarms / found).toBeLessThan(3);
      expect(score).toBeGreaterThan(70);
    },
  );
});
