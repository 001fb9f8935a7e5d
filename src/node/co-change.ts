import type { Operation } from "mfn";
import { breather, checkHoldout, type EvaluateOptions, firstOfHoldout, type Predictor, type Suggester } from "./evaluate.js";
import { type Changes, isTransaction } from "./readers/git-changes.js";
import { type Score, ScoreSum } from "./scores.js";

/** What a method suggested to somebody who had changed one file. Shares of 1; over all queries unless it says otherwise. */
export interface CoChangeScore {
  /** Name of the method. */
  method: string;
  /** Queries: one for each file of each commit that was scored. */
  queries: number;
  /** Share of the queries that anybody could have answered: one of the other files was there before. */
  possible: number;
  /** Share of the queries that got any suggestion. */
  feedback: number;
  /** Likelihood that a file which the commit changed too is among the first three suggestions. */
  likelihood: number;
  /** The same, over the queries that got a suggestion. */
  likelihoodAnswered: number;
  /** Share of at most ten suggestions that was right; mean over the queries that got any. */
  precision: number;
  /** Share of the right files that was among at most ten suggestions; mean over all queries. */
  recall: number;
  /** The next file of a commit, given those before it. */
  next: Score;
}

/** Suggestions looked at, as of ROSE; the likelihood looks at the first three. */
const SUGGESTIONS = 10;
const FIRST = 3;

/**
 * Scores what belongs to a change, by the protocol of Zimmermann, Weissgerber, Diehl, Zeller, "Mining version histories to guide software
 * changes", ICSE 2004 and IEEE TSE 31(6), 2005. Scored are the last commits (`holdout` of those with 2 to 30 files). Each of its files in turn is
 * the query, the others are what should be suggested: all is asked before anything of the commit is learned. Then its files
 * come one by one, as a stream of its own: the next one is predicted, and learned. When the commit is complete, its contents, imports and
 * co-changes are learned. So nothing of a later commit is known.
 *
 * Commits with one file are learned, those with more than 30 too, but not as belonging together.
 * @throws MfnError ERR_ARGUMENT for a share outside [0, 1]; ERR_INPUT; the signal's reason if it is aborted
 */
export async function evaluateCoChange(
  history: Changes,
  predictors: ReadonlyArray<Predictor & Suggester>,
  options: EvaluateOptions = {},
): Promise<CoChangeScore[]> {
  const { onProgress, signal } = options;
  const from = firstOfHoldout(history.transactions, checkHoldout(options.holdout));
  const sums = predictors.map(() => new QuerySum());
  const breathe = breather();
  const known = new Set<string>();
  let seen = 0;
  for await (const change of history.changes()) {
    const { name: stream, at, files } = change;
    const scored = isTransaction(change) && seen >= from;
    if (isTransaction(change)) seen++;
    if (scored) {
      for (const query of files) {
        const right = files.filter((file) => file !== query);
        for (const [p, predictor] of predictors.entries()) sums[p].add(predictor.suggest([query], SUGGESTIONS), right, known);
        await pause();
      }
    }
    for (const [i, key] of files.entries()) {
      known.add(key);
      // More files than that were not changed as one thing: an event each, but no stream.
      const operation: Operation = { op: "observe", stream: isTransaction(change) ? stream : `${stream} ${i}`, key, at };
      for (const [p, predictor] of predictors.entries()) {
        if (scored && i > 0) sums[p].next.add(predictor.predict(stream, key));
        predictor.apply(operation);
      }
      await pause();
    }
    for (const operation of change.operations) for (const predictor of predictors) predictor.apply(operation);
  }
  onProgress?.(1);
  return predictors.map(({ method }, p) => sums[p].score(method));

  async function pause(): Promise<void> {
    signal?.throwIfAborted();
    const wait = breathe();
    if (wait === undefined) return;
    onProgress?.(seen / Math.max(history.transactions, 1));
    await wait;
  }
}

/** Adds up the queries of one method. */
class QuerySum {
  readonly next = new ScoreSum();
  #queries = 0;
  #possible = 0;
  #answered = 0;
  #likely = 0;
  #precision = 0;
  #recall = 0;

  add(suggested: readonly string[], right: readonly string[], known: ReadonlySet<string>): void {
    this.#queries++;
    if (right.some((key) => known.has(key))) this.#possible++;
    if (suggested.length === 0) return;
    this.#answered++;
    const hits = suggested.filter((key) => right.includes(key)).length;
    if (suggested.slice(0, FIRST).some((key) => right.includes(key))) this.#likely++;
    this.#precision += hits / suggested.length;
    this.#recall += hits / right.length;
  }

  score(method: string): CoChangeScore {
    const all = Math.max(this.#queries, 1);
    const answered = Math.max(this.#answered, 1);
    return {
      method,
      queries: this.#queries,
      possible: this.#possible / all,
      feedback: this.#answered / all,
      likelihood: this.#likely / all,
      likelihoodAnswered: this.#likely / answered,
      precision: this.#precision / answered,
      recall: this.#recall / all,
      next: this.next.score(method),
    };
  }
}
