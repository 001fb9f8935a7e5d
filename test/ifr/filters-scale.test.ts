// Ten million keys: nothing denied, and chance hits as theory has them. Release only, a few seconds.

import { expect, test } from "vitest";
import type { Filter, GrowingFilter } from "../../src/ifr.js";
import { splitBlockRate } from "../../src/layers/ifr/filters/rate.js";
import { bloom, fuse, tags } from "./filters-helpers.js";

const N = 10_000_000;
/** Keys of 8 bytes: numbers in order, the hardest for a weak hash. */
const present = new Uint8Array(new BigUint64Array(N).buffer);
const absent = new Uint8Array(N * 8);
const numbers = new Uint32Array(present.buffer);
const others = new Uint32Array(absent.buffer);
for (let i = 0; i < N; i++) {
  numbers[2 * i] = i;
  others[2 * i] = N + i;
}

/** How often the filter lets an absent key pass. */
function rateOf(filter: Filter): number {
  expect(filter.hasMany({ width: 8, bytes: present })).toBe(N);
  return filter.hasMany({ width: 8, bytes: absent }) / N;
}

function within(rate: number, expected: number, share: number): void {
  expect(rate / expected).toBeGreaterThan(1 - share);
  expect(rate / expected).toBeLessThan(1 + share);
}

function full<F extends GrowingFilter>(filter: F): F {
  filter.addMany({ width: 8, bytes: present });
  return filter;
}

test.each(["fast", "xxh64"] as const)("SplitBlockBloom by %s at 12.8 bits a key", (hash) => {
  const filter = full(bloom("release", { capacity: N, hash }));
  const rate = rateOf(filter);
  within(rate, splitBlockRate(filter.stats().blocks, N), 0.05);
  within(filter.stats().falsePositiveRate, rate, 0.05);
  expect(rate).toBeLessThan(0.004);
  filter.dispose();
});

test("TagFilter", () => {
  const filter = full(tags("release", { capacity: N }));
  within(rateOf(filter), filter.stats().falsePositiveRate, 0.05);
  filter.dispose();
});

test("BinaryFuse of 8 and 16 bits", () => {
  const half = { width: 8 as const, bytes: present.subarray(0, 8_000_000) };
  for (const bits of [8, 16] as const) {
    const filter = fuse("release", half, { bits });
    expect(filter.hasMany(half)).toBe(1_000_000);
    const hits = filter.hasMany({ width: 8, bytes: absent });
    // At 16 bits 153 hits are expected, which chance alone moves by a twelfth.
    within(hits / N, 2 ** -bits, bits === 8 ? 0.05 : 0.25);
    expect(filter.stats().bitsPerKey).toBeLessThan(bits * 1.1313);
    filter.dispose();
  }
});
