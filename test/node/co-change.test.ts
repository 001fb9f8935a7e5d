import { Mfn, type Operation } from "mfn";
import {
  AssociationRules,
  type Change,
  type Changes,
  enginePredictor,
  evaluateCoChange,
  mostPopular,
  type Predictor,
  type Suggester,
} from "mfn/node";
import { describe, expect, test } from "vitest";
import { failure } from "./readers-helper.js";

/** A history of commits, a letter each file. */
const changesOf = (...commits: string[]) =>
  commits.map((files, i): Change => ({ name: `c${i}`, at: i, files: Array.from(files), operations: [] }));

function historyOf(...commits: string[]): Changes {
  const changes = changesOf(...commits);
  return { transactions: changes.filter(({ files }) => files.length > 1 && files.length <= 30).length, changes: () => changes };
}

/** Suggests always the same, and keeps what it was asked and taught. */
class Told implements Predictor, Suggester {
  readonly method = "told";
  readonly log: string[] = [];

  constructor(private readonly suggestions: string) {}

  predict(stream: string, key: string) {
    this.log.push(`${stream}:${key}?`);
    return { rank: 2 };
  }

  suggest(given: readonly string[], k: number) {
    this.log.push(`${given}?`);
    return Array.from(this.suggestions)
      .filter((key) => !given.includes(key))
      .slice(0, k);
  }

  apply(operation: Operation): void {
    this.log.push(operation.op === "observe" ? `${operation.stream}:${operation.key}` : operation.op);
  }
}

describe("co-change", () => {
  test("asks with every file of a commit before it teaches any, then goes through the files, then teaches the rest", async () => {
    const told = new Told("x");
    const changes = changesOf("ab", "c", "ab");
    changes[2].operations.push({ op: "link", from: "a", to: "b" });
    await evaluateCoChange({ transactions: 2, changes: () => changes }, [told], { holdout: 0.5 });
    expect(told.log).toEqual(["c0:a", "c0:b", "c1 0:c", "a?", "b?", "c2:a", "c2:b?", "c2:b", "link"]);
  });

  test("counts by hand", async () => {
    // Scored is "abc" alone: the queries a, b, c get bxyz, xyz, bxyz.
    const [score] = await evaluateCoChange(historyOf("ax", "abc"), [new Told("bxyz")], { holdout: 0.5 });
    expect(score).toMatchObject({ method: "told", queries: 3, feedback: 1 });
    // a and c get b first; b gets x, y, z, none of them right.
    expect(score.likelihood).toBeCloseTo(2 / 3, 12);
    expect(score.precision).toBeCloseTo((1 / 4 + 0 + 1 / 4) / 3, 12);
    expect(score.recall).toBeCloseTo((1 / 2 + 0 + 1 / 2) / 3, 12);
    // Of these a alone was there before: the query a has no right answer that is known.
    expect(score.possible).toBeCloseTo(2 / 3, 12);
    expect(score.next).toMatchObject({ n: 2, hitAt1: 0, hitAt3: 1, meanReciprocalRank: 0.5 });
  });

  test("queries without an answer count as failed, but not for precision", async () => {
    const [score] = await evaluateCoChange(historyOf("ab", "ab", "xy"), [new AssociationRules()], { holdout: 0.6 });
    expect(score).toMatchObject({ queries: 4, feedback: 0.5, likelihood: 0.5, likelihoodAnswered: 1, precision: 1, recall: 0.5 });
  });

  test("the engine learns which files go together", async () => {
    using mfn = await Mfn.create({ dimensions: 4 });
    const commits = Array.from({ length: 40 }, (_, i) => ["ab", "ba", "cd", "dc"][i % 4]);
    const [ours, popular] = await evaluateCoChange(historyOf(...commits), [enginePredictor("mfn", mfn), mostPopular()]);
    expect(ours.likelihood).toBe(1);
    expect(ours.next.hitAt1).toBeGreaterThan(0.9);
    expect(popular.next.hitAt1).toBeLessThan(0.6);
  });

  test("commits of one file, and of more than 30, are learned but not scored", async () => {
    const many = Array.from({ length: 31 }, (_, i) => String.fromCodePoint(200 + i)).join("");
    const told = new Told("x");
    const [score] = await evaluateCoChange(historyOf("a", many, "b"), [told], { holdout: 1 });
    expect(score).toMatchObject({ queries: 0, likelihood: 0, next: { n: 0 } });
    expect(told.log).toHaveLength(33);
    expect(new Set(told.log.map((line) => line.split(":")[0])).size).toBe(33);
  });

  test("bad shares, and an abort, end it", async () => {
    expect(await failure(evaluateCoChange(historyOf("ab"), [], { holdout: 2 }))).toMatchObject({ code: "ERR_ARGUMENT" });
    const reason = new Error("enough");
    expect(await failure(evaluateCoChange(historyOf("ab"), [mostPopular()], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const shares: number[] = [];
    await evaluateCoChange(historyOf("ab"), [mostPopular()], { onProgress: (done) => shares.push(done) });
    expect(shares.at(-1)).toBe(1);
  });
});
