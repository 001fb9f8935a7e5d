import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, log } from "../src/math.js";

test("exp is e^x to 1e-14", () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      const expected = Math.exp(x);
      expect(Math.abs(exp(x) - expected)).toBeLessThanOrEqual(1e-14 * expected);
    }),
  );
  expect(exp(0)).toBe(1);
  expect(exp(-1000)).toBe(0);
  expect(exp(1000)).toBe(Number.MAX_VALUE);
});

test("log is ln x to 1e-14", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      const expected = Math.log(x);
      expect(Math.abs(log(x) - expected)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(expected)));
    }),
  );
  expect(log(1)).toBe(0);
});

test("log undoes exp", () => {
  fc.assert(
    fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
      expect(log(exp(x))).toBeCloseTo(x, 11);
    }),
  );
});
