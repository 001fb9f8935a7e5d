import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DsrCore } from "../../src/layers/dsr/core.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { VectorOracle } from "../oracle/vectors.js";
import { expectNeighbors, makeStore, wholeVector } from "./helpers.js";

const metrics = ["l2", "ip", "cosine"] as const;

describe.each(builds)("Dsr against the oracle (%s)", (build) => {
  test.each(metrics)("random operations, %s", (metric) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 37 }), fc.integer(), fc.integer({ min: 1, max: 60 }), (dimensions, seed, ids) => {
        const random = new Random(seed);
        const store = makeStore(build, { dimensions, metric });
        const oracle = new VectorOracle(metric);
        for (let step = 0; step < 60; step++) {
          const id = random.below(ids);
          const vector = wholeVector(random, dimensions);
          const kind = random.next();
          if (kind < 0.3) {
            expect(store.add(id, step % 2 === 0 ? vector : Array.from(vector))).toBe(oracle.add(id, vector));
          } else if (kind < 0.4) {
            const many = Array.from({ length: random.below(9) }, () => random.below(ids));
            const vectors = new Float32Array(many.length * dimensions);
            many.forEach((m, i) => {
              const v = wholeVector(random, dimensions);
              vectors.set(v, i * dimensions);
              oracle.add(m, v);
            });
            store.addMany(many, vectors);
          } else if (kind < 0.6) {
            expect(store.remove(id)).toBe(oracle.rows.delete(id));
          } else if (kind < 0.75) {
            const k = 1 + random.below(12);
            expectNeighbors(store, oracle, store.search(vector, { k }), vector, k, []);
            expectNeighbors(store, oracle, store.search(vector, { k, exclude: id }), vector, k, [id]);
          } else if (kind < 0.9) {
            if (!store.has(id)) continue;
            const k = 1 + random.below(12);
            const row = oracle.rows.get(id)!;
            expectNeighbors(store, oracle, store.searchById(id, { k }), row, k, [id]);
            const other = random.below(ids);
            expectNeighbors(store, oracle, store.searchById(id, { k, exclude: other }), row, k, [id, other]);
          } else {
            const list = Array.from({ length: random.below(11) }, () => random.below(ids + 5));
            const digits = metric === "cosine" ? 5 : 12;
            const compare = (got: Float32Array, query: ArrayLike<number>) => {
              const want = oracle.distances(query, list);
              want.forEach((w, i) => {
                if (w === Infinity) expect(got[i]).toBe(Infinity);
                else expect(got[i]).toBeCloseTo(w, digits);
              });
            };
            compare(store.distances(vector, list), vector);
            const out = new Float32Array(list.length + 3).fill(7);
            if (store.has(id)) compare(store.distancesById(id, Int32Array.from(list), out), oracle.rows.get(id)!);
            expect(out[list.length + 2]).toBe(7);
          }
        }
        expect(store.size).toBe(oracle.rows.size);
        for (let id = 0; id < ids + 2; id++) {
          const row = oracle.rows.get(id);
          expect(store.has(id)).toBe(row !== undefined);
          const got = store.vector(id);
          if (row === undefined) expect(got).toBeUndefined();
          else if (metric !== "cosine") expect(got).toEqual(row);
          else {
            row.forEach((x, i) => {
              expect(got![i]).toBeCloseTo(x, 5);
            });
          }
        }
        store.dispose();
      }),
      { numRuns: 25 },
    );
  });

  test.each(metrics)("many segments of rows, many ties, %s", (metric) => {
    const random = new Random(3);
    const store = makeStore(build, { dimensions: 3, metric, capacity: 100 });
    const oracle = new VectorOracle(metric);
    const n = 9001;
    const ids = Array.from({ length: n }, (_, i) => (i * 7919) % n);
    const vectors = new Float32Array(n * 3);
    ids.forEach((id, i) => {
      const v = wholeVector(random, 3);
      vectors.set(v, i * 3);
      oracle.add(id, v);
    });
    store.addMany(ids, vectors);
    for (const id of ids.slice(0, 300)) {
      store.remove(id);
      oracle.rows.delete(id);
    }
    expect(store.stats().capacity).toBeGreaterThanOrEqual(n);
    for (let q = 0; q < 4; q++) {
      const query = wholeVector(random, 3);
      const k = [1, 10, 777, 20_000][q];
      expectNeighbors(store, oracle, store.search(query, { k }), query, k, []);
    }
    const list = Array.from({ length: 10_000 }, (_, i) => i);
    const got = store.distances([1, 2, 3], list);
    oracle.distances([1, 2, 3], list).forEach((w, i) => {
      if (metric !== "cosine" || w === Infinity) expect(got[i]).toBe(w);
      else expect(Math.abs(got[i] - w)).toBeLessThan(1e-6);
    });
  });

  test.each(metrics)("vectors larger than the window, %s", (metric) => {
    const dimensions = 20_003;
    const random = new Random(9);
    const store = makeStore(build, { dimensions, metric });
    const oracle = new VectorOracle(metric);
    for (const id of [4, 0, 9]) {
      const v = wholeVector(random, dimensions);
      expect(store.add(id, v)).toBe(true);
      oracle.add(id, v);
    }
    const v = wholeVector(random, dimensions);
    expect(store.add(4, Array.from(v))).toBe(false);
    oracle.add(4, v);
    const many = new Float32Array(6 * dimensions);
    for (let i = 0; i < 6; i++) {
      const row = wholeVector(random, dimensions);
      many.set(row, i * dimensions);
      oracle.add(10 + i, row);
    }
    store.addMany([10, 11, 12, 13, 14, 15], many);
    const query = wholeVector(random, dimensions);
    expectNeighbors(store, oracle, store.search(query, { k: 5, exclude: 11 }), query, 5, [11]);
    expectNeighbors(store, oracle, store.searchById(9, { k: 20 }), oracle.rows.get(9)!, 20, [9]);
    expect(store.distances(query, [0, 1, 15])[1]).toBe(Infinity);
    expect(store.distances(query, [0, 1, 15])[2]).toBeCloseTo(oracle.distance(query, oracle.rows.get(15)!), 4);
    if (metric !== "cosine") expect(store.vector(12)).toEqual(oracle.rows.get(12));
  });

  test("a distance has the same bits from a scan, from a list, and from an item", () => {
    const random = new Random(1);
    for (const metric of metrics) {
      const store = makeStore(build, { dimensions: 45, metric });
      for (let id = 0; id < 200; id++) store.add(id, random.vector(45));
      const query = store.vector(17)!;
      const { ids, distances } = store.search(query, { k: 200 });
      expect(store.distances(query, ids)).toEqual(distances);
      for (const id of ids) expect(store.distances(query, [id])[0]).toBe(distances[ids.indexOf(id)]);
      const near = store.searchById(17, { k: 199 });
      expect(store.distancesById(17, near.ids)).toEqual(near.distances);
    }
  });

  test("equal distances go by id, wherever the rows lie", () => {
    const store = makeStore(build, { dimensions: 2, metric: "ip" });
    for (const id of [9, 3, 70, 1, 5]) store.add(id, [0, 0]);
    store.add(2, [-1, 0]);
    expect([...store.search([0, 3], { k: 4 }).ids]).toEqual([1, 2, 3, 5]);
    expect([...store.search([1, 0]).ids]).toEqual([1, 3, 5, 9, 70, 2]);
    expect(Object.is(store.search([0, -3]).distances[0], 0)).toBe(true);
  });

  test("cosine: the zero vector is at 1, lengths do not matter, extremes neither", () => {
    const store = makeStore(build, { dimensions: 3 });
    store.add(0, [0, 0, 0]);
    store.add(1, [1e30, 1e30, 0]);
    store.add(2, [1e-30, 1e-30, 1e-30]);
    store.add(3, [-1, -1, 0]);
    store.add(4, [1e-44, 0, 0]);
    expect([...store.search([3, 3, 0]).ids]).toEqual([1, 2, 4, 0, 3]);
    const { distances } = store.search([3, 3, 0]);
    const want = [0, 1 - 2 / Math.sqrt(6), 1 - Math.SQRT1_2, 1, 2];
    want.forEach((w, i) => {
      expect(distances[i]).toBeCloseTo(w, 6);
    });
    expect([...store.search([0, 0, 0]).distances]).toEqual([1, 1, 1, 1, 1]);
    expect(store.vector(1)![0] / 1e30).toBeCloseTo(1, 6);
    expect(store.vector(2)![2] / 1e-30).toBeCloseTo(1, 6);
  });

  test("l2 and ip: the longest vectors give finite distances", () => {
    for (const metric of ["l2", "ip"] as const) {
      const store = makeStore(build, { dimensions: 1, metric });
      store.add(0, [2 ** 50]);
      store.add(1, [-(2 ** 50)]);
      const { ids, distances } = store.search([2 ** 50]);
      expect([...ids]).toEqual([0, 1]);
      expect([...distances]).toEqual(metric === "l2" ? [0, 2 ** 102] : [-(2 ** 100), 2 ** 100]);
    }
  });

  test("an empty store answers", () => {
    const store = makeStore(build, { dimensions: 4 });
    expect(store.search([1, 2, 3, 4]).ids.length).toBe(0);
    expect([...store.distances([1, 2, 3, 4], [0, 2 ** 31 - 1])]).toEqual([Infinity, Infinity]);
    expect(store.distances([1, 2, 3, 4], []).length).toBe(0);
    store.addMany([], new Float32Array(0));
    expect(store.size).toBe(0);
    expect(store.remove(2 ** 31 - 1)).toBe(false);
  });
});

test("create and createSync make the same", async () => {
  const a = await DsrCore.create({ dimensions: 2 });
  const b = DsrCore.createSync({ dimensions: 2 });
  for (const store of [a, b]) {
    store.add(1, [1, 2]);
    expect(store.metric).toBe("cosine");
    expect(store.stats()).toMatchObject({ size: 1, dimensions: 2, metric: "cosine" });
  }
  expect(a.image()).toEqual(b.image());
});
