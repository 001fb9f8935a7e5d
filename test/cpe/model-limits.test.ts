// Bounds: ids, streams, the table of contexts, and bytes.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const make = (build: Build, options: Options = {}) =>
  Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });
const range = (n: number, from = 0) => Int32Array.from({ length: n }, (_, i) => from + i);

/** Fails unless all that is known and the escape add up to 1. */
function expectDistribution(cpe: Cpe, stream: number, ids: ArrayLike<number>): void {
  const p = cpe.probabilities(stream, ids);
  expect(Math.abs(p.reduce((sum, x) => sum + x, cpe.predict(stream, 1).escape) - 1)).toBeLessThan(1e-4);
}

describe.each(builds.flatMap((build) => [false, true].map((sessions) => [build, sessions] as const)))(
  "limits to ids and streams (%s, sessions: %s)",
  (build, sessions) => {
    const few = { maxIds: 100, maxStreams: 20, sessions };
    /** Ten ids that make up half of the events. */
    const hot = range(10);

    it("are kept after each event, and what is frequent stays", () => {
      const cpe = make(build, few);
      const random = new Random(1);
      for (let i = 0; i < 4000; i++) {
        const frequent = random.next() < 0.5;
        const stream = random.next() < 0.5 ? random.below(5) : 5 + random.below(200);
        cpe.observe(stream, frequent ? random.below(10) : 10 + random.below(3000));
        if (random.next() < 0.1) cpe.endSession(random.below(10));
        const { ids, streams } = cpe.stats();
        expect(ids).toBeLessThanOrEqual(100);
        expect(streams).toBeLessThanOrEqual(20);
      }
      for (const p of cpe.probabilities(0, hot)) expect(p).toBeGreaterThan(0.01);
      for (let stream = 0; stream < 5; stream++) expect(cpe.history(stream).length).toBeGreaterThan(0);
      expectDistribution(cpe, 0, range(3010));
      expect(cpe.size).toBe(100);
    });

    it("are kept after a batch, which does not drive out what is frequent", () => {
      const cpe = make(build, few);
      for (let i = 0; i < 50; i++) cpe.observeMany(i % 5, hot);
      cpe.observeMany(range(500, 5), range(500, 1000));
      expect(cpe.stats().ids).toBe(100);
      expect(cpe.stats().streams).toBe(20);
      for (const p of cpe.probabilities(0, hot)) expect(p).toBeGreaterThan(0);
      expectDistribution(cpe, 0, range(2000));
      // The newest are known, as there was nobody after them.
      expect(cpe.history(504)).toEqual(Int32Array.of(1499));
      expect(cpe.probability(0, 1499)).toBeGreaterThan(0);
    });

    it("are not touched by what is only reserved", () => {
      const cpe = make(build, few);
      for (let i = 0; i < 50; i++) cpe.observeMany(i % 5, hot);
      for (let i = 0; i < 300; i++) cpe.reserve(1000 + i, 1000 + i);
      cpe.observe(0, 0);
      expect(cpe.size).toBe(10);
      expect(cpe.stats().streams).toBe(5);
      for (const p of cpe.probabilities(0, hot)) expect(p).toBeGreaterThan(0);
    });

    it("hold the bytes of the state, whatever comes", () => {
      const cpe = make(build, { ...few, ...(sessions && { sessions: { bytes: 4096 } }) });
      const more = (from: number) => {
        for (let i = 0; i < 6000; i++) {
          cpe.observe(from + (i >> 2), from + i);
          if (i % 5 === 4) cpe.endSession(from + (i >> 2));
        }
        return cpe.stats().stateBytes;
      };
      more(0);
      const bytes = more(10_000);
      for (let turn = 2; turn < 6; turn++) expect(more(turn * 10_000)).toBe(bytes);
    });

    it.each([2, 3, 31, 32, 33])("of %i work as those of many", (most) => {
      const cpe = make(build, { maxIds: most, maxStreams: most, sessions });
      for (let i = 0; i < 800; i++) {
        cpe.observe((i * 7) % 50, (i * i) % 101);
        expect(cpe.size).toBeLessThanOrEqual(most);
        expect(cpe.stats().streams).toBeLessThanOrEqual(most);
        if (i % 10 === 0) expectDistribution(cpe, i % 50, range(101));
      }
    });

    it("know again what comes back", () => {
      const cpe = make(build, { maxIds: 10, sessions });
      for (let i = 0; i < 300; i++) cpe.observe(0, i);
      expect(cpe.probability(0, 5)).toBe(0);
      for (let i = 0; i < 60; i++) cpe.observeMany(0, [5, 6]);
      expect(cpe.predict(0, 1).ids[0]).toBe(5);
      expect(cpe.predict(0, 1).probabilities[0]).toBeGreaterThan(0.8);
    });
  },
);

describe.each(builds)("the least table of contexts (%s)", (build) => {
  it.each([{}, { shared: false }, { sessions: true }])("holds thousands of contexts badly and fails at nothing: %o", (options) => {
    const cpe = make(build, { contextBytes: 4096, ...options });
    const random = new Random(2);
    for (let i = 0; i < 8000; i++) {
      cpe.observe(random.below(30), Math.floor(random.next() ** 2 * 500), { weight: (1 + random.below(256)) / 16 });
      if (i % 500 === 0) expectDistribution(cpe, i % 30, range(500));
    }
    const { contextLines, contextLinesUsed, contextLinesReplaced } = cpe.stats();
    expect(contextLines).toBe(64);
    expect(contextLinesUsed).toBe(64);
    expect(contextLinesReplaced).toBeGreaterThan(1000);
    // It still learns what comes again and again.
    for (let i = 0; i < 300; i++) cpe.observeMany(99, [1, 2, 3]);
    expect(cpe.predict(99, 1).ids[0]).toBe(1);
    expect(cpe.predict(99, 1).probabilities[0]).toBeGreaterThan(0.8);
  });
});

describe("what was heavy long ago", () => {
  // A round comes again and again, and then another one: each alone has room in the table, or nearly.
  it.each([150, 250, 400])("gives way to what comes now: rounds of %i ids", (length) => {
    const cpe = make("release");
    for (let phase = 0; phase < 3; phase++) {
      const round = range(length, phase * 1000);
      for (let turn = 0; turn < 100; turn++) cpe.observeMany(0, round);
      let right = 0;
      for (const id of round) {
        if (cpe.predict(0, 1).ids[0] === id) right++;
        cpe.observe(0, id);
      }
      expect(right / length, `right in phase ${phase}`).toBeGreaterThan(0.9);
    }
  });

  it.each([3, 10])("gives way inside a context, also when %i followers are new", (followers) => {
    const cpe = make("release", { orders: 1 });
    const random = new Random(6);
    // Forty ids come after 0, ten times each; then others.
    for (let turn = 0; turn < 10; turn++) for (let id = 1; id <= 40; id++) cpe.observeMany(0, [0, id]);
    for (let i = 0; i < 100 * followers; i++) cpe.observeMany(0, [0, 101 + random.below(followers)]);
    const { ids, counts } = cpe.countsAfter([0]);
    const of = (id: number) => counts[ids.indexOf(id)] ?? 0;
    for (let id = 101; id < 101 + followers; id++) expect(of(id), `count of ${id}`).toBeGreaterThan(4);
  });
});

describe.each(builds)("a bound of bytes (%s)", (build) => {
  const base = 120_000;
  const kinds: Options[] = [{}, { sessions: { bytes: 4096 } }, { shared: false }, { maxIds: 60, maxStreams: 60 }];

  /** Some events, most of them of ids and streams that are new, now and then in a batch; whoever finds no memory is looked at. */
  const fill = (maxBytes: number, options: Options, look: (cpe: Cpe, act: () => void) => void) => {
    const cpe = make(build, { contextBytes: 4096, maxBytes, ...options });
    const random = new Random(maxBytes);
    for (let i = 0; i < 600; i++) {
      const [stream, id] = [random.below(1 + i), random.below(1 + 2 * i)];
      const many = random.next() < 0.2;
      look(cpe, () => {
        if (many) cpe.observeMany([0, stream, stream + 1, 0], [id, id + 1, id + 2, id]);
        else cpe.observe(stream, id);
      });
    }
    expectDistribution(cpe, 0, range(1210));
    expect(cpe.stats().stateBytes).toBeLessThanOrEqual(maxBytes);
    cpe.dispose();
  };
  const full = expect.objectContaining({ code: "ERR_MEMORY" });

  it.each(kinds)("says that memory is full, and no answer is another: %o", (options) => {
    let failures = 0;
    for (let maxBytes = base; maxBytes < base + 40_000; maxBytes += 5000) {
      const answers = (cpe: Cpe) => {
        const { ids, streams, events, contextLinesUsed } = cpe.stats();
        return [
          ids,
          streams,
          events,
          contextLinesUsed,
          cpe.predict(0, 9),
          cpe.entropy(0),
          cpe.history(1),
          cpe.probabilities(2, range(1200)),
        ];
      };
      let before: unknown[] = [];
      fill(maxBytes, options, (cpe, act) => {
        if (failures % 50 === 0) before = answers(cpe);
        try {
          act();
        } catch (error) {
          expect(error).toEqual(full);
          if (failures % 50 === 0) expect(answers(cpe)).toEqual(before);
          failures++;
        }
      });
    }
    if (options.maxIds === undefined) expect(failures).toBeGreaterThan(10);
  });

  it("answers as before when memory is full, and learns on of what it knows", () => {
    for (let maxBytes = base; maxBytes < base + 30_000; maxBytes += 3000) {
      const cpe = make(build, { contextBytes: 4096, maxBytes });
      const answers = () =>
        [0, 1, 2, 500].map((s) => [cpe.history(s), cpe.predict(s, 20), cpe.entropy(s), cpe.probabilities(s, range(50))]);
      const known = () => [cpe.stats().ids, cpe.stats().streams, cpe.stats().events];
      for (let i = 0; i < 50; i++) cpe.observe(i % 7, i);
      let id = 1000;
      const learnOn = () => {
        for (; ; id++) cpe.observe(5, id);
      };
      expect(learnOn).toThrow(full);
      const before = [answers(), known()];
      expect(() => cpe.observe(5, id)).toThrow(full);
      expect(() => cpe.reserve(5, id)).toThrow(full);
      expect(() => cpe.observe(5, id, { weight: 3, at: 7 })).toThrow(full);
      expect(() => cpe.observeMany(0, [0, 1, id])).toThrow(full);
      expect([answers(), known()]).toEqual(before);
      for (let i = 0; i < 200; i++) cpe.observeMany(0, [0, 1]);
      expect(cpe.predict(0, 1).ids[0]).toBe(0);
      cpe.dispose();
    }
  });
});
