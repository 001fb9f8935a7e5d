// What a review of the event model found: each case is one that went wrong once.
import { Cpe, MfnError } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const range = (n: number, from = 0) => Int32Array.from({ length: n }, (_, i) => from + i);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

describe.each(builds)("event model, review (%s)", (build: Build) => {
  const make = (options: Options = {}) => Cpe.createSync({ contextBytes: 1 << 16, wasm: wasm("cpe-events", build), ...options });

  it("a sweep takes forgotten ids out of the whole table: who gets their numbers inherits nothing", () => {
    using cpe = make({ contextBytes: 1 << 20 });
    // 1,100 contexts, each followed by an id of its own, which is then forgotten: more than a sweep waits for.
    for (let i = 0; i < 1100; i++) {
      cpe.observeMany(0, [i, 10_000 + i]);
      cpe.endSession(0);
    }
    for (let i = 0; i < 1100; i++) cpe.forget(10_000 + i);
    for (let i = 0; i < 1100; i++) {
      cpe.observe(1, 20_000 + i);
      cpe.endSession(1);
    }
    const inherited = Array.from(range(1100)).filter((i) => cpe.countsAfter([i]).ids.length !== 0);
    expect(inherited).toEqual([]);
  });

  it("a context whose first line lost all its ids to a sweep goes on with what is in its other lines", () => {
    using cpe = make();
    // 16 ids follow id 1: two lines. Those in the first are forgotten.
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 16; i++) {
        cpe.observeMany(0, [1, 100 + i]);
        cpe.endSession(0);
      }
    }
    const { ids } = cpe.countsAfter([1]);
    expect(ids.length).toBe(16);
    for (const id of ids.slice(0, 8)) cpe.forget(id);
    for (const id of range(1016, 5000)) {
      cpe.observe(9, id);
      cpe.forget(id);
    }
    cpe.endSession(9);
    const left = [...ids.slice(8)];
    expect([...cpe.countsAfter([1]).ids].sort()).toEqual(left.sort());
    cpe.observe(0, 1);
    expect(cpe.explain(0, left[0]).votes.filter((vote) => vote.kind === "order").length).toBe(1);
    // The room in the first line is used again.
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 24; i++) {
        cpe.endSession(0);
        cpe.observeMany(0, [1, i < 8 ? left[i] : 200 + i]);
      }
    }
    expect(cpe.countsAfter([1]).ids.length).toBeGreaterThanOrEqual(24);
  });

  it("with a limit to ids, an id that comes now stays longer than one that comes no more", () => {
    using cpe = make({ maxIds: 10 });
    for (let round = 0; round < 100; round++) cpe.observeMany(0, range(10));
    let known = 0;
    for (let round = 0; round < 100; round++) {
      for (const id of range(5, 100)) {
        cpe.observe(0, id);
        if (cpe.probability(0, id) > 0) known++;
      }
    }
    // Just observed, five ids in turn, and room for ten.
    expect(known).toBeGreaterThan(450);
    expect(cpe.predict(0, 1).ids[0]).toBe(100);
  });

  it("a batch makes room for its ids one by one: what is frequent and what came last is known after it", () => {
    using single = make({ maxIds: 60, maxStreams: 8 });
    using batch = make({ maxIds: 60, maxStreams: 8 });
    for (const cpe of [single, batch]) for (let round = 0; round < 100; round++) cpe.observeMany(0, range(20));
    const ids = range(50, 1000);
    const streams = range(50, 50);
    for (const [i, id] of ids.entries()) single.observe(streams[i], id);
    batch.observeMany(streams, ids);
    for (const cpe of [single, batch]) {
      expect(cpe.stats()).toMatchObject({ ids: 60, streams: 8 });
      // What was seen a hundred times does not make room for what was seen once.
      expect([...cpe.probabilities(0, range(20))].every((p) => p > 0)).toBe(true);
      expect([...cpe.probabilities(0, range(10, 1040))].every((p) => p > 0)).toBe(true);
    }
  });

  it("room that was reserved, and not used, does not drive out what is known", () => {
    using cpe = make({ maxIds: 20, maxStreams: 20 });
    for (let round = 0; round < 50; round++) cpe.observeMany(0, range(10));
    for (let i = 0; i < 40; i++) cpe.reserve(100 + i, 1000 + i);
    cpe.observe(0, 0);
    expect(cpe.stats()).toMatchObject({ ids: 10, streams: 1 });
  });

  it.each([{}, { sessions: { bytes: 4096 } }, { maxIds: 30 }, { sessions: { bytes: 4096 }, maxIds: 40, maxStreams: 20 }])(
    "a call that finds no memory changes nothing, wherever it stops: %o",
    (options: Options) => {
      const everyId = range(2000);
      const answers = (cpe: Cpe) => {
        const { ids, streams, events } = cpe.stats();
        return [ids, streams, events, cpe.predict(0, 50), cpe.probabilities(0, everyId)];
      };
      for (let maxBytes = 64_000; maxBytes < 104_000; maxBytes += 512) {
        const all = { contextBytes: 4096, maxBytes, ...options };
        if (codeOf(() => make(all).dispose()) !== "none") continue;
        using cpe = make(all);
        let n = 0;
        while (n < 1500 && codeOf(() => cpe.observe(n, n)) === "none") n++;
        if (n === 1500) continue;
        // Another one, in which the event that did not find memory never was.
        using other = make(all);
        for (let i = 0; i < n; i++) other.observe(i, i);
        expect([maxBytes, answers(cpe)]).toEqual([maxBytes, answers(other)]);
        const image = cpe.image();
        expect([cpe.endSession(n), cpe.probability(n, n)]).toEqual([false, 0]);
        expect([maxBytes, Buffer.compare(cpe.image(), image)]).toEqual([maxBytes, 0]);
        expect(cpe.forgetStream(n)).toBe(false);
        expect([maxBytes, answers(cpe)]).toEqual([maxBytes, answers(other)]);
      }
    },
  );

  it("a batch never fails half way, also where limits make it forget what it made room for", () => {
    for (let maxBytes = 64_000; maxBytes < 120_000; maxBytes += 1024) {
      let cpe: Cpe;
      try {
        cpe = make({ contextBytes: 4096, maxBytes, maxIds: 30 });
      } catch {
        continue;
      }
      const ids = Int32Array.from({ length: 3000 }, (_, i) => i % 100);
      let bits: ArrayLike<number> = [];
      const code = codeOf(() => {
        bits = cpe.observeMany(0, ids);
      });
      expect([maxBytes, code, Math.min(0, ...Array.from(bits))]).toEqual([maxBytes, code, 0]);
      expect([maxBytes, cpe.stats().events]).toEqual([maxBytes, code === "none" ? ids.length : 0]);
      cpe.dispose();
    }
  });

  it("probabilities and the escape add up to 1, however sure the model is and however wrong", () => {
    const random = new Random(5);
    for (const rate of [0.002, 0.02]) {
      using cpe = make({ contextBytes: 1 << 20 });
      const all = range(500);
      let worst = 0;
      for (let step = 0; step < 30_000; step++) {
        const noise = random.next() < rate;
        cpe.observe(0, noise ? random.below(500) : (step * 7) % 500);
        if (step % 10 !== 0) continue;
        const { escape } = cpe.predict(0, 1);
        const sum = cpe.probabilities(0, all).reduce((x, p) => x + p, escape);
        worst = Math.max(worst, Math.abs(sum - 1));
      }
      expect(worst).toBeLessThan(1e-4);
    }
  });

  it("nothing is ever ruled out, however sure the mixture and the calibration are", () => {
    const ids = 5000;
    for (const [seed, noise, cycle] of [
      [2, 0.03, 500],
      [3, 0.03, 500],
      [73, 0.002, 20],
    ]) {
      using cpe = make({ contextBytes: 1 << 22 });
      const random = new Random(seed);
      const ruledOut: number[] = [];
      for (let step = 0, t = 0; step < 60_000; step++) {
        // Half of it noise, so that the weights grow, and then none at all.
        cpe.observe(0, random.next() < (step < 30_000 ? 0.5 : 0) ? random.below(ids) : (step * 7) % ids);
        if (step > 30_000 && !(cpe.predict(0, 1).escape > 0)) ruledOut.push(step);
        // A second stream, in which what is nearly sure is sometimes wrong.
        if (step < 22_200 || step % 2 === 1) continue;
        t++;
        cpe.observe(1, ids + (random.next() < noise ? random.below(cycle) : (t * 7) % cycle));
      }
      expect(ruledOut).toEqual([]);
    }
  });

  it("with sessions a history given is worth what the same history of a stream is", () => {
    using cpe = make({ sessions: { bytes: 1 << 16 } });
    const random = new Random(3);
    for (let session = 0; session < 300; session++) {
      const from = 20 * random.below(5);
      for (let i = 0; i < 10; i++) cpe.observe(0, from + random.below(20));
      cpe.endSession(0);
    }
    const history = [1, 5, 9, 3, 61, 62, 63, 64];
    cpe.observeMany(1, history);
    expect(cpe.predictAfter(history, 5)).toEqual(cpe.predict(1, 5));
  });

  it("an id that was never observed has no probability, also after a failed attempt in a model with sessions", () => {
    for (let maxBytes = 80_000; maxBytes < 110_000; maxBytes += 512) {
      let cpe: Cpe;
      try {
        cpe = make({ contextBytes: 4096, maxBytes, sessions: { bytes: 4096 } });
      } catch {
        continue;
      }
      let id = 0;
      while (id < 3000 && codeOf(() => cpe.observe(id % 9, id)) === "none") {
        if (id % 3 === 0) cpe.endSession(id % 5);
        id++;
      }
      expect([maxBytes, cpe.probability(0, id)]).toEqual([maxBytes, 0]);
      cpe.dispose();
    }
  });

  it("a context's counts are halved when one comes to the limit, wherever in the lines it is by then", () => {
    using cpe = make();
    const random = new Random(1);
    let most = 0;
    for (let i = 0; i < 5000; i++) {
      cpe.observe(0, 2);
      cpe.observe(0, 200 + random.below(30), { weight: 16 });
      cpe.endSession(0);
      most = Math.max(most, ...cpe.countsAfter([2]).counts);
    }
    // The limit is 60, and an event counts for 16.
    expect(most).toBeLessThanOrEqual(76);
  });

  it("where the last symbol of a context is forgotten, no other one takes its place", () => {
    using cpe = make();
    // What comes twice in a row after some context teaches that the last one comes again.
    for (let round = 0; round < 60; round++) {
      for (let context = 10; context < 30; context++) {
        for (const id of [300 + ((round + context) % 16), 300 + ((round + context) % 16)]) {
          cpe.observeMany(0, [context, id]);
          cpe.endSession(0);
        }
      }
    }
    for (let i = 0; i < 16; i++) {
      cpe.observeMany(0, [1, 100 + i]);
      cpe.endSession(0);
    }
    // The last one goes to the first line and is forgotten there, with some of its neighbours.
    for (let i = 0; i < 2; i++) {
      cpe.observeMany(0, [1, 100]);
      cpe.endSession(0);
    }
    for (const id of [100, 101, 102]) cpe.forget(id);
    for (const id of range(1024, 5000)) {
      cpe.observe(9, id);
      cpe.forget(id);
    }
    cpe.observe(0, 1);
    const { ids, counts } = cpe.countsAfter([1]);
    const once = [...ids].filter((_, i) => counts[i] === 1);
    expect(once.length).toBeGreaterThan(10);
    const evidence = once.map((id) => cpe.explain(0, id).votes.find((vote) => vote.kind === "order")?.evidence);
    expect(new Set(evidence).size).toBe(1);
  });

  it("a default for sessions fits into the memory that there may be", () => {
    expect(codeOf(() => make({ contextBytes: undefined, sessions: true, maxBytes: 1 << 23 }).dispose())).toBe("none");
  });

  it("with sessions, too, a prediction is filled up with what is frequent", () => {
    const [plain, sessions] = [make(), make({ sessions: true })].map((cpe) => {
      for (const id of range(40)) {
        cpe.observe(0, id);
        cpe.endSession(0);
      }
      return cpe.predict(1, 30).ids.length;
    });
    expect(sessions).toBe(plain);
  });

  it("checks a history also where there are no ids to ask for", () => {
    using cpe = make();
    expect(codeOf(() => cpe.probabilitiesAfter("x" as unknown as number[], []))).toBe("ERR_ARGUMENT");
  });
});
