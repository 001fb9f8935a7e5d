import { Mfn, MfnError, type Operation } from "mfn";
import { describe, expect, test } from "vitest";
import { expectSameImages } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";
import { EngineOracle } from "../oracle/engine.js";

function engine(build: Build): Mfn {
  const sources = {
    ifr: () => wasm("ifr", build),
    dsr: () => wasm("dsr", build),
    alm: () => wasm("alm", build),
    cpe: () => wasm("cpe", build),
    fusion: () => wasm("fusion", build),
  };
  return Mfn.createSync({ dimensions: DIMENSIONS, contextBytes: 1 << 16, wasm: sources });
}

/** An operation with one thing wrong. */
function broken(random: Random, step: number): unknown {
  const good = randomOperation(random, step);
  const nonsense = [Number.NaN, Number.POSITIVE_INFINITY, "", -1, null, {}, [], "x".repeat(70_000), 0, 1e300, true];
  const field = random.pick([
    "op",
    "key",
    "from",
    "to",
    "stream",
    "series",
    "vector",
    "weight",
    "links",
    "at",
    "value",
    "type",
    "interval",
  ]);
  return { ...good, [field]: random.pick(nonsense) };
}

describe.each(builds)("random operations, good and bad (%s)", (build) => {
  test.each([1, 2, 3])("seed %i: the engine agrees with the oracle, and refuses with a code", (seed) => {
    const random = new Random(seed);
    const mfn = engine(build);
    const oracle = new EngineOracle();
    for (let step = 0; step < 2500; step++) {
      const operation = (random.next() < 0.15 ? broken(random, step) : randomOperation(random, step)) as Operation;
      let images: ReturnType<Mfn["images"]> | undefined;
      if (random.next() < 0.02) images = mfn.images();
      try {
        mfn.apply(operation);
        oracle.apply(operation);
      } catch (error) {
        expect(error).toBeInstanceOf(MfnError);
        // What is refused before it starts leaves every byte as it was.
        if (images !== undefined && (error as MfnError).code !== "ERR_MEMORY") expectSameImages(mfn.images(), images);
      }
      if (step % 250 === 249) compare(mfn, oracle, random);
    }
    mfn.dispose();
  });
});

function compare(mfn: Mfn, oracle: EngineOracle, random: Random): void {
  expect(new Set(mfn.keys())).toEqual(oracle.keys);
  expect(mfn.size).toBe(oracle.keys.size);
  expect(new Set(mfn.streams())).toEqual(oracle.streams);
  expect(new Set(mfn.series())).toEqual(oracle.series);
  expect(mfn.stats()).toMatchObject({ things: oracle.keys.size, vectors: oracle.vectors.size, edges: oracle.edges.size });
  for (const key of oracle.keys) expect(mfn.get(key)).toBe(oracle.values.get(key));

  const query = random.vector(DIMENSIONS);
  const expected = oracle.similar(query).slice(0, 5);
  const found = mfn.similar(query, { k: 5 });
  found.forEach(({ score }, i) => {
    expect(score).toBeCloseTo(expected[i].score, 4);
  });
  expect(found.length).toBe(expected.length);

  for (const { from, to } of [...oracle.edges.values()].slice(0, 5)) {
    if (from !== to) expect(mfn.route(from, to, { cost: "hops" })?.keys).toEqual([from, to]);
  }
  for (const stream of [...oracle.streams].slice(0, 3)) {
    const { results, escape } = mfn.recall({ stream }, { k: 1000, strategy: "parallel" });
    const total = results.reduce((sum, { probability }) => sum + probability, 0);
    if (results.length > 0) expect(total).toBeCloseTo(1 - escape, 6);
    for (const { key, id } of results) {
      expect(oracle.keys.has(key)).toBe(true);
      expect(id).toBeGreaterThanOrEqual(0);
    }
    const predicted = mfn.predict(stream, { k: 1000 });
    const mass = predicted.results.reduce((sum, { probability }) => sum + probability, predicted.escape);
    expect(mass).toBeLessThan(1.001);
    for (const { key } of predicted.results) expect(oracle.keys.has(key)).toBe(true);
  }
}
