import { describe, expect, test } from "vitest";
import { DsrCore } from "../../src/layers/dsr/core.js";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeStore, sameBytes } from "./helpers.js";

/** The same 2,000 random operations on any store, with queries in between that must leave no trace. */
function operate(store: DsrCore, queries: boolean): void {
  const random = new Random(11);
  const d = store.dimensions;
  for (let step = 0; step < 2000; step++) {
    const id = random.below(300);
    const vector = random.vector(d);
    const kind = random.next();
    if (kind < 0.5) store.add(id, vector);
    else if (kind < 0.55) {
      const n = random.below(30);
      const vectors = Float32Array.from({ length: n * d }, () => random.normal());
      store.addMany(
        Array.from({ length: n }, () => random.below(500)),
        vectors,
      );
    } else store.remove(id);
    if (queries && step % 50 === 0) {
      store.search(vector, { k: 500 });
      store.distances(
        vector,
        Array.from({ length: 20_000 }, (_, i) => i),
      );
      store.vector(id);
    }
  }
}

describe("the image", () => {
  test.each(["l2", "ip", "cosine"] as const)("is the same in both builds, with and without queries: %s", (metric) => {
    const images = builds.flatMap((build) =>
      [true, false].map((queries) => {
        const store = makeStore(build, { dimensions: 19, metric });
        operate(store, queries);
        return store.image();
      }),
    );
    for (const image of images) expect(sameBytes(image, images[0])).toBe(true);
  });

  test("keeps nothing of a removed vector", () => {
    const store = makeStore("release", { dimensions: 2, metric: "l2" });
    store.add(0, [12345.5, 1]);
    store.add(1, [54321.25, 2]);
    store.remove(0);
    store.remove(1);
    const left = new Float32Array(store.image().buffer);
    expect(left.includes(12345.5)).toBe(false);
    expect(left.includes(54321.25)).toBe(false);
  });
});

describe.each(builds)("state of Dsr (%s)", (build: Build) => {
  test("bad options", () => {
    const bad: [object, string][] = [
      [{ dimensions: 0 }, "ERR_ARGUMENT"],
      [{ dimensions: 65537 }, "ERR_ARGUMENT"],
      [{ dimensions: 2.5 }, "ERR_ARGUMENT"],
      [{}, "ERR_ARGUMENT"],
      [{ dimensions: 3, metric: "manhattan" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, metric: "toString" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, capacity: -1 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, maxBytes: 1 }, "ERR_ARGUMENT"],
      [{ dimensions: 1000, capacity: 1000, maxBytes: 100_000 }, "ERR_MEMORY"],
      [{ dimensions: 65536, capacity: 0x1000_0000 }, "ERR_MEMORY"],
    ];
    for (const [options, code] of bad) expect(codeOf(() => makeStore(build, options as { dimensions: number }))).toBe(code);
    expect(codeOf(() => DsrCore.createSync(undefined as never))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => DsrCore.createSync({ dimensions: 3, wasm: new Uint8Array([1, 2, 3]) }))).toBe("ERR_WASM");
  });

  test("bad input: the code says what, the state is as before", () => {
    const store = makeStore(build, { dimensions: 3, metric: "l2" });
    store.add(0, [1, 2, 3]);
    store.add(1, [2, 2, 3]);
    const before = store.image();
    const three = new Float32Array(3);
    const refused: [() => unknown, string][] = [
      [() => store.add(-1, three), "ERR_ARGUMENT"],
      [() => store.add(1.5, three), "ERR_ARGUMENT"],
      [() => store.add(2 ** 31, three), "ERR_ARGUMENT"],
      [() => store.add(Number.NaN, three), "ERR_ARGUMENT"],
      [() => store.add("0" as never, three), "ERR_ARGUMENT"],
      [() => store.add(2, [1, 2]), "ERR_DIMENSION"],
      [() => store.add(2, new Float32Array(4)), "ERR_DIMENSION"],
      [() => store.add(2, undefined as never), "ERR_ARGUMENT"],
      [() => store.add(2, "123" as never), "ERR_ARGUMENT"],
      // None of these is a number, though a typed array takes each for one.
      [() => store.add(2, [1n, 2n, 3n] as never), "ERR_NOT_FINITE"],
      [() => store.add(2, new BigInt64Array(3) as never), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, null, 3] as never), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, "2", 3] as never), "ERR_NOT_FINITE"],
      [() => store.search([1, 2, true] as never), "ERR_NOT_FINITE"],
      [() => store.distances([null, 2, 3] as never, [0]), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, Number.NaN, 3]), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, 2, Infinity]), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, 2, 1e300]), "ERR_NOT_FINITE"],
      [() => store.add(2, [1, undefined, 3] as never), "ERR_NOT_FINITE"],
      [() => store.add(0, [-Infinity, 2, 3]), "ERR_NOT_FINITE"],
      [() => store.add(2, [1e30, 0, 0]), "ERR_ARGUMENT"],
      [() => store.addMany([2, 3], new Float32Array(5)), "ERR_DIMENSION"],
      [() => store.addMany([2, -3], new Float32Array(6)), "ERR_ARGUMENT"],
      [() => store.addMany([2, 3], [1, 2, 3, 4, 5, 6] as never), "ERR_ARGUMENT"],
      [() => store.addMany(5 as never, new Float32Array(6)), "ERR_ARGUMENT"],
      [() => store.addMany([2, 3], Float32Array.of(1, 2, 3, 4, Number.NaN, 6)), "ERR_NOT_FINITE"],
      [() => store.addMany([2, 3], Float32Array.of(1, 2, 3, 4, 1e25, 6)), "ERR_ARGUMENT"],
      [() => store.addMany([2, 2 ** 31 - 1], new Float32Array(6)), "ERR_MEMORY"],
      [() => store.add(2 ** 31 - 1, three), "ERR_MEMORY"],
      [() => store.remove(-1), "ERR_ARGUMENT"],
      [() => store.has(0.1), "ERR_ARGUMENT"],
      [() => store.vector(-1), "ERR_ARGUMENT"],
      [() => store.vector(0, new Float32Array(2)), "ERR_DIMENSION"],
      [() => store.vector(0, [] as never), "ERR_ARGUMENT"],
      [() => store.search([1, 2]), "ERR_DIMENSION"],
      [() => store.search([1, 2, Number.NaN]), "ERR_NOT_FINITE"],
      [() => store.search([1, 2, 1e20]), "ERR_ARGUMENT"],
      [() => store.search(three, { k: 0 }), "ERR_ARGUMENT"],
      [() => store.search(three, { k: 1.5 }), "ERR_ARGUMENT"],
      [() => store.search(three, { exclude: -2 }), "ERR_ARGUMENT"],
      [() => store.searchById(5), "ERR_NOT_FOUND"],
      [() => store.searchById(-5), "ERR_ARGUMENT"],
      [() => store.distances([1], [0]), "ERR_DIMENSION"],
      [() => store.distances([1, 2, Number.NaN], [0]), "ERR_NOT_FINITE"],
      [() => store.distances(three, [0, -1]), "ERR_ARGUMENT"],
      [() => store.distances(three, [0, 1], new Float32Array(1)), "ERR_DIMENSION"],
      [() => store.distancesById(7, [0]), "ERR_NOT_FOUND"],
      [() => store.distancesById(0, [Number.NaN]), "ERR_ARGUMENT"],
    ];
    for (const [call, code] of refused) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
    expect(sameBytes(store.image(), before)).toBe(true);
    expect(store.size).toBe(2);
  });

  test("a refused vector names the number to blame", () => {
    const store = makeStore(build, { dimensions: 2 });
    expect(() => store.addMany([1, 2], Float32Array.of(0, 1, 2, Number.NaN))).toThrow("vectors[1][1]: expected a finite f32, got NaN");
    expect(() => store.add(1, [1, 2, 3])).toThrow("vector: expected 2 numbers, got 3");
    expect(() => store.add(1, [1, null] as never)).toThrow("vector[1]: expected a finite f32, got null");
    expect(codeOf(() => makeStore(build, { dimensions: 20_000 }).add(1, new Array(20_000).fill(null)))).toBe("ERR_NOT_FINITE");
    expect(() => store.add(1, [3e38, 3e38])).toThrow("Euclidean length of at most 3.4e38");
  });

  test.each([8, 20_000])("a full memory refuses, changes nothing, and goes on (d = %i)", (dimensions) => {
    const store = makeStore(build, { dimensions, metric: "l2", maxBytes: dimensions === 8 ? 200_000 : 1_000_000 });
    const random = new Random(5);
    let n = 0;
    let before = store.image();
    const code = codeOf(() => {
      for (; n < 1e6; n++) {
        before = store.image();
        store.add(n, random.vector(dimensions));
      }
    });
    expect(code).toBe("ERR_MEMORY");
    expect(n).toBeGreaterThan(3);
    expect(sameBytes(store.image(), before)).toBe(true);
    expect(codeOf(() => store.addMany([0, n], new Float32Array(2 * dimensions)))).toBe("ERR_MEMORY");
    expect(sameBytes(store.image(), before)).toBe(true);
    expect(store.stats().stateBytes).toBeLessThanOrEqual(dimensions === 8 ? 200_000 : 1_000_000);
    expect(store.size).toBe(n);
    expect(store.searchById(2, { k: n }).ids.length).toBe(n - 1);
    // What is there can be replaced; what goes makes room.
    const other = new Float32Array(dimensions).fill(2);
    expect(store.add(0, other)).toBe(false);
    expect(store.remove(1)).toBe(true);
    expect(store.add(1, other)).toBe(true);
    expect([...store.search(other, { k: 2 }).ids]).toEqual([0, 1]);
  });

  test("removed rows are used again", () => {
    const store = makeStore(build, { dimensions: 30, metric: "ip" });
    const vectors = new Float32Array(1000 * 30).fill(1);
    const ids = Array.from({ length: 1000 }, (_, i) => i);
    store.addMany(ids, vectors);
    const { stateBytes } = store.stats();
    for (let round = 0; round < 3; round++) {
      for (const id of ids) store.remove(id);
      expect(store.size).toBe(0);
      store.addMany(ids, vectors);
      store.addMany(ids, vectors);
    }
    expect(store.stats().stateBytes).toBe(stateBytes);
  });

  test("results are copies", () => {
    const store = makeStore(build, { dimensions: 2 });
    store.add(0, [1, 2]);
    const { ids, distances } = store.search([1, 2]);
    const vector = store.vector(0)!;
    store.add(5, [3, 4]);
    store.search([4, 3]);
    expect([...ids]).toEqual([0]);
    expect(distances[0]).toBeCloseTo(0, 6);
    expect(vector[1]).toBeCloseTo(2, 5);
  });

  test("after dispose everything is refused, dispose is not", () => {
    const store = makeStore(build, { dimensions: 2 });
    store.add(0, [1, 2]);
    store[Symbol.dispose]();
    store.dispose();
    const calls: (() => unknown)[] = [
      () => store.add(0, [1, 2]),
      () => store.addMany([0], Float32Array.of(1, 2)),
      () => store.remove(0),
      () => store.has(0),
      () => store.vector(0),
      () => store.size,
      () => store.search([1, 2]),
      () => store.searchById(0),
      () => store.distances([1, 2], [0]),
      () => store.distancesById(0, [0]),
      () => store.stats(),
      () => store.image(),
    ];
    for (const call of calls) expect(codeOf(call)).toBe("ERR_DISPOSED");
  });
});
