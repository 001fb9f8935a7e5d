import { type LayerName, Mfn, MfnError, type MfnOptions, type Operation } from "mfn";
import { describe, expect, test } from "vitest";
import { expectSameImages } from "../helpers/images.js";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";

const HOUR = 3_600_000;
/** Snapshots taken at failures in one run: a run may fail hundreds of times. */
const COMPARED = 12;

/**
 * The table of contexts is large enough not to overflow. A failed `observe` may use up a serial number of CPE, which changes no answer, but later the
 * places that contexts hash to: in a table that overflows other ones would be replaced than in an engine that never tried.
 */
function engine(options: MfnOptions): Mfn {
  return Mfn.createSync({ dimensions: DIMENSIONS, capacity: 0, contextBytes: 1 << 17, halfLife: 300 * HOUR, seed: 5, ...options });
}

/** Everything an engine can be asked, but for the bytes it takes. */
function answers(mfn: Mfn): unknown {
  const keys = [...mfn.keys()];
  const streams = [...mfn.streams()];
  const series = [...mfn.series()];
  const { bytes: _, ...stats } = mfn.stats();
  const some = keys.filter((_, i) => i % 7 === 0).slice(0, 12);
  return {
    keys: keys.map((key) => [key, mfn.has(key), mfn.get(key)]),
    streams,
    series: series.map((name) => [name, attempt(() => mfn.forecast(name, { horizon: 2 }))]),
    stats,
    similar: some.map((key) => mfn.similar(key, { k: 3 })),
    associated: some.map((key) => mfn.associate(key, { k: 20 })),
    ranked: some.map((key) => mfn.associate(key, { k: 5, by: "pagerank" })),
    routes: some.map((key) => mfn.route(some[0], key, { cost: "hops" })),
    predicted: streams.map((stream) => mfn.predict(stream, { k: 5 })),
    recalled: streams.slice(0, 4).map((stream) => mfn.recall({ stream }, { strategy: "parallel" }).results),
  };
}

function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof MfnError)) throw error;
    return error.code;
  }
}

/** Operations that need ever more memory in `layer`, and some of every other kind. */
function hungryOperation(random: Random, step: number, layer: LayerName): Operation {
  const at = 1_700_000_000_000 + step * HOUR;
  if (random.next() < 0.5) return randomOperation(random, step, 120);
  const key = `${layer === "ifr" ? "a long name, so that the registry fills up ".repeat(1 + random.below(30)) : ""}${random.below(100_000)}`;
  const links = Array.from({ length: random.below(12) }, () => ({
    to: `key ${random.below(120)}`,
    weight: 0.1 + random.next(),
    type: `type ${random.below(40)}`,
  }));
  const kind = random.below(3);
  if (kind === 0) return { op: "remember", key, vector: random.vector(DIMENSIONS), value: step, links, at };
  if (kind === 1)
    return { op: "observe", stream: `stream ${random.below(1000)}`, key: `key ${random.below(120)}`, value: random.below(9), at };
  return { op: "record", series: key, value: random.below(9), interval: HOUR, at };
}

/** The least limit, in steps of 512 bytes, with which an engine can be made. */
function leastLimit(layer: LayerName): number {
  for (let bytes = 4096; ; bytes += 512) {
    const made = attempt(() => engine({ maxBytes: { [layer]: bytes } }).dispose());
    if (made === undefined) return bytes;
    expect(made).toBe("ERR_MEMORY");
  }
}

const limits: Array<[layer: LayerName, above: number[], steps: number]> = [
  ["ifr", [16, 1000, 3000, 6000, 9000, 15_000, 30_000], 500],
  ["dsr", [0, 16, 3000, 20_000, 40_000], 400],
  ["alm", [64, 1000, 2500, 5000, 8000, 12_000, 17_000], 500],
  ["cpe", [16, 700, 1500, 3000, 5000, 9000, 15_000, 30_000], 500],
];

describe.each(limits)("a full memory in %s", (layer, above, steps) => {
  test.each(above)("%i bytes above the least: what fails leaves no trace, and the rest goes on", (more) => {
    const maxBytes = { [layer]: leastLimit(layer) + more };
    const journal: Operation[] = [];
    const full = engine({ maxBytes, journal: { append: (operation) => void journal.push(structuredClone(operation)) } });
    // It gets what the first one carried out, and no limit: whatever a failed operation left behind would tell the two apart.
    const twin = engine({});
    const random = new Random(more + 1);
    const failed = new Set<Operation["op"]>();
    let failures = 0;
    let after = 0;
    for (let step = 0; step < steps; step++) {
      const operation = hungryOperation(random, step, layer);
      const result = attempt(() => full.apply(operation));
      if (result === "ERR_MEMORY") {
        failures++;
        failed.add(operation.op);
        if (failures <= COMPARED || failures % 50 === 0) expect(answers(full), `after ${JSON.stringify(operation)}`).toEqual(answers(twin));
      } else {
        expect(result).toEqual(attempt(() => twin.apply(operation)));
        if (failures > 0) after++;
      }
    }
    expect(failures).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(0);
    expect(failed.has("forget")).toBe(false);
    expect(answers(full)).toEqual(answers(twin));

    const replayed = engine({ maxBytes });
    for (const operation of journal) attempt(() => replayed.apply(operation));
    expectSameImages(replayed.images(), full.images());
    expect(answers(replayed)).toEqual(answers(full));

    // What is forgotten makes room again.
    for (const key of [...full.keys()]) full.forget(key);
    for (const name of [...full.series()]) full.forget(name);
    expect(full.stats()).toMatchObject({ things: 0, vectors: 0, edges: 0, series: 0 });
    for (const mfn of [full, twin, replayed]) mfn.dispose();
  });
});

describe("an operation that a layer refuses leaves everything as it was", () => {
  const long = (x: number) => new Float32Array(DIMENSIONS).fill(x);
  const at = 1_700_000_000_000;

  test.each(["l2", "ip"] as const)("a vector too long for %s, for a new thing and in place of another", (metric) => {
    const mfn = engine({ metric });
    mfn.remember("a", { vector: long(1), links: [{ to: "b", weight: 1 }], at });
    const before = answers(mfn);
    const images = mfn.images();
    for (const key of ["a", "new"]) {
      const links = [{ to: "b", weight: 9 }, { to: "c" }, { to: "d", type: "fresh" }];
      expect(attempt(() => mfn.remember(key, { vector: long(3e38), value: 1, links, at: at + 100 * HOUR }))).toBe("ERR_ARGUMENT");
      expect(answers(mfn)).toEqual(before);
    }
    expect(mfn.images().alm.length).toBe(images.alm.length);
    mfn.dispose();
  });

  test("a value too large, or too old, for its series", () => {
    const mfn = engine({});
    for (let i = 0; i < 1100; i++) mfn.record("a", 1, { at: at + i * HOUR, interval: HOUR });
    mfn.observe("s", "b", { at });
    const before = answers(mfn);
    for (const call of [
      () => mfn.observe("s", "a", { value: 1, at }),
      () => mfn.observe("new stream", "a", { value: 1, at }),
      () => mfn.observe("new stream", "new", { value: 1e200, at }),
      () => mfn.record("a", 1, { at }),
      () => mfn.record("new", 1e200, { at, interval: HOUR }),
      () => mfn.record("new", 1, { at, interval: 0.5 }),
    ]) {
      expect(attempt(call)).toBe("ERR_ARGUMENT");
      expect(answers(mfn)).toEqual(before);
    }
    mfn.dispose();
  });
});
