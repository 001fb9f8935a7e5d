// Memory: what is removed makes room again, and what does not fit leaves no trace.
import { describe, expect, test } from "vitest";
import { type Dsr, type DsrOptions, MfnError } from "../../src/dsr.js";
import { sameImage } from "../helpers/images.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeStore, sameBytes } from "./helpers.js";
import { clustered, everything, expectSame, filled, forms, makeIndex, range, rowsOf } from "./index-helpers.js";

const dimensions = 24;

describe.each(builds)("memory (%s)", (build) => {
  const small = build === "debug";
  const n = small ? 1500 : 6000;

  test.each(forms)("what is removed makes room: the same number of vectors again needs no more, $metric, $rows", ({ metric, rows }) => {
    const source = clustered(new Random(1), dimensions, 10);
    const dsr = filled(build, source.draw(n), { dimensions, metric, rows, neurons: 32, autoLearn: false });
    dsr.learn();
    const { stateBytes: first, freeBytes: before } = dsr.stats();
    let most = first;
    for (let round = 0; round < 4; round++) {
      for (let id = 0; id < n; id += 1 + (round & 1)) dsr.remove(id);
      const { stateBytes, freeBytes } = dsr.stats();
      // Rows go back to the arena in segments of at least 64 KiB, as free bytes or off its end; up to two without rows are kept.
      const back = first - stateBytes + (freeBytes - before);
      const removed = (n - dsr.size) * dimensions * (rows === "i8" ? 1 : 4);
      expect(back).toBeGreaterThanOrEqual(Math.max(0, removed - 3 * 0x18000));
      if (round === 0 && !small) expect(back).toBeGreaterThan(0);
      dsr.addMany(range(n), source.draw(n));
      if (round === 2) dsr.learn();
      expect(dsr.stats()).toMatchObject({ size: n, indexed: n });
      // Cells fill up unevenly, so the words of other vectors may need some blocks more, once.
      if (round === 0) most = dsr.stats().stateBytes;
      expect(dsr.stats().stateBytes).toBeLessThan(1.15 * most);
      expect(dsr.stats().stateBytes).toBeLessThan(1.3 * first);
    }
    for (let id = 0; id < n; id++) dsr.remove(id);
    expect(dsr.stats()).toMatchObject({ size: 0, indexed: 0, imbalance: 0 });
    expect(dsr.search(source.draw(1)).ids.length).toBe(0);
    expect(dsr.search(source.draw(1), { probes: 4 }).ids.length).toBe(0);
    dsr.addMany(range(n), source.draw(n));
    const query = source.draw(1);
    expectSame(dsr.search(query, everything(dsr)), dsr.search(query, { recall: 1 }));
  });

  test("learning again and again needs no more memory than at first", () => {
    const source = clustered(new Random(2), dimensions, 10);
    const dsr = filled(build, source.draw(n), { dimensions, secondWinners: 0.6, autoLearn: false });
    dsr.learn({ neurons: 64 });
    dsr.learn({ neurons: 64 });
    const { stateBytes } = dsr.stats();
    for (let i = 0; i < 3; i++) {
      dsr.learn({ neurons: [64, 16, 32][i % 3] });
      expect(dsr.stats().stateBytes).toBeLessThanOrEqual(1.02 * stateBytes);
    }
  });

  test("updates in place need no more memory", () => {
    const source = clustered(new Random(3), dimensions, 10);
    const dsr = filled(build, source.draw(500), { dimensions, autoLearn: false });
    dsr.learn({ neurons: 16 });
    const random = new Random(3);
    for (let i = 0; i < 500; i++) dsr.update(random.below(500), source.draw(1));
    const { stateBytes } = dsr.stats();
    for (let i = 0; i < 2000; i++) dsr.update(random.below(500), source.draw(1));
    expect(dsr.stats().stateBytes).toBeLessThan(1.1 * stateBytes);
  });

  test("beyond the rows: two words a vector at most, ids, and the population", () => {
    const d = 128;
    const count = small ? 2000 : 10_000;
    for (const [secondWinners, words] of [
      [0, 1],
      [1, 2],
    ]) {
      const dsr = filled(build, clustered(new Random(4), d, 10).draw(count), { dimensions: d, secondWinners, autoLearn: false });
      const { neurons } = dsr.learn(small ? { neurons: 32 } : {});
      // A word is d / 8 + 8 bytes and its part of the block's end; a cell has on average half a block too many; a slot, an id and homes are 16.
      const word = (2 * d + 144) / 16;
      const most = count * (4 * d + words * word + 16) + neurons * (d + 32 + 16 * word);
      const { stateBytes, freeBytes } = dsr.stats();
      expect(stateBytes - freeBytes).toBeLessThan(1.3 * most);
    }
  });
});

/** Runs a call; the code of the error if it throws one of ours. */
function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof MfnError)) throw error;
    return error.code;
  }
}

/** The least limit, in steps of 512 bytes, with which an index can be made. */
function leastLimit(make: (options: Partial<DsrOptions>) => Dsr): number {
  for (let bytes = 4096; ; bytes += 512) {
    const made = attempt(() => make({ maxBytes: bytes }).dispose());
    if (made === undefined) return bytes;
    expect(made).toBe("ERR_MEMORY");
  }
}

describe.each(builds)("a full memory (%s)", (build) => {
  const small = build === "debug";
  const above = small ? [0, 90_000, 220_000, 260_000] : [0, 16, 20_000, 110_000, 200_000, 230_000, 260_000, 300_000];

  describe.each(forms.filter(({ metric, rows }) => metric === "cosine" || (metric === "l2" && rows === "f32")))(
    "$metric, $rows",
    ({ metric, rows }) => {
      const make = (options: Partial<DsrOptions>) => makeIndex(build, { dimensions, metric, rows, secondWinners: 1, ...options });
      const least = leastLimit(make);

      // With more than that the operations below do not fill it.
      test.each(above.filter((bytes) => bytes <= (rows === "i8" ? 200_000 : 300_000)))(
        "%i bytes above the least: what fails leaves no trace, searches go on being right, and so does the rest",
        (more) => {
          const full = make({ maxBytes: least + more });
          const twin = make({});
          const random = new Random(more);
          const source = clustered(random, dimensions, 8);
          const failed = new Set<string>();
          let after = 0;
          for (let step = 0; step < (small ? 250 : 400); step++) {
            const kind = random.next();
            const id = random.below(4 * step + 5);
            let name = "add";
            let call: (dsr: Dsr) => unknown;
            if (kind < 0.5) {
              const vector = source.draw(1);
              call = (dsr) => dsr.add(id, vector);
            } else if (kind < 0.75) {
              name = "addMany";
              const ids = range(random.below(80)).map(() => random.below(4 * step + 5));
              const vectors = source.draw(ids.length);
              call = (dsr) => dsr.addMany(ids, vectors);
            } else if (kind < 0.765) {
              name = "learn";
              call = (dsr) => (dsr.size < 16 ? "few" : Object.keys(dsr.learn({ neurons: 16 })).length);
            } else {
              name = "remove";
              call = (dsr) => dsr.remove(id);
            }
            const before = full.image();
            const result = attempt(() => call(full));
            if (result === "ERR_MEMORY") {
              failed.add(name);
              expect(sameBytes(full.image(), before), `${name} changed something`).toBe(true);
            } else {
              expect(result).toEqual(attempt(() => call(twin)));
              if (failed.size > 0) after++;
            }
            expect(full.stats().stateBytes).toBeLessThanOrEqual(least + more);
            if (step % 30 !== 0) continue;
            expect(full.size).toBe(twin.size);
            const query = source.draw(1);
            expectSame(full.search(query, { recall: 1 }), twin.search(query, { recall: 1 }));
            expectSame(full.search(query, everything(full)), twin.search(query, { recall: 1 }));
            const { ids, distances } = full.search(query, { probes: 1 });
            expectSame({ ids, distances: twin.distances(query, ids) }, { ids, distances });
          }
          expect(failed.has("remove")).toBe(false);
          expect(failed.size).toBeGreaterThan(0);
          expect(after).toBeGreaterThan(0);
          // What goes makes room, also for the words of those that had to wait for them.
          const { size } = full;
          for (let id = 0; full.size > size / 2; id++) full.remove(id);
          if (size === 0) return;
          if (full.size > 20 && attempt(() => full.learn({ neurons: 8 })) !== "ERR_MEMORY") expect(full.stats().indexed).toBe(full.size);
          expect(attempt(() => full.add(0, source.draw(1)))).not.toBe("ERR_MEMORY");
        },
      );

      test("an addMany that does not fit changes nothing, also where it is large", () => {
        const dsr = make({ maxBytes: least + 400_000 });
        const source = clustered(new Random(1), dimensions, 5);
        dsr.addMany(range(100), source.draw(100));
        dsr.learn({ neurons: 8 });
        const before = dsr.image();
        expect(codeOf(() => dsr.addMany(range(20_000), source.draw(20_000)))).toBe("ERR_MEMORY");
        expect(codeOf(() => dsr.addMany([5, 2 ** 31 - 1], source.draw(2)))).toBe("ERR_MEMORY");
        expect(codeOf(() => dsr.add(2 ** 31 - 1, source.draw(1)))).toBe("ERR_MEMORY");
        expect(sameBytes(dsr.image(), before)).toBe(true);
      });
    },
  );

  test("learning by itself that does not fit is put off, and every vector is looked at", () => {
    const source = clustered(new Random(5), dimensions, 5);
    const store = makeStore(build, { dimensions, metric: "l2" });
    // So many neurons take more than all the rows.
    const dsr = makeIndex(build, { dimensions, metric: "l2", neurons: 4096, maxBytes: 1_000_000 });
    for (const [id, row] of rowsOf(source.draw(4300), dimensions).entries()) {
      dsr.add(id, row);
      store.add(id, row);
    }
    expect(dsr.stats()).toMatchObject({ size: 4300, neurons: 0, indexed: 0 });
    for (const query of rowsOf(source.draw(5), dimensions)) expectSame(dsr.search(query), store.search(query));
    expect(codeOf(() => dsr.learn())).toBe("ERR_MEMORY");
    expect(dsr.learn({ neurons: 16 }).neurons).toBe(16);
    for (const query of rowsOf(source.draw(5), dimensions)) expectSame(dsr.search(query, everything(dsr)), store.search(query));
  });

  test("a capacity is taken in one step, and refused where it does not fit", () => {
    const dsr = makeIndex(build, { dimensions, capacity: 20_000 });
    const { memoryBytes } = dsr.stats();
    expect(memoryBytes).toBeGreaterThan(20_000 * dimensions * 4);
    expect(codeOf(() => makeIndex(build, { dimensions, capacity: 20_000, maxBytes: 100_000 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => makeIndex(build, { dimensions: 65_536, capacity: 0x1000_0000 }))).toBe("ERR_MEMORY");
    sameImage(dsr, makeIndex(build, { dimensions }));
  });
});
