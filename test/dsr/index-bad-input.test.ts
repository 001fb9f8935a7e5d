// Bad input: the code says what, and nothing has changed.
import { describe, expect, test } from "vitest";
import { Dsr } from "../../src/dsr.js";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, sameBytes } from "./helpers.js";
import { filled, makeIndex, metrics } from "./index-helpers.js";

type Calls = readonly (readonly [() => unknown, string])[];

function expectRefused(calls: Calls): void {
  for (const [call, code] of calls) expect([codeOf(call), call.toString()]).toEqual([code, call.toString()]);
}

function learned(build: Build, dimensions = 3, metric: (typeof metrics)[number] = "l2"): Dsr {
  const dsr = filled(build, new Random(1).vector(40 * dimensions), { dimensions, metric });
  dsr.learn({ neurons: 8 });
  return dsr;
}

describe.each(builds)("bad input to Dsr (%s)", (build) => {
  test("options", () => {
    const bad: [object, string][] = [
      [{}, "ERR_ARGUMENT"],
      [{ dimensions: 0 }, "ERR_ARGUMENT"],
      [{ dimensions: 65_537 }, "ERR_ARGUMENT"],
      [{ dimensions: "3" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, metric: "manhattan" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, metric: "toString" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, rows: "f64" }, "ERR_ARGUMENT"],
      [{ dimensions: 3, rows: null }, "ERR_ARGUMENT"],
      [{ dimensions: 3, neurons: 3 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, neurons: 32_769 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, neurons: 4.5 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, secondWinners: -0.1 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, secondWinners: 1.1 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, secondWinners: Number.NaN }, "ERR_NOT_FINITE"],
      [{ dimensions: 3, secondWinners: true }, "ERR_NOT_FINITE"],
      [{ dimensions: 3, seed: 0.5 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, seed: 2 ** 53 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, capacity: -1 }, "ERR_ARGUMENT"],
      [{ dimensions: 3, maxBytes: 100 }, "ERR_ARGUMENT"],
    ];
    expectRefused(
      bad
        .map(([options, code]) => [() => makeIndex(build, options as { dimensions: number }), code] as const)
        .filter(([, code]) => code !== ""),
    );
    expect(codeOf(() => Dsr.createSync(undefined as never))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => Dsr.createSync({ dimensions: 3, wasm: new Uint8Array([1, 2, 3]) }))).toBe("ERR_WASM");
  });

  test("every method", () => {
    const dsr = learned(build);
    const before = dsr.image();
    const three = new Float32Array(3);
    const filter = new Uint32Array(2);
    const vectors: Calls = [
      (v: never) => dsr.add(99, v),
      (v: never) => dsr.add(0, v),
      (v: never) => dsr.update(0, v),
      (v: never) => dsr.search(v),
      (v: never) => dsr.similar(v, 1),
      (v: never) => dsr.novelty(v),
      (v: never) => dsr.cluster(v),
      (v: never) => dsr.winners(v, 1),
      (v: never) => dsr.trace(v),
      (v: never) => dsr.distances(v, [0]),
    ].flatMap(
      (call): Calls => [
        [() => call([1, 2] as never), "ERR_DIMENSION"],
        [() => call(new Float32Array(4) as never), "ERR_DIMENSION"],
        [() => call(undefined as never), "ERR_ARGUMENT"],
        [() => call("123" as never), "ERR_ARGUMENT"],
        [() => call([1, 2, Number.NaN] as never), "ERR_NOT_FINITE"],
        [() => call([1, -Infinity, 2] as never), "ERR_NOT_FINITE"],
        [() => call([1, 2, 1e300] as never), "ERR_NOT_FINITE"],
        [() => call([1, null, 2] as never), "ERR_NOT_FINITE"],
        [() => call([1n, 2n, 3n] as never), "ERR_NOT_FINITE"],
        [() => call([2 ** 51, 0, 0] as never), "ERR_ARGUMENT"],
      ],
    );
    const ids: Calls = [
      (id: never) => dsr.add(id, three),
      (id: never) => dsr.addMany([0, id], new Float32Array(6)),
      (id: never) => dsr.remove(id),
      (id: never) => dsr.has(id),
      (id: never) => dsr.vector(id),
      (id: never) => dsr.update(id, three),
      (id: never) => dsr.searchById(id),
      (id: never) => dsr.search(three, { exclude: id }),
      (id: never) => dsr.searchById(0, { exclude: id }),
      (id: never) => dsr.distances(three, [id]),
      (id: never) => dsr.distancesById(id, [0]),
    ].flatMap(
      (call): Calls => [
        [() => call(-1 as never), "ERR_ARGUMENT"],
        [() => call(1.5 as never), "ERR_ARGUMENT"],
        [() => call((2 ** 31) as never), "ERR_ARGUMENT"],
        [() => call(Number.NaN as never), "ERR_ARGUMENT"],
        [() => call("0" as never), "ERR_ARGUMENT"],
        [() => call(1n as never), "ERR_ARGUMENT"],
      ],
    );
    const looks: Calls = [
      (o: object) => dsr.search(three, o),
      (o: object) => dsr.searchById(0, o),
      (o: object) => dsr.similar(three, 1, o),
    ].flatMap(
      (call): Calls => [
        [() => call({ k: 0 }), "ERR_ARGUMENT"],
        [() => call({ k: 1.5 }), "ERR_ARGUMENT"],
        [() => call({ k: 2 ** 31 }), "ERR_ARGUMENT"],
        [() => call({ recall: -0.1 }), "ERR_ARGUMENT"],
        [() => call({ recall: 1.1 }), "ERR_ARGUMENT"],
        [() => call({ recall: Number.NaN }), "ERR_NOT_FINITE"],
        [() => call({ recall: "1" }), "ERR_NOT_FINITE"],
        [() => call({ probes: -1 }), "ERR_ARGUMENT"],
        [() => call({ probes: 0.5 }), "ERR_ARGUMENT"],
        [() => call({ probes: 2 ** 31 }), "ERR_ARGUMENT"],
        [() => call({ candidates: -1 }), "ERR_ARGUMENT"],
        [() => call({ candidates: 2 ** 29 }), "ERR_ARGUMENT"],
        [() => call({ filter: [1, 2] }), "ERR_ARGUMENT"],
        [() => call({ filter: new Uint8Array(4) }), "ERR_ARGUMENT"],
        [() => call({ filter: null }), "ERR_ARGUMENT"],
      ],
    );
    expectRefused([
      ...vectors,
      ...ids,
      ...looks,
      [() => dsr.addMany([1, 2], new Float32Array(5)), "ERR_DIMENSION"],
      [() => dsr.addMany([1, 2], [1, 2, 3, 4, 5, 6] as never), "ERR_ARGUMENT"],
      [() => dsr.addMany([1, 99], Float32Array.of(1, 2, 3, 4, Number.NaN, 6)), "ERR_NOT_FINITE"],
      [() => dsr.addMany([1, 99], Float32Array.of(1, 2, 3, 4, 1e25, 6)), "ERR_ARGUMENT"],
      [() => dsr.addMany(5 as never, new Float32Array(6)), "ERR_ARGUMENT"],
      [() => dsr.addMany([1, 2 ** 31 - 1], new Float32Array(6)), "ERR_MEMORY"],
      [() => dsr.add(2 ** 31 - 1, three), "ERR_MEMORY"],
      [() => dsr.update(77, three), "ERR_NOT_FOUND"],
      [() => dsr.searchById(77), "ERR_NOT_FOUND"],
      [() => dsr.searchById(77, { filter }), "ERR_NOT_FOUND"],
      [() => dsr.distancesById(77, [0]), "ERR_NOT_FOUND"],
      [() => dsr.vector(0, new Float32Array(2)), "ERR_DIMENSION"],
      [() => dsr.distances(three, [0, 1], new Float32Array(1)), "ERR_DIMENSION"],
      [() => dsr.similar(three, Number.NaN), "ERR_ARGUMENT"],
      [() => dsr.similar(three, "1" as never), "ERR_ARGUMENT"],
      [() => dsr.winners(three, 0), "ERR_ARGUMENT"],
      [() => dsr.winners(three, 40_000), "ERR_ARGUMENT"],
      [() => dsr.winners(three, undefined as never), "ERR_ARGUMENT"],
      [() => dsr.trace(three, 0), "ERR_ARGUMENT"],
      [() => dsr.trace(three, 1.5), "ERR_ARGUMENT"],
      [() => dsr.learn({ neurons: -1 }), "ERR_ARGUMENT"],
      [() => dsr.learn({ plasticity: 1 as never }), "ERR_ARGUMENT"],
      [() => dsr.learn({ homeostasis: "no" as never }), "ERR_ARGUMENT"],
      [() => dsr.learn(null as never), "ERR_ARGUMENT"],
      [() => dsr.search(new Float32Array(dsr.dimensions), null as never), "ERR_ARGUMENT"],
      [() => dsr.searchById(0, "k" as never), "ERR_ARGUMENT"],
      [() => dsr.similar(new Float32Array(dsr.dimensions), 1, null as never), "ERR_ARGUMENT"],
      [() => dsr.learn({ neurons: 40_000 }), "ERR_ARGUMENT"],
      [() => dsr.learn({ neurons: 4.5 }), "ERR_ARGUMENT"],
      [() => dsr.search(Float32Array.of(1, 2, Number.NaN), { filter }), "ERR_NOT_FINITE"],
    ]);
    expect(sameBytes(dsr.image(), before)).toBe(true);
    expect(dsr.search(three, { k: 40 }).ids.length).toBe(40);
  });

  test("learning from too little, or from too many dimensions", () => {
    const dsr = makeIndex(build, { dimensions: 2 });
    dsr.addMany([...Array(15).keys()], new Random(1).vector(30));
    const before = dsr.image();
    expectRefused([
      [() => dsr.learn(), "ERR_ARGUMENT"],
      [() => dsr.trace([1, 2]), "ERR_ARGUMENT"],
      [() => dsr.novelty([1, 2]), "ERR_ARGUMENT"],
      [() => dsr.cluster([1, 2]), "ERR_ARGUMENT"],
      [() => dsr.winners([1, 2], 3), "ERR_ARGUMENT"],
    ]);
    expect(sameBytes(dsr.image(), before)).toBe(true);
    dsr.add(15, [1, 2]);
    expect(dsr.learn({ neurons: 100 }).neurons).toBe(16);

    const wide = makeIndex(build, { dimensions: 4097, metric: "ip" });
    wide.addMany([...Array(16).keys()], new Random(1).vector(16 * 4097));
    expectRefused([
      [() => wide.learn(), "ERR_ARGUMENT"],
      [() => wide.novelty(new Float32Array(4097)), "ERR_ARGUMENT"],
    ]);
    // A vector that does not fit the window takes another way.
    const wider = makeIndex(build, { dimensions: 20_000 });
    expect(codeOf(() => wider.add(1, new Array(20_000).fill(null)))).toBe("ERR_NOT_FINITE");
    expect(wider.add(1, new Float32Array(20_000).fill(1))).toBe(true);
    wider.update(1, new Float32Array(20_000).fill(2));
    expect(wider.search(new Float32Array(20_000).fill(1), { filter: Uint32Array.of(2) }).ids.length).toBe(1);
  });

  test("a refused vector names the number to blame", () => {
    const dsr = learned(build, 2, "cosine");
    expect(() => dsr.novelty([1, null] as never)).toThrow("query[1]: expected a finite f32, got null");
    expect(() => dsr.update(0, [1, Number.NaN])).toThrow("vector[1]: expected a finite f32, got NaN");
    expect(() => dsr.trace([3e38, 3e38])).toThrow("Euclidean length of at most 3.4e38");
    expect(() => dsr.search([1, 2], { filter: [1] as never })).toThrow("filter: expected a Uint32Array of bits by id");
  });

  test("after dispose everything is refused, dispose is not", () => {
    const dsr = learned(build, 2);
    dsr[Symbol.dispose]();
    dsr.dispose();
    expectRefused(
      [
        () => dsr.add(0, [1, 2]),
        () => dsr.addMany([0], Float32Array.of(1, 2)),
        () => dsr.update(0, [1, 2]),
        () => dsr.remove(0),
        () => dsr.has(0),
        () => dsr.vector(0),
        () => dsr.size,
        () => dsr.search([1, 2]),
        () => dsr.search([1, 2], { filter: new Uint32Array(1) }),
        () => dsr.searchById(0),
        () => dsr.similar([1, 2], 1),
        () => dsr.novelty([1, 2]),
        () => dsr.cluster([1, 2]),
        () => dsr.winners([1, 2], 1),
        () => dsr.trace([1, 2]),
        () => dsr.distances([1, 2], [0]),
        () => dsr.distancesById(0, [0]),
        () => dsr.learn(),
        () => dsr.stats(),
        () => dsr.image(),
        () => dsr.snapshot(),
      ].map((call) => [call, "ERR_DISPOSED"] as const),
    );
  });

  test("results are copies", () => {
    for (const metric of metrics) {
      const dsr = learned(build, 4, metric);
      const query = [1, 2, 3, 4];
      const look = () => [
        dsr.search(query),
        dsr.searchById(3),
        dsr.similar(query, 5),
        dsr.winners(query, 3),
        dsr.trace(query, 3),
        dsr.vector(3),
      ];
      const first = look();
      const copy = structuredClone(first);
      dsr.search([4, 3, 2, 1], { k: 40 });
      dsr.trace([4, 3, 2, 1], 8);
      dsr.addMany([...Array(300).keys()], new Random(2).vector(1200));
      dsr.learn();
      expect(first).toEqual(copy);
    }
  });
});
