import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { STATE, selftest } from "./selftest.js";

const finite = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
const entries = fc.array(fc.tuple(fc.oneof(finite, fc.integer({ min: -3, max: 3 })), fc.nat(50)), { maxLength: 200 });
const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

describe.each(builds)("heap (%s)", (build) => {
  const x = selftest(build);
  x.arenaInit(1 << 16, 0);
  // A BigInt that comes out of wasm is signed.
  const entry = (value: number, id: number) => BigInt.asUintN(64, x.entry(value, id));

  test("orderedBits keeps the order of floats and can be undone", () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const [p, q] = [x.orderedBits(a) >>> 0, x.orderedBits(b) >>> 0];
        expect(Object.is(x.fromOrderedBits(p), a)).toBe(true);
        if (a < b) expect(p).toBeLessThan(q);
        if (a === b && !Object.is(a, b)) expect(p < q).toBe(Object.is(a, -0));
      }),
    );
  });

  test("pops come ascending, ties by the smaller payload, pushes mixed in", () => {
    fc.assert(
      fc.property(entries, fc.array(fc.boolean(), { maxLength: 200 }), (list, pops) => {
        const kept: bigint[] = [];
        let n = 0;
        for (const [i, [value, id]] of list.entries()) {
          const e = entry(value, id);
          x.heapPush(STATE, n++, e);
          kept.push(e);
          kept.sort(ascending);
          if (pops[i] === true) expect(BigInt.asUintN(64, x.heapPop(STATE, n--))).toBe(kept.shift());
        }
        while (n > 0) expect(BigInt.asUintN(64, x.heapPop(STATE, n--))).toBe(kept.shift());
      }),
      { numRuns: 100 },
    );
  });

  test("keepSmallest keeps the k smallest, whatever the order, and sortKept sorts them", () => {
    fc.assert(
      fc.property(entries, fc.nat(20), (list, k) => {
        const all = list.map(([value, id]) => entry(value, id));
        let n = 0;
        for (const e of all) {
          n = x.keepSmallest(STATE, n, k, e);
        }
        const expected = [...all].sort(ascending).slice(0, k);
        expect(n).toBe(expected.length);
        if (n > 0) expect(BigInt.asUintN(64, x.largestKept(STATE))).toBe(expected[n - 1]);
        x.sortKept(STATE, n);
        expect([...new BigUint64Array(x.memory.buffer, STATE, n)]).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
