import { describe, expect, it } from "vitest";
import { MfnError } from "../../src/errors.js";
import type { EventModelOptions } from "../../src/layers/cpe/options.js";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SessionCpe } from "./sessions-helper.js";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

/** Random operations on a few streams, `batch` events at a time. */
function operate(cpe: SessionCpe, batch: number): void {
  const random = new Random(7);
  for (let round = 0; round < 120; round++) {
    const stream = random.below(5);
    const ids = Array.from({ length: 12 }, () => Math.floor(random.next() ** 2 * 150) * 1000);
    for (let i = 0; i < ids.length; i += batch) {
      if (batch === 1) cpe.observe(stream, ids[i]);
      else cpe.observeMany(stream, ids.slice(i, i + batch));
    }
    if (random.next() < 0.6) cpe.endSession(stream);
    if (random.next() < 0.05) cpe.forgetStream(stream);
    if (random.next() < 0.2) cpe.forget(random.below(150) * 1000);
  }
}

const small: EventModelOptions = { sessions: { bytes: 4096 }, contextBytes: 1 << 14, orders: 3 };
const ids = Array.from({ length: 150 }, (_, i) => i * 1000);

it("equal operations give equal bytes in release and debug, in singles and batches", () => {
  const images = builds.flatMap((build) =>
    [1, 4].map((batch) => {
      const cpe = new SessionCpe(build, small);
      operate(cpe, batch);
      return { batch, image: cpe.image(), answers: [cpe.predict(1, 200), cpe.predictLast(2, 200, 3), cpe.probabilities(3, ids)] };
    }),
  );
  for (const { batch, image, answers } of images) {
    const like = images.find((other) => other.batch === batch);
    expect(Buffer.compare(image, like?.image as Uint8Array)).toBe(0);
    expect(answers).toEqual(images[0].answers);
  }
});

describe.each(builds)("sessions' state (%s)", (build: Build) => {
  it("queries change nothing", () => {
    const cpe = new SessionCpe(build, small);
    operate(cpe, 4);
    const before = cpe.image();
    for (let stream = 0; stream < 6; stream++) {
      cpe.predict(stream);
      cpe.predictLast(stream, 5, 2);
      cpe.probabilities(stream, ids);
      cpe.surprise(stream, 3000);
    }
    cpe.predictAfter([0, 1000, 77], 5);
    cpe.predictLastAfter([1000, 1000, 2000, 77], 5);
    cpe.sessionsLike([1000, 2000, 1000]);
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });

  it("all probabilities and the escape come to 1", () => {
    const cpe = new SessionCpe(build, small);
    operate(cpe, 4);
    for (let stream = 0; stream < 6; stream++) {
      const sum = cpe.probabilities(stream, ids).reduce((a, b) => a + b, 0) + cpe.predict(stream, 1).escape;
      expect(sum).toBeCloseTo(1, 4);
    }
  });

  it("what is forgotten is in no answer, whoever gets its place", () => {
    const cpe = new SessionCpe(build, small);
    for (let round = 0; round < 20; round++) {
      cpe.observeMany(0, [1, 2, 3, 4]);
      cpe.endSession(0);
    }
    expect(Array.from(cpe.sessionsLike([1]).ids)).toContain(3);
    cpe.forget(3);
    for (let id = 100; id < 1400; id++) cpe.observe(1, id);
    for (let id = 100; id < 1400; id++) cpe.forget(id);
    cpe.observe(1, 3);
    const { sessions, ids: had } = cpe.sessionsLike([1]);
    expect(sessions).toBe(20);
    expect(Array.from(had).sort()).toEqual([2, 4]);
    expect(cpe.sessionsLike([3])).toEqual({ sessions: 0, ids: new Int32Array(0), shares: new Float32Array(0) });
  });

  it("bytes do not grow with the sessions", () => {
    const cpe = new SessionCpe(build, { ...small, sessions: { bytes: 10_000 } });
    const random = new Random(1);
    const more = (n: number) => {
      for (let round = 0; round < n; round++) {
        cpe.observeMany(
          0,
          Array.from({ length: 6 }, () => random.below(50)),
        );
        cpe.endSession(0);
      }
      return cpe.stats().stateBytes;
    };
    expect(more(900)).toBe(more(50));
    // A session of six events has four units of 16 bytes: 10,000 bytes have room for 156 of them. Two that are alike find each other for so long.
    cpe.observeMany(0, [200, 201]);
    cpe.endSession(0);
    more(150);
    expect(cpe.sessionsLike([200]).sessions).toBe(1);
    more(10);
    expect(cpe.sessionsLike([200]).sessions).toBe(0);
  });

  it("ends of sessions are told from their middles", () => {
    const random = new Random(2);
    const cpe = new SessionCpe(build);
    // Basket items in any order, and at the end the till.
    for (let round = 0; round < 150; round++) {
      const q = Array.from({ length: 3 + random.below(8) }, () => random.below(30));
      cpe.observeMany(0, [...q, 100 + (round % 2)]);
      cpe.endSession(0);
    }
    cpe.observeMany(0, [3, 4, 5]);
    const last = cpe.predictLast(0, 2);
    expect(Array.from(last.ids).sort()).toEqual([100, 101]);
    expect(last.probabilities[0] + last.probabilities[1]).toBeGreaterThan(0.9);
    expect(cpe.predict(0, 1).probabilities[0]).toBeLessThan(0.5);
    expect(cpe.predictLastAfter([3, 4, 5], 2)).toEqual(last);
  });

  it("refuses bad input with a code and is as before", () => {
    const cpe = new SessionCpe(build, small);
    operate(cpe, 4);
    const before = cpe.image();
    for (const action of [
      () => cpe.predictLast(-1),
      () => cpe.predictLast(0, 0),
      () => cpe.predictLast(0, 1, 0),
      () => cpe.predictLast(0, 1, 4),
      () => cpe.predictLastAfter([1.5]),
      () => cpe.predictLastAfter(7 as unknown as number[]),
      () => cpe.sessionsLike([-1]),
      () => cpe.observe(0, -1),
    ]) {
      expect(codeOf(action)).toBe("ERR_ARGUMENT");
    }
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
    for (const sessions of [1, "yes", null, { bytes: 10 }, { bytes: 2 ** 40 }]) {
      expect(codeOf(() => new SessionCpe(build, { sessions } as EventModelOptions))).toBe("ERR_ARGUMENT");
    }
    const without = new SessionCpe(build, { sessions: false });
    expect(codeOf(() => without.predictLast(0))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => without.sessionsLike([1]))).toBe("ERR_ARGUMENT");
  });

  it("says that there is no memory, and is as before", () => {
    expect(codeOf(() => new SessionCpe(build, { maxBytes: 200_000, sessions: { bytes: 1 << 20 } }))).toBe("ERR_MEMORY");
    const cpe = new SessionCpe(build, { maxBytes: 140_000, contextBytes: 4096, sessions: { bytes: 4096 } });
    let id = 0;
    const fill = () => {
      for (; ; id++) cpe.observe(0, id);
    };
    expect(codeOf(fill)).toBe("ERR_MEMORY");
    const before = [cpe.predict(0), cpe.stats().events];
    expect(codeOf(() => cpe.observe(0, id))).toBe("ERR_MEMORY");
    expect([cpe.predict(0), cpe.stats().events]).toEqual(before);
    cpe.observe(0, 0);
    expect(cpe.endSession(0)).toBe(true);
  });
});
