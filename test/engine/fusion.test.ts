import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CandidateSet } from "../../src/engine/candidates.js";
import { ALL_LAYERS, bitOf, Column, DEEP, FEATURE_TABLE, LAYERS, maskOf } from "../../src/engine/features.js";
import { Fusion, type FusionOptions, QUICK, type Situation } from "../../src/engine/fusion.js";
import { COLUMNS, WEIGHTS } from "../../src/engine/fusion-module.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { FusionOracle, type OracleRow } from "../oracle/fusion.js";

const FEATURES = FEATURE_TABLE.length;
const WHOLE = ALL_LAYERS | DEEP;
const one: Situation = { sureness: 1, length: 3, history: 3, revisit: 0, few: false };

const fusionOf = (options: FusionOptions = {}, build: Build = "release") => Fusion.createSync({ ...options, wasm: wasm("fusion", build) });

/** A set of candidates with these features in the first columns; ids are their numbers. */
function setOf(fusion: Fusion, rows: readonly OracleRow[]): CandidateSet {
  const set = fusion.candidates;
  set.clear();
  rows.forEach(({ features, named }, id) => {
    set.naming = named;
    const at = set.at(set.add(id));
    set.features.set(features, at);
  });
  return set;
}

/** Rows that all layers named. */
const rowsOf = (features: readonly number[][]): OracleRow[] => features.map((row) => ({ features: row, named: ALL_LAYERS }));
const nothing = () => new Array<number>(FEATURES).fill(0);

/** An oracle that starts as the fusion does: the weights into the hidden units are read from the module. */
function oracleOf(fusion: Fusion): FusionOracle {
  const from = (WEIGHTS >>> 2) + 2 * 15 * COLUMNS;
  const row = (i: number) => Array.from(fusion.kernel.f32.subarray(from + i * 16, from + (i + 1) * 16));
  const columns = FEATURE_TABLE.map(([, layer, prior, deep]) => ({ prior, needs: bitOf(layer) | (deep ? DEEP : 0) }));
  const inward = [...columns.map((_, c) => row(c)), ...Array.from({ length: 16 }, (_, j) => row(COLUMNS + j))];
  return new FusionOracle(columns, inward);
}

const situation = fc.record({
  sureness: fc.integer({ min: 0, max: 4 }),
  length: fc.integer({ min: 0, max: 8 }),
  history: fc.integer({ min: 0, max: 16 }),
  revisit: fc.integer({ min: 0, max: 1 }),
  few: fc.boolean(),
});
const value = fc.oneof(fc.constant(0), fc.float({ min: -3, max: 3, noNaN: true }));
const row = fc.record({
  features: fc.array(value, { minLength: FEATURES, maxLength: FEATURES }),
  named: fc.integer({ min: 1, max: 31 }),
});
const lesson = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 20 }),
  situation,
  mask: fc.integer({ min: 0, max: 31 }),
  truth: fc.nat(),
});

describe.each(builds)("the fusion's module, %s", (build) => {
  test("scores, shares and learns as the oracle does", () => {
    fc.assert(
      fc.property(fc.array(lesson, { minLength: 1, maxLength: 25 }), fc.integer(), (lessons, seed) => {
        const fusion = fusionOf({ seed }, build);
        const oracle = oracleOf(fusion);
        for (const { rows, situation: s, mask, truth } of lessons) {
          const set = setOf(fusion, rows);
          fusion.weigh(set, s, mask);
          oracle.shares(rows, s, mask).forEach((share, i) => {
            expect(set.share(i)).toBeCloseTo(share, 3);
          });
          const { x } = fusion.kernel;
          expect(x.score(set.address(0))).toBeCloseTo(oracle.score(rows.length, rows[0].features, s, mask), 2);
          const came = truth % rows.length;
          if ((rows[came].named & mask) === 0) continue;
          fusion.weigh(set, s, mask);
          x.learn(set.rows, set.size, came);
          oracle.learn(rows, s, mask, came);
        }
        const { weights } = oracle;
        const named = Object.values(fusion.named(one));
        named.forEach((weight, c) => {
          expect(weight).toBeCloseTo(weights[1][c] + weights[8][c] + weights[14][c], 2);
        });
        fusion.dispose();
      }),
      { numRuns: 40 },
    );
  });

  test("shares sum to 1, and are 0 for candidates that no layer of the mask named", () => {
    fc.assert(
      fc.property(lesson, ({ rows, situation: s, mask }) => {
        const fusion = fusionOf({}, build);
        const set = setOf(fusion, rows);
        fusion.weigh(set, s, mask);
        const shares = set.shares();
        rows.forEach(({ named }, i) => {
          if ((named & mask) === 0) expect(shares[i]).toBe(0);
          else expect(shares[i]).toBeGreaterThan(0);
        });
        if (rows.some(({ named }) => (named & mask) !== 0)) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        fusion.dispose();
      }),
    );
  });
});

test("both builds learn the same bytes", () => {
  fc.assert(
    fc.property(fc.array(lesson, { maxLength: 30 }), (lessons) => {
      const images = builds.map((build) => {
        const fusion = fusionOf({ seed: 5 }, build);
        for (const { rows, situation: s, truth } of lessons) fusion.learn(setOf(fusion, rows), s, truth % (rows.length + 1));
        return Buffer.from(fusion.image());
      });
      expect(images[0].equals(images[1])).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("every feature has its own column, in the order of the table", () => {
  expect(FEATURE_TABLE.map(([name]) => Column[name])).toEqual(FEATURE_TABLE.map((_, i) => i));
  expect(FEATURES).toBeLessThanOrEqual(COLUMNS);
});

describe("fusion", () => {
  test("learns which feature tells the truth", () => {
    const fusion = fusionOf();
    let before = 0;
    let after = 0;
    for (let t = 0; t < 400; t++) {
      const truth = t % 5;
      const rows = Array.from({ length: 5 }, (_, id) => {
        const features = nothing();
        features[Column.similarToCurrent] = id === truth ? 1 : 0;
        features[Column.edge] = id === (truth + 1) % 5 ? 1 : 0;
        return features;
      });
      const { bits } = fusion.learn(setOf(fusion, rowsOf(rows)), one, truth);
      if (t < 20) before += bits / 20;
      if (t >= 380) after += bits / 20;
    }
    expect(after).toBeLessThan(before / 3);
    expect(fusion.named(one)["similarToCurrent"]).toBeGreaterThan(1);
    expect(fusion.gain[LAYERS.indexOf("dsr")]).toBeGreaterThan(fusion.gain[LAYERS.indexOf("alm")]);
    expect(fusion.lessons).toBe(400);
  });

  test("learns what no weighted sum can say: that one of two is true, not both", () => {
    const fusion = fusionOf();
    let bits = 0;
    for (let t = 0; t < 3000; t++) {
      // Candidates have a link, or a vector, or both, or none; what comes has exactly one of them.
      const rows = Array.from({ length: 4 }, (_, id) => {
        const features = nothing();
        features[Column.edge] = id & 1;
        features[Column.hasVector] = id >> 1;
        return features;
      });
      const { bits: b } = fusion.learn(setOf(fusion, rowsOf(rows)), one, 1 + (t % 2));
      if (t >= 2900) bits += b / 100;
    }
    // One bit is what is left to guess; a weighted sum gives both or neither as much again: at best two bits.
    expect(bits).toBeLessThan(1.2);
  });

  test("what had nothing to say for very long begins as carefully as at first", () => {
    const moved = (lessonsBefore: number) => {
      const fusion = fusionOf();
      const { x } = fusion.kernel;
      const teach = (column: number, value: number, times: number) => {
        const rows = [nothing(), nothing()];
        rows[0][column] = value;
        const set = setOf(fusion, rowsOf(rows));
        fusion.weigh(set, one);
        for (let t = 0; t < times; t++) x.learn(set.rows, set.size, t % 2);
      };
      teach(Column.edge, 0.1, lessonsBefore);
      const before = fusion.named(one)["similarToCurrent"];
      teach(Column.similarToCurrent, 1e-4, 1);
      return Math.abs(fusion.named(one)["similarToCurrent"] - before);
    };
    const atFirst = moved(0);
    expect(atFirst).toBeGreaterThan(0);
    expect(moved(1_000_000)).toBeLessThan(2 * atFirst);
  });

  test("knows what depth brings", () => {
    const worth = (column: number) => {
      const fusion = fusionOf();
      for (let t = 0; t < 600; t++) {
        const rows = Array.from({ length: 4 }, (_, id) => {
          const features = nothing();
          features[column] = id === t % 4 ? 1 : 0;
          return features;
        });
        fusion.learn(setOf(fusion, rowsOf(rows)), one, t % 4);
      }
      return fusion.depth[one.sureness];
    };
    expect(worth(Column.similarToCurrent)).toBeGreaterThan(0.8);
    expect(worth(Column.edge)).toBeLessThan(0.1);
  });

  test("is right about answers that lack a layer", () => {
    const fusion = fusionOf();
    // ALM says which two of four it may be, CPE which one.
    const rows = (t: number): OracleRow[] =>
      Array.from({ length: 4 }, (_, id) => {
        const features = nothing();
        features[Column.edge] = id >> 1 === (t >> 1) % 2 ? 1 : 0;
        features[Column.logProbability] = id === t % 4 ? 8 : 0;
        features[Column.logPredicted] = id === t % 4 ? 8 : 0;
        return { features, named: ALL_LAYERS };
      });
    for (let t = 0; t < 4000; t++) fusion.learn(setOf(fusion, rows(t)), one, t % 4);
    const set = setOf(fusion, rows(1));
    fusion.weigh(set, one, WHOLE & ~bitOf("cpe"));
    expect(set.share(0)).toBeCloseTo(0.5, 1);
    expect(set.share(1)).toBeCloseTo(0.5, 1);
    fusion.weigh(set, one, WHOLE);
    expect(set.share(1)).toBeGreaterThan(0.9);
  });

  test("learns how often the event is no candidate, with and without a history", () => {
    const fusion = fusionOf();
    const s = { ...one, sureness: 2 };
    const set = setOf(fusion, rowsOf([nothing()]));
    for (let t = 0; t < 2000; t++) fusion.learn(set, s, t % 2 === 0 ? 0 : 77);
    expect(fusion.escape[2]).toBeGreaterThan(0.45);
    expect(fusion.escape[2]).toBeLessThan(0.55);
    expect(fusion.escape[1]).toBe(0.2);
    expect(fusion.escapeOf({ ...s, history: 0 })).toBe(0.2);
  });

  test("never rules out that the event is no candidate", () => {
    const fusion = fusionOf();
    const set = setOf(fusion, rowsOf([nothing()]));
    for (let t = 0; t < 5000; t++) fusion.learn(set, one, 0);
    expect(fusion.escape[one.sureness]).toBe(1 / 8192);
    expect(fusion.learn(set, one, 7).bits).toBeCloseTo(13, 9);
  });

  test("says how often a part of the layers misses the event", () => {
    const fusion = fusionOf();
    const rows = [
      { features: nothing(), named: bitOf("cpe") },
      { features: nothing(), named: bitOf("alm") },
    ];
    for (let t = 0; t < 3000; t++) fusion.learn(setOf(fusion, rows), one, t % 2);
    expect(fusion.escapeOf(one, maskOf(["cpe"]))).toBeCloseTo(0.5, 1);
    expect(fusion.escapeOf(one, QUICK)).toBeLessThan(0.01);
    expect(fusion.escapeOf(one, ALL_LAYERS)).toBeLessThan(0.01);
  });

  test("what a layer contributes is by how much the score falls without it", () => {
    const fusion = fusionOf();
    const rows = rowsOf([Array.from({ length: FEATURES }, (_, f) => f / 10), nothing()]);
    for (let t = 0; t < 50; t++) fusion.learn(setOf(fusion, rows), one, t % 2);
    const set = setOf(fusion, rows);
    const by = fusion.contributions(set, [0, 1], [15, 15], one, WHOLE);
    const score = (r: number, mask: number) => {
      fusion.weigh(set, one, mask);
      return fusion.kernel.x.score(set.address(r));
    };
    for (const r of [0, 1]) {
      LAYERS.forEach((layer, l) => {
        expect(by[r * LAYERS.length + l]).toBeCloseTo(score(r, WHOLE) - score(r, WHOLE & ~bitOf(layer)), 5);
      });
    }
    expect(Array.from(fusion.contributions(set, [0], [15], one, bitOf("cpe") | DEEP)).slice(0, 3)).toEqual([0, 0, 0]);
    expect(Array.from(fusion.contributions(set, [0], [bitOf("alm")], one, WHOLE))).toEqual([0, 0, by[2], 0]);
  });

  test("one layer alone uses that layer's columns only", () => {
    const fusion = fusionOf();
    const rows = rowsOf([nothing(), nothing()]);
    (rows[0].features as number[])[Column.edge] = 5;
    const set = setOf(fusion, rows);
    fusion.weigh(set, one, bitOf("cpe") | DEEP);
    expect(set.share(0)).toBe(set.share(1));
  });

  test("another seed draws other hidden units, the same seed the same", () => {
    const bytes = (seed: number) => Buffer.from(fusionOf({ seed }).image());
    expect(bytes(3).equals(bytes(3))).toBe(true);
    expect(bytes(3).equals(bytes(4))).toBe(false);
  });
});

test("a candidate set keeps every id once, through growth and reuse", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 600 }), { minLength: 1, maxLength: 4 }), (rounds) => {
      const set = fusionOf().candidates;
      for (const ids of rounds) {
        set.clear();
        ids.forEach((id, i) => {
          set.naming = 1 << (i % 4);
          const at = set.at(set.add(id));
          set.features[at] = id;
        });
        const distinct = [...new Set(ids)];
        expect([...set.list()]).toEqual(distinct);
        for (const id of distinct) {
          const r = set.find(id);
          expect(set.features[set.at(r)]).toBe(id);
          expect(Array.from(set.features.subarray(set.at(r) + 1, set.at(r) + COLUMNS))).toEqual(new Array(COLUMNS - 1).fill(0));
          expect(set.namedBy(r)).toBe(ids.reduce((bits, other, i) => (other === id ? bits | (1 << (i % 4)) : bits), 0));
        }
        expect(set.find(5001)).toBe(-1);
        expect(set.find(-1)).toBe(-1);
      }
    }),
    { numRuns: 50 },
  );
});

test("a trap in the fusion's module poisons it", () => {
  const fusion = fusionOf();
  const set = setOf(fusion, rowsOf([nothing()]));
  set.rows = -16;
  const code = (what: () => unknown) => {
    try {
      return what();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(() => fusion.weigh(set, one))).toBe("ERR_POISONED");
  expect(code(() => fusion.weigh(set, one))).toBe("ERR_POISONED");
});
