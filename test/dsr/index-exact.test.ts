// Where nothing is left out nothing is lost: all cells and all candidates give what a look at every row gives, bit for bit.
import { describe, expect, test } from "vitest";
import type { Dsr } from "../../src/dsr.js";
import type { DsrCore } from "../../src/layers/dsr/core.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { makeStore } from "./helpers.js";
import {
  bruteForce,
  clustered,
  everything,
  expectSame,
  filled,
  forms,
  makeIndex,
  metrics,
  range,
  rowsOf,
  workOf,
} from "./index-helpers.js";

/** The same random adds, updates and removals on both; learns on the way, so that some rows come before and some after. */
function change(dsr: Dsr, store: DsrCore, random: Random, vectors: readonly Float32Array[], ids: number): void {
  vectors.forEach((vector, step) => {
    const id = random.below(ids);
    const kind = random.next();
    if (kind < 0.25 && store.has(id)) {
      expect(dsr.remove(id)).toBe(store.remove(id));
    } else {
      expect(dsr.add(id, vector)).toBe(store.add(id, vector));
    }
    if (step === vectors.length >> 1) dsr.learn({ neurons: 20 });
  });
}

const shapes = [2, 3, 15, 16, 17, 100, 384];

describe.each(builds)("all cells and all candidates (%s)", (build) => {
  const small = build === "debug";

  describe.each(forms)("$metric, $rows", ({ metric, rows }) => {
    test.each(shapes)("%i dimensions: as a look at every row, and as the exact store", (dimensions) => {
      const n = small ? 240 : 700;
      for (const secondWinners of small ? [1] : [0, 1]) {
        const random = new Random(dimensions + secondWinners);
        const source = clustered(random, dimensions, 9);
        const dsr = makeIndex(build, { dimensions, metric, rows, secondWinners, seed: dimensions });
        const store = makeStore(build, { dimensions, metric });
        change(dsr, store, random, rowsOf(source.draw(n), dimensions), n >> 1);
        expect(dsr.stats()).toMatchObject({ neurons: 20, indexed: store.size, size: store.size });
        for (const query of rowsOf(source.draw(small ? 4 : 12), dimensions)) {
          for (const k of [1, 10, store.size]) {
            const want = rows === "f32" ? store.search(query, { k }) : bruteForce(dsr, query, k, range(n));
            expectSame(dsr.search(query, { k, recall: 1 }), want);
            expectSame(dsr.search(query, { k, ...everything(dsr) }), want);
            expect(workOf(dsr)).toMatchObject({ probed: 20, compared: store.size });
            const exclude = want.ids[0];
            const without = rows === "f32" ? store.search(query, { k, exclude }) : dsr.search(query, { k, exclude, recall: 1 });
            expectSame(dsr.search(query, { k, exclude, ...everything(dsr) }), without);
          }
        }
        const id = store.search(source.draw(1), { k: 1 }).ids[0];
        const other = store.searchById(id, { k: 1 }).ids[0];
        for (const exclude of [undefined, other]) {
          const options = exclude === undefined ? { k: 30 } : { k: 30, exclude };
          const want = rows === "f32" ? store.searchById(id, options) : dsr.searchById(id, { ...options, recall: 1 });
          expectSame(dsr.searchById(id, { ...options, ...everything(dsr) }), want);
          expectSame(dsr.searchById(id, { ...options, recall: 1 }), want);
          expectSame({ ids: want.ids, distances: dsr.distancesById(id, want.ids) }, want);
        }
        dsr.dispose();
        store.dispose();
      }
    });
  });

  test("as many results as were asked for, however few candidates, and each once", () => {
    const random = new Random(4);
    for (const { metric, rows } of forms) {
      const source = clustered(random, 24, 6);
      const dsr = filled(build, source.draw(small ? 300 : 2500), { dimensions: 24, metric, rows, secondWinners: 1, autoLearn: false });
      dsr.learn();
      const { neurons, size } = dsr.stats();
      for (const query of rowsOf(source.draw(small ? 4 : 8), 24)) {
        for (const k of [1, 10, 100, size - 1, size]) {
          const options = [{}, { recall: 0.9 }, { candidates: 1 }, { candidates: k }, { probes: 1 }, { probes: neurons, candidates: k }];
          for (const more of options) {
            const { ids } = dsr.search(query, { k, ...more });
            expect([ids.length, new Set(ids).size], JSON.stringify({ k, ...more })).toEqual([k, k]);
          }
        }
      }
      dsr.dispose();
    }
  });

  test("rows that are all the same, zero, or differ in one number", () => {
    const n = small ? 120 : 1000;
    for (const metric of metrics) {
      for (const value of [0, 1]) {
        const dsr = filled(build, new Float32Array(n * 5).fill(value), { dimensions: 5, metric, autoLearn: false });
        dsr.learn();
        const { ids, distances } = dsr.search([1, 1, 1, 1, 1], { k: 7, ...everything(dsr) });
        expect([...ids]).toEqual(range(7));
        expect(new Set(distances).size).toBe(1);
        expect(dsr.search([2, 1, 1, 1, 1], { k: 7 }).ids.length).toBe(7);
        expect(Number.isNaN(dsr.novelty([1, 2, 3, 4, 5]))).toBe(false);
        expect(dsr.winners([1, 2, 3, 4, 5], 3).length).toBe(3);
        // Among equals there may be none that is nearer than the mean but one: who is not does not fire.
        const same = [value, value, value, value, value];
        const fired = dsr.trace(same, 3).winners;
        expect(fired.length).toBeGreaterThan(0);
        expect([...fired]).toEqual([...dsr.winners(same, fired.length)]);
        dsr.dispose();
      }
      const line = new Float32Array(n * 5).map((_, i) => (i % 5 === 2 ? i / 5 : 0));
      const dsr = filled(build, line, { dimensions: 5, metric, autoLearn: false });
      const store = makeStore(build, { dimensions: 5, metric });
      store.addMany(range(n), line);
      dsr.learn();
      for (const x of [-3, 0, 17.4]) {
        expectSame(dsr.search([0, 0, x, 0, 1], { k: 9, ...everything(dsr) }), store.search([0, 0, x, 0, 1], { k: 9 }));
      }
      dsr.dispose();
    }
  });

  test("one dimension; more than the words take: those are compared one by one", () => {
    const random = new Random(8);
    const n = small ? 90 : 400;
    const dsr = filled(build, random.vector(n), { dimensions: 1, metric: "l2" });
    dsr.learn({ neurons: 8 });
    expectSame(dsr.search([0.3], { k: n, ...everything(dsr) }), dsr.search([0.3], { k: n, recall: 1 }));
    expect(dsr.stats().spikesPerWord).toBe(16);

    const most = filled(build, random.vector(20 * 4096), { dimensions: 4096, metric: "cosine" });
    expect(most.learn().neurons).toBe(16);
    const query = random.vector(4096);
    expectSame(most.search(query, { k: 20, ...everything(most) }), most.search(query, { k: 20, recall: 1 }));

    const wide = filled(build, random.vector(20 * 4097), { dimensions: 4097, metric: "l2" });
    expect(wide.stats()).toMatchObject({ neurons: 0, indexed: 0 });
    expect(wide.search(random.vector(4097), { k: 30, probes: 3, candidates: 5 }).ids.length).toBe(20);
  });

  test("the longest vectors that a metric takes: no estimate is lost", () => {
    const random = new Random(12);
    for (const { metric, rows } of forms) {
      const n = small ? 60 : 500;
      const long = metric === "cosine" ? 1e37 : 2 ** 50 / 6;
      const vectors = random.vector(n * 16).map((x) => (x / 4) * long);
      const dsr = filled(build, vectors, { dimensions: 16, metric, rows, secondWinners: 1, autoLearn: false });
      const { meanSquaredDistance } = dsr.learn();
      expect(Number.isFinite(meanSquaredDistance)).toBe(true);
      const query = random.vector(16).map((x) => (x / 4) * long);
      expectSame(dsr.search(query, { k: 20, ...everything(dsr) }), dsr.search(query, { k: 20, recall: 1 }));
      expect([...dsr.trace(query, 4).winners]).toEqual([...dsr.winners(query, 4)]);
      expect(Number.isFinite(dsr.novelty(query))).toBe(true);
      dsr.dispose();
    }
  });
});
