import { statSync } from "node:fs";
import { type Mfn, MfnError, type MfnOptions, type Operation } from "mfn";
import { AssociationRules, FirstOrderMarkov, LastCoOccurring, mostPopular } from "../baselines.js";
import { type CoChangeScore, evaluateCoChange } from "../co-change.js";
import { enginePredictor, engines, evaluate } from "../evaluate.js";
import type { Output } from "../output.js";
import { type Changes, readChanges } from "../readers/git-changes.js";
import type { OpenOptions } from "../readers/open.js";
import { plural } from "../readers/report.js";
import type { ReliabilityBin, Score } from "../scores.js";

/** Below so many predictions a score says little. */
const FEW = 30;

/** What is predicted: the next event of a stream, or what else a commit changes. */
export type Protocol = "next-event" | "co-change";

/**
 * The history to evaluate by co-change: if that is asked for, or nothing is and the only input is a git repository whose commits say what
 * belongs together.
 * @throws MfnError ERR_ARGUMENT for several inputs by co-change; ERR_INPUT for one that is no git repository
 */
export async function historyOf(
  inputs: readonly string[],
  protocol: Protocol | undefined,
  options: OpenOptions,
): Promise<Changes | undefined> {
  if (protocol === "next-event") return undefined;
  if (protocol === "co-change") {
    if (inputs.length !== 1)
      throw new MfnError("ERR_ARGUMENT", `inputs: expected one git repository for co-change, got ${inputs.length} inputs`);
    return readChanges(inputs[0], options);
  }
  if (inputs.length !== 1 || (options.format !== undefined && options.format !== "git") || !isFolder(inputs[0])) return undefined;
  try {
    const history = await readChanges(inputs[0], options);
    return history.transactions === 0 ? undefined : history;
  } catch (error) {
    // A folder without history is evaluated as what it is.
    if (error instanceof MfnError && error.code === "ERR_INPUT") return undefined;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return path !== "-" && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** How an evaluation of the command line is run. */
interface Options {
  holdout: number;
  signal?: AbortSignal;
}

/** The engines, and what every evaluation sets beside them. */
function besideBaselines(own: ReadonlyArray<{ method: string; mfn: Mfn }>) {
  return [...own.map(({ method, mfn }) => enginePredictor(method, mfn)), mostPopular(), new LastCoOccurring(), new FirstOrderMarkov()];
}

/**
 * Scores the engine, its layers alone and the baselines on the last part of the streams, and prints the tables.
 * @returns how many events were scored
 */
export async function evaluateAndPrint(
  operations: readonly Operation[],
  engine: MfnOptions,
  options: Options,
  out: Output,
): Promise<number> {
  const own = await engines(engine);
  try {
    const predictors = besideBaselines(own);
    const scores = await evaluate(operations, predictors, { ...options, onProgress: (done) => out.progress("evaluating", done) });
    out.clear();
    const n = scores[0].n;
    if (n === 0) {
      out.result({ evaluation: [] }, () => "nothing to score: no stream has a second event in the last part");
      return 0;
    }
    for (const score of scores) if (out.json) out.result({ evaluation: score }, () => "");
    out.say(
      `next event, last ${percent(options.holdout)} of the events: ${plural(n, "prediction")}${few(n)}; every method learns each event after it was scored`,
    );
    out.say(scoreTable(scores, out));
    sayReliability(scores[0], out);
    return n;
  } finally {
    for (const { mfn } of own) mfn.dispose();
  }
}

/**
 * Scores the same on what belongs to a change, and on the next file of it, and prints the tables.
 * @returns how many queries were scored
 */
export async function evaluateCoChangeAndPrint(history: Changes, engine: MfnOptions, options: Options, out: Output): Promise<number> {
  const own = await engines(engine);
  try {
    const predictors = [...besideBaselines(own), new AssociationRules()];
    const scores = await evaluateCoChange(history, predictors, { ...options, onProgress: (done) => out.progress("evaluating", done) });
    out.clear();
    const { queries } = scores[0];
    if (queries === 0) {
      out.result({ coChange: [] }, () => "nothing to score: no commit of 2 to 30 files in the last part");
      return 0;
    }
    for (const score of scores) if (out.json) out.result({ coChange: score }, () => "");
    const commits = `last ${percent(options.holdout)} of ${plural(history.transactions, "commit")} with 2 to 30 files`;
    out.say(
      `what else changes with a file, ${commits}: ${plural(queries, "query").replace("querys", "queries")}${few(queries)}, of ${percent(scores[0].possible)} any other file was there before; up to 10 suggestions`,
    );
    out.say(coChangeTable(scores, out));
    const { n } = scores[0].next;
    out.say(
      `\nnext file of a commit, given those before it in random order: ${plural(n, "prediction")}${few(n)}; every method learns each file after it was scored`,
    );
    out.say(
      scoreTable(
        scores.map(({ next }) => next),
        out,
      ),
    );
    sayReliability(scores[0].next, out);
    return queries;
  } finally {
    for (const { mfn } of own) mfn.dispose();
  }
}

function percent(share: number): string {
  return `${+(share * 100).toPrecision(3)} %`;
}

function few(n: number): string {
  return n < FEW ? " (too few to tell methods apart)" : "";
}

function scoreTable(scores: readonly Score[], out: Output): string {
  return out.table(
    ["method", "hit@1", "hit@3", "hit@5", "hit@10", "MRR", "bits", "ECE"],
    scores.map((s) => [
      s.method,
      ...[s.hitAt1, s.hitAt3, s.hitAt5, s.hitAt10, s.meanReciprocalRank].map((value) => value.toFixed(3)),
      s.bits?.toFixed(2) ?? "-",
      s.calibration?.error.toFixed(3) ?? "-",
    ]),
  );
}

function coChangeTable(scores: readonly CoChangeScore[], out: Output): string {
  return out.table(
    ["method", "feedback", "first 3", "of answered", "precision", "recall"],
    scores.map((s) => [
      s.method,
      ...[s.feedback, s.likelihood, s.likelihoodAnswered, s.precision, s.recall].map((value) => value.toFixed(3)),
    ]),
  );
}

/** How far the probabilities of a method's first answers can be believed. */
function sayReliability({ method, calibration }: Score, out: Output): void {
  if (calibration === undefined) return;
  const { error, errorEqualMass, equalWidth } = calibration;
  out.say(
    `\n${method}: probability of the first answer, in 10 bins of equal width, and how often it came: ECE ${error.toFixed(3)} (${errorEqualMass.toFixed(3)} over 10 bins of equal numbers)`,
  );
  out.say(
    out.table(
      ["from", "to", "n", "probability", "came"],
      equalWidth.map(({ from, to, n, confidence, accuracy }: ReliabilityBin) => [
        from.toFixed(1),
        to.toFixed(1),
        n,
        confidence.toFixed(3),
        accuracy.toFixed(3),
      ]),
    ),
  );
}
