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

  test("exp and log agree with the host's to the last bits, and with each other across builds", () => {
    const debug = selftest("debug");
    for (let i = -2000; i <= 2000; i++) {
      const v = i * 0.0173;
      const e = x.exp(v);
      expect(Math.abs(e - Math.exp(v))).toBeLessThanOrEqual(Math.exp(v) * 2 ** -51);
      expect(Math.abs(x.log(e) - v)).toBeLessThanOrEqual(Math.max(1, Math.abs(v)) * 2 ** -50);
      expect(Math.abs(x.expf(v) / Math.exp(Math.fround(v)) - 1)).toBeLessThan(2 ** -22);
      expect(Math.abs(x.logf(Math.fround(e)) - Math.log(Math.fround(e)))).toBeLessThan(Math.max(1, Math.abs(v)) * 2 ** -21);
      expect(Object.is(e, debug.exp(v))).toBe(true);
      expect(Object.is(x.log(e), debug.log(e))).toBe(true);
    }
    expect(x.log(0)).toBe(-Infinity);
    expect(x.log(-1)).toBeNaN();
    expect(x.exp(-Infinity)).toBe(0);
    expect(x.exp(Infinity)).toBe(Infinity);
  });
});
