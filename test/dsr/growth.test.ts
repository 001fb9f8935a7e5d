import { expect, test } from "vitest";
import { makeReservoir, makeStore } from "./helpers.js";

/** The exponent b of T(n) = a n^b, by least squares on logarithms of the best of several times. */
function exponent(sizes: readonly number[], prepare: (n: number) => () => void): number {
  const points = sizes.map((n) => {
    const work = prepare(n);
    work();
    let best = Infinity;
    for (let i = 0; i < 7; i++) {
      const start = performance.now();
      work();
      best = Math.min(best, performance.now() - start);
    }
    return [Math.log(n), Math.log(best)];
  });
  const mx = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const my = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  return points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

const sizes = [2000, 4000, 8000, 16_000];
const ids = (n: number) => Array.from({ length: n }, (_, i) => i);
const retry = { retry: 3 };

test("the check rejects quadratic work", retry, () => {
  let sink = 0;
  const quadratic = exponent([200, 400, 800, 1600], (n) => () => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sink += i ^ j;
  });
  expect(quadratic).toBeGreaterThan(1.6);
  expect(sink).not.toBe(0);
});

test("adding singly, in a batch, and removing are linear", retry, () => {
  const vector = new Float32Array(16).fill(1);
  const singly = exponent(sizes, (n) => () => {
    const store = makeStore("release", { dimensions: 16 });
    for (let i = 0; i < n; i++) store.add(i, vector);
    for (let i = 0; i < n; i++) store.remove(i);
  });
  expect(singly).toBeLessThan(1.4);
  const batch = exponent(sizes, (n) => {
    const vectors = new Float32Array(16 * n).fill(1);
    const list = ids(n);
    return () => makeStore("release", { dimensions: 16 }).addMany(list, vectors);
  });
  expect(batch).toBeLessThan(1.4);
});

test("a search is linear in the rows, also where every row is nearer than the one before", retry, () => {
  const search = exponent(sizes, (n) => {
    const store = makeStore("release", { dimensions: 16, metric: "l2" });
    const vectors = new Float32Array(16 * n).map((_, i) => n - Math.floor(i / 16));
    store.addMany(ids(n), vectors);
    const query = new Float32Array(16);
    return () => {
      for (let i = 0; i < 10; i++) store.search(query, { k: 50 });
    };
  });
  expect(search).toBeLessThan(1.4);
});

test("a step is linear in the neurons at equal fan-in", retry, () => {
  const step = exponent([500, 1000, 2000, 4000], (n) => {
    const reservoir = makeReservoir("release", { inputs: 1, neurons: n, inputConnectivity: 1 });
    return () => reservoir.step([0.5], 300);
  });
  expect(step).toBeLessThan(1.4);
});
