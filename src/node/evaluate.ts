import { setImmediate } from "node:timers/promises";
import { type LayerName, Mfn, MfnError, type MfnOptions, type Operation } from "mfn";
import { type Prediction, type Score, ScoreSum } from "./scores.js";

/** Something that ranks what may come next in a stream, and learns from what came. */
export interface Predictor {
  /** Its name in the scores. */
  readonly method: string;
  /** What it says of `key` as the next event of the stream. */
  predict(stream: string, key: string): Prediction;
  /** Learns an operation. */
  apply(operation: Operation): void;
}

/** Something that names what belongs to some things. */
export interface Suggester {
  /** Its name in the scores. */
  readonly method: string;
  /** At most `k` keys that belong to the given ones, which are not among them; the best first. */
  suggest(given: readonly string[], k: number): string[];
  /** Learns an operation. */
  apply(operation: Operation): void;
}

/** Milliseconds of work between two looks at what else the process has to do: an abort could not be heard otherwise. */
const BREATH = 50;
/** Candidates that an engine is asked for: enough to find the truth's rank, not only whether it is among ten. */
const DEPTH = 1000;

/**
 * An engine as a predictor. What it did not name as a candidate gets an even share of the escape probability, among all other
 * things that it knows and one for everything new: so that the probabilities of all that may come sum to 1.
 */
export function enginePredictor(method: string, mfn: Mfn): Predictor & Suggester {
  return {
    method,
    predict(stream, key) {
      const { results, escape } = mfn.recall({ stream }, { k: DEPTH, strategy: "parallel", evidence: false });
      const rank = 1 + results.findIndex((result) => result.key === key);
      const others = Math.max(0, mfn.size - results.length) + 1;
      return { rank, probability: rank > 0 ? results[rank - 1].probability : escape / others, first: results[0]?.probability };
    },
    suggest(given, k) {
      const { results } = mfn.recall({ history: given }, { k: k + given.length, strategy: "parallel", evidence: false });
      return results
        .map(({ key }) => key)
        .filter((key) => !given.includes(key))
        .slice(0, k);
    },
    apply: (operation) => void mfn.apply(operation),
  };
}

/** An engine, and what to call it. */
export interface NamedEngine {
  /** Its name in the scores. */
  method: string;
  /** The engine. */
  mfn: Mfn;
}

/** The engine with all its layers, and with each alone, made with the same options. They are to be disposed of. */
export async function engines(options: MfnOptions): Promise<NamedEngine[]> {
  const sets: Array<LayerName[] | undefined> = [undefined, ["cpe"], ["alm"], ["dsr"], ["ifr"]];
  return Promise.all(
    sets.map(async (layers) => ({
      method: layers === undefined ? "mfn (all layers)" : `${layers[0].toUpperCase()} alone`,
      mfn: await Mfn.create({ ...options, layers }),
    })),
  );
}

/** How an evaluation is run. */
export interface EvaluateOptions {
  /** Share of the observed events, the last ones, that are scored: 0 to 1, default .2. */
  holdout?: number;
  /** Called now and then with the share of the operations done. */
  onProgress?: (done: number) => void;
  /** Ends the evaluation with the signal's reason. */
  signal?: AbortSignal;
}

/** The share of an evaluation that is scored. @throws MfnError ERR_ARGUMENT */
export function checkHoldout(holdout = 0.2): number {
  if (!(holdout >= 0 && holdout <= 1)) throw new MfnError("ERR_ARGUMENT", `holdout: expected a share in [0, 1], got ${holdout}`);
  return holdout;
}

/** The first of `n` things that is in the last part. A part of a thing counts as one, but not the rounding error of a product. */
export function firstOfHoldout(n: number, holdout: number): number {
  return n - Math.ceil(n * holdout - 1e-9);
}

/** Lets the process do what else it has to, once in a while: call it often, and wait for what it gives. */
export function breather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < BREATH) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}

/**
 * Scores predictors on the last part of what was observed, event by event: each predicts, then all learn the event. Scored are
 * the events whose stream has been seen before; the first event of a stream has nothing to go by. What stands before an event in `operations` is
 * known when it is predicted, so what only the event tells must come after it. The scores are in the order
 * of the predictors; all zero if nothing could be scored.
 * @throws MfnError ERR_ARGUMENT for a share outside [0, 1]; the signal's reason if it is aborted; what a predictor throws
 */
export async function evaluate(
  operations: readonly Operation[],
  predictors: readonly Predictor[],
  options: EvaluateOptions = {},
): Promise<Score[]> {
  const { onProgress, signal } = options;
  const holdout = checkHoldout(options.holdout);
  const observed = operations.reduce((n, { op }) => n + (op === "observe" ? 1 : 0), 0);
  const from = firstOfHoldout(observed, holdout);
  const sums = predictors.map(() => new ScoreSum());
  const streams = new Set<string>();
  const breathe = breather();
  let seen = 0;
  for (const [i, operation] of operations.entries()) {
    signal?.throwIfAborted();
    if (operation.op === "observe") {
      const { stream, key } = operation;
      if (seen >= from && streams.has(stream))
        for (const [p, predictor] of predictors.entries()) sums[p].add(predictor.predict(stream, key));
      seen++;
      streams.add(stream);
    }
    for (const predictor of predictors) predictor.apply(operation);
    const pause = breathe();
    if (pause === undefined) continue;
    onProgress?.(i / operations.length);
    await pause;
  }
  onProgress?.(1);
  return predictors.map(({ method }, p) => sums[p].score(method));
}
