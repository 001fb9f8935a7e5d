import fc from "fast-check";
import { Cpe, type CpeOptions } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { ContextOracle } from "../oracle/contexts.js";
import { MixtureOracle } from "../oracle/mixture.js";

const IDS = 12;
const STREAMS = 4;

type Step =
  | { do: "observe"; stream: number; id: number }
  | { do: "end"; stream: number }
  | { do: "forgetStream"; stream: number }
  | { do: "forget"; id: number };

const id = fc.nat(IDS - 1);
const stream = fc.nat(STREAMS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant("observe" as const), stream, id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), stream }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forgetStream" as const), stream }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), id }) },
);
const steps = fc.array(step, { maxLength: 150 });
const sum = (x: Iterable<number>) => [...x].reduce((a, b) => a + b, 0);
const everyId = Array.from({ length: IDS }, (_, i) => i);

function apply(cpe: Cpe | ContextOracle, s: Step): unknown {
  if (s.do === "observe") return void cpe.observe(s.stream, s.id);
  if (s.do === "end") return cpe.endSession(s.stream);
  if (s.do === "forgetStream") return cpe.forgetStream(s.stream);
  return cpe.forget(s.id);
}

describe.each(builds)("the event model (%s)", (build) => {
  const make = (options: CpeOptions = {}) => Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });
  const runs = { numRuns: build === "release" ? 60 : 20 };

  it("counts what the oracle counts: ids, histories, contexts of every order", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.integer(), (all, orders, seed) => {
        const cpe = make({ orders, seed });
        const oracle = new ContextOracle(orders);
        for (const s of all) expect(apply(cpe, s)).toBe(apply(oracle, s));
        expect(cpe.size).toBe(oracle.counts.size);
        for (let s = 0; s < STREAMS; s++) {
          const history = oracle.history(s);
          expect([...cpe.history(s)]).toEqual(history);
          for (let order = 1; order <= Math.min(orders, history.length); order++) {
            for (let end = order; end <= history.length; end++) {
              const context = history.slice(end - order, end);
              const { ids, counts } = cpe.countsAfter(context);
              const want = oracle.countsAfter(context);
              expect(new Map(Array.from(ids, (x, i) => [x, counts[i]]))).toEqual(want);
            }
          }
        }
        cpe.dispose();
      }),
      runs,
    );
  });

  it("is a distribution: all known ids and the escape add up to 1, and the bits are its logarithm", () => {
    fc.assert(
      fc.property(steps, fc.array(id, { maxLength: 7 }), (all, history) => {
        const cpe = make();
        const known = new Set<number>();
        for (const s of all) {
          if (s.do === "observe") {
            const { escape } = cpe.predict(s.stream, 1);
            const p = cpe.probabilities(s.stream, everyId);
            expect(sum(p) + escape).toBeCloseTo(1, 4);
            for (const x of everyId) expect(p[x] > 0).toBe(known.has(x));
            const bits = -Math.log2(known.has(s.id) ? p[s.id] : escape);
            expect(cpe.surprise(s.stream, s.id)).toBeCloseTo(bits, 3);
            expect(cpe.observe(s.stream, s.id)).toBeCloseTo(bits, 3);
            known.add(s.id);
          } else {
            apply(cpe, s);
            if (s.do === "forget") known.delete(s.id);
          }
        }
        const { escape } = cpe.predictAfter(history, 1);
        expect(sum(cpe.probabilitiesAfter(history, everyId)) + escape).toBeCloseTo(1, 4);
        cpe.dispose();
      }),
      { numRuns: runs.numRuns / 2 },
    );
  });

  it("predicts the likeliest ids, likeliest first, with the probabilities that it gives them", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), stream, (all, k, s) => {
        const cpe = make();
        for (const x of all) apply(cpe, x);
        const { ids, probabilities } = cpe.predict(s, k);
        // Twelve ids: all of them are candidates.
        expect(ids.length).toBe(Math.min(k, cpe.size));
        const p = cpe.probabilities(s, everyId);
        const order = everyId.filter((x) => p[x] > 0).sort((a, b) => p[b] - p[a] || a - b);
        expect([...ids]).toEqual(order.slice(0, k));
        expect([...probabilities]).toEqual(order.slice(0, k).map((x) => p[x]));
        const history = cpe.history(s);
        expect(cpe.predictAfter(history, k)).toEqual(cpe.predict(s, k));
        expect(cpe.probabilitiesAfter(history, everyId)).toEqual(p);
        cpe.dispose();
      }),
      runs,
    );
  });

  it("computes and learns what the oracle computes and learns in double precision", () => {
    const source = fc.record({
      seed: fc.integer(),
      orders: fc.integer({ min: 1, max: 5 }),
      ids: fc.integer({ min: 1, max: 30 }),
      chance: fc.double({ min: 0, max: 1, noNaN: true }),
      events: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(source, ({ seed, orders, ids, chance, events }) => {
        const cpe = make({ orders, contextBytes: 1 << 18 });
        const oracle = new MixtureOracle(orders);
        const random = new Random(seed);
        let at = 0;
        for (let i = 0; i < events; i++) {
          // A walk round the ids, which now and then jumps, to the first ones most often.
          at = random.next() < chance ? Math.floor(random.next() ** 2 * ids) : (at + 1) % ids;
          if (i % 20 === 0) {
            const { escape } = cpe.predict(0, 1);
            for (const [id, p] of oracle.distribution()) {
              expect(Math.abs((id < 0 ? escape : cpe.probabilities(0, [id])[0]) - p)).toBeLessThan(2e-4);
            }
          }
          const units = random.next() < 0.9 ? 16 : 1 + random.below(100);
          expect(Math.abs(cpe.observe(0, at, { weight: units / 16 }) - oracle.observe(at, units))).toBeLessThan(0.02);
        }
        cpe.dispose();
      }),
      { numRuns: build === "release" ? 50 : 15 },
    );
  });

  it("is not changed by queries", () => {
    const cpe = make();
    for (let i = 0; i < 300; i++) cpe.observe(i % 3, (i * i) % 17);
    cpe.forget(4);
    const before = cpe.image();
    for (let s = 0; s < 5; s++) {
      cpe.predict(s, 20);
      cpe.probabilities(s, [0, 1, 4, 900]);
      cpe.surprise(s, 3);
      cpe.surprise(s, 999);
      cpe.history(s);
    }
    cpe.predictAfter([1, 999, 4, 2], 3);
    cpe.predictAfter([], 3);
    cpe.probabilitiesAfter(
      [9],
      Array.from({ length: 20_000 }, (_, i) => i),
    );
    cpe.countsAfter([1, 2]);
    cpe.stats();
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
    cpe.dispose();
  });

  it("learns a batch as it learns singles", () => {
    const n = 20_000;
    const streams = Int32Array.from({ length: n }, (_, i) => (i * 7) % 5);
    const ids = Int32Array.from({ length: n }, (_, i) => (i * i * 3 + (i >> 3)) % 97);
    const one = make();
    const many = make();
    const bits = Float32Array.from(ids, (x, i) => one.observe(streams[i], x));
    expect(many.observeMany(streams, ids)).toEqual(bits);
    for (let s = 0; s < 5; s++) expect(many.predict(s)).toEqual(one.predict(s));
    expect(many.stats().events).toBe(n);
    const out = new Float32Array(3);
    expect(many.observeMany(9, [1, 2, 3], out)).toBe(out);
    expect([...many.history(9)]).toEqual([1, 2, 3]);
    expect(many.observeMany(9, [])).toEqual(new Float32Array(0));
    one.dispose();
    many.dispose();
  });

  it("keeps interleaved streams apart", () => {
    const cpe = make();
    // Two streams that go round in opposite directions, event by event in turn.
    for (let i = 0; i < 400; i++) {
      cpe.observe(0, i % 5);
      cpe.observe(1, 10 + ((400 - i) % 5));
    }
    expect([...cpe.history(0).slice(-3)]).toEqual([2, 3, 4]);
    expect(cpe.predict(0, 1).ids[0]).toBe(0);
    expect(cpe.predict(1, 1).ids[0]).toBe(10);
    expect(cpe.predict(0, 1).probabilities[0]).toBeGreaterThan(0.95);
    expect(cpe.predict(1, 1).probabilities[0]).toBeGreaterThan(0.95);
    cpe.dispose();
  });

  it("takes what it has not seen for unlikely, and nothing for impossible", () => {
    const cpe = make();
    expect(cpe.predict(0)).toEqual({ ids: new Int32Array(0), probabilities: new Float32Array(0), escape: 1 });
    expect(cpe.observe(0, 5)).toBe(0);
    for (let i = 0; i < 10_000; i++) cpe.observe(0, i % 2);
    // However long there was no news, some is left for it.
    expect(cpe.surprise(0, 77)).toBeGreaterThan(10);
    expect(cpe.surprise(0, 77)).toBeLessThan(30);
    expect(cpe.surprise(0, 5)).toBeLessThan(40);
    expect(cpe.probabilities(0, [77])[0]).toBe(0);
    cpe.dispose();
  });
});

describe.each(builds)("forgetting (%s)", (build) => {
  const make = () => Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build) });

  it("leaves nothing for the next thing that gets the id", () => {
    const cpe = make();
    for (let i = 0; i < 60; i++) cpe.observeMany(0, [1, 2, 3]);
    expect(cpe.predictAfter([1], 1).ids[0]).toBe(2);
    expect(cpe.forget(2)).toBe(true);
    expect(cpe.forget(2)).toBe(false);
    expect([...cpe.predictAfter([1], 10).ids]).not.toContain(2);
    expect(cpe.probabilitiesAfter([1], [2])[0]).toBe(0);
    expect([...cpe.history(0)]).not.toContain(2);
    // Another thing gets id 2, and is seen once, elsewhere.
    cpe.observe(7, 2);
    expect([...cpe.countsAfter([1]).ids]).not.toContain(2);
    expect(cpe.countsAfter([2])).toEqual({ ids: new Int32Array(0), counts: new Float32Array(0), events: 0, novelties: 0 });
    expect(cpe.probabilitiesAfter([1], [2])[0]).toBeLessThan(0.05);
    expect([...cpe.history(0)]).not.toContain(2);
    cpe.dispose();
  });

  it("sweeps: numbers of forgotten ids are given out again, and the column of symbols stays small", () => {
    const cpe = make();
    for (let i = 0; i < 40; i++) cpe.observe(1, i % 4);
    const once = 3000;
    for (let i = 0; i < once; i++) {
      cpe.observe(0, 1000 + i);
      if (i >= 10) cpe.forget(1000 + i - 10);
    }
    const { stateBytes } = cpe.stats();
    for (let round = 1; round < 4; round++) {
      for (let i = 0; i < once; i++) {
        cpe.observe(0, 1000 + round * once + i);
        cpe.forget(1000 + round * once + i - 10);
      }
    }
    expect(cpe.stats().stateBytes).toBe(stateBytes);
    expect(cpe.size).toBe(4 + 10);
    const last = 1000 + 4 * once;
    expect([...cpe.history(0)]).toEqual(Array.from({ length: 10 }, (_, i) => last - 10 + i));
    // What was seen ten times grew old among ten thousand others.
    for (let i = 0; i < 12; i++) cpe.observe(1, i % 4);
    expect(cpe.predict(1, 1).ids[0]).toBe(0);
    for (const x of cpe.predict(0, 300).ids) expect(x < 4 || x >= last - 10).toBe(true);
    cpe.dispose();
  });

  it("finds the most frequent ids again when those of its list are forgotten", () => {
    const cpe = make();
    for (let i = 0; i < 200; i++) for (let n = 0; n <= i % 50; n++) cpe.observe(0, i % 50);
    for (let i = 20; i < 50; i++) cpe.forget(i);
    const { ids } = cpe.predictAfter([], 40);
    expect([...ids]).toEqual(Array.from({ length: 16 }, (_, i) => 19 - i));
    cpe.dispose();
  });

  it("lets frequencies fade after the horizon", () => {
    const cpe = Cpe.createSync({ contextBytes: 4096, horizon: 1000, wasm: wasm("cpe-events", build) });
    for (let i = 0; i < 900; i++) cpe.observe(i, 1);
    for (let i = 0; i < 1500; i++) cpe.observe(1000 + i, 2);
    const [old, young] = cpe.probabilitiesAfter([], [1, 2]);
    expect(young).toBeGreaterThan(old * 2);
    expect(old).toBeGreaterThan(0);
    // More ids than the horizon has events: it gives way.
    for (let i = 0; i < 3000; i++) cpe.observe(5, 10 + i);
    expect(cpe.size).toBe(3002);
    expect(
      sum(
        cpe.probabilities(
          5,
          Array.from({ length: 3010 }, (_, i) => i),
        ),
      ) + cpe.predict(5, 1).escape,
    ).toBeCloseTo(1, 3);
    cpe.dispose();
  });

  it("forgets a stream and keeps what it taught", () => {
    const cpe = make();
    for (let i = 0; i < 30; i++) cpe.observeMany(3, [1, 2]);
    expect(cpe.stats().streams).toBe(1);
    expect(cpe.forgetStream(3)).toBe(true);
    expect(cpe.forgetStream(3)).toBe(false);
    expect(cpe.endSession(3)).toBe(false);
    expect(cpe.history(3).length).toBe(0);
    expect(cpe.stats().streams).toBe(0);
    expect(cpe.predictAfter([1], 1).ids[0]).toBe(2);
    const { stateBytes } = cpe.stats();
    for (let s = 0; s < 1000; s++) {
      cpe.observe(s, 1);
      cpe.forgetStream(s);
    }
    expect(cpe.stats().stateBytes).toBe(stateBytes);
    cpe.dispose();
  });
});
