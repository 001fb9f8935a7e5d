// Which of several classes a recorded stream belongs to: a spiking reservoir and a ridge readout beside a ridge readout of the same features
// without a reservoir. Scores are on the official test parts; the ridge is chosen by cross-validation on the training parts, and so
// were the options below, when they were written. Means over seeds, which draw other reservoirs.
import { type LifOptions, Reservoir, RidgeReadout } from "mfn/dsr";
import type { Bench } from "../../harness.js";
import {
  binMeans,
  japaneseVowels,
  logMel,
  type Recording,
  type SpeechTask,
  spokenDigits,
  standardiser,
  trimmed,
  type Utterance,
  withDeltas,
} from "../../speech.js";

export default streams;

export function streams(b: Bench): void {
  const vowels = japaneseVowels();
  if (vowels === undefined) b.log("speech: skipped, speech/japanese-vowels.ae.* is not in the data folder (MFN_DATA)");
  else {
    const task = prepared(vowels, 2);
    const linear = accuracy(task, (rows) => binMeans(rows, task.width, 3));
    scoreSeeds(b, "Japanese Vowels", task, vowelReservoir, "ridge on 3 means of the same inputs", linear);
  }
  const recordings = spokenDigits();
  if (recordings === undefined) b.log("spoken digits: skipped, speech/fsdd-recordings.tar.gz is not in the data folder (MFN_DATA)");
  else digits(b, recordings);
}

/** A reservoir and how sequences are shown to it. */
interface Shown {
  options: Omit<LifOptions, "inputs" | "seed">;
  /** Steps, of 1 ms, under each row. */
  steps: number;
  /** Parts of a sequence whose spikes are counted apart. */
  bins: number;
}

const vowelReservoir: Shown = { options: { neurons: 2000, inputScale: 10 }, steps: 4, bins: 3 };
const digitReservoir: Shown = { options: { neurons: 1000 }, steps: 5, bins: 3 };
/** Six fits instead of one: half the size. */
const strangerReservoir: Shown = { ...digitReservoir, options: { neurons: 500 } };

/** Features of a sequence, for the readout. */
type Features = (rows: Float32Array) => Float32Array;

/** Rows with their slopes, all standardised as measured on the training part. */
export function prepared(task: SpeechTask, reach: number): SpeechTask {
  const width = 2 * task.width;
  const slopes = (part: Utterance[]) => part.map((u) => ({ ...u, rows: withDeltas(u.rows, task.width, reach) }));
  const [train, test] = [slopes(task.train), slopes(task.test)];
  const standard = standardiser(
    train.map((u) => u.rows),
    width,
  );
  const all = (part: Utterance[]) => part.map((u) => ({ ...u, rows: standard(u.rows) }));
  return { ...task, width, train: all(train), test: all(test) };
}

/** Share of the test part that a readout fitted on the training part, its ridge chosen there in `folds` parts, puts into the right class. */
export function accuracy(task: SpeechTask, features: Features, folds = 5): number {
  const states = task.train.map((u) => features(u.rows));
  const width = states[0].length;
  const all = new Float32Array(states.length * width);
  states.forEach((state, i) => {
    all.set(state, i * width);
  });
  const readout = new RidgeReadout({ features: width, outputs: task.classes });
  readout.fitClasses(
    all,
    task.train.map((u) => u.label),
    { folds },
  );
  return task.test.filter((u) => readout.classify(features(u.rows)) === u.label).length / task.test.length;
}

function spiking(task: SpeechTask, { options, steps, bins }: Shown, seed: number, folds?: number): number {
  const reservoir = Reservoir.createSync({ ...options, inputs: task.width, seed });
  const share = accuracy(
    task,
    (rows) => {
      reservoir.reset();
      return reservoir.run(rows, { steps, bins });
    },
    folds,
  );
  reservoir.dispose();
  return share;
}

function scoreSeeds(b: Bench, name: string, task: SpeechTask, shown: Shown, peer: string, linear: number, folds?: number): void {
  const shares = Array.from({ length: b.quick ? 1 : 5 }, (_, seed) => spiking(task, shown, seed, folds));
  const mean = shares.reduce((sum, x) => sum + x, 0) / shares.length;
  const deviation = Math.sqrt(shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, shares.length - 1));
  b.log(`${name}: by seed ${shares.map((x) => percent(x)).join(", ")}; deviation ${percent(deviation)}`);
  b.score({
    case: `${name}, ${shown.options.neurons} spiking neurons, mean of ${shares.length} seed${shares.length > 1 ? "s" : ""}`,
    unit: "accuracy",
    ours: mean,
    peer,
    peerValue: linear,
    n: task.test.length,
  });
}

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** Spoken digits: the official split; and, as a harder case, each speaker in turn told by what the others said. */
function digits(b: Bench, recordings: Recording[]): void {
  const bands = 26;
  const heard = recordings.map((r): Utterance & { index: number } => {
    // Frames of 32 ms, a hundred a second, without the silence at both ends, which is of any length.
    const rows = trimmed(logMel(r.samples, { rate: 8000, window: 256, hop: 80, bands }), bands, 6);
    const loudness = rows.reduce((sum, x) => sum + x, 0) / rows.length;
    return { label: r.digit, speaker: r.speaker, rows: rows.map((x) => x - loudness), index: r.index };
  });
  const split = (isTest: (u: (typeof heard)[number]) => boolean): SpeechTask => {
    const train = heard.filter((u) => !isTest(u) && (!b.quick || u.index % 4 === 0));
    return prepared({ width: bands, classes: 10, train, test: heard.filter(isTest) }, 4);
  };
  const linear = (task: SpeechTask) => accuracy(task, (rows) => binMeans(rows, task.width, 8), 2);
  const peer = "ridge on 8 means of the same inputs";
  const official = split((u) => u.index < 5);
  scoreSeeds(b, "spoken digits (FSDD)", official, digitReservoir, peer, linear(official), 2);
  const speakers = [...new Set(heard.map((u) => u.speaker))].slice(0, b.quick ? 1 : 6);
  const shares = speakers.map((speaker) => {
    const task = split((u) => u.speaker === speaker);
    return { ours: spiking(task, strangerReservoir, 0, 2), peer: linear(task) };
  });
  b.log(`a speaker not heard before: ${speakers.map((speaker, i) => `${speaker} ${percent(shares[i].ours)}`).join(", ")}`);
  const mean = (side: "ours" | "peer") => shares.reduce((sum, share) => sum + share[side], 0) / shares.length;
  b.score({
    case: `spoken digits of a speaker not heard before, ${strangerReservoir.options.neurons} neurons, mean of ${speakers.length}`,
    unit: "accuracy",
    ours: mean("ours"),
    peer,
    peerValue: mean("peer"),
    n: speakers.length * 500,
  });
}
