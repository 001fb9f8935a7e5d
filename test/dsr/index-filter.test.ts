// Searches among some of the ids only.
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import {
  clustered,
  everything,
  expectSame,
  filled,
  forms,
  makeIndex,
  mean,
  range,
  recalls,
  rowsOf,
  truthOf,
  workOf,
} from "./index-helpers.js";

function filterOf(ids: Iterable<number>, words: number): Uint32Array {
  const filter = new Uint32Array(words);
  for (const id of ids) filter[id >> 5] |= 1 << (id & 31);
  return filter;
}

const has = (filter: Uint32Array, id: number) => id >> 5 < filter.length && ((filter[id >> 5] >>> (id & 31)) & 1) === 1;

describe.each(builds)("filters (%s)", (build) => {
  const small = build === "debug";
  const dimensions = 16;
  const n = small ? 2300 : 12_000;

  describe.each(forms.filter(({ metric, rows }) => rows === "f32" || metric === "l2"))("$metric, $rows", ({ metric, rows }) => {
    const random = new Random(9);
    const source = clustered(random, dimensions, 20, 0.8);
    const dsr = filled(build, source.draw(n), { dimensions, metric, rows, ...(small ? { neurons: 32 } : {}), autoLearn: false });
    dsr.learn();
    const queries = rowsOf(source.draw(small ? 10 : 150), dimensions);
    const shares: [string, number][] = [
      ["90 %", 0.9],
      ["50 %", 0.5],
      ["20 %", 0.2],
      ["10 %", 0.1],
      ["1 %", 0.01],
    ];

    test.each(shares)("%s of the ids, drawn by chance", (_, share) => {
      const filter = filterOf(
        range(n).filter(() => random.next() < share),
        (n + 31) >> 5,
      );
      const inside = range(n).filter((id) => has(filter, id)).length;
      const truth = truthOf(dsr, queries, 10, { filter });
      const k = Math.min(10, inside);
      for (const recall of [0.9, 0.99]) {
        for (const query of queries) {
          const { ids } = dsr.search(query, { k: 10, recall, filter });
          expect([ids.length, new Set(ids).size, [...ids].every((id) => has(filter, id))]).toEqual([k, k, true]);
        }
        const got = mean(recalls(dsr, queries, truth, { recall, filter }));
        expect(got).toBeGreaterThan(recall - (recall > 0.95 ? 0.02 : 0.05));
      }
    });

    test("ids that lie together, far from the query, or near to it", () => {
      for (const query of queries.slice(0, small ? 3 : 20)) {
        const order = dsr.search(query, { k: n, recall: 1 }).ids;
        for (const ids of [order.slice(0, n >> 2), order.slice(-(n >> 2)), order.slice(-20)]) {
          const filter = filterOf(ids, (n + 31) >> 5);
          const found = dsr.search(query, { k: 25, filter });
          expect(found.ids.length).toBe(Math.min(25, ids.length));
          expect([...found.ids].every((id) => has(filter, id))).toBe(true);
          expectSame(dsr.search(query, { k: 25, filter, ...everything(dsr) }), dsr.search(query, { k: 25, filter, recall: 1 }));
          expect([...dsr.search(query, { k: 25, filter, recall: 1 }).ids]).toEqual([...ids.slice(0, 25)]);
        }
      }
    });

    test("three ids; one; none; an empty filter; ids without a vector", () => {
      const query = queries[0];
      const three = filterOf([5, 900, 2201], (n + 31) >> 5);
      for (const look of [{}, { recall: 1 }, { probes: 1, candidates: 1 }, everything(dsr)]) {
        expect([...dsr.search(query, { filter: three, ...look }).ids].sort((a, b) => a - b)).toEqual([5, 900, 2201]);
        expect(dsr.search(query, { filter: three, k: 2, ...look }).ids.length).toBe(2);
        expect(dsr.search(query, { filter: three, exclude: 900, ...look }).ids.length).toBe(2);
        expect(dsr.searchById(5, { filter: three, ...look }).ids.length).toBe(2);
        expect(dsr.searchById(5, { filter: three, exclude: 900, ...look }).ids.length).toBe(1);
        expect([...dsr.search(query, { filter: filterOf([31], 1), ...look }).ids]).toEqual([31]);
        expect(dsr.search(query, { filter: new Uint32Array(400), ...look }).ids.length).toBe(0);
        expect(dsr.search(query, { filter: new Uint32Array(0), ...look }).ids.length).toBe(0);
        expect(dsr.search(query, { filter: filterOf([n + 1, n + 500], (n + 600) >> 5), ...look }).ids.length).toBe(0);
      }
      if (!small) {
        dsr.search(query, { filter: three });
        expect(workOf(dsr).compared).toBe(3);
      }
    });

    test("all ids: as without a filter; a filter larger than the window; one that is a part of an array", () => {
      const all = new Uint32Array((n + 31) >> 5).fill(0xffff_ffff);
      const large = new Uint32Array(40_000).fill(0xffff_ffff);
      const part = new Uint32Array(1000).fill(0xffff_ffff).subarray(500, 500 + all.length);
      for (const query of queries.slice(0, 5)) {
        const want = dsr.search(query, { k: 12 });
        for (const filter of [all, large, part]) {
          expectSame(dsr.search(query, { k: 12, filter }), want);
          expectSame(dsr.searchById(7, { k: 12, filter }), dsr.searchById(7, { k: 12 }));
          expectSame(dsr.search(query, { k: 12, filter, recall: 1 }), dsr.search(query, { k: 12, recall: 1 }));
        }
      }
      expect(dsr.similar(queries[0], Infinity, { filter: filterOf([1, 2, 3], 1) }).ids.length).toBe(3);
    });
  });

  test("rows that have no words yet pass the filter too", () => {
    const source = clustered(new Random(1), dimensions, 5);
    const dsr = makeIndex(build, { dimensions, autoLearn: false });
    dsr.addMany(range(100), source.draw(100));
    const filter = filterOf([1, 50, 99, 120], 4);
    expect([...dsr.search(source.draw(1), { filter }).ids].sort((a, b) => a - b)).toEqual([1, 50, 99]);
    dsr.learn({ neurons: 8 });
    dsr.addMany(range(100, 100), source.draw(100));
    expect([...dsr.search(source.draw(1), { filter, probes: 1 }).ids].sort((a, b) => a - b)).toEqual([1, 50, 99, 120]);
  });
});
