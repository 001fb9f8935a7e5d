// What `observe` takes beside a stream and an id: weights, times, and what they do to counts and sessions.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

describe.each(builds)("observe (%s)", (build) => {
  const make = (options: Options = {}) => Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });

  it.each([
    [1 / 16, 1 / 16],
    [0.1, 2 / 16],
    [1, 1],
    [2, 2],
    [2.49, 2.5],
    [16, 16],
  ])("counts an event of weight %f as %f in every context, and as one event", (weight, counted) => {
    const cpe = make();
    cpe.observeMany(0, [1, 2]);
    cpe.observe(0, 3, { weight });
    for (const context of [[2], [1, 2]]) {
      const { ids, counts, events, novelties } = cpe.countsAfter(context);
      expect([[...ids], [...counts], events, novelties]).toEqual([[3], [counted], counted, counted]);
    }
    expect(cpe.stats().events).toBe(3);
    expect([...cpe.history(0)]).toEqual([1, 2, 3]);
  });

  it("an event of weight 2 counts as two events", () => {
    const once = make();
    const twice = make();
    for (let i = 0; i < 5; i++) {
      once.observe(0, 1);
      once.observe(0, 2, { weight: 2 });
      once.endSession(0);
      for (let turn = 0; turn < 2; turn++) {
        twice.observeMany(0, [1, 2]);
        twice.endSession(0);
      }
    }
    const [a, b] = [once.countsAfter([1]), twice.countsAfter([1])];
    expect([a.ids, a.counts, a.events]).toEqual([b.ids, b.counts, b.events]);
  });

  it("gives the same bits whatever the weight of the event, and with or without a time", () => {
    const cpes = [undefined, { weight: 16 }, { weight: 1 / 16, at: 5 }, { at: -5 }, {}].map((options) => {
      const cpe = make();
      cpe.observeMany(0, [1, 2, 3, 1, 2]);
      return cpe.observe(0, 3, options);
    });
    for (const bits of cpes) expect(bits).toBe(cpes[0]);
  });

  it("keeps counts within their limit at the largest weights", () => {
    const cpe = make({ orders: 3 });
    const random = new Random(3);
    for (let i = 0; i < 4000; i++) {
      cpe.observe(0, 1, { weight: 16 });
      // Three ids that overtake each other, and some that are rare.
      cpe.observe(0, random.next() < 0.9 ? 2 + (i % 3) : 5 + random.below(40), { weight: random.next() < 0.5 ? 16 : 15.9375 });
      for (const context of [[1], [2, 1], [3, 2, 1]]) {
        const { counts, events, novelties } = cpe.countsAfter(context);
        for (const count of counts) expect(count).toBeLessThan(60);
        expect(events).toBeLessThan(43 * 60);
        expect(novelties).toBeLessThanOrEqual(events);
      }
    }
    expect(cpe.predictAfter([1], 3).probabilities.reduce((sum, p) => sum + p, 0)).toBeGreaterThan(0.7);
  });

  it("remembers a session that a gap has ended", () => {
    const cpe = make({ gap: 1000, sessions: true });
    for (let session = 0; session < 20; session++) {
      const at = session * 10_000;
      for (const [i, id] of [1, 2, 3 + (session % 2)].entries()) cpe.observe(0, id, { at: at + i });
    }
    // The last of the twenty has not ended yet.
    expect(cpe.sessionsLike([1]).sessions).toBe(19);
    cpe.observe(0, 9, { at: 1_000_000 });
    expect(cpe.sessionsLike([1]).sessions).toBe(20);
    expect([...cpe.history(0)]).toEqual([9]);
    expect([...cpe.sessionsLike([1, 2]).ids].sort()).toEqual([3, 4]);
  });

  it("a gap ends a session as endSession does", () => {
    const timed = make({ gap: 10, sessions: true });
    const told = make({ sessions: true });
    const random = new Random(4);
    const clocks = [0, 0, 0];
    for (let i = 0; i < 600; i++) {
      const [stream, id] = [random.below(3), random.below(20)];
      const ends = random.next() < 0.2;
      clocks[stream] += ends ? 11 : 10;
      if (ends) told.endSession(stream);
      told.observe(stream, id);
      timed.observe(stream, id, { at: clocks[stream] });
      expect(timed.history(stream)).toEqual(told.history(stream));
    }
    for (const stream of [0, 1, 2]) expect(timed.predict(stream, 20)).toEqual(told.predict(stream, 20));
  });

  it("a stream that gets the place of a forgotten one has a clock of its own", () => {
    const first = (forgotten: boolean) => {
      const cpe = make({ gap: 1000 });
      if (forgotten) {
        cpe.observe(5, 1, { at: 10 });
        cpe.forgetStream(5);
      }
      cpe.observe(6, 1);
      cpe.observe(6, 2, { at: 1e9 });
      return [...cpe.history(6)];
    };
    expect(first(true)).toEqual(first(false));
    expect(first(false)).toEqual([1, 2]);
  });

  it("takes times of any sign, also such that go back, and gaps of part of a millisecond", () => {
    const cpe = make({ gap: 0.5 });
    cpe.observe(0, 1, { at: -8.64e15 });
    cpe.observe(0, 2, { at: 8.64e15 });
    expect([...cpe.history(0)]).toEqual([2]);
    cpe.observe(0, 3, { at: -8.64e15 });
    expect([...cpe.history(0)]).toEqual([2, 3]);
    cpe.observe(1, 1, { at: 1 });
    cpe.observe(1, 2, { at: 1.5 });
    cpe.observe(1, 3, { at: 2.25 });
    expect([...cpe.history(1)]).toEqual([3]);
  });

  it("does not look at times without a gap", () => {
    const cpe = make();
    cpe.observe(0, 1, { at: 0 });
    cpe.observe(0, 2, { at: 1e12 });
    expect([...cpe.history(0)]).toEqual([1, 2]);
  });
});
