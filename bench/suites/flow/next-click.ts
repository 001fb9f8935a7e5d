// The next click of people who navigate Wikipedia: the engine beside each of its layers alone and simple methods.
import { enginePredictor, engines, evaluate, FirstOrderMarkov, LastCoOccurring, mostPopular, type Score } from "mfn/node";
import type { Bench } from "../../harness.js";
import { DIMENSIONS, readWikispeedia } from "../../wikispeedia.js";
import { compareScores } from "./rows.js";

/** Share of the paths in a smoke run. */
const QUICK_SHARE = 0.05;
const CASE = "wikispeedia, next click";

export async function nextClick(b: Bench): Promise<void> {
  const data = readWikispeedia(b.quick ? QUICK_SHARE : 1);
  if (data === undefined) {
    b.log("wikispeedia is not here: set MFN_DATA to the folder that holds it");
    return;
  }
  const own = await engines({ dimensions: DIMENSIONS, capacity: data.articles.length });
  for (const { mfn } of own) for (const article of data.articles) mfn.apply(article);
  const predictors = own.map(({ method, mfn }) => enginePredictor(method, mfn));
  const baselines = [new FirstOrderMarkov(), new LastCoOccurring(), mostPopular()];
  const [ours, ...others] = await evaluate(data.clicks, [...predictors, ...baselines]);
  compareScores(b, CASE, ours, others);
  const single = others.slice(0, own.length - 1);
  const best = (of: (score: Score) => number) => Math.max(...single.map(of));
  for (const [unit, of] of [
    ["hit@1", (s: Score) => s.hitAt1],
    ["hit@10", (s: Score) => s.hitAt10],
    ["MRR", (s: Score) => s.meanReciprocalRank],
  ] as const) {
    b.score({ case: CASE, unit, ours: of(ours), peer: "best single layer", peerValue: best(of), n: ours.n });
  }
  for (const { from, to, n, confidence, accuracy } of ours.calibration?.equalWidth ?? []) {
    b.log(`first answers given ${from.toFixed(1)} to ${to.toFixed(1)}: ${n}, mean ${confidence.toFixed(3)}, right ${accuracy.toFixed(3)}`);
  }
  for (const { mfn } of own) mfn.dispose();
}

export default nextClick;
