import { describe, expect, it } from "vitest";
import { MfnError, type StrideOptions, StridePredictor } from "../../src/cpe.js";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SlowStride } from "../oracle/stride.js";

function make(build: Build, options: StrideOptions = {}): StridePredictor {
  return StridePredictor.createSync({ ...options, wasm: wasm("cpe-stride", build) });
}

function codeOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

/** Accesses of several streams: runs with strides, extents of changing size, jumps, repeats, patterns of deltas, the ends of the range. */
function* accesses(random: Random, n: number, streams: number): Generator<[stream: number, id: number, span: number]> {
  const runs = Array.from({ length: 5 }, () => ({ at: 0, step: 0, span: 1, pattern: false, i: 0 }));
  const last = new Array<number>(streams).fill(0);
  for (let i = 0; i < n; i++) {
    const stream = random.below(streams);
    const run = random.pick(runs);
    let [id, span] = [random.below(5000), 1 + random.below(3)];
    switch (random.below(12)) {
      case 0:
        Object.assign(run, {
          at: random.below(1e6),
          step: random.pick([-8, 1, 3, 64, 100_000]),
          span: random.pick([1, 8, 64]),
          pattern: random.below(3) === 0,
        });
        break;
      case 1:
        id = last[stream]!;
        break;
      case 2:
        if (random.below(8) === 0) id = random.pick([0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 3]);
        break;
      case 3:
        break;
      default:
        run.at = Math.max(0, run.at + (run.pattern ? [1, 1, 5][run.i++ % 3]! : run.step));
        [id, span] = [run.at, run.span];
    }
    last[stream] = id;
    yield [stream, id, span];
  }
}

describe.each(builds)("StridePredictor (%s)", (build) => {
  it.each<StrideOptions>([
    {},
    { cursors: 2, contextBytes: 256, streams: 8, reach: 100, seed: 5 },
    { cursors: 64, contextBytes: 4096, streams: 16, reach: 0, seed: -(2 ** 40) },
    { cursors: 1, contextBytes: 1024, streams: 8, reach: Number.MAX_SAFE_INTEGER },
  ])("gives every probability that the slow way gives: %j", (options) => {
    const random = new Random(17);
    const fast = make(build, options);
    const slow = new SlowStride(options);
    let i = 0;
    for (const [stream, id, span] of accesses(random, build === "debug" ? 1500 : 4000, 12)) {
      if (i++ % 9 === 0) {
        const all = fast.predict(stream, 100);
        expect({ ids: [...all.ids], probabilities: [...all.probabilities], escape: all.escape }).toEqual(slow.predict(stream));
        expect([...all.probabilities].reduce((sum, p) => sum + p, all.escape)).toBeCloseTo(1, 12);
        const few = fast.predict(stream, 3);
        expect([...few.ids]).toEqual([...all.ids].slice(0, 3));
        expect(few.escape).toBe(all.escape);
        const ahead = fast.ahead(stream, 1 + (i % 40));
        expect([...ahead.ids].map((x, k) => [x, [...ahead.evidence.subarray(3 * k, 3 * k + 3)]])).toEqual(slow.ahead(stream, 1 + (i % 40)));
        expect(ahead.evidence.every((c) => c <= 176)).toBe(true);
        const guess = all.ids[0] ?? id;
        expect(fast.surprise(stream, guess)).toBeCloseTo(-Math.log2(slow.probability(stream, guess)), 4);
      }
      if (i % 500 === 0) expect(fast.forgetStream(stream)).toBe(slow.forgetStream(stream));
      const expected = -Math.log2(slow.observe(stream, id, span));
      expect(Math.abs(fast.observe(stream, id, span) - expected)).toBeLessThan(1e-4 * (1 + expected));
    }
    fast.dispose();
  });

  it("follows runs that take turns, and names ids that were never seen", () => {
    const expert = make(build);
    const runs = [
      { at: 1_000_000, step: 8 },
      { at: 2 ** 50, step: -3 },
      { at: 5_000_000, step: 4096 },
    ];
    const random = new Random(3);
    let bits = 0;
    for (let i = 0; i < 400; i++) {
      const run = random.pick(runs);
      run.at += run.step;
      const b = expert.observe(1, run.at);
      if (i >= 200) bits += b / 200;
    }
    // Which run is next is log2(3) bits; the ids themselves cost little beside.
    expect(bits).toBeLessThan(2);
    expect([...expert.predict(1, 3).ids].sort((a, b) => a - b)).toEqual(runs.map(({ at, step }) => at + step).sort((a, b) => a - b));
  });

  it("tells runs apart that begin near to each other", () => {
    const expert = make(build);
    for (const id of [100, 7000, 108, 7001, 116, 7002]) expert.observe(0, id);
    expect([...expert.predict(0, 2).ids]).toEqual([124, 7003]);
  });

  it("learns a pattern of deltas, and takes it to another stream", () => {
    const expert = make(build);
    let at = 0;
    for (let i = 0; i < 300; i++) {
      at += [1, 1, 6][i % 3]!;
      expert.observe(0, at);
    }
    for (const id of [10 ** 9, 10 ** 9 + 1, 10 ** 9 + 2]) expert.observe(5, id);
    const { ids, probabilities } = expert.predict(5, 1);
    expect(ids[0]).toBe(10 ** 9 + 8);
    expect(probabilities[0]).toBeGreaterThan(0.5);
  });

  it("follows extents of changing size", () => {
    const expert = make(build);
    let at = 500;
    for (let i = 0; i < 60; i++) {
      const span = [8, 24, 128, 3, 77][(i * i) % 5]!;
      expert.observe(0, at, span);
      at += span;
    }
    expect(expert.ahead(0, 1).ids[0]).toBe(at);
    expect(expert.predict(0, 1).ids[0]).toBe(at);
  });

  it("looks no further ahead than a run was confirmed", () => {
    const expert = make(build);
    const steps: number[] = [];
    for (let i = 0; i < 6; i++) {
      expert.observe(0, 100 + i);
      steps.push(expert.ahead(0, 4).ids.length);
    }
    expect(steps).toEqual([1, 2, 3, 4, 4, 4]);
    expect([...expert.ahead(0, 4).ids]).toEqual([106, 107, 108, 109]);
  });

  it("names each id once, with all evidence for it, at any depth", () => {
    const expert = make(build);
    const slow = new SlowStride({});
    // Runs that go on and on, and some that come back to where they were, so that one id is named again.
    for (const pattern of [[8], [3, -2], [1, 1, -2], [5, -5, 7, -7]]) {
      let id = 1e6;
      for (let i = 0; i < 1500; i++) {
        for (const one of [expert, slow]) one.observe(0, id, 1);
        id += pattern[i % pattern.length]!;
        if (i % 100 !== 99) continue;
        for (const depth of [2, 300, 1024]) {
          const { ids, evidence } = expert.ahead(0, depth);
          expect(new Set(ids).size).toBe(ids.length);
          expect([...ids].map((x, k) => [x, [...evidence.subarray(3 * k, 3 * k + 3)]])).toEqual(slow.ahead(0, depth));
        }
      }
    }
  });

  it("keeps its size, whatever comes", () => {
    const expert = make(build, { streams: 8, cursors: 4, contextBytes: 1024 });
    const bytes = expert.stateBytes;
    for (const [stream, id, span] of accesses(new Random(9), 2000, 1000)) expert.observe(stream, id, span);
    expect(expert.stateBytes).toBe(bytes);
    expect(expert.image().length).toBe(bytes);
    expect(bytes).toBeLessThan(1024 + 8 * (64 + 4 * 56) + 4096);
  });

  it("is the same on every build, and a query changes nothing", () => {
    const expert = make(build, { seed: 8 });
    const other = make(build === "debug" ? "release" : "debug", { seed: 8 });
    for (const [stream, id, span] of accesses(new Random(4), 1500, 30)) {
      expect(expert.observe(stream, id, span)).toBe(other.observe(stream, id, span));
    }
    const image = expert.image();
    expert.predict(3, 5);
    expert.predict(999);
    expert.ahead(3, 1024);
    expert.surprise(4, 7);
    expect(Buffer.compare(image, expert.image())).toBe(0);
    sameImage(expert, other);
  });

  it("goes on from a snapshot", async () => {
    const options = () => ({ wasm: wasm("cpe-stride", build) });
    const original = make(build, { seed: 3, cursors: 5 });
    for (const [stream, id, span] of accesses(new Random(6), 700, 10)) original.observe(stream, id, span);
    const file = original.snapshot();
    const used = make(build);
    used.observe(1, 1);
    used.restore(file);
    const copies = [StridePredictor.loadSync(file, options()), await StridePredictor.load(new Blob([file]), options()), used];
    for (const [stream, id, span] of accesses(new Random(7), 300, 20)) {
      const bits = original.observe(stream, id, span);
      for (const copy of copies) expect(copy.observe(stream, id, span)).toBe(bits);
    }
    for (const copy of copies) sameImage(copy, original);
    file[file.length - 1]! ^= 1;
    expect(codeOf(() => StridePredictor.loadSync(file, options()))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => used.restore(file))).toBe("ERR_SNAPSHOT");
    sameImage(used, original);
  });

  it("refuses what it cannot take, and is as before", () => {
    const expert = make(build);
    expert.observe(1, 5);
    const image = expert.image();
    const bad: (() => unknown)[] = [
      ...[-1, 0.5, NaN, 2 ** 31, "1" as never, 1n as never].map((stream) => () => expert.observe(stream, 1)),
      ...[-1, 0.5, NaN, Infinity, 2 ** 53, "1" as never, 1n as never, undefined as never].map((id) => () => expert.observe(1, id)),
      ...[0, -1, 1.5, 2 ** 33, null as never].map((span) => () => expert.observe(1, 1, span)),
      () => expert.predict(1, 0),
      () => expert.predict(-1),
      () => expert.surprise(1, -1),
      () => expert.ahead(1, 0),
      () => expert.ahead(1, 1025),
      () => expert.forgetStream(-1),
    ];
    for (const call of bad) expect(codeOf(call)).toBe("ERR_ARGUMENT");
    expect(Buffer.compare(image, expert.image())).toBe(0);
    expect(codeOf(() => expert.forgetStream(2))).toBe("none");
    const options = [
      { streams: 7 },
      { streams: 12 },
      { cursors: 0 },
      { cursors: 65 },
      { reach: -1 },
      { contextBytes: 300 },
      { contextBytes: 128 },
      { seed: 0.5 },
      7,
      null,
    ];
    for (const o of options)
      expect(
        codeOf(() => StridePredictor.createSync(o as StrideOptions)),
        JSON.stringify(o),
      ).toBe("ERR_ARGUMENT");
    expect(codeOf(() => make(build, { maxBytes: 8192 }))).toBe("ERR_MEMORY");
    expert.dispose();
    expect(codeOf(() => expert.observe(1, 1))).toBe("ERR_DISPOSED");
  });

  it("knows nothing of a stream that is not known", () => {
    const expert = make(build);
    expect(expert.predict(0)).toEqual({ ids: new Float64Array(0), probabilities: new Float64Array(0), escape: 1 });
    expect(expert.ahead(0).ids.length).toBe(0);
    expect(expert.surprise(0, 9)).toBe(0);
    expect(expert.observe(0, 9)).toBe(0);
  });
});
