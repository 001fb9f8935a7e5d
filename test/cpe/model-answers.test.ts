// What can be asked of a model: one distribution, whichever way it is asked for.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const kinds: [name: string, options: Options][] = [
  ["plain", {}],
  ["with sessions", { sessions: true }],
  ["streams apart", { shared: false }],
  ["one order", { orders: 1 }],
  ["a table of 4 KiB", { contextBytes: 4096 }],
];

/** As toEqual, which takes half a minute to say how arrays of 20,000 differ. */
const same = (a: Float32Array, b: Float32Array) => expect(Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer))).toBe(0);

describe.each(builds.flatMap((build) => kinds.map(([name, options]) => [name, build, options] as const)))(
  "answers, %s (%s)",
  (_, build, options) => {
    /** A model that has seen a skewed source of `ids` ids, and forgotten one id in seven. */
    const learned = (ids: number, events: number, spread = 1) => {
      const cpe = Cpe.createSync({ contextBytes: 1 << 18, wasm: wasm("cpe-events", build), ...options });
      const random = new Random(ids);
      for (let i = 0; i < events; i++) {
        cpe.observe(random.below(5), (random.next() < 0.5 ? (i * 3) % Math.min(ids, 11) : Math.floor(random.next() ** 3 * ids)) * spread);
        if (random.next() < 0.05) cpe.endSession(random.below(5));
      }
      for (let id = 3; id < ids; id += 7) cpe.forget(id * spread);
      cpe.observeMany(1, [spread, 2 * spread, 4 * spread]);
      return cpe;
    };
    const everyOf = (ids: number, spread = 1) => Int32Array.from({ length: ids }, (_, i) => i * spread);
    const events = build === "release" ? 6000 : 1000;

    it.each([1, 2, 3, 4, 5, 8, 200, 5000])("of %i ids, the entropy is that of the distribution", (ids) => {
      const cpe = learned(ids, events);
      for (let stream = 0; stream < 6; stream++) {
        const p = cpe.probabilities(stream, everyOf(ids + 5));
        const { escape } = cpe.predict(stream, 1);
        const entropy = [...p, escape].reduce((sum, x) => (x > 0 ? sum - x * Math.log2(x) : sum), 0);
        expect(Math.abs(cpe.entropy(stream) - entropy)).toBeLessThan(0.001 + 0.0005 * entropy);
      }
    });

    it("the probability of one id is that among many, in predictions, and its surprise", () => {
      const cpe = learned(40, events);
      for (let stream = 0; stream < 6; stream++) {
        const p = cpe.probabilities(stream, everyOf(45));
        const { ids, probabilities, escape } = cpe.predict(stream, 100);
        expect(Array.from(probabilities)).toEqual(Array.from(ids, (id) => p[id]));
        for (let id = 0; id < 45; id++) {
          expect(cpe.probability(stream, id)).toBe(p[id]);
          expect(cpe.explain(stream, id).probability).toBe(p[id]);
          expect(cpe.surprise(stream, id)).toBeCloseTo(-Math.log2(p[id] || escape), 3);
        }
      }
    });

    it.skipIf(options.shared === false)("are the same after a history that is given, of any length and for any number of ids", () => {
      const cpe = learned(40, events);
      const many = Int32Array.from({ length: 20_000 }, (_, i) => (i * 7) % 50);
      for (let stream = 0; stream < 6; stream++) {
        const history = cpe.history(stream);
        const p = cpe.probabilities(stream, everyOf(50));
        same(
          cpe.probabilitiesAfter(history, many),
          Float32Array.from(many, (id) => p[id]),
        );
        expect(cpe.predictAfter(history, 50)).toEqual(cpe.predict(stream, 50));
      }
      // What was never seen is nothing to go by.
      same(cpe.probabilitiesAfter([998], many), cpe.probabilitiesAfter([999], many));
      const { ids, probabilities } = cpe.predictAfter([999, 1], 5);
      expect([ids.length, probabilities.length]).toEqual([5, 5]);
    });

    it("explains by contexts in their order, with what they counted", () => {
      const cpe = learned(40, events);
      const orders = options.orders ?? 5;
      const place = { order: 0, bag: 1, stream: 2 };
      for (let stream = 0; stream < 6; stream++) {
        const history = cpe.history(stream);
        for (const id of [0, 3, 5, 11, 39, 999]) {
          const { votes, probability } = cpe.explain(stream, id);
          const known = probability > 0;
          const kinds = votes.map(({ kind, distance }) => place[kind] * 10 + distance);
          expect(kinds).toEqual([...new Set(kinds)].sort((a, b) => a - b));
          let shares = 0;
          for (const { kind, distance, count, events, novelties, share, evidence } of votes) {
            expect(distance).toBeGreaterThanOrEqual(kind === "stream" ? 0 : 1);
            expect(distance).toBeLessThanOrEqual(
              { order: Math.min(orders, history.length), bag: Math.min(3, history.length), stream: 0 }[kind],
            );
            expect(kind === "stream" && options.shared !== false).toBe(false);
            expect(novelties).toBeLessThanOrEqual(events);
            expect(count).toBeLessThanOrEqual(events);
            expect([share, evidence].every(Number.isFinite)).toBe(true);
            if (!known || count === 0) expect([share, evidence]).toEqual([0, 0]);
            else expect(share).toBeGreaterThan(0);
            shares += share;
            if (kind !== "order" || options.shared === false) continue;
            const told = cpe.countsAfter(history.slice(-distance));
            expect([told.events, told.novelties]).toEqual([events, novelties]);
            expect(count).toBe(told.counts[told.ids.indexOf(id)] ?? 0);
          }
          expect(shares).toBeLessThan(1.0001);
        }
      }
    });

    it("says of what has no history what is frequent, and explains it by nothing", () => {
      const cpe = learned(40, events);
      const { votes, probability } = cpe.explain(77, 0);
      expect(votes).toEqual([]);
      expect(probability).toBe(cpe.probability(77, 0));
      expect(probability).toBeGreaterThan(cpe.probability(77, 39));
      expect(cpe.entropy(77)).toBeGreaterThan(1);
    });

    it("takes ids up to 2^31 - 1, and tells apart what differs in one bit", () => {
      const spread = 53_687_091; // 40 of them: 2^31 - 8
      const wide = learned(40, events, spread);
      const narrow = learned(40, events);
      for (let stream = 0; stream < 6; stream++) {
        expect(wide.probabilities(stream, everyOf(40, spread))).toEqual(narrow.probabilities(stream, everyOf(40)));
        expect(wide.entropy(stream)).toBeCloseTo(narrow.entropy(stream), 4);
      }
      const top = 2 ** 31 - 1;
      for (let i = 0; i < 40; i++) wide.observeMany(top, [top, top - 1, top - 2 ** 30]);
      expect(wide.predict(top, 1).ids[0]).toBe(top);
      expect([...wide.history(top)].slice(-2)).toEqual([top - 1, top - 2 ** 30]);
      expect(wide.forget(top)).toBe(true);
      expect(wide.probability(top, top)).toBe(0);
    });

    it("has entropy 0 when it knows nothing, as all is news", () => {
      const cpe = Cpe.createSync({ contextBytes: 4096, wasm: wasm("cpe-events", build), ...options });
      expect(cpe.entropy(0)).toBe(0);
      expect(cpe.explain(0, 5)).toEqual({ probability: 0, votes: [] });
      expect(cpe.predict(0)).toEqual({ ids: new Int32Array(0), probabilities: new Float32Array(0), escape: 1 });
    });
  },
);
