import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { hashBytes, hashKeys } from "../oracle/hash.js";
import { bytesOf, codeOf, sameBytes, tags } from "./filters-helpers.js";

const secret = hashKeys(0n);
/** The 16 bits that the filter keeps of a key. */
const tagOf = (key: string) => Number(hashBytes(bytesOf(key), secret) & 0xffffn);

describe.each(builds)("TagFilter (%s)", (build) => {
  test("any additions and deletions: what is in is found, what is not has no tag there", () => {
    const run = fc.record({ capacity: fc.integer({ min: 1, max: 200 }), crowd: fc.nat(200), seed: fc.nat() });
    fc.assert(
      fc.property(run, ({ capacity, crowd, seed }) => {
        const filter = tags(build, { capacity: capacity + crowd });
        // A crowd in the first bucket, so that keys have to go on to others. Its tags are those of no key.
        const used = new Set(Array.from({ length: 300 }, (_, i) => tagOf(`key ${i}`)));
        const free = Array.from({ length: 65_536 }, (_, i) => i).filter((tag) => !used.has(tag));
        filter.addHashes(BigUint64Array.from({ length: crowd }, (_, i) => BigInt(free[i]!)));
        const counts = new Map<string, number>();
        let size = crowd;
        const random = new Random(seed);
        for (let step = 0; step < 800; step++) {
          const key = `key ${random.below(300)}`;
          const count = counts.get(key) ?? 0;
          if (random.next() < 0.55) {
            if (size === capacity + crowd) {
              if (step % 10 === 0) expect(codeOf(() => filter.add(key))).toBe("ERR_FULL");
              continue;
            }
            filter.add(key);
            counts.set(key, count + 1);
            size++;
          } else if (count > 0) {
            if (!filter.delete(key)) expect.fail(`${key} was in`);
            counts.set(key, count - 1);
            size--;
          } else if (!filter.has(key) && filter.delete(key)) expect.fail(`${key} was denied, then deleted`);
        }
        expect(filter.size).toBe(size);
        const tagsIn = new Set([...counts].filter(([, count]) => count > 0).map(([key]) => tagOf(key)));
        for (let i = 0; i < 300; i++) {
          const key = `key ${i}`;
          const has = filter.has(key);
          if ((counts.get(key) ?? 0) > 0 ? !has : has && !tagsIn.has(tagOf(key))) expect.fail(key);
        }
        // All that is left goes, and with the crowd's tags alone everything is refused again.
        for (const [key, count] of counts) for (let i = 0; i < count; i++) expect(filter.delete(key)).toBe(true);
        expect(filter.size).toBe(crowd);
        for (const key of counts.keys()) expect(filter.has(key)).toBe(false);
        for (const key of counts.keys()) expect(filter.delete(key)).toBe(false);
      }),
      { numRuns: build === "release" ? 60 : 20 },
    );
  });

  test("equal keys count, even more of them than a bucket takes", () => {
    const filter = tags(build, { capacity: 240 });
    filter.addMany(Array.from({ length: 200 }, () => "same"));
    filter.add("other");
    expect(filter.size).toBe(201);
    for (let i = 0; i < 200; i++) {
      expect(filter.has("same")).toBe(true);
      expect(filter.delete("same")).toBe(true);
    }
    expect(filter.has("same")).toBe(false);
    expect(filter.delete("same")).toBe(false);
    expect(filter.has("other")).toBe(true);
    expect(filter.delete("other")).toBe(true);
    expect(sameBytes(filter.image(), tags(build, { capacity: 240 }).image())).toBe(true);
  });

  test("full is full: nothing of a batch that is too large goes in", () => {
    const filter = tags(build, { capacity: 1000 });
    filter.addMany(Array.from({ length: 990 }, (_, i) => `key ${i}`));
    const before = filter.image();
    const more = Array.from({ length: 11 }, (_, i) => `more ${i}`);
    expect(codeOf(() => filter.addMany(more))).toBe("ERR_FULL");
    expect(codeOf(() => filter.addHashes(new BigUint64Array(11)))).toBe("ERR_FULL");
    expect(codeOf(() => filter.addColumns(8, 11))).toBe("ERR_FULL");
    expect(sameBytes(filter.image(), before)).toBe(true);
    filter.addMany(more.slice(1));
    expect(filter.size).toBe(1000);
    expect(codeOf(() => filter.add("one"))).toBe("ERR_FULL");
    expect(filter.delete("key 0")).toBe(true);
    filter.add("one");
  });

  test("stats: load, and the chance hits that follow from it", () => {
    const filter = tags(build, { capacity: 24_000 });
    expect(filter.stats()).toMatchObject({ keys: 0, buckets: 1000, loadFactor: 0, falsePositiveRate: 0, bits: 512_000 });
    filter.addMany(Array.from({ length: 24_000 }, (_, i) => `key ${i}`));
    const stats = filter.stats();
    expect(stats).toMatchObject({ keys: 24_000, loadFactor: 0.8 });
    // 24 tags a bucket, and those of the next bucket where keys went on to it.
    expect(stats.falsePositiveRate).toBeGreaterThan(24 / 65_536);
    expect(stats.falsePositiveRate).toBeLessThan(32 / 65_536);
  });

  test("options and bad keys", () => {
    for (const capacity of [0, -1, 2.5, 2 ** 31, Number.NaN]) expect(codeOf(() => tags(build, { capacity }))).toBe("ERR_ARGUMENT");
    const filter = tags(build, { capacity: 1 });
    expect(codeOf(() => filter.delete(5 as unknown as string))).toBe("ERR_ARGUMENT");
    const long = "x".repeat(70_000);
    filter.add(long);
    expect(filter.delete(`${long}x`)).toBe(false);
    expect(filter.delete(long)).toBe(true);
  });
});
