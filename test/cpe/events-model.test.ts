import fc from "fast-check";
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

const IDS = 12;
const everyId = Array.from({ length: IDS }, (_, i) => i);

type Options = Parameters<typeof Cpe.createSync>[0];

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "none";
}

// What only the full module's event model has: weights, times, streams apart, and why a prediction is what it is.
describe.each(builds)("the full event model (%s)", (build) => {
  const make = (options: Options = {}) => Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });

  it("has the entropy of its distribution, and explains a probability by what its contexts counted", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 5 }), (seed, events, orders) => {
        const cpe = make({ orders });
        const random = new Random(seed);
        for (let i = 0; i < events; i++) cpe.observe(random.below(2), random.next() < 0.6 ? i % 5 : random.below(IDS));
        if (seed % 2 === 0) cpe.forget(random.below(IDS));
        const p = cpe.probabilities(0, everyId);
        const { escape } = cpe.predict(0, 1);
        const entropy = [...p, escape].reduce((sum, x) => (x > 0 ? sum - x * Math.log2(x) : sum), 0);
        expect(cpe.entropy(0)).toBeCloseTo(entropy, 2);
        const history = [...cpe.history(0)];
        for (const id of everyId) {
          expect(cpe.probability(0, id)).toBe(p[id]);
          const { probability, votes } = cpe.explain(0, id);
          expect(probability).toBe(p[id]);
          expect(votes.reduce((sum, { share }) => sum + share, 0)).toBeLessThan(1.0001);
          for (const { kind, distance, count, events: seen } of votes) {
            expect(count).toBeLessThanOrEqual(seen);
            if (kind !== "order") continue;
            const { ids, counts } = cpe.countsAfter(history.slice(-distance));
            expect(count).toBe(counts[ids.indexOf(id)] ?? 0);
          }
        }
        cpe.dispose();
      }),
      { numRuns: build === "release" ? 30 : 10 },
    );
  });

  it("counts an event for its weight", () => {
    const cpe = make();
    for (let i = 0; i < 20; i++) cpe.observeMany(0, [1, 2]);
    cpe.observe(0, 1);
    cpe.observe(0, 3, { weight: 16 });
    const { ids, counts } = cpe.countsAfter([1]);
    expect(counts[ids.indexOf(3)]).toBe(16);
    const light = make();
    light.observe(0, 1);
    light.observe(0, 2, { weight: 1 / 16 });
    expect([...light.countsAfter([1]).counts]).toEqual([1 / 16]);
  });

  it("begins a session after a gap, where times are told", () => {
    const cpe = make({ gap: 1000 });
    cpe.observe(0, 1, { at: 5000 });
    cpe.observe(0, 2, { at: 6000 });
    expect([...cpe.history(0)]).toEqual([1, 2]);
    cpe.observe(0, 3, { at: 7001 });
    expect([...cpe.history(0)]).toEqual([3]);
    // A late one does not turn the clock back, and one without a time does not stop it.
    cpe.observe(0, 4, { at: 100 });
    cpe.observe(0, 5);
    cpe.observe(0, 6, { at: 8001 });
    expect([...cpe.history(0)]).toEqual([3, 4, 5, 6]);
    cpe.observe(0, 7, { at: 9002 });
    expect([...cpe.history(0)]).toEqual([7]);
    // Other streams have clocks of their own.
    cpe.observe(1, 1, { at: 0 });
    expect([...cpe.history(0)]).toEqual([7]);
  });

  it.each([
    ["its first event has no time", (cpe: Cpe) => cpe.observe(0, 1)],
    ["its first event has options without a time", (cpe: Cpe) => cpe.observe(0, 1, { weight: 2 })],
  ])("a stream takes up the clock later: %s", (_, first) => {
    const cpe = make({ gap: 1000 });
    first(cpe);
    cpe.observe(0, 2, { at: 50_000 });
    expect([...cpe.history(0)]).toEqual([1, 2]);
    cpe.observe(0, 3, { at: 60_000 });
    expect([...cpe.history(0)]).toEqual([3]);
  });

  it("gives every stream a model of its own, if asked to", () => {
    const apart = make({ shared: false });
    const common = make();
    for (const cpe of [apart, common]) {
      for (let i = 0; i < 100; i++) {
        cpe.observeMany(0, [1, 2]);
        cpe.observeMany(1, [1, 3, 4]);
      }
      cpe.observe(0, 1);
      cpe.observe(1, 1);
    }
    expect(apart.predict(0, 1).probabilities[0]).toBeGreaterThan(0.9);
    expect(apart.predict(0, 1).ids[0]).toBe(2);
    expect(apart.predict(1, 1).ids[0]).toBe(3);
    expect([...common.countsAfter([1]).ids].sort()).toEqual([2, 3]);
    expect(codeOf(() => apart.predictAfter([1], 1))).toBe("ERR_ARGUMENT");
  });

  it("refuses bad input with a code and is as before", () => {
    const cpe = make();
    cpe.observeMany(0, [1, 2, 3]);
    const before = cpe.image();
    const nothing = null as never;
    const numbers = [Number.NaN, Infinity];
    const calls = [
      () => cpe.observe(0, 1, nothing),
      () => cpe.observe(0, 1, 3 as never),
      ...[0, -1, 17].map((weight) => () => cpe.observe(0, 1, { weight })),
      ...[1e300, -1e300].map((at) => () => cpe.observe(0, 1, { at })),
      () => cpe.entropy(-1),
      () => cpe.probability(0, -1),
      () => cpe.probability(0.5, 1),
      () => cpe.explain(0, 2 ** 31),
      () => cpe.explain(-1, 0),
    ];
    for (const [i, call] of calls.entries()) expect([i, codeOf(call)]).toEqual([i, "ERR_ARGUMENT"]);
    for (const [i, x] of numbers.entries()) {
      expect([i, codeOf(() => cpe.observe(0, 1, { weight: x }))]).toEqual([i, "ERR_NOT_FINITE"]);
      expect([i, codeOf(() => cpe.observe(0, 1, { at: x }))]).toEqual([i, "ERR_NOT_FINITE"]);
    }
    for (const options of [null, 3, { gap: 0 }, { gap: -1 }, { shared: 1 }]) {
      expect(codeOf(() => Cpe.createSync(options as never))).toBe("ERR_ARGUMENT");
    }
    cpe.entropy(0);
    cpe.explain(0, 1);
    cpe.probability(0, 1);
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });
});
