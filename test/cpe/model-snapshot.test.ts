// Snapshots of the event model: what is loaded answers and goes on as the original; what is damaged or something else is refused.
import { Cpe, StridePredictor } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const forms: [name: string, options: Options][] = [
  ["plain", { seed: 2 ** 40 + 5 }],
  ["two orders, a short horizon", { orders: 2, horizon: 50 }],
  ["sessions and a gap", { sessions: { bytes: 8192 }, gap: 30 }],
  ["streams apart", { shared: false, gap: 30 }],
  ["limits", { maxIds: 40, maxStreams: 6 }],
  ["limits and sessions", { maxIds: 40, maxStreams: 6, sessions: { bytes: 4096 }, contextBytes: 4096 }],
];

const make = (build: Build, options: Options = {}) =>
  Cpe.createSync({ contextBytes: 1 << 14, wasm: wasm("cpe-events", build), ...options });
const every = Int32Array.from({ length: 120 }, (_, i) => i);

/** Some of everything; with the same seed and start the same. */
function goOn(cpe: Cpe, seed: number, steps = 800): void {
  const random = new Random(seed);
  for (let step = 0; step < steps; step++) {
    const [stream, id] = [random.below(9), Math.floor(random.next() ** 2 * 120)];
    const kind = random.next();
    if (kind < 0.6) cpe.observe(stream, id, { weight: (1 + random.below(40)) / 16, at: seed * 1e6 + step * 5 });
    else if (kind < 0.8) cpe.observeMany(stream, [id, (id + 1) % 120]);
    else if (kind < 0.88) cpe.endSession(stream);
    else if (kind < 0.9) cpe.forgetStream(stream);
    else cpe.forget(id);
  }
}

const answers = (cpe: Cpe) =>
  [0, 1, 2, 8, 50].map((s) => [cpe.history(s), cpe.predict(s, 20), cpe.probabilities(s, every), cpe.entropy(s), cpe.explain(s, 3)]);

/** Fails unless the two are the same, and stay so through the same operations. */
function expectTwins(a: Cpe, b: Cpe): void {
  sameImage(a, b);
  expect(answers(a)).toEqual(answers(b));
  for (const seed of [100, 101]) {
    goOn(a, seed);
    goOn(b, seed);
  }
  sameImage(a, b);
  expect(answers(a)).toEqual(answers(b));
}

const refused = expect.objectContaining({ code: "ERR_SNAPSHOT" });

describe.each(builds)("snapshots of Cpe (%s)", (build) => {
  const load = (from: Parameters<typeof Cpe.loadSync>[0]) => Cpe.loadSync(from, { wasm: wasm("cpe-events", build) });

  it.each(forms)("load and go on as the original: %s", async (_, options) => {
    const cpe = make(build, options);
    goOn(cpe, 1);
    const file = cpe.snapshot();
    expect(cpe.snapshot()).toEqual(file);
    const loaded = load(file);
    expect(loaded.snapshot()).toEqual(file);
    const later = await Cpe.load(new Blob([file]), { wasm: wasm("cpe-events", build) });
    expectTwins(cpe, loaded);
    for (const seed of [100, 101]) goOn(later, seed);
    sameImage(later, cpe);
  });

  it.each(forms)("restore a model of any other options: %s", (_, options) => {
    const cpe = make(build, options);
    goOn(cpe, 2);
    const file = cpe.snapshot();
    for (const [, other] of forms) {
      const target = make(build, { contextBytes: 1 << 13, ...other });
      goOn(target, 3, 300);
      target.restore(file);
      sameImage(target, cpe);
      expect(answers(target)).toEqual(answers(cpe));
    }
    const target = make(build, { contextBytes: 1 << 16 });
    goOn(target, 4, 300);
    target.restore(file);
    expectTwins(target, cpe);
  });

  it("carry the options: limits, gap, sessions, orders, models of their own", () => {
    const limited = load(make(build, { maxIds: 10, gap: 10 }).snapshot());
    for (let i = 0; i < 50; i++) limited.observe(0, i, { at: i });
    expect(limited.size).toBe(10);
    limited.observe(0, 1, { at: 1000 });
    expect([...limited.history(0)]).toEqual([1]);
    const apart = load(make(build, { shared: false }).snapshot());
    expect(() => apart.predictAfter([1])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    const target = make(build, { sessions: true });
    target.restore(make(build, { orders: 2 }).snapshot());
    expect(() => target.predictLast(0)).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(() => target.countsAfter([1, 2, 3])).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    target.restore(make(build, { sessions: { bytes: 4096 } }).snapshot());
    expect(target.predictLast(0).escape).toBe(1);
  });

  it("are refused when damaged, cut or something else, and the model is as before", async () => {
    const cpe = make(build);
    goOn(cpe, 5, 200);
    const file = cpe.snapshot();
    const target = make(build, { orders: 3 });
    goOn(target, 6, 200);
    const before = target.image();
    const random = new Random(7);
    const damaged = (at: number) => {
      const copy = file.slice();
      copy[at] ^= 1 << random.below(8);
      return copy;
    };
    const places = [...Array.from({ length: 64 }, (_, i) => i), ...Array.from({ length: 60 }, () => random.below(file.length))];
    const bad = places.map(damaged);
    for (const length of [0, 1, 63, 64, 200, file.length - 1]) bad.push(file.slice(0, length));
    bad.push(StridePredictor.createSync().snapshot(), new Uint8Array(1000));
    for (const [i, bytes] of bad.entries()) {
      expect(() => target.restore(bytes), `case ${i}`).toThrow(refused);
      expect(() => load(bytes), `case ${i}`).toThrow(refused);
    }
    await expect(Cpe.load(damaged(100))).rejects.toThrow(refused);
    expect(Buffer.compare(target.image(), before)).toBe(0);
    target.restore(file);
    expectTwins(target, cpe);
  });

  it("need room", () => {
    const cpe = make(build);
    goOn(cpe, 8);
    const file = cpe.snapshot();
    const target = make(build);
    const before = target.image();
    const full = expect.objectContaining({ code: "ERR_MEMORY" });
    expect(() => target.restore(file, { maxBytes: 70_000 })).toThrow(full);
    expect(() => Cpe.loadSync(file, { maxBytes: 70_000, wasm: wasm("cpe-events", build) })).toThrow(full);
    expect(Buffer.compare(target.image(), before)).toBe(0);
    // A limit of the model's own, from now on.
    const { stateBytes } = cpe.stats();
    const small = Cpe.loadSync(file, { maxBytes: stateBytes + 2000, wasm: wasm("cpe-events", build) });
    const fill = () => {
      for (let id = 1000; ; id++) small.observe(id, id);
    };
    expect(fill).toThrow(full);
    expect(small.stats().stateBytes).toBeLessThanOrEqual(stateBytes + 2000);
  });
});

it("what one build wrote the other loads", () => {
  const cpe = make("debug", { sessions: true });
  goOn(cpe, 9, 300);
  const loaded = Cpe.loadSync(cpe.snapshot(), { wasm: wasm("cpe-events", "release") });
  expectTwins(loaded, cpe);
});
