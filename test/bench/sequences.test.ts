import { describe, expect, it } from "vitest";
import { AllKOrderMarkov, Constant, DependencyGraph } from "../../bench/sequences/baselines.js";
import { FOLDS, foldsOf, overall } from "../../bench/sequences/protocol.js";
import { bmsSet, leviathanSet, parseSign, parseWords, type SequenceSet, shapeOf, signSet, visited } from "../../bench/sequences/sets.js";
import { haveData } from "../helpers/data.js";

describe("sets", () => {
  it("go back to the page from which the present one was reached", () => {
    expect(visited(["a", "b", "<", "c", "d", "<", "<", "e"])).toEqual(["a", "b", "a", "c", "d", "c", "a", "e"]);
  });

  it("have utterances of ten items at least, without marks and repetitions", () => {
    const rows = ["#x", "1 1 2 3 4 4 -11", "1 5 6 7 8 9 -12", "1 10 ", "2 10 11", "3 1 2 3 4 5 6 7 8 9 10 11 "];
    expect(parseSign(rows.join("\n"))).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ]);
  });

  it("split text at spaces and end sentences with the punctuation", () => {
    expect(parseWords("  a b, c\nd e2: f g.\na b c d e a?  ", 9)).toEqual([
      [1, 1, 2, 3, 4, 5, 6],
      [2, 3, 4, 5, 6, 2],
    ]);
    expect(parseWords("a b c d e f. a b c d e f.\nf e d c b a.", 2)).toHaveLength(2);
  });
});

describe("the protocol", () => {
  it("tests every sequence once in an order, and learns all others", () => {
    for (const count of [14, 30, 101]) {
      const folds = foldsOf(count, 3);
      expect(folds).toHaveLength(FOLDS);
      expect(folds.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      for (const { train, test } of folds) expect(new Set([...train, ...test]).size).toBe(count);
    }
  });

  const set: SequenceSet = {
    name: "made",
    sequences: Array.from({ length: 42 }, (_, i) => [1, 2, 3, 4 + (i % 2)]),
    window: 2,
    consequent: 1,
  };

  it("shows a model the window, and scores what it says", () => {
    const seen = new Set<string>();
    const model = () => ({ train: () => {}, guess: (before: number[]) => seen.add(before.join()).size && 4 });
    const { share, guesses, error } = overall(set, model);
    expect([...seen]).toEqual(["2,3"]);
    expect([share, guesses]).toEqual([0.5, 126]);
    expect(error).toBeCloseTo(Math.sqrt(0.25 / 41), 10);
    // Items before the last two: the guess is right if it is among these.
    expect(overall({ ...set, consequent: 2 }, () => new Constant(3)).share).toBe(1);
    expect(overall({ ...set, consequent: 4 }, () => new Constant(3)).share).toBe(0);
  });

  it("learns once what folds have in common, of a model that can be copied", () => {
    const sequences = Array.from({ length: 45 }, (_, i) => Array.from({ length: 3 + (i % 7) }, (_, j) => (i * i + j * (i % 3)) % 11));
    const some: SequenceSet = { name: "made", sequences, window: 3, consequent: 1 };
    class Copied extends AllKOrderMarkov {
      readonly learned: number[][] = [];

      override train(sequence: number[]): void {
        super.train(sequence);
        this.learned.push(sequence);
      }

      copy(): this {
        const copy = new Copied();
        for (const q of this.learned) copy.train(q);
        return copy as this;
      }
    }
    const { share, error, guesses } = overall(some, () => new AllKOrderMarkov());
    expect(overall(some, () => new Copied())).toMatchObject({ share, error, guesses });
    expect(share).toBeGreaterThan(0);
  });

  it("has models that guess what came most often", () => {
    for (const Model of [DependencyGraph, AllKOrderMarkov]) {
      const model = new Model();
      expect(model.guess([1])).toBe(undefined);
      for (const q of [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 5],
        [4, 2, 5],
      ])
        model.train(q);
      expect(model.guess([9, 2])).toBe(3);
      expect(model.guess([4, 2])).toBe(Model === DependencyGraph ? 3 : 5);
    }
  });
});

const percent = (x: number) => 100 * x;

describe.skipIf(!haveData("sequences"))("the framework's own figures come out again", () => {
  const sets = [bmsSet, signSet, leviathanSet].map((load) => load() as SequenceSet);

  it("sizes", () => {
    const shapes = sets.map(shapeOf).map(({ sequences, alphabet, meanLength }) => [sequences, alphabet, Number(meanLength.toFixed(1))]);
    expect(shapes.slice(0, 2)).toEqual([
      [4865, 494, 11.2],
      [730, 267, 93.0],
    ]);
  });

  it.each<[string, number, string, number, typeof DependencyGraph | typeof AllKOrderMarkov]>([
    ["BMS", 0, "DG", 36.32, DependencyGraph],
    ["BMS", 0, "AKOM", 31.43, AllKOrderMarkov],
    ["SIGN", 1, "DG", 2.06, DependencyGraph],
    ["SIGN", 1, "AKOM", 7.81, AllKOrderMarkov],
    ["LEVIATHAN", 2, "DG", 7.01, DependencyGraph],
  ])("accuracy of $0, $2 within two standard errors", (_name, i, _model, published, Model) => {
    // Both figures are of one random order, so both have an error.
    const { share, error } = overall(sets[i], () => new Model(), 1);
    expect(Math.abs(percent(share) - published)).toBeLessThan(2 * percent(error));
  });
});
