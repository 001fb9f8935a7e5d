import { Mfn, type Operation } from "mfn";
import {
  AssociationRules,
  enginePredictor,
  engines,
  evaluate,
  FirstOrderMarkov,
  LastCoOccurring,
  mostPopular,
  type Predictor,
  type Suggester,
} from "mfn/node";
import { describe, expect, test } from "vitest";
import { failure } from "./readers-helper.js";

const observe = (stream: string, key: string): Operation => ({ op: "observe", stream, key });
type Suggesting = Predictor & Suggester;
/** Events of one stream, a letter each. */
const stream = (letters: string, name = "s"): Operation[] => Array.from(letters, (key) => observe(name, key));

function taught(predictor: Predictor, operations: readonly Operation[]): Predictor {
  for (const operation of operations) predictor.apply(operation);
  return predictor;
}

const ranks = (predictor: Predictor, keys: string, name = "s") => Array.from(keys, (key) => predictor.predict(name, key).rank);

/** A predictor that gives the ranks it was told, in turn, and keeps what it was asked. */
class Told implements Predictor {
  readonly method = "told";
  readonly asked: string[] = [];
  learned = 0;

  constructor(private readonly ranks: readonly number[]) {}

  predict(stream: string, key: string) {
    this.asked.push(`${stream}${key}${this.learned}`);
    return { rank: this.ranks[this.asked.length - 1] ?? 0 };
  }

  apply(): void {
    this.learned++;
  }
}

describe("baselines", () => {
  test("most popular: by falling count, ties by who came first", () => {
    const predictor = taught(mostPopular(), [...stream("abcbc"), ...stream("d", "t")]);
    // b 2, c 2, a 1, d 1.
    expect(ranks(predictor, "abcde")).toEqual([3, 1, 2, 4, 0]);
    expect(ranks(predictor, "b", "never seen")).toEqual([1]);
    predictor.apply(observe("t", "c"));
    expect(ranks(predictor, "abcd")).toEqual([3, 2, 1, 4]);
  });

  test("most popular counts events alone", () => {
    const others: Operation[] = [
      { op: "remember", key: "z" },
      { op: "link", from: "z", to: "a" },
      { op: "record", series: "z", value: 1 },
    ];
    expect(ranks(taught(mostPopular(), [...others, ...stream("a")]), "za")).toEqual([0, 1]);
  });

  test("last co-occurring: what followed the last event most recently comes first", () => {
    // After a came b, c, b, d, b: most recently b, then d, then c.
    const predictor = taught(new LastCoOccurring(), stream("abacabadaba"));
    expect(ranks(predictor, "abcd")).toEqual([0, 1, 3, 2]);
    expect(ranks(predictor, "b", "never seen")).toEqual([0]);
    // Streams share what they learn, not where they are: t is at b, after which came a alone.
    predictor.apply(observe("t", "b"));
    expect(ranks(predictor, "abcd", "t")).toEqual([1, 0, 0, 0]);
  });

  test("first-order Markov: what followed the last event most often comes first, ties by who came first", () => {
    // After a came c, b, b, d, d.
    const predictor = taught(new FirstOrderMarkov(), stream("acababadada"));
    expect(ranks(predictor, "abcd")).toEqual([0, 1, 3, 2]);
    expect(ranks(predictor, "b", "never seen")).toEqual([0]);
    for (const operation of stream("da")) predictor.apply(operation);
    expect(ranks(predictor, "abcd")).toEqual([0, 2, 3, 1]);
  });

  test("streams in turns do not follow each other", () => {
    const turns = [observe("s", "a"), observe("t", "x"), observe("s", "b"), observe("t", "y"), observe("s", "a"), observe("t", "x")];
    for (const predictor of [new LastCoOccurring(), new FirstOrderMarkov()]) {
      taught(predictor, turns);
      expect(ranks(predictor, "abxy")).toEqual([0, 1, 0, 0]);
      expect(ranks(predictor, "abxy", "t")).toEqual([0, 0, 0, 1]);
    }
  });
});

describe("what belongs to some things, by the baselines", () => {
  test("is ranked as what comes next, without the things themselves", () => {
    expect((taught(mostPopular(), stream("abcbc")) as Suggesting).suggest(["b"], 5)).toEqual(["c", "a"]);
    // After a came b, c, b, d, b.
    expect((taught(new LastCoOccurring(), stream("abacabadaba")) as Suggesting).suggest(["x", "a"], 2)).toEqual(["b", "d"]);
    expect((taught(new FirstOrderMarkov(), stream("acababadada")) as Suggesting).suggest(["a"], 5)).toEqual(["b", "d", "c"]);
    expect(new FirstOrderMarkov().suggest([], 5)).toEqual([]);
  });

  test("association rules: by the share of a thing's transactions that held the other", () => {
    const rules = new AssociationRules();
    // a was in 3 transactions, with b in 2 of them, with c in 1; b in 3, with a in 2, c in 1.
    taught(rules, [...stream("ab", "1"), ...stream("cba", "2"), ...stream("ad", "3"), ...stream("b", "4"), ...stream("ee", "5")]);
    expect(rules.suggest(["a"], 5)).toEqual(["b", "c", "d"]);
    expect(rules.suggest(["a"], 1)).toEqual(["b"]);
    // c was in one transaction, with both others: that rule is certain.
    expect(rules.suggest(["d", "c"], 5)).toEqual(["a", "b"]);
    expect(rules.suggest(["e"], 5)).toEqual([]);
    expect(rules.suggest(["never seen"], 5)).toEqual([]);
    // A transaction under way does not count itself: after c (1 of 1 with b and a), not 1 of 2.
    rules.apply(observe("6", "c"));
    expect(ranks(rules, "abd", "6")).toEqual([2, 1, 0]);
    expect(ranks(rules, "a", "never seen")).toEqual([0]);
  });
});

describe("the engine as a predictor", () => {
  test("gives the rank of a key in what it recalls, 0 if it is not there", async () => {
    using mfn = await Mfn.create({ dimensions: 4 });
    const predictor = taught(enginePredictor("all", mfn), stream("abcabcabcabcab"));
    expect(predictor.method).toBe("all");
    const order = mfn.recall({ stream: "s" }, { strategy: "parallel" }).results.map(({ key }) => key);
    expect(order[0]).toBe("c");
    expect(ranks(predictor, order.join(""))).toEqual(order.map((_, i) => i + 1));
    expect(ranks(predictor, "z")).toEqual([0]);
  });

  test("gives a probability to everything that may come, 1 in all", async () => {
    using mfn = await Mfn.create({ dimensions: 4 });
    const predictor = taught(enginePredictor("all", mfn), [
      ...stream("abcabcabcabcab"),
      ...stream("xy", "t"),
      { op: "remember", key: "z" },
    ]);
    let sum = 0;
    for (const key of [...mfn.keys(), "never seen"]) {
      const { probability, first } = predictor.predict("s", key);
      expect(probability).toBeGreaterThan(0);
      expect(first).toBe(predictor.predict("s", "c").probability);
      sum += probability ?? 0;
    }
    expect(sum).toBeCloseTo(1, 5);
  });

  test("suggests what belongs to some things, without these", async () => {
    using mfn = await Mfn.create({ dimensions: 4 });
    const predictor = enginePredictor("all", mfn);
    taught(predictor, stream("abcabcabcabcab"));
    expect(predictor.suggest(["a"], 1)).toEqual(["b"]);
    expect(predictor.suggest(["a", "b"], 5)[0]).toBe("c");
    expect(predictor.suggest(["a", "b"], 5)).not.toContain("a");
  });

  test("with all layers, and with each alone", async () => {
    const own = await engines({ dimensions: 4 });
    expect(own.map(({ method }) => method)).toEqual(["mfn (all layers)", "CPE alone", "ALM alone", "DSR alone", "IFR alone"]);
    for (const { mfn } of own) mfn.dispose();
  });
});

describe("evaluate", () => {
  test("scores by hits and mean reciprocal rank", async () => {
    // Of 8 events the last 4 are scored.
    const told = new Told([1, 5, 0, 10]);
    const [score] = await evaluate(stream("aaaabcde"), [told], { holdout: 0.5 });
    const hits = { hitAt1: 0.25, hitAt3: 0.25, hitAt5: 0.5, hitAt10: 0.75 };
    expect(score).toEqual({ method: "told", ...hits, meanReciprocalRank: (1 + 0.2 + 0.1) / 4, n: 4 });
    // Each was asked of before it was learned.
    expect(told.asked).toEqual(["sb4", "sc5", "sd6", "se7"]);
    expect(told.learned).toBe(8);
  });

  test("gives the baselines the scores computed by hand", async () => {
    // Learned: a b a c a b a. Scored: b, a, c.
    const scores = await evaluate(stream("abacababac"), [mostPopular(), new LastCoOccurring(), new FirstOrderMarkov()], { holdout: 0.3 });
    expect(scores.map(({ method, n }) => [method, n])).toEqual([
      ["most-popular", 3],
      ["last-co-occurring", 3],
      ["first-order Markov", 3],
    ]);
    // Most popular: a 4, b 2, c 1 give the ranks 2, 1, 3. Last: b then c followed a, so 1; a alone followed b, so 1; then b, c, so 2.
    expect(scores[0]).toMatchObject({ hitAt1: 1 / 3, hitAt5: 1, hitAt10: 1, meanReciprocalRank: (1 / 2 + 1 + 1 / 3) / 3 });
    expect(scores[1]).toMatchObject({ hitAt1: 2 / 3, hitAt5: 1, meanReciprocalRank: (1 + 1 + 1 / 2) / 3 });
    // Markov: after a, b 2 and c 1; after b, a; after a, b 3 and c 1.
    expect(scores[2]).toMatchObject({ hitAt1: 2 / 3, hitAt5: 1, meanReciprocalRank: (1 + 1 + 1 / 2) / 3 });
  });

  test("does not score a stream's first event", async () => {
    const told = new Told([]);
    const operations = [...stream("ab"), ...stream("xy", "t"), observe("u", "z")];
    const [{ n }] = await evaluate(operations, [told], { holdout: 1 });
    expect(n).toBe(2);
    expect(told.asked).toEqual(["sb1", "ty3"]);
  });

  test("teaches every operation and holds out events alone", async () => {
    const told = new Told([1, 1, 1]);
    const rest: Operation[] = Array.from({ length: 10 }, (_, i) => ({ op: "remember", key: `k${i}` }));
    const [{ n }] = await evaluate([...stream("abcd"), ...rest], [told], { holdout: 0.5 });
    expect(n).toBe(2);
    expect(told.learned).toBe(14);
  });

  test.each([
    [0, 0],
    [0.05, 1],
    [0.1, 1],
    [0.2, 2],
    [0.3, 3],
    [0.7, 7],
    [0.8, 8],
    // The first of the stream is never scored.
    [1, 9],
  ])("of ten events a holdout of %f scores %i", async (holdout, expected) => {
    const [{ n }] = await evaluate(stream("abcdefghij"), [mostPopular()], { holdout });
    expect(n).toBe(expected);
  });

  test.each([-0.1, 1.1, 2, Number.NaN, Number.POSITIVE_INFINITY])("refuses a holdout of %f", async (holdout) => {
    const told = new Told([]);
    expect(await failure(evaluate(stream("ab"), [told], { holdout }))).toMatchObject({ name: "MfnError", code: "ERR_ARGUMENT" });
    expect(told.learned).toBe(0);
  });

  test("with nothing to score all is zero, and no share is NaN", async () => {
    const zero = { hitAt1: 0, hitAt3: 0, hitAt5: 0, hitAt10: 0, meanReciprocalRank: 0, n: 0 };
    for (const operations of [[], stream("a"), [{ op: "remember", key: "a" } as const], [observe("s", "a"), observe("t", "a")]]) {
      expect(await evaluate(operations, [mostPopular(), new FirstOrderMarkov()])).toEqual([
        { method: "most-popular", ...zero },
        { method: "first-order Markov", ...zero },
      ]);
    }
    expect(await evaluate(stream("ab"), [])).toEqual([]);
  });

  test("says how far it is, and lets other work go on", async () => {
    const shares: number[] = [];
    let others = 0;
    const timer = setInterval(() => others++, 1);
    const slow: Predictor = {
      method: "slow",
      predict: () => ({ rank: 0 }),
      apply() {
        const began = performance.now();
        while (performance.now() - began < 5);
      },
    };
    await evaluate(stream("ab".repeat(30)), [slow], { onProgress: (done) => shares.push(done) });
    clearInterval(timer);
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(others).toBeGreaterThan(0);
  });

  test("stops when it is aborted: at once, and in the midst of it", async () => {
    const told = new Told([]);
    const reason = new Error("enough");
    expect(await failure(evaluate(stream("ab"), [told], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(told.learned).toBe(0);

    const abort = new AbortController();
    setTimeout(() => abort.abort(), 60);
    let applied = 0;
    const busy: Predictor = {
      method: "busy",
      predict: () => ({ rank: 0 }),
      apply() {
        applied++;
        const began = performance.now();
        while (performance.now() - began < 2);
      },
    };
    const operations = stream("ab".repeat(2000));
    expect(await failure(evaluate(operations, [busy], { signal: abort.signal }))).toMatchObject({ name: "AbortError" });
    expect(applied).toBeGreaterThan(0);
    expect(applied).toBeLessThan(operations.length);
  });

  test("what a predictor throws comes out", async () => {
    const reason = new Error("broken");
    const broken: Predictor = {
      method: "broken",
      predict: () => ({ rank: 1 }),
      apply() {
        throw reason;
      },
    };
    expect(await failure(evaluate(stream("ab"), [broken]))).toBe(reason);
  });
});
