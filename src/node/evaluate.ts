import { setImmediate } from "node:timers/promises";
import { type Mfn, MfnError, type Operation } from "mfn";

/** Where the truth stood in the rankings of one method: shares of 1, and the mean of 1 / rank (0 where it was not ranked). */
export interface Score {
  method: string;
  hitAt1: number;
  hitAt5: number;
  hitAt10: number;
  /** Mean reciprocal rank. */
  meanReciprocalRank: number;
  /** Events scored. */
  n: number;
}

/** Something that ranks what may come next in a stream, and learns from what came. */
export interface Predictor {
  readonly method: string;
  /** Rank of `key`, from 1, as the next event of the stream; 0 if it is not ranked. */
  rank(stream: string, key: string): number;
  apply(operation: Operation): void;
}

/** Milliseconds of work between two looks at what else the process has to do: an abort could not be heard otherwise. */
const BREATH = 50;
/** Candidates that an engine is asked for: enough to find the truth's rank, not only whether it is among ten. */
const DEPTH = 1000;

/** An engine as a predictor. */
export function enginePredictor(method: string, mfn: Mfn): Predictor {
  return {
    method,
    rank(stream, key) {
      const { results } = mfn.recall({ stream }, { k: DEPTH, strategy: "parallel", evidence: false });
      return 1 + results.findIndex((result) => result.key === key);
    },
    apply: (operation) => void mfn.apply(operation),
  };
}

/** Counts of things, ranked by falling count; ties by who came first. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  rank(key: string): number {
    const own = this.#counts.get(key);
    if (own === undefined) return 0;
    let rank = 1;
    let before = true;
    for (const [other, count] of this.#counts) {
      if (other === key) before = false;
      else if (count > own || (count === own && before)) rank++;
    }
    return rank;
  }
}

/** Baseline: what was observed most, whatever came before. */
export function mostPopular(): Predictor {
  const tally = new Tally();
  return {
    method: "most-popular",
    rank: (_stream, key) => tally.rank(key),
    apply(operation) {
      if (operation.op === "observe") tally.add(operation.key);
    },
  };
}

/** A predictor that looks at the stream's last event only. */
abstract class AfterLast implements Predictor {
  abstract readonly method: string;
  readonly #last = new Map<string, string>();

  rank(stream: string, key: string): number {
    const last = this.#last.get(stream);
    return last === undefined ? 0 : this.rankAfter(last, key);
  }

  apply(operation: Operation): void {
    if (operation.op !== "observe") return;
    const last = this.#last.get(operation.stream);
    if (last !== undefined) this.learn(last, operation.key);
    this.#last.set(operation.stream, operation.key);
  }

  protected abstract rankAfter(last: string, key: string): number;
  protected abstract learn(last: string, key: string): void;
}

/** Baseline: what followed the stream's last event most recently, then what followed it before that. */
export class LastCoOccurring extends AfterLast {
  readonly method = "last-co-occurring";
  // A Set keeps the order of insertion: what is added anew goes to the end.
  readonly #followers = new Map<string, Set<string>>();

  protected rankAfter(last: string, key: string): number {
    const followers = this.#followers.get(last);
    if (!followers?.has(key)) return 0;
    let rank = followers.size;
    for (const other of followers) {
      if (other === key) break;
      rank--;
    }
    return rank;
  }

  protected learn(last: string, key: string): void {
    const followers = this.#followers.get(last) ?? new Set();
    followers.delete(key);
    followers.add(key);
    this.#followers.set(last, followers);
  }
}

/** Baseline: what followed the stream's last event most often. */
export class FirstOrderMarkov extends AfterLast {
  readonly method = "first-order Markov";
  readonly #followers = new Map<string, Tally>();

  protected rankAfter(last: string, key: string): number {
    return this.#followers.get(last)?.rank(key) ?? 0;
  }

  protected learn(last: string, key: string): void {
    const tally = this.#followers.get(last) ?? new Tally();
    tally.add(key);
    this.#followers.set(last, tally);
  }
}

/** How an evaluation is run. */
export interface EvaluateOptions {
  /** Share of the observed events, the last ones, that are scored: 0 to 1, default .2. */
  holdout?: number;
  /** Called now and then with the share of the operations done. */
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
}

/**
 * Scores predictors on the last part of what was observed, event by event: each predicts, then all learn the event. Scored are
 * the events whose stream has been seen before; the first event of a stream has nothing to go by. The scores are in the order
 * of the predictors; all zero if nothing could be scored.
 * @throws MfnError ERR_ARGUMENT for a share outside [0, 1]; the signal's reason if it is aborted; what a predictor throws
 */
export async function evaluate(
  operations: readonly Operation[],
  predictors: readonly Predictor[],
  options: EvaluateOptions = {},
): Promise<Score[]> {
  const { holdout = 0.2, onProgress, signal } = options;
  if (!(holdout >= 0 && holdout <= 1)) throw new MfnError("ERR_ARGUMENT", `holdout: expected a share in [0, 1], got ${holdout}`);
  const observed = operations.reduce((n, { op }) => n + (op === "observe" ? 1 : 0), 0);
  // A part of an event counts as one, but not the rounding error of a product.
  const from = observed - Math.ceil(observed * holdout - 1e-9);
  const sums = predictors.map((): { hits: [number, number, number]; reciprocal: number } => ({ hits: [0, 0, 0], reciprocal: 0 }));
  const streams = new Set<string>();
  let seen = 0;
  let n = 0;
  let breath = performance.now();
  for (const [i, operation] of operations.entries()) {
    signal?.throwIfAborted();
    if (operation.op === "observe") {
      if (seen >= from && streams.has(operation.stream)) {
        n++;
        predictors.forEach((predictor, p) => {
          const rank = predictor.rank(operation.stream, operation.key);
          if (rank === 0) return;
          sums[p].reciprocal += 1 / rank;
          for (const [at, depth] of [1, 5, 10].entries()) if (rank <= depth) sums[p].hits[at]++;
        });
      }
      seen++;
      streams.add(operation.stream);
    }
    for (const predictor of predictors) predictor.apply(operation);
    if (performance.now() - breath < BREATH) continue;
    onProgress?.(i / operations.length);
    await setImmediate();
    breath = performance.now();
  }
  onProgress?.(1);
  return predictors.map(({ method }, p) => {
    const [hitAt1, hitAt5, hitAt10] = sums[p].hits.map((hits) => hits / Math.max(n, 1));
    return { method, hitAt1, hitAt5, hitAt10, meanReciprocalRank: sums[p].reciprocal / Math.max(n, 1), n };
  });
}
