// What else a commit changes, in the repository that this runs in: see docs/flow-data.md.
import {
  AssociationRules,
  type Changes,
  enginePredictor,
  engines,
  evaluateCoChange,
  FirstOrderMarkov,
  LastCoOccurring,
  mostPopular,
  readChanges,
} from "mfn/node";
import type { Bench } from "../../harness.js";
import { compareScores } from "./rows.js";

const DIMENSIONS = 128;
/** The newest commits that a smoke run takes. */
const QUICK_COMMITS = 60;

export async function coChange(b: Bench): Promise<void> {
  let history: Changes;
  try {
    history = await readChanges(process.env.MFN_REPOSITORY ?? ".", {
      dimensions: DIMENSIONS,
      maxCommits: b.quick ? QUICK_COMMITS : undefined,
    });
  } catch (error) {
    b.log(`no git repository here, MFN_REPOSITORY may name one: ${(error as Error).message}`);
    return;
  }
  const own = await engines({ dimensions: DIMENSIONS });
  const predictors = own.map(({ method, mfn }) => enginePredictor(method, mfn));
  const baselines = [new AssociationRules(), new FirstOrderMarkov(), new LastCoOccurring(), mostPopular()];
  const [ours, ...others] = await evaluateCoChange(history, [...predictors, ...baselines]);
  for (const { mfn } of own) mfn.dispose();
  if (ours.queries === 0) {
    b.log("this history is too short: no commit of 2 to 30 files in its last part");
    return;
  }
  const what = `${history.transactions} commits: what else changes`;
  b.score({ case: what, unit: "answerable", ours: ours.possible, n: ours.queries });
  for (const other of others) {
    const row = (unit: string, value: number, peerValue: number) =>
      b.score({ case: what, unit, ours: value, peer: other.method, peerValue, n: ours.queries });
    row("feedback", ours.feedback, other.feedback);
    row("right in first 3", ours.likelihood, other.likelihood);
    row("same, of answered", ours.likelihoodAnswered, other.likelihoodAnswered);
    row("precision at 10", ours.precision, other.precision);
    row("recall at 10", ours.recall, other.recall);
  }
  compareScores(
    b,
    `${history.transactions} commits: the next file`,
    ours.next,
    others.map(({ next }) => next),
  );
}

export default coChange;
