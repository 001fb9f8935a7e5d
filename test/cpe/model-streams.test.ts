// Streams: thousands of them over one model, and models of their own.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

describe.each(builds)("streams (%s)", (build) => {
  const make = (options: Options = {}) => Cpe.createSync({ contextBytes: 1 << 18, wasm: wasm("cpe-events", build), ...options });
  const many = build === "release" ? 5000 : 1000;

  it("thousands that take turns share what they learn, and each has its own history", () => {
    const cpe = make();
    const ids = 30;
    const place = (stream: number, i: number) => (stream + i * (1 + (stream % 3))) % ids;
    const streams = Int32Array.from({ length: many }, (_, s) => s * 400_000);
    const events = 12;
    // The three habits differ in their step: two events tell which it is.
    for (let i = 0; i < events; i++) {
      cpe.observeMany(
        streams,
        streams.map((_, s) => place(s, i)),
      );
    }
    expect(cpe.stats().streams).toBe(many);
    for (let s = 0; s < many; s += 7) {
      expect([...cpe.history(streams[s])]).toEqual(Array.from({ length: events }, (_, i) => place(s, i)));
      const { ids, probabilities } = cpe.predict(streams[s], 1);
      expect(ids[0]).toBe(place(s, events));
      expect(probabilities[0]).toBeGreaterThan(0.9);
    }
    // A stream that nobody has seen learns from the others at once.
    cpe.observeMany(7, [4, 6]);
    expect(cpe.predict(7, 1).ids[0]).toBe(8);
  });

  it("thousands with models of their own do not learn from each other", () => {
    const cpe = make({ shared: false, contextBytes: 1 << 22 });
    const streams = Int32Array.from({ length: many / 5 }, (_, s) => s);
    // All see id 1; then each has a habit of its own.
    for (let turn = 0; turn < 12; turn++) {
      cpe.observeMany(
        streams,
        streams.map(() => 1),
      );
      cpe.observeMany(
        streams,
        streams.map((s) => 2 + (s % 10)),
      );
    }
    cpe.observeMany(
      streams,
      streams.map(() => 1),
    );
    for (const s of streams) {
      const { ids, probabilities } = cpe.predict(s, 1);
      expect(ids[0]).toBe(2 + (s % 10));
      expect(probabilities[0]).toBeGreaterThan(0.8);
      for (const { count } of cpe.explain(s, 2 + ((s + 1) % 10)).votes) expect(count).toBe(0);
    }
  });

  it("a stream with a model of its own counts as if it were alone", () => {
    const together = make({ shared: false });
    const alone = [0, 1, 2].map(() => make({ shared: false }));
    const random = new Random(8);
    for (let i = 0; i < 900; i++) {
      const stream = random.below(3);
      const id = stream === 0 ? i % 7 : random.below(5 + 5 * stream);
      together.observe(stream, id);
      alone[stream].observe(stream, id);
      if (random.next() < 0.02) for (const cpe of [together, alone[stream]]) cpe.endSession(stream);
    }
    for (const [stream, cpe] of alone.entries()) {
      expect(together.history(stream)).toEqual(cpe.history(stream));
      for (let id = 0; id < 15; id++) {
        const [ours, theirs] = [together, cpe].map((c) =>
          c.explain(stream, id).votes.map(({ kind, distance, events, novelties, count }) => [kind, distance, events, novelties, count]),
        );
        expect(ours).toEqual(theirs);
      }
    }
  });

  it("opposite habits need models of their own, where nothing before tells them apart", () => {
    // After 1 the one stream has 2 and the other 3, in sessions of two: a shared model cannot know.
    const [apart, common] = [false, true].map((shared) => {
      const cpe = make({ shared });
      const random = new Random(5);
      for (let i = 0; i < 400; i++) {
        const stream = random.below(2);
        cpe.endSession(stream);
        cpe.observeMany(stream, [1, 2 + stream]);
      }
      for (const stream of [0, 1]) {
        cpe.endSession(stream);
        cpe.observe(stream, 1);
      }
      return [cpe.probability(0, 2), cpe.probability(1, 3)];
    });
    for (const p of apart) expect(p).toBeGreaterThan(0.95);
    for (const p of common) expect(p).toBeLessThan(0.8);
  });

  it("forgets the streams apart from each other, and what they taught stays", () => {
    const cpe = make({ shared: false });
    for (let i = 0; i < 100; i++) for (const stream of [0, 1]) cpe.observeMany(stream, [1, 2 + stream]);
    expect(cpe.forgetStream(0)).toBe(true);
    expect([...cpe.history(1)].slice(-2)).toEqual([1, 3]);
    cpe.observe(0, 1);
    cpe.observe(1, 1);
    expect(cpe.predict(0, 1).ids[0]).toBe(2);
    expect(cpe.predict(1, 1).ids[0]).toBe(3);
  });

  it("cannot say what comes after a history of nobody, if each stream has its own model", () => {
    const cpe = make({ shared: false });
    cpe.observeMany(0, [1, 2, 1]);
    const before = cpe.image();
    const calls = [() => cpe.predictAfter([1]), () => cpe.probabilitiesAfter([1], [2]), () => cpe.countsAfter([1])];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: "ERR_ARGUMENT" }));
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });
});
