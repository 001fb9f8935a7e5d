// What each spike code keeps of a stream: Japanese Vowels through every encoder, the same reservoir behind, beside the numbers themselves as
// currents. Input scales were chosen by cross-validation on the training part.
import { DeltaEncoder, LatencyEncoder, PopulationEncoder, RankOrderEncoder, RateEncoder, Reservoir } from "mfn/dsr";
import type { Bench } from "../../harness.js";
import { japaneseVowels } from "../../speech.js";
import { accuracy, prepared } from "./streams.js";

export default encoders;

/** What is between the numbers and the reservoir. */
interface Way {
  name: string;
  channels: number;
  /** mV a spike, or a deviation of the input. */
  inputScale: number;
  encode: (rows: Float32Array) => Float32Array;
  /** Steps under each row of what `encode` gives. */
  steps: number;
}

export function encoders(b: Bench): void {
  const vowels = japaneseVowels();
  if (vowels === undefined) {
    b.log("encoders: skipped, speech/japanese-vowels.ae.* is not in the data folder (MFN_DATA)");
    return;
  }
  const task = prepared(vowels, 2);
  const seeds = b.quick ? 1 : 3;
  const score = ({ channels, inputScale, encode, steps }: Way): number => {
    let sum = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const reservoir = Reservoir.createSync({ inputs: channels, neurons: 500, inputScale, seed });
      sum += accuracy(task, (rows) => {
        reservoir.reset();
        return reservoir.run(encode(rows), { steps, bins: 3 });
      });
      reservoir.dispose();
    }
    return sum / seeds;
  };
  const numbers = score({ name: "numbers", channels: task.width, inputScale: 10, encode: (rows) => rows, steps: 4 });
  for (const way of ways(task.width)) {
    b.score({
      case: `Japanese Vowels, ${way.name}, 500 spiking neurons, mean of ${seeds} seed${seeds > 1 ? "s" : ""}`,
      unit: "accuracy",
      ours: score(way),
      peer: "the numbers as currents",
      peerValue: numbers,
      n: task.test.length,
    });
  }
}

/** Standardised numbers lie within 2.5 deviations, but for few. */
function ways(inputs: number): Way[] {
  const range = { min: -2.5, max: 2.5 };
  const rate = new RateEncoder({ inputs, steps: 10, maxRate: 0.5, ...range });
  const latency = new LatencyEncoder({ inputs, steps: 10, ...range });
  const population = new PopulationEncoder({ inputs, neurons: 5, steps: 10, ...range });
  const order = new RankOrderEncoder({ inputs, steps: 8 });
  const delta = new DeltaEncoder({ inputs, threshold: 0.4, steps: 4 });
  const way = (name: string, encoder: { channels: number }, inputScale: number, encode: Way["encode"]): Way => ({
    name,
    channels: encoder.channels,
    inputScale,
    encode,
    steps: 1,
  });
  return [
    way("rate code", rate, 20, (rows) => rate.encodeRows(rows)),
    way("latencies", latency, 20, (rows) => latency.encodeRows(rows)),
    way("populations of 5", population, 10, (rows) => population.encodeRows(rows)),
    way("rank order", order, 40, (rows) => order.encodeRows(rows)),
    way("deltas", delta, 20, (rows) => {
      delta.reset();
      return delta.encodeRows(rows);
    }),
  ];
}
