import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Keys, packKeys } from "../../src/ifr.js";
import { sameImage } from "../helpers/images.js";
import { builds } from "../helpers/modules.js";
import { Registry } from "../oracle/registry.js";
import { codeOf, expectSame, make } from "./helpers.js";

const key = fc.oneof(
  { weight: 6, arbitrary: fc.nat(80).map((n) => `k${n}`) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom("a", "é", "漢", "😀", "\ud83d", "\ude00", "\0"), maxLength: 5 }) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(5), fc.nat(300)).map(([c, n]) => String.fromCharCode(97 + c).repeat(n)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(3), fc.constantFrom(900, 1000, 5000, 22_000, 40_000, 65_536, 70_000))
      .map(([c, n]) => `é${c}${"z".repeat(n)}`),
  },
);
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("intern" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("internMany" as const), keys: fc.array(key, { maxLength: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deleteId" as const), id: fc.nat(90) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("look" as const), keys: fc.array(key, { maxLength: 20 }) }) },
);

describe.each(builds)("Ifr against a Map (%s)", (build) => {
  // A capacity of 130,000 makes the index large enough for the stepwise lookup with the filter in front.
  test.each([
    [0, 12],
    [0, 0],
    [130_000, 12],
    [130_000, 0],
  ])("random operations, capacity %i, %i bits of filter", (capacity, filterBitsPerKey) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), fc.maxSafeInteger(), (operations, seed) => {
        const ifr = make(build, { capacity, filterBitsPerKey, seed });
        const oracle = new Registry();
        for (const op of operations) {
          if (op.do === "intern") expect(ifr.intern(op.key)).toBe(oracle.intern(op.key));
          else if (op.do === "internMany") expect([...ifr.internMany(op.keys)]).toEqual(op.keys.map((k) => oracle.intern(k)));
          else if (op.do === "delete") expect(ifr.delete(op.key)).toBe(oracle.deleteId(oracle.idOf(op.key)));
          else if (op.do === "deleteId") expect(ifr.deleteId(op.id)).toBe(oracle.deleteId(op.id));
          else {
            expect([...ifr.idsOf(op.keys)]).toEqual(op.keys.map((k) => oracle.idOf(k)));
            for (const k of op.keys) expect(ifr.idOf(k)).toBe(oracle.idOf(k));
          }
        }
        expectSame(ifr, oracle, ["no such key", "x".repeat(66_000)]);
      }),
      { numRuns: capacity === 0 ? 40 : 15 },
    );
  });

  test("many keys: growth, mass deletion and reuse of the ids, last deleted first", () => {
    const ifr = make(build);
    const oracle = new Registry();
    const n = build === "release" ? 150_000 : 12_000;
    const keys = Array.from({ length: n }, (_, i) => `flow-${(i * 40503).toString(16)}`);
    const enter = (list: string[]) => {
      const ids = ifr.internMany(list);
      expect(list.findIndex((k, i) => oracle.intern(k) !== ids[i])).toBe(-1);
    };
    enter(keys);
    let deleted = 0;
    for (let id = 0; id < n; id++) if (id % 3 !== 1 && ifr.deleteId(id) && oracle.deleteId(id)) deleted++;
    expect(deleted).toBe(n - n / 3);
    const later = Array.from({ length: n >> 1 }, (_, i) => `later ${i}`);
    enter(later);
    expectSame(ifr, oracle, keys.filter((_, i) => i % 3 !== 1).slice(0, 5000));
    const { loadFactor, buckets, filterBits, keyBytes } = ifr.stats();
    expect(loadFactor).toBeLessThanOrEqual(0.8125);
    expect(loadFactor).toBeCloseTo(oracle.size / buckets / 10, 10);
    expect(filterBits).toBeGreaterThanOrEqual(oracle.size * 12);
    expect(keyBytes).toBe(oracle.entries().reduce((sum, [k]) => sum + k.length, 0));
  });

  test("columns of packed keys: the same answers and the same bytes as an array of the strings", () => {
    const keys = Array.from({ length: 30_000 }, (_, i) =>
      i % 11 === 0 ? `漢${i}` : i % 5000 === 7 ? "long ".repeat(14_000) + i : `k${i}`,
    );
    const packed = packKeys(keys);
    expect(packed.offsets.length).toBe(keys.length + 1);
    const [a, b] = [make(build, { seed: 2 }), make(build, { seed: 2 })];
    expect(a.internMany(keys)).toEqual(b.internMany(packed));
    sameImage(a, b);
    const asked = ["stranger", ...keys.slice(5, 900), "", "long ".repeat(14_000)];
    expect(a.idsOf(packKeys(asked))).toEqual(b.idsOf(asked));
    expect(a.hasMany(packKeys(asked))).toEqual(b.hasMany(asked));
    expect([...a.idsOf(packKeys([]))]).toEqual([]);
    const { bytes, offsets } = packed;
    const bad: unknown[] = [
      { bytes, offsets: new Uint32Array(0) },
      { bytes, offsets: [0, 1] },
      { bytes: "ab", offsets },
      { bytes: bytes.subarray(1), offsets },
      { bytes, offsets: Uint32Array.of(0, 5, 3, 8) },
      { bytes, offsets: Uint32Array.of(0, 70_000, 3, 8) },
      undefined,
      "keys",
    ];
    const before = [...a.entries()];
    for (const keys of bad)
      for (const ask of [() => a.idsOf(keys as Keys), () => a.internMany(keys as Keys)]) expect(codeOf(ask)).toBe("ERR_ARGUMENT");
    expect([...a.entries()]).toEqual(before);
    expect(a.idLimit).toBe(b.idLimit);
  });

  test("growth splits segments: none has more than 2,048 buckets, and a filter goes with each", () => {
    const ifr = make(build);
    const n = build === "release" ? 200_000 : 40_000;
    const keys = Array.from({ length: n }, (_, i) => `grow ${i}`);
    for (let at = 0; at < n; at += 1000) {
      ifr.internMany(keys.slice(at, at + 1000));
      const { buckets, segments } = ifr.stats();
      expect(buckets / segments).toBeLessThanOrEqual(2048);
    }
    expect(ifr.stats().segments).toBeGreaterThan(1);
    expect(keys.every((key, i) => ifr.idOf(key) === i && ifr.mayHave(key))).toBe(true);
    const passed = keys.filter((key) => ifr.mayHave(`no ${key}`)).length;
    expect(passed / n).toBeLessThan(0.01);
  });

  test("iteration is ascending and survives deletion and insertion on the way", () => {
    const ifr = make(build);
    ifr.internMany(Array.from({ length: 100 }, (_, i) => `k${i}`));
    const seen: number[] = [];
    for (const id of ifr.ids()) {
      seen.push(id);
      ifr.deleteId(id + 1);
      if (id === 98) ifr.intern("new");
    }
    // 98 deletes 99, whose id "new" is given at once.
    expect(seen).toEqual([...Array.from({ length: 50 }, (_, i) => 2 * i), 99]);
    expect([...ifr.keys()].at(-1)).toBe("new");
    expect([...make(build).entries()]).toEqual([]);
  });

  test("time to enter n keys grows linearly", () => {
    const cost = (n: number) => {
      const keys = Array.from({ length: n }, (_, i) => `cost ${i}`);
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 7; round++) {
        const ifr = make(build);
        const start = process.cpuUsage();
        ifr.internMany(keys);
        const { user, system } = process.cpuUsage(start);
        best = Math.min(best, user + system);
      }
      return Math.max(1, best);
    };
    cost(2000);
    const exponent = (f: (n: number) => number) => Math.log(f(64_000) / f(4000)) / Math.log(16);
    expect(exponent(cost)).toBeLessThan(1.6);
    // The fit tells a quadratic function from a linear one.
    expect(exponent((n) => n * n)).toBeGreaterThan(1.6);
  });
});
