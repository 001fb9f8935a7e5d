// What is forgotten is gone from everywhere, also once numbers of forgotten ids are given out again.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const kinds: Options[] = [{}, { orders: 1 }, { sessions: true }, { contextBytes: 1 << 13 }];
const range = (n: number, from = 0) => Int32Array.from({ length: n }, (_, i) => from + i);

describe.each(builds)("forgetting many (%s)", (build) => {
  it.each(kinds)("leaves no evidence for what gets their numbers: %o", (options) => {
    const cpe = Cpe.createSync({ contextBytes: 1 << 18, wasm: wasm("cpe-events", build), ...options });
    // Each of 1200 ids has a follower of its own.
    const n = 1200;
    const [first, follower, later] = [0, 10_000, 20_000];
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < n; i++) {
        cpe.observeMany(0, [first + i, follower + i]);
        cpe.endSession(0);
      }
    }
    for (let i = 0; i < n; i++) expect(cpe.forget(follower + i)).toBe(true);
    // Others come, in a stream of their own: some have numbers that followers had.
    cpe.observeMany(1, range(n, later));
    let evidence = 0;
    for (let i = 0; i < n; i++) {
      const { ids } = cpe.countsAfter([first + i]);
      for (const id of ids) if (id >= later) evidence++;
      expect(cpe.probabilitiesAfter([first + i], [follower + i])[0]).toBe(0);
    }
    expect(evidence).toBe(0);
    const p = cpe.probabilitiesAfter([5], [...range(n, first), ...range(n, later)]);
    expect(Math.abs(p.reduce((sum, x) => sum + x, cpe.predictAfter([5], 1).escape) - 1)).toBeLessThan(1e-4);
  });

  it("takes ids out of histories before their numbers are given out again", () => {
    const cpe = Cpe.createSync({ contextBytes: 1 << 16, maxStreams: 300, wasm: wasm("cpe-events", build) });
    for (let s = 0; s < 200; s++) cpe.observeMany(s, [1, 1000 + s, 2, 2000 + (s % 7)]);
    for (let i = 0; i < 1100; i++) {
      cpe.observe(250, 5000 + i);
      cpe.forget(5000 + i);
    }
    for (let s = 0; s < 200; s++) cpe.forget(1000 + s);
    for (let i = 0; i < 1100; i++) {
      cpe.observe(251, 9000 + i);
      cpe.forget(9000 + i);
    }
    cpe.observeMany(252, range(1300, 30_000));
    for (let s = 0; s < 200; s++) expect([...cpe.history(s)]).toEqual([1, 2, 2000 + (s % 7)]);
    expect(cpe.history(250).length).toBe(0);
  });
});
