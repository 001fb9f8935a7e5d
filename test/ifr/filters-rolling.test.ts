import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitBlockRate } from "../../src/layers/ifr/filters/rate.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, rolling } from "./filters-helpers.js";

/** Generations of exact sets: what the filter must remember at the least, if no hash ever seems known that is not. */
class Oracle {
  readonly #sets: Set<string>[];
  constructor(
    readonly capacity: number,
    generations: number,
  ) {
    this.#sets = Array.from({ length: generations }, () => new Set());
  }
  add(key: string): void {
    const newest = this.#sets[0]!;
    if (newest.has(key)) return;
    if (newest.size === this.capacity) this.rotate();
    this.#sets[0]!.add(key);
  }
  rotate(): void {
    this.#sets.pop();
    this.#sets.unshift(new Set());
  }
  has(key: string): boolean {
    return this.#sets.some((set) => set.has(key));
  }
  get inNewest(): number {
    return this.#sets[0]!.size;
  }
}

describe.each(builds)("RollingBloom (%s)", (build) => {
  test("answers as generations of sets do, but for chance hits", () => {
    const run = fc.record({ generations: fc.integer({ min: 2, max: 8 }), capacity: fc.integer({ min: 1, max: 60 }), seed: fc.nat() });
    fc.assert(
      fc.property(run, ({ generations, capacity, seed }) => {
        // So many bits that a chance hit is out of the question.
        const filter = rolling(build, { capacity, generations, bitsPerKey: 256 });
        const oracle = new Oracle(capacity, generations);
        const random = new Random(seed);
        for (let step = 0; step < 600; step++) {
          const key = `key ${random.below(capacity * generations * 2)}`;
          if (random.next() < 0.01) {
            filter.rotate();
            oracle.rotate();
          } else {
            filter.add(key);
            oracle.add(key);
          }
          if (step % 20 === 0) expect(filter.stats().inNewest).toBe(oracle.inNewest);
          const asked = `key ${random.below(capacity * generations * 2)}`;
          if (filter.has(asked) !== oracle.has(asked)) expect(asked).toBe(oracle.has(asked));
        }
      }),
      { numRuns: 30 },
    );
  });

  test("remembers the last (generations - 1) x capacity distinct keys, whatever the batches", () => {
    for (const generations of [2, 3, 5, 8]) {
      const capacity = 500;
      const filter = rolling(build, { capacity, generations });
      const keys = Array.from({ length: 12_345 }, (_, i) => `key ${i}`);
      for (let at = 0; at < keys.length; at += 777) {
        filter.addMany(keys.slice(at, at + 777));
        const end = Math.min(keys.length, at + 777);
        const must = keys.slice(Math.max(0, end - (generations - 1) * capacity), end);
        expect(filter.hasMany(must)).toBe(must.length);
      }
      // What is older than all generations is forgotten, but for chance hits.
      expect(filter.hasMany(keys.slice(0, 5000))).toBeLessThan(5000 * 0.005 * generations);
      expect(filter.stats()).toMatchObject({ generations, adds: 12_345, bits: Math.ceil((capacity * 12.8) / 256) * 256 * generations });
    }
  });

  test("rotate by hand forgets after as many turns as there are generations", () => {
    const filter = rolling(build, { capacity: 100, generations: 4 });
    filter.add("a");
    for (let i = 0; i < 3; i++) {
      filter.rotate();
      expect(filter.has("a")).toBe(true);
      expect(filter.stats().inNewest).toBe(0);
    }
    filter.rotate();
    expect(filter.has("a")).toBe(false);
    expect(filter.stats().falsePositiveRate).toBe(0);
  });

  test("errs as often as its generations together", () => {
    const filter = rolling(build, { capacity: 20_000, generations: 3 });
    filter.addMany(Array.from({ length: 60_000 }, (_, i) => `key ${i}`));
    const one = splitBlockRate(1000, 20_000);
    const expected = 1 - (1 - one) ** 3;
    expect(filter.stats().falsePositiveRate / expected).toBeCloseTo(1, 1);
    const hits = filter.hasMany(Array.from({ length: 60_000 }, (_, i) => `no ${i}`));
    expect(hits / 60_000 / expected).toBeGreaterThan(0.85);
    expect(hits / 60_000 / expected).toBeLessThan(1.15);
  });

  test("options", () => {
    const wrong: object[] = [
      { capacity: 2 ** 31 },
      { generations: 1 },
      { generations: 9 },
      { generations: 2.5 },
      { bitsPerKey: 0 },
      { falsePositiveRate: 1 },
      { hash: "xxh64", seed: 2 },
    ];
    for (const options of wrong) expect(codeOf(() => rolling(build, { capacity: 10, ...options }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => rolling(build, { capacity: 2 ** 31 - 1, generations: 8 }))).toBe("ERR_MEMORY");
  });
});
