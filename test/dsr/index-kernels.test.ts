// What learning and selection are made of, beside the obvious way.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STATE, selftest } from "../core/selftest.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
// Few values, so that many are equal, and large ones.
const keys = fc.array(fc.oneof(fc.bigInt({ min: 1n, max: 6n }), fc.bigInt({ min: 1n, max: (1n << 64n) - 2n })), {
  minLength: 1,
  maxLength: 200,
});

describe.each(builds)("kernels of the index (%s)", (build) => {
  const x = selftest(build);
  x.arenaInit(1 << 20, 0);
  const put = (list: readonly bigint[]) => new BigUint64Array(x.memory.buffer, STATE, list.length).set(list);
  const got = (n: number) => [...new BigUint64Array(x.memory.buffer, STATE, n)];

  test("the smallest come to the front, all others stay, and the largest of them is told", () => {
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(50), (list, place, slack) => {
        const k = 1 + (place % list.length);
        const sorted = [...list].sort(ascending);
        put(list);
        const largest = BigInt.asUintN(64, x.selectSmallest(STATE, list.length, k, k + slack));
        const n = x.selected.value;
        expect(n).toBeGreaterThanOrEqual(k);
        expect(n).toBeLessThanOrEqual(k + slack);
        const after = got(list.length);
        expect(after.slice(0, n).sort(ascending)).toEqual(sorted.slice(0, n));
        expect([...after].sort(ascending)).toEqual(sorted);
        expect(largest).toBe(sorted[n - 1]);
      }),
    );
  });

  test("entries are sorted", () => {
    fc.assert(
      fc.property(keys, (list) => {
        put(list);
        x.sortEntries(STATE, list.length);
        expect(got(list.length)).toEqual([...list].sort(ascending));
      }),
    );
  });

  test("products of four rows with many prototypes are those of whole numbers, each within half a unit of its float", () => {
    const random = new Random(4);
    for (const [n, count] of [
      [4, 2],
      [8, 6],
      [36, 4],
      [200, 10],
    ] as const) {
      const padded = (n + 7) & ~7;
      const floats = STATE + 0x20000;
      const vectors = Array.from({ length: 4 + count }, () => random.vector(n).map((v) => v * 1000));
      const whole = vectors.map((vector, i) => {
        new Float32Array(x.memory.buffer, floats, n).set(vector);
        const unit = x.shorten(floats, n, padded, STATE + i * padded * 2);
        const shorts = [...new Int16Array(x.memory.buffer, STATE + i * padded * 2, padded)];
        expect(Math.max(...vector.map((v, j) => Math.abs(shorts[j] - v / unit)))).toBeLessThan(0.51);
        expect(shorts.slice(n).every((v) => v === 0)).toBe(true);
        expect(unit * 32767).toBeCloseTo(Math.hypot(...vector), 1);
        return shorts;
      });
      const products = STATE + 0x40000;
      x.fourProducts(STATE, STATE + 4 * padded * 2, count, padded * 2, products);
      const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
      for (let row = 0; row < 4; row++) {
        for (let j = 0; j < count; j++) {
          const expected = dot(whole[row], whole[4 + j]);
          expect(new Int32Array(x.memory.buffer, products, 4 * count)[row * count + j]).toBe(expected);
          expect(x.productOfShorts(STATE + row * padded * 2, STATE + (4 + j) * padded * 2, padded * 2)).toBe(expected);
        }
      }
    }
  });

  test("a table of slots finds what was put into it", () => {
    const random = new Random(6);
    new Uint8Array(x.memory.buffer, STATE, 64 * 8).fill(0);
    const slots = new Map<number, number>();
    for (let i = 0; i < 200; i++) {
      const slot = random.below(1 << 30) >>> (i % 3 === 0 ? 24 : 0);
      const place = x.placeOf(STATE, 63, slot);
      const [key] = new Uint32Array(x.memory.buffer, place, 1);
      expect(key).toBe(slots.has(slot) ? slot + 1 : 0);
      if (slots.has(slot)) expect(place).toBe(slots.get(slot));
      else if (slots.size < 60) {
        new Uint32Array(x.memory.buffer, place, 1)[0] = slot + 1;
        slots.set(slot, place);
      }
    }
    expect(slots.size).toBeGreaterThan(40);
  });
});
