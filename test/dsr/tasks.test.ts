import { describe, expect, test } from "vitest";
import { binMeans, japaneseVowels, logMel, spokenDigits, standardiser, trimmed, type Utterance } from "../../bench/speech.js";
import { RidgeReadout } from "../../src/dsr.js";
import { haveData } from "../helpers/data.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { makeReservoir } from "./helpers.js";

/** A sequence, rows back to back, and its class. */
type Labelled = Pick<Utterance, "rows" | "label">;

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
  return (rows) => binMeans(rows, inputs, 1);
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
  const { width, train, test } = japaneseVowels()!;
  expect([train.length, test.length]).toEqual([270, 370]);
  // The lengths that the data set's description gives: a mark at the end of a series is none of it.
  const lengths = [...train, ...test].map((u) => u.rows.length / width);
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([7, 29]);
  const standard = standardiser(
    train.map((u) => u.rows),
    width,
  );
  const ready = (part: Utterance[]) => part.map((u) => ({ ...u, rows: standard(u.rows) }));
  const reservoir = makeReservoir("release", { inputs: width, neurons: 500, inputScale: 10 });
  const rates = (rows: Float32Array) => {
    reservoir.reset();
    return reservoir.run(rows, { steps: 4, bins: 3 });
  };
  expect(accuracy(rates, ready(train), ready(test), 9)).toBeGreaterThan(0.97);
});

test("spoken digits: ten digits of two speakers, a readout of a small reservoir", ({ skip }) => {
  if (!haveData("speech/fsdd-recordings.tar.gz")) return skip();
  const recordings = spokenDigits()!;
  expect(recordings.length).toBe(3000);
  expect(new Set(recordings.map((r) => r.speaker)).size).toBe(6);
  const bands = 20;
  const heard = recordings
    .filter((r) => ["george", "theo"].includes(r.speaker) && r.index < 25)
    .map((r) => ({ ...r, rows: trimmed(logMel(r.samples, { rate: 8000, window: 256, hop: 128, bands }), bands, 6), label: r.digit }));
  const part = (isTest: boolean) => heard.filter((u) => u.index < 5 === isTest);
  const standard = standardiser(
    part(false).map((u) => u.rows),
    bands,
  );
  const ready = (isTest: boolean) => part(isTest).map(({ rows, label }) => ({ rows: standard(rows), label }));
  const reservoir = makeReservoir("release", { inputs: bands, neurons: 150 });
  const rates = (rows: Float32Array) => {
    reservoir.reset();
    return reservoir.run(rows, { steps: 4, bins: 3 });
  };
  expect(accuracy(rates, ready(false), ready(true), 10)).toBeGreaterThan(0.9);
});
