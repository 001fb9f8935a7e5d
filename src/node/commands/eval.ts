import { Mfn, type MfnOptions, type Operation } from "mfn";
import { enginePredictor, evaluate, FirstOrderMarkov, LastCoOccurring, mostPopular, type Score } from "../evaluate.js";
import type { Output } from "../output.js";
import { plural } from "../readers/report.js";

/** Below so many predictions a score says little. */
const FEW = 30;

/** Scores the engine beside the baselines on the last part of the streams and prints the table. */
export async function evaluateAndPrint(
  operations: readonly Operation[],
  engine: MfnOptions,
  options: { holdout: number; signal?: AbortSignal },
  out: Output,
): Promise<Score[]> {
  using mfn = await Mfn.create(engine);
  const predictors = [enginePredictor("mfn (all layers)", mfn), mostPopular(), new LastCoOccurring(), new FirstOrderMarkov()];
  const scores = await evaluate(operations, predictors, { ...options, onProgress: (done) => out.progress("evaluating", done) });
  out.clear();
  const n = scores[0].n;
  if (n === 0) {
    out.result({ evaluation: [] }, () => "nothing to score: no stream has a second event in the last part");
    return scores;
  }
  for (const score of scores) if (out.json) out.result({ evaluation: score }, () => "");
  const few = n < FEW ? "; too few to tell methods apart" : "";
  out.say(
    `next event, last ${+(options.holdout * 100).toPrecision(3)} % of the events: ${plural(n, "prediction")}${few}; every method learns each event after it was scored`,
  );
  out.say(
    out.table(
      ["method", "hit@1", "hit@5", "hit@10", "MRR"],
      scores.map((s) => [s.method, s.hitAt1.toFixed(3), s.hitAt5.toFixed(3), s.hitAt10.toFixed(3), s.meanReciprocalRank.toFixed(3)]),
    ),
  );
  return scores;
}
