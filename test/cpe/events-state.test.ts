import { Cpe, type CpeOptions, MfnError } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

const make = (build: Build, options: CpeOptions = {}) =>
  Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

/** Everything that can be asked without naming sizes in bytes. */
function answers(cpe: Cpe): unknown {
  const { ids, streams, events, contextLinesUsed } = cpe.stats();
  const everyId = Array.from({ length: 100 }, (_, i) => i);
  const perStream = [0, 1, 2, 3].map((s) => [cpe.history(s), cpe.predict(s, 50), cpe.probabilities(s, everyId)]);
  return { ids, streams, events, contextLinesUsed, perStream, counts: cpe.countsAfter([1]) };
}

/** The same random operations on any engine; `batch` events at a time. */
function operate(cpe: Cpe, batch: number): void {
  const random = new Random(7);
  for (let round = 0; round < 40; round++) {
    const streams = Array.from({ length: 200 }, () => random.below(30));
    const ids = Array.from({ length: 200 }, () => Math.floor(random.next() ** 3 * 600) * 1000);
    if (batch === 1) for (let i = 0; i < 200; i++) cpe.observe(streams[i], ids[i]);
    else for (let i = 0; i < 200; i += batch) cpe.observeMany(streams.slice(i, i + batch), ids.slice(i, i + batch));
    cpe.predict(round, 10);
    cpe.forgetStream(random.below(30));
    cpe.endSession(random.below(30));
    for (let i = 0; i < 30; i++) cpe.forget(random.below(600) * 1000);
  }
}

it("equal operations give equal bytes in release and debug, and equal answers in singles and batches", () => {
  const all = [1, 40].map((batch) =>
    builds.flatMap((build) => {
      const cpes = [0, 1].map(() => make(build, { seed: 3, contextBytes: 1 << 14 }));
      for (const cpe of cpes) operate(cpe, batch);
      return cpes;
    }),
  );
  for (const cpes of all) for (const cpe of cpes) expect(Buffer.compare(cpe.image(), cpes[0].image())).toBe(0);
  expect(answers(all[0][0])).toEqual(answers(all[1][0]));
  const other = make("release", { seed: 4, contextBytes: 1 << 14 });
  operate(other, 1);
  expect(Buffer.compare(other.image(), all[0][0].image())).not.toBe(0);
});

it("an array of a million contexts does not take more memory than the first thousand", () => {
  const cpe = make("release");
  const random = new Random(1);
  const ids = Array.from({ length: 3000 }, (_, i) => i);
  cpe.observeMany(0, ids);
  const { stateBytes, memoryBytes } = cpe.stats();
  // Seven contexts an event, nearly all of them new.
  for (let round = 0; round < 15; round++) {
    cpe.observeMany(
      0,
      Array.from({ length: 10_000 }, () => random.below(3000)),
    );
  }
  const stats = cpe.stats();
  expect(stats.stateBytes).toBe(stateBytes);
  expect(stats.memoryBytes).toBe(memoryBytes);
  expect(stats.contextLinesUsed).toBeGreaterThan(0.99 * stats.contextLines);
  expect(stats.contextLinesUsed).toBeLessThanOrEqual(stats.contextLines);
  expect(stats.contextLinesReplaced).toBeGreaterThan(100_000);
  // The table is full of noise, and learns all the same.
  for (let i = 0; i < 60; i++) cpe.observeMany(1, [5, 6, 7, 8, 9]);
  expect(cpe.predict(1, 1).ids[0]).toBe(5);
  expect(cpe.predict(1, 1).probabilities[0]).toBeGreaterThan(0.9);
});

it("time per event does not grow with what was learned", () => {
  /** Exponent of the time for n events, once. */
  const exponent = () => {
    const random = new Random(2);
    const cpe = make("release", { contextBytes: 1 << 20 });
    const cost = (n: number) => {
      const ids = Array.from({ length: n }, () => Math.floor(random.next() ** 2 * 5000));
      const start = process.cpuUsage().user;
      cpe.observeMany(0, ids);
      return process.cpuUsage().user - start;
    };
    cost(5000);
    const small = cost(5000);
    return Math.log(cost(80_000) / small) / Math.log(16);
  };
  // What else the machine does makes some trials too slow, growth would make all.
  expect(Math.min(exponent(), exponent(), exponent(), exponent())).toBeLessThan(1.3);
});

it("forgetting ids in the order in which they came costs each of them the same, however many there are", () => {
  const cost = (n: number) => {
    let least = Infinity;
    for (let turn = 0; turn < 3; turn++) {
      const cpe = make("release");
      cpe.observeMany(
        0,
        Int32Array.from({ length: n }, (_, i) => i),
      );
      const start = process.cpuUsage().user;
      for (let id = 0; id < n; id++) cpe.forget(id);
      least = Math.min(least, process.cpuUsage().user - start);
      cpe.dispose();
    }
    return least;
  };
  expect(Math.log(cost(40_000) / cost(10_000)) / Math.log(4)).toBeLessThan(1.5);
});

describe.each(builds)("state of the event model (%s)", (build) => {
  it("refuses bad input with a code and is as before", () => {
    const cpe = make(build);
    for (let i = 0; i < 100; i++) cpe.observe(i % 4, (i * 7) % 20);
    const before = cpe.image();
    const bad = [-1, 0.5, NaN, Infinity, 2 ** 31, "1" as unknown as number, undefined as unknown as number, 1n as unknown as number];
    for (const x of bad) {
      const calls = [
        () => cpe.observe(x, 1),
        () => cpe.observe(1, x),
        () => cpe.observeMany(x, [1]),
        () => cpe.observeMany([1, x], [1, 2]),
        () => cpe.observeMany([1, 1], [1, x]),
        () => cpe.reserve(x, 1),
        () => cpe.reserve(1, x),
        () => cpe.predict(x),
        () => cpe.predict(1, x === undefined ? 0 : x),
        () => cpe.predictAfter([1, x]),
        () => cpe.predictAfter([1], x === undefined ? 0 : x),
        () => cpe.probabilities(x, [1]),
        () => cpe.probabilities(1, [x]),
        () => cpe.probabilitiesAfter([x], [1]),
        () => cpe.surprise(x, 1),
        () => cpe.surprise(1, x),
        () => cpe.history(x),
        () => cpe.endSession(x),
        () => cpe.forgetStream(x),
        () => cpe.forget(x),
        () => cpe.countsAfter([x]),
      ];
      // A missing stream is no array of streams either.
      for (const [i, call] of calls.entries())
        if (!(i === 2 && typeof x !== "number")) expect([i, x, codeOf(call)]).toEqual([i, x, "ERR_ARGUMENT"]);
    }
    expect(codeOf(() => cpe.observeMany([1], [1, 2]))).toBe("ERR_DIMENSION");
    expect(codeOf(() => cpe.observeMany(1, [1, 2], new Float32Array(1)))).toBe("ERR_DIMENSION");
    expect(codeOf(() => cpe.probabilities(1, [1, 2], new Float32Array(1)))).toBe("ERR_DIMENSION");
    const none = null as unknown as number[];
    const many = new Int32Array(9000);
    const noArray = [
      () => cpe.observeMany(none, [1]),
      () => cpe.observeMany(1, none),
      // More events than go through the window at once: the first of them must not be learned.
      () => cpe.observeMany(1, many, new Array(9000) as unknown as Float32Array),
      () => cpe.observeMany(1, many, new BigInt64Array(9000) as unknown as Float32Array),
      () => cpe.predictAfter(none),
      () => cpe.predictAfter({} as number[]),
      () => cpe.probabilities(1, none),
      () => cpe.probabilities(1, [1], [0] as unknown as Float32Array),
      () => cpe.countsAfter(none),
    ];
    for (const [i, call] of noArray.entries()) expect([i, codeOf(call)]).toEqual([i, "ERR_ARGUMENT"]);
    expect(codeOf(() => cpe.countsAfter([]))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => cpe.countsAfter([1, 2, 3, 4, 5, 6]))).toBe("ERR_ARGUMENT");
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
    expect(cpe.forget(12345)).toBe(false);
    expect(cpe.endSession(12345)).toBe(false);
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
    // The ends of the domain are in it.
    cpe.observe(2 ** 31 - 1, 2 ** 31 - 1);
    expect([...cpe.history(2 ** 31 - 1)]).toEqual([2 ** 31 - 1]);
    cpe.dispose();
  });

  it("refuses bad options", () => {
    const code = (options: CpeOptions) => codeOf(() => make(build, options));
    expect(code({ orders: 0 })).toBe("ERR_ARGUMENT");
    expect(code({ orders: 6 })).toBe("ERR_ARGUMENT");
    expect(code({ horizon: 1 })).toBe("ERR_ARGUMENT");
    expect(code({ contextBytes: 5000 })).toBe("ERR_ARGUMENT");
    expect(code({ contextBytes: 2048 })).toBe("ERR_ARGUMENT");
    expect(code({ seed: 0.5 })).toBe("ERR_ARGUMENT");
    expect(code({ maxBytes: 10 })).toBe("ERR_ARGUMENT");
    expect(code({ maxBytes: 1 << 20, contextBytes: 1 << 20 })).toBe("ERR_MEMORY");
    expect(make(build, { maxBytes: 1 << 20, contextBytes: undefined }).stats().contextLines).toBe(8192);
    expect(make(build, { contextBytes: undefined }).stats().contextLines).toBe(131072);
  });

  it("says when its memory is full, is as before, and goes on working", () => {
    const cpe = make(build, { contextBytes: 4096, maxBytes: 80_000 });
    for (let i = 0; i < 200; i++) cpe.observe(i % 4, (i * i) % 10);
    let ids = 1000;
    while (codeOf(() => cpe.observe(0, ids)) === "none") ids++;
    expect(ids).toBeGreaterThan(1050);
    const before = answers(cpe);
    expect(codeOf(() => cpe.observe(0, ids))).toBe("ERR_MEMORY");
    expect(codeOf(() => cpe.reserve(0, ids))).toBe("ERR_MEMORY");
    expect(codeOf(() => cpe.observeMany(0, [1, 2, 3, ids]))).toBe("ERR_MEMORY");
    expect(answers(cpe)).toEqual(before);
    let streams = 1000;
    while (codeOf(() => cpe.observe(streams, 1)) === "none") streams++;
    const then = answers(cpe);
    expect(codeOf(() => cpe.observe(streams, 1))).toBe("ERR_MEMORY");
    expect(codeOf(() => cpe.observeMany([0, 1, streams], [1, 2, 3]))).toBe("ERR_MEMORY");
    expect(answers(cpe)).toEqual(then);
    // Known ids in known streams need no memory, and what is given back is used again.
    for (let i = 0; i < 500; i++) cpe.observe(i % 4, (i * i) % 10);
    cpe.forgetStream(1000);
    cpe.observe(streams, 1);
    expect([...cpe.history(streams)]).toEqual([1]);
    cpe.dispose();
  });

  it("reserves room that an event then does not need to ask for", () => {
    const cpe = make(build, { contextBytes: 4096, maxBytes: 80_000 });
    cpe.observe(0, 1);
    const before = answers(cpe);
    cpe.reserve(5, 99);
    expect(answers(cpe)).toEqual(before);
    for (let stream = 6; codeOf(() => cpe.reserve(stream, 99)) === "none"; stream++);
    expect(cpe.observe(5, 99)).toBeGreaterThan(0);
    expect(cpe.stats()).toMatchObject({ ids: 2, streams: 2, events: 2 });
    cpe.dispose();
  });

  it("does not take for known what room was made for only", () => {
    const cpe = make(build);
    cpe.reserve(5, 99);
    expect([cpe.forget(99), cpe.endSession(5), cpe.forgetStream(5)]).toEqual([false, false, false]);
    cpe.reserve(5, 99);
    cpe.observe(5, 99);
    expect([cpe.forget(99), cpe.endSession(5), cpe.forgetStream(5)]).toEqual([true, true, true]);
    expect([cpe.forget(99), cpe.endSession(5), cpe.forgetStream(5)]).toEqual([false, false, false]);
    cpe.dispose();
  });

  it("throws ERR_DISPOSED after dispose, which can be called twice", () => {
    const cpe = make(build);
    cpe.observe(0, 1);
    cpe.dispose();
    cpe.dispose();
    cpe[Symbol.dispose]();
    const calls = [
      () => cpe.observe(0, 1),
      () => cpe.observeMany(0, [1]),
      () => cpe.reserve(0, 1),
      () => cpe.predict(0),
      () => cpe.predictAfter([1]),
      () => cpe.probabilities(0, [1]),
      () => cpe.probabilitiesAfter([1], [1]),
      () => cpe.surprise(0, 1),
      () => cpe.history(0),
      () => cpe.endSession(0),
      () => cpe.forgetStream(0),
      () => cpe.forget(1),
      () => cpe.countsAfter([1]),
      () => cpe.stats(),
      () => cpe.image(),
      () => cpe.size,
    ];
    for (const call of calls) expect(codeOf(call)).toBe("ERR_DISPOSED");
  });
});

it("is built for modules: the embedded one, a compiled one, and no other layer's", () => {
  using cpe = Cpe.createSync({ contextBytes: 4096 });
  cpe.observe(0, 1);
  expect(cpe.size).toBe(1);
  expect(codeOf(() => Cpe.createSync({ wasm: new Uint8Array([1, 2, 3]) }))).toBe("ERR_WASM");
});

it("is poisoned by a trap", () => {
  const instance = new WebAssembly.Instance(wasm("cpe-events", "release") as WebAssembly.Module, {});
  const exports = { ...instance.exports, surpriseOf: trap };
  const stand = Object.create(WebAssembly.Instance.prototype, { exports: { value: exports } }) as WebAssembly.Instance;
  const cpe = Cpe.createSync({ contextBytes: 4096, wasm: stand });
  expect(codeOf(() => cpe.surprise(0, 1))).toBe("ERR_POISONED");
  expect(codeOf(() => cpe.predict(0))).toBe("ERR_POISONED");
});

function trap(): never {
  throw new WebAssembly.RuntimeError("unreachable");
}
