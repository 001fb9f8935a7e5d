// Random operations against the oracle: exact answers at recall 1, and at less than that right ones.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dsr, Neighbors } from "../../src/dsr.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { VectorOracle } from "../oracle/vectors.js";
import { expectNeighbors, wholeVector } from "./helpers.js";
import { expectSame, forms, makeIndex, nearest, range } from "./index-helpers.js";

/** What holds of every answer, whatever it leaves out. */
function expectSound(dsr: Dsr, query: ArrayLike<number>, { ids, distances }: Neighbors, k: number, candidates: readonly number[]): void {
  expect(ids.length).toBe(Math.min(k, candidates.length));
  expect(new Set(ids).size).toBe(ids.length);
  const allowed = new Set(candidates);
  expect([...ids].every((id) => allowed.has(id))).toBe(true);
  expectSame({ ids, distances: dsr.distances(query, ids) }, { ids, distances });
  for (let i = 1; i < ids.length; i++) {
    expect(distances[i] > distances[i - 1] || (distances[i] === distances[i - 1] && ids[i] > ids[i - 1])).toBe(true);
  }
}

/**
 * Expects the k nearest of all: by the oracle, or where rows are rounded by the oracle's distances to what was kept.
 * @param item the vector that was asked with, if it is one of the index: given back as numbers it may be rounded another way
 */
function expectExact(
  dsr: Dsr,
  oracle: VectorOracle,
  got: Neighbors,
  query: ArrayLike<number>,
  k: number,
  exclude: readonly number[],
  item?: number,
): void {
  if (dsr.rows === "f32") {
    expectNeighbors(dsr, oracle, got, query, k, exclude);
    return;
  }
  const among = [...oracle.rows.keys()].filter((id) => !exclude.includes(id));
  const distances = item === undefined ? dsr.distances(query, among) : dsr.distancesById(item, among);
  expectSame(got, nearest(among, distances, k));
  const size = Math.hypot(...Array.from(query));
  got.ids.forEach((id, i) => {
    const kept = dsr.vector(id)!;
    const given = oracle.rows.get(id)!;
    const length = Math.hypot(...kept);
    const most = Math.max(...given.map(Math.abs));
    // A number is off by half a step at most, under cosine but for the length, which is kept.
    const step = oracle.metric === "cosine" ? (most / 127) * 1.5 : most / 254;
    expect(Math.max(...kept.map((x, j) => Math.abs(x - given[j])))).toBeLessThanOrEqual(
      step * 1.0001 * (oracle.metric === "cosine" ? Math.sqrt(kept.length) : 1),
    );
    // The query is rounded to 1e-5 of its length.
    const scale = oracle.metric === "cosine" ? 1 : oracle.metric === "ip" ? size * length : (size + length) ** 2;
    expect(Math.abs(got.distances[i] - oracle.distance(query, kept))).toBeLessThanOrEqual(1e-4 * Math.sqrt(kept.length) * scale + 1e-6);
  });
}

/** A random filter of ids below `ids`. */
function randomFilter(random: Random, ids: number): Uint32Array {
  const share = random.pick([0.02, 0.3, 0.9, 1]);
  const filter = new Uint32Array(random.below(3) === 0 ? ids >> 6 : (ids + 31) >> 5);
  for (let id = 0; id < filter.length * 32; id++) if (random.next() < share) filter[id >> 5] |= 1 << (id & 31);
  return filter;
}

const passes = (filter: Uint32Array, id: number) => id >> 5 < filter.length && ((filter[id >> 5] >>> (id & 31)) & 1) === 1;

describe.each(builds)("Dsr against the oracle (%s)", (build) => {
  test.each(forms)("random operations, $metric, $rows", ({ metric, rows }) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 37 }),
        fc.integer(),
        fc.constantFrom(0, 0.4, 1),
        fc.integer({ min: 20, max: 150 }),
        (dimensions, seed, secondWinners, ids) => {
          const random = new Random(seed);
          const dsr = makeIndex(build, { dimensions, metric, rows, secondWinners, seed });
          const oracle = new VectorOracle(metric);
          const row = () => (random.next() < 0.5 ? wholeVector(random, dimensions) : new Float32Array(dimensions).fill(random.below(3)));
          for (let step = 0; step < 160; step++) {
            const id = random.below(ids);
            const vector = row();
            const kind = random.next();
            if (kind < 0.3) {
              expect(dsr.add(id, vector)).toBe(oracle.add(id, vector));
            } else if (kind < 0.4) {
              const many = range(random.below(20)).map(() => random.below(ids));
              const vectors = new Float32Array(many.length * dimensions);
              many.forEach((m, i) => {
                const v = row();
                vectors.set(v, i * dimensions);
                oracle.add(m, v);
              });
              dsr.addMany(many, vectors);
            } else if (kind < 0.45) {
              if (!oracle.rows.has(id)) continue;
              dsr.update(id, vector);
              oracle.add(id, vector);
            } else if (kind < 0.6) {
              expect(dsr.remove(id)).toBe(oracle.rows.delete(id));
            } else if (kind < 0.64) {
              if (oracle.rows.size < 16) continue;
              const report = dsr.learn({
                neurons: random.pick([4, 8, 13]),
                plasticity: random.next() < 0.8,
                homeostasis: random.next() < 0.8,
              });
              expect(report.rows).toBe(oracle.rows.size);
              expect(dsr.stats().indexed).toBe(oracle.rows.size);
            } else if (kind < 0.75) {
              const k = 1 + random.below(12);
              expectExact(dsr, oracle, dsr.search(vector, { k, recall: 1 }), vector, k, []);
              expectExact(dsr, oracle, dsr.search(vector, { k, recall: 1, exclude: id }), vector, k, [id]);
              if (!oracle.rows.has(id)) continue;
              const own = rows === "f32" ? oracle.rows.get(id)! : dsr.vector(id)!;
              expectExact(dsr, oracle, dsr.searchById(id, { k, recall: 1 }), own, k, [id], id);
              const other = random.below(ids);
              expectExact(dsr, oracle, dsr.searchById(id, { k, recall: 1, exclude: other }), own, k, [id, other], id);
            } else {
              const k = 1 + random.below(30);
              const look = random.pick([{ recall: 0.9 }, { probes: 1 }, { probes: 2, candidates: 3 }, { candidates: 1 }, { probes: 99 }]);
              const all = [...oracle.rows.keys()];
              expectSound(dsr, vector, dsr.search(vector, { k, ...look }), k, all);
              const filter = randomFilter(random, ids);
              const inside = all.filter((x) => passes(filter, x) && x !== id);
              expectSound(dsr, vector, dsr.search(vector, { k, ...look, filter, exclude: id }), k, inside);
              if (!oracle.rows.has(id)) continue;
              const found = dsr.searchById(id, { k, ...look, filter });
              expect(found.ids.length).toBe(Math.min(k, inside.length));
              expect([...found.ids].every((x) => inside.includes(x))).toBe(true);
              expectSame({ ids: found.ids, distances: dsr.distancesById(id, found.ids) }, found);
            }
          }
          expect(dsr.size).toBe(oracle.rows.size);
          expect(range(ids + 2).map((id) => dsr.has(id))).toEqual(range(ids + 2).map((id) => oracle.rows.has(id)));
          dsr.dispose();
        },
      ),
      // Once: a vector of bytes under cosine that is rounded another way when it is given back as numbers.
      { numRuns: build === "debug" ? 8 : 25, examples: [[35, 991298721, 0, 51]] },
    );
  });

  test("learns by itself at 4,096 vectors, and again at twice as many; answers stay right while vectors come and go", () => {
    const dimensions = 4;
    const random = new Random(5);
    const dsr = makeIndex(build, { dimensions, metric: "l2", neurons: 32 });
    const oracle = new VectorOracle("l2");
    const add = (id: number) => {
      const v = wholeVector(random, dimensions).map((x) => x * (1 + random.below(50)));
      oracle.add(id, v);
      return v;
    };
    dsr.addMany(range(4000), Float32Array.from(range(4000).flatMap((id) => [...add(id)])));
    expect(dsr.stats()).toMatchObject({ neurons: 0, indexed: 0 });
    for (let id = 4000; id < 4095; id++) dsr.add(id, add(id));
    expect(dsr.stats()).toMatchObject({ neurons: 0, indexed: 0 });
    dsr.add(4095, add(4095));
    expect(dsr.stats()).toMatchObject({ neurons: 32, indexed: 4096 });
    const neurons = dsr.winners([0, 0, 0, 0], 32);
    for (let step = 0; step < 300; step++) {
      const id = random.below(4400);
      if (random.next() < 0.4) expect(dsr.remove(id)).toBe(oracle.rows.delete(id));
      else dsr.add(id, add(id));
      if (step % 25 !== 0) continue;
      const query = wholeVector(random, dimensions);
      expectNeighbors(dsr, oracle, dsr.search(query, { k: 5, recall: 1 }), query, 5, []);
      expectSound(dsr, query, dsr.search(query, { k: 5, recall: 0.9 }), 5, [...oracle.rows.keys()]);
    }
    expect(dsr.stats().indexed).toBe(oracle.rows.size);
    expect([...dsr.winners([0, 0, 0, 0], 32)]).toEqual([...neurons]);
    const more = range(8192 - dsr.size, 5000);
    dsr.addMany(more, Float32Array.from(more.flatMap((id) => [...add(id)])));
    expect([...dsr.winners([0, 0, 0, 0], 32)]).not.toEqual([...neurons]);
    expect(dsr.stats()).toMatchObject({ size: 8192, indexed: 8192 });
    const query = wholeVector(random, dimensions);
    expectNeighbors(dsr, oracle, dsr.search(query, { k: 5, recall: 1 }), query, 5, []);
  });

  test("autoLearn: false: nothing learns unless it is told to", () => {
    const random = new Random(2);
    const dsr = makeIndex(build, { dimensions: 2, metric: "l2", autoLearn: false, neurons: 16 });
    dsr.addMany(range(5000), random.vector(10_000));
    expect(dsr.stats()).toMatchObject({ neurons: 0, indexed: 0, imbalance: 0 });
    dsr.learn();
    expect(dsr.stats()).toMatchObject({ neurons: 16, indexed: 5000 });
  });
});
