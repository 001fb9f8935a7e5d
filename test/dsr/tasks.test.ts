import { describe, expect, test } from "vitest";
import { RidgeReadout } from "../../src/dsr.js";
import { haveData, readData } from "../helpers/data.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { makeReservoir } from "./helpers.js";

interface Labelled {
  /** Rows, back to back. */
  rows: Float32Array;
  label: number;
}

/** Share of `test` that a readout fitted on `train` puts into the right class. */
function accuracy(features: (rows: Float32Array) => Float32Array, train: Labelled[], held: Labelled[], classes: number): number {
  const first = features(train[0].rows);
  const states = new Float32Array(train.length * first.length);
  train.forEach(({ rows }, i) => {
    states.set(features(rows), i * first.length);
  });
  const readout = new RidgeReadout({ features: first.length, outputs: classes });
  readout.fitClasses(
    states,
    train.map((t) => t.label),
  );
  return held.filter(({ rows, label }) => readout.classify(features(rows)) === label).length / held.length;
}

/** The linear baseline: the mean of each input over the sequence. */
function means(inputs: number): (rows: Float32Array) => Float32Array {
  return (rows) => {
    const out = new Float32Array(inputs);
    rows.forEach((x, i) => {
      out[i % inputs] += x / (rows.length / inputs);
    });
    return out;
  };
}

describe.each(builds)("classification of streams (%s)", (build) => {
  test("which of two pulses came first, with jitter: a linear readout of the inputs cannot know, one of the reservoir does", () => {
    const random = new Random(21);
    const sample = (i: number): Labelled => {
      const label = i % 2;
      const rows = new Float32Array(2 * 60);
      const first = 5 + random.below(15);
      const second = first + 10 + random.below(15);
      for (let t = 0; t < 60; t++) {
        for (let input = 0; input < 2; input++) {
          const start = input === label ? first : second;
          rows[2 * t + input] = (t >= start && t < start + 8 ? 1.5 : 0) + 0.2 * random.normal();
        }
      }
      return { rows, label };
    };
    const train = Array.from({ length: 120 }, (_, i) => sample(i));
    const held = Array.from({ length: 120 }, (_, i) => sample(i));
    const reservoir = makeReservoir(build, { inputs: 2, neurons: 120, traceTimeConstant: 60, seed: 1 });
    const trace = (rows: Float32Array) => {
      reservoir.reset();
      reservoir.run(rows);
      return reservoir.state().trace;
    };
    expect(accuracy(means(2), train, held, 2)).toBeLessThan(0.65);
    expect(accuracy(trace, train, held, 2)).toBeGreaterThan(0.85);
  });
});

test("Japanese Vowels: nine speakers", ({ skip }) => {
  if (!haveData("speech/japanese-vowels.ae.train")) return skip();
  const inputs = 12;
  const parse = (name: string): number[][][] =>
    readData(`speech/japanese-vowels.ae.${name}`)
      .toString()
      .split(/\n\s*\n/)
      .map((block) => block.trim())
      .filter((block) => block !== "")
      .map((block) => block.split("\n").map((line) => line.trim().split(/\s+/).map(Number)));
  const training = parse("train");
  const all = training.flat();
  const mean = Array.from({ length: inputs }, (_, i) => all.reduce((sum, row) => sum + row[i], 0) / all.length);
  const deviation = mean.map((m, i) => Math.sqrt(all.reduce((sum, row) => sum + (row[i] - m) ** 2, 0) / all.length));
  const labelled = (series: number[][][], label: (i: number) => number): Labelled[] =>
    series.map((rows, i) => ({
      rows: Float32Array.from(rows.flatMap((r) => r.map((x, j) => (x - mean[j]) / deviation[j]))),
      label: label(i),
    }));
  const counts = [31, 35, 88, 44, 29, 24, 40, 50, 29];
  const speakers = counts.flatMap((count, speaker) => new Array<number>(count).fill(speaker));
  const train = labelled(training, (i) => Math.floor(i / 30));
  const held = labelled(parse("test"), (i) => speakers[i]);
  expect([train.length, held.length]).toEqual([270, 370]);
  const reservoir = makeReservoir("release", { inputs, neurons: 500 });
  const rates = (rows: Float32Array) => {
    reservoir.reset();
    return reservoir.run(rows, { steps: 4, bins: 2 });
  };
  const linear = accuracy(means(inputs), train, held, 9);
  const spiking = accuracy(rates, train, held, 9);
  console.log(`Japanese Vowels: reservoir ${(100 * spiking).toFixed(1)} %, linear on the means ${(100 * linear).toFixed(1)} %`);
  expect(spiking).toBeGreaterThan(linear);
  expect(spiking).toBeGreaterThan(0.95);
});
