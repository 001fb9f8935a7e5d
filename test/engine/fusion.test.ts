import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CandidateSet } from "../../src/engine/candidates.js";
import { COLUMN, FEATURES, LAYER_OF_COLUMN, LAYERS, maskOf } from "../../src/engine/features.js";
import { Fusion, type Situation } from "../../src/engine/fusion.js";

/** A set of candidates with these features in the first columns. */
function setOf(rows: number[][]): CandidateSet {
  const set = new CandidateSet();
  set.clear();
  rows.forEach((row, id) => {
    set.features.set(row, set.add(id) * FEATURES);
  });
  return set;
}

/** The same softmax with the host's arithmetic. */
function oracle(fusion: Fusion, rows: number[][], situation: Situation, mask: number): number[] {
  const weights = Object.values(fusion.named(situation)).map((w, f) => ((mask >> LAYER_OF_COLUMN[f]) & 1 ? w : 0));
  const scores = rows.map((row) => Math.exp(row.reduce((sum, x, f) => sum + x * weights[f], 0)));
  const total = scores.reduce((a, b) => a + b);
  return scores.map((score) => (score / total) * (1 - fusion.escapeOf(situation, mask)));
}

const situation = fc.record({ sureness: fc.integer({ min: 0, max: 4 }), length: fc.integer({ min: 0, max: 8 }) });
const one = { sureness: 1, length: 3 };
const row = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: FEATURES, maxLength: FEATURES });

describe("fusion", () => {
  test("gives the softmax of the weighted features, for any set of layers", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), situation, fc.integer({ min: 0, max: 15 }), (rows, s, mask) => {
        const fusion = new Fusion();
        const p = fusion.probabilities(setOf(rows), s, mask);
        const expected = oracle(fusion, rows, s, mask);
        expected.forEach((value, i) => {
          expect(p[i]).toBeCloseTo(value, 12);
        });
      }),
    );
  });

  test("learns which feature tells the truth", () => {
    const fusion = new Fusion();
    const good = COLUMN.similarToCurrent;
    const bad = COLUMN.edge;
    let before = 0;
    let after = 0;
    for (let t = 0; t < 400; t++) {
      const truth = t % 5;
      const rows = Array.from({ length: 5 }, (_, id) => {
        const features = new Array(FEATURES).fill(0);
        features[good] = id === truth ? 1 : 0;
        features[bad] = id === (truth + 1) % 5 ? 1 : 0;
        return features;
      });
      const { bits } = fusion.learn(setOf(rows), one, truth);
      if (t < 20) before += bits / 20;
      if (t >= 380) after += bits / 20;
    }
    expect(after).toBeLessThan(before / 3);
    const { similarToCurrent, edge } = fusion.named(one);
    expect(similarToCurrent).toBeGreaterThan(2);
    expect(edge).toBeLessThan(0);
    expect(fusion.gain[LAYERS.indexOf("dsr")]).toBeGreaterThan(fusion.gain[LAYERS.indexOf("alm")]);
  });

  test("learns how often the event is no candidate", () => {
    const fusion = new Fusion();
    for (let t = 0; t < 2000; t++) fusion.learn(setOf([new Array(FEATURES).fill(0)]), { sureness: 2, length: 1 }, t % 2 === 0 ? 0 : 77);
    expect(fusion.escape[2]).toBeGreaterThan(0.45);
    expect(fusion.escape[2]).toBeLessThan(0.55);
    expect(fusion.escape[1]).toBe(0.2);
  });

  test("never rules out that the event is no candidate", () => {
    const fusion = new Fusion();
    for (let t = 0; t < 5000; t++) fusion.learn(setOf([new Array(FEATURES).fill(0)]), one, 0);
    expect(fusion.escape[one.sureness]).toBe(1 / 8192);
    expect(fusion.learn(setOf([new Array(FEATURES).fill(0)]), one, 7).bits).toBeCloseTo(13, 9);
  });

  test("a layer's evidence adds up to the candidate's score", () => {
    const fusion = new Fusion();
    const rows = [Array.from({ length: FEATURES }, (_, f) => f / 10), new Array(FEATURES).fill(0)];
    const set = setOf(rows);
    const sum = fusion.evidence(set, 0, one).reduce((a, b) => a + b);
    const p = fusion.probabilities(set, one);
    expect(Math.log(p[0] / p[1])).toBeCloseTo(sum, 10);
  });

  test("one layer alone uses that layer's columns only", () => {
    const rows = [new Array(FEATURES).fill(0), new Array(FEATURES).fill(0)];
    rows[0][COLUMN.edge] = 5;
    const [a, b] = new Fusion().probabilities(setOf(rows), one, maskOf(["cpe"]));
    expect(a).toBe(b);
  });
});

test("a candidate set keeps every id once, through growth and reuse", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 600 }), { minLength: 1, maxLength: 4 }), (rounds) => {
      const set = new CandidateSet();
      for (const ids of rounds) {
        set.clear();
        for (const id of ids) set.features[set.add(id) * FEATURES] = id;
        const distinct = [...new Set(ids)];
        expect([...set.list()]).toEqual(distinct);
        for (const id of distinct) expect(set.features[set.find(id) * FEATURES]).toBe(id);
        expect(set.find(5001)).toBe(-1);
        expect(set.find(-1)).toBe(-1);
      }
    }),
    { numRuns: 50 },
  );
});
