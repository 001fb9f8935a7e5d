import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { SessionOracle } from "../oracle/session-knn.js";
import { type EventModel, SessionMixOracle } from "../oracle/session-mix.js";
import { SessionCpe } from "./sessions-helper.js";

/** Items in [0, n), few of them often. */
const skewed = (random: Random, n: number) => Math.floor(random.next() ** 2 * n);

const session = (random: Random, items: number, longest: number) =>
  Array.from({ length: 1 + random.below(longest) }, () => skewed(random, items));

function close(x: number, y: number, share = 1e-4): boolean {
  return Math.abs(x - y) <= share * Math.max(Math.abs(x), Math.abs(y)) + 1e-7;
}

/** Whether kernel and oracle say the same after a history. */
function compareEvidence(cpe: SessionCpe, oracle: SessionOracle, history: number[]): void {
  const ours = cpe.evidence(history);
  const theirs = oracle.evidence(history);
  expect(ours.sessions).toBe(theirs.sessions);
  for (const k of [0, 1, 2]) expect(close(ours.sums[k], theirs.sums[k])).toBe(true);
  expect(ours.items.size).toBe(Math.min(64, theirs.items.size));
  // Those of nearly the same weight may change places.
  const least = [...theirs.items.values()].at(ours.items.size - 1)?.[0] ?? 0;
  let before = Infinity;
  for (const [id, sums] of ours.items) {
    const others = theirs.items.get(id) as number[];
    for (const k of [0, 1, 2]) expect(close(sums[k], others[k])).toBe(true);
    expect(sums[0]).toBeLessThanOrEqual(before);
    expect(sums[0]).toBeGreaterThanOrEqual(least * 0.9999);
    before = sums[0];
  }
}

describe.each(builds)("sessions (%s)", (build) => {
  it("have the neighbours that the oracle finds, while old ones make room and ids are forgotten", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(5, 40, 300),
        fc.constantFrom(2, 12, 32),
        fc.constantFrom(4096, 10_000),
        (seed, items, longest, bytes) => {
          const random = new Random(seed);
          const cpe = new SessionCpe(build, { sessions: { bytes }, orders: 1, contextBytes: 4096 });
          const oracle = new SessionOracle(bytes >> 4);
          for (let round = 0; round < 120; round++) {
            const q = session(random, items, longest);
            cpe.observeMany(round % 3, q);
            cpe.endSession(round % 3);
            oracle.add(q);
            if (random.next() < 0.1) {
              const id = random.below(items);
              cpe.forget(id);
              oracle.forget(id);
            }
            if (round % 10 === 9) compareEvidence(cpe, oracle, session(random, items, 12));
          }
          cpe.dispose();
        },
      ),
      { numRuns: build === "debug" ? 6 : 20 },
    );
  });

  it("look at the newest 512 of an item and count the 128 most like", () => {
    const random = new Random(3);
    const cpe = new SessionCpe(build, { orders: 1, contextBytes: 4096 });
    const oracle = new SessionOracle(524_288);
    for (let round = 0; round < 900; round++) {
      const q = [round % 2, 2 + (round % 3), ...session(random, 200, 6).map((x) => x + 5)];
      cpe.observeMany(0, q);
      cpe.endSession(0);
      oracle.add(q);
    }
    for (const history of [[0], [0, 2], [1, 3, 7, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]) compareEvidence(cpe, oracle, history);
    cpe.dispose();
  });

  it("mix into the distribution that the oracle computes", () => {
    const random = new Random(11);
    const options = { orders: 2, contextBytes: 1 << 20, seed: 5 };
    const cpe = new SessionCpe(build, options);
    // The event model learns the same whether sessions are there or not.
    const twin = new SessionCpe(build, { ...options, sessions: false });
    const oracle = new SessionOracle(524_288);
    const mixer = new SessionMixOracle();
    const counts = new Map<number, number>();
    const known = () => [...counts.keys()];
    const model = (): EventModel => {
      // The twin fills up with what is frequent, where the mixture names its members alone.
      const { ids, escape } = twin.predict(0, 1000);
      const members = cpe.predict(0, 1000).ids;
      const p = twin.probabilities(0, known());
      return {
        candidates: Array.from(members).filter((id) => ids.includes(id)),
        p: new Map(known().map((id, i) => [id, p[i]])),
        escape,
        counts,
      };
    };
    for (let round = 0; round < 60; round++) {
      const present: number[] = [];
      for (const id of session(random, 120, 9)) {
        const event = model();
        const evidence = oracle.evidence(present);
        const [next, ...last] = [0, 1, 2, 3].map((within) => mixer.mix(event, present, evidence, oracle, within));
        const p = cpe.probabilities(0, known());
        let sum = cpe.predict(0, 1).escape;
        for (const [i, x] of known().entries()) {
          sum += p[i];
          expect(close(p[i], next.p.get(x) as number, 0.01)).toBe(true);
        }
        expect(sum).toBeCloseTo(1, 4);
        for (const [i, { q, p: lastP }] of last.entries()) {
          const { ids, probabilities } = cpe.predictLast(0, 1000, i + 1);
          expect(ids.length).toBe(q.size);
          for (const [j, x] of ids.entries()) expect(close(probabilities[j], lastP.get(x) as number, 0.01)).toBe(true);
        }
        const expected = -Math.log2(counts.has(id) ? (next.p.get(id) as number) : next.escape);
        expect(cpe.surprise(0, id)).toBeCloseTo(expected, 1);
        expect(cpe.observe(0, id)).toBeCloseTo(expected, 1);
        twin.observe(0, id);
        mixer.learn(id, next, last);
        counts.set(id, (counts.get(id) ?? 0) + 1);
        present.push(id);
      }
      for (const each of [cpe, twin]) each.endSession(0);
      mixer.endSession();
      oracle.add(present);
    }
    for (const each of [cpe, twin]) each.dispose();
  });
});
