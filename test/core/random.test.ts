import { describe, expect, test } from "vitest";
import { builds } from "../helpers/modules.js";
import { STATE, selftest } from "./selftest.js";

const MASK = (1n << 64n) - 1n;

/** SplitMix64 as its paper writes it down. */
function* splitMix(seed: bigint): Generator<bigint> {
  for (let s = seed; ; ) {
    s = (s + 0x9e3779b97f4a7c15n) & MASK;
    let z = ((s ^ (s >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    yield z ^ (z >> 31n);
  }
}

describe.each(builds)("random and math (%s)", (build) => {
  const x = selftest(build);
  x.arenaInit(64, 0);
  const seed = (s: bigint) => new DataView(x.memory.buffer).setBigUint64(STATE, s, true);

  test("the sequence is SplitMix64's", () => {
    const expected = splitMix(1234567n);
    seed(1234567n);
    // The first number of this seed, as published with the algorithm's test vectors.
    expect(BigInt.asUintN(64, x.nextU64(STATE))).toBe(6457827717110365317n);
    expected.next();
    for (let i = 0; i < 1000; i++) expect(BigInt.asUintN(64, x.nextU64(STATE))).toBe(expected.next().value);
  });

  test("nextBelow is uniform in its range", () => {
    for (const n of [1, 2, 3, 10, 1000, 0xffffffff]) {
      seed(BigInt(n));
      const counts = new Array<number>(Math.min(n, 10)).fill(0);
      for (let i = 0; i < 20_000; i++) {
        const v = x.nextBelow(STATE, n) >>> 0;
        expect(v).toBeLessThan(n);
        counts[Math.floor((v / n) * counts.length)]!++;
      }
      const mean = 20_000 / counts.length;
      for (const c of counts) expect(Math.abs(c - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean));
    }
  });

  test("nextF32 is uniform in [0, 1)", () => {
    seed(5n);
    let sum = 0;
    let most = 0;
    for (let i = 0; i < 20_000; i++) {
      const v = x.nextF32(STATE);
      expect(v >= 0 && v < 1).toBe(true);
      sum += v;
      most = Math.max(most, v);
    }
    expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.01);
    expect(most).toBeGreaterThan(0.999);
  });

  test("expf agrees with the host's to the last bits, and across builds", () => {
    const debug = selftest("debug");
    for (let i = -2000; i <= 2000; i++) {
      const v = i * 0.0173;
      expect(Math.abs(x.expf(v) / Math.exp(Math.fround(v)) - 1)).toBeLessThan(2 ** -22);
      expect(Object.is(x.expf(v), debug.expf(v))).toBe(true);
    }
    expect(x.expf(-Infinity)).toBe(0);
    expect(x.expf(Infinity)).toBe(Infinity);
  });
});
