// Corners that a reading of the index found: sizes far beyond the rows, limits missed by a few bytes, data on which the recall is hard to keep.
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { describe, expect, test } from "vitest";
import { type Dsr, Dsr as DsrIndex, type DsrOptions, type SearchOptions } from "../../src/dsr.js";
import { type Build, builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { sameBytes } from "./helpers.js";
import { everything, expectSame, filled, makeIndex, mean, range, recalls, rowsOf, truthOf, workOf } from "./index-helpers.js";

/** The index's module with a memory that grows to no more than so many pages of 64 KiB: a host that has no more. */
function limitedMemory(build: Build, pages: number): WebAssembly.Module | WebAssembly.Instance {
  const bytes = readFileSync(new URL(`../../build/${build}/dsr-index.wasm`, import.meta.url));
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const section = bytes[at++];
    const size = number();
    const body = at;
    if (section === 5) {
      // One memory: its flags (1: there is a maximum), its least and its most pages. All of these fit seven bits here.
      number();
      number();
      const memory = [1, 1, number(), pages];
      expect(Math.max(...memory)).toBeLessThan(128);
      const limited = [...bytes.subarray(0, start), 5, memory.length, ...memory, ...bytes.subarray(body + size)];
      const module = new WebAssembly.Module(Uint8Array.from(limited));
      // The debug module imports `abort`, which the loader provides.
      return build === "release" ? module : instantiateSync(module, {}).instance;
    }
    at = body + size;
  }
  throw new Error("the module has no memory of its own");
}

/** Vectors along a few random directions, and a little of everything. */
function factors(random: Random, n: number, dimensions: number, axes: readonly Float32Array[]): Float32Array {
  const rows = new Float32Array(n * dimensions);
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * dimensions, (i + 1) * dimensions);
    for (const axis of axes) {
      const factor = random.normal();
      for (let j = 0; j < dimensions; j++) row[j] += factor * axis[j];
    }
    for (let j = 0; j < dimensions; j++) row[j] += 0.3 * random.normal();
  }
  return rows;
}

function axesOf(random: Random, dimensions: number): Float32Array[] {
  return range(8).map(() => random.vector(dimensions));
}

function uniform(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () => random.next());
}

/** Mean recall of queries, against a look at all rows. */
function recallOf(dsr: Dsr, queries: Float32Array, options: SearchOptions): number {
  const rows = rowsOf(queries, dsr.dimensions);
  const { recall: _, ...rest } = options;
  return mean(recalls(dsr, rows, truthOf(dsr, rows, options.k ?? 10, rest), options));
}

describe.each(builds)("sizes and limits (%s)", (build) => {
  const n = build === "debug" ? 2200 : 5000;

  function learned(options: Partial<DsrOptions> = {}): Dsr {
    const dsr = filled(build, uniform(new Random(1), 8 * n), { dimensions: 8, metric: "l2", autoLearn: false, ...options });
    dsr.learn({ neurons: 32 });
    return dsr;
  }

  test.each([1e7, 2 ** 26, 2 ** 28, 2 ** 30, 2 ** 31 - 1])(
    "k = %i, far beyond the rows, gives every row and takes no room for more",
    (k) => {
      const dsr = learned({ secondWinners: 0.5 });
      const query = uniform(new Random(2), 8);
      const want = dsr.search(query, { k: n, recall: 1 });
      expectSame(dsr.search(query, { k, candidates: 10 }), want);
      expectSame(dsr.search(query, { k, probes: 3 }), want);
      expectSame(dsr.search(query, { k }), want);
      expect(dsr.searchById(0, { k, candidates: 10 }).ids.length).toBe(n - 1);
      expect(dsr.stats().memoryBytes).toBeLessThan(8_000_000);
    },
  );

  test.each([
    { rows: 500, dimensions: 2, neurons: 4 },
    { rows: 1500, dimensions: 16, neurons: 64 },
  ])("a limit that is missed by a few bytes: $rows vectors of $dimensions, $neurons neurons", ({ rows, dimensions, neurons }) => {
    const vectors = uniform(new Random(3), rows * dimensions);
    const query = vectors.slice(0, dimensions);
    const make = (maxBytes?: number) =>
      filled(build, vectors, { dimensions, metric: "l2", autoLearn: false, ...(maxBytes === undefined ? {} : { maxBytes }) });
    const free = make();
    const want = free.search(query, { recall: 1 });
    const least = free.stats().stateBytes;
    free.learn({ neurons });
    const fits = (bytes: number) => {
      const dsr = make(bytes);
      const before = dsr.image();
      try {
        dsr.learn({ neurons });
      } catch (error) {
        expect((error as { code: string }).code).toBe("ERR_MEMORY");
        expect(sameBytes(dsr.image(), before)).toBe(true);
        return false;
      }
      expect(dsr.stats().indexed).toBe(rows);
      expectSame(dsr.search(query, everything(dsr)), want);
      return true;
    };
    let low = least;
    let high = free.stats().stateBytes + 0x40000;
    expect(fits(high)).toBe(true);
    while (high - low > 16) {
      const middle = (low + high) >>> 1;
      if (fits(middle)) high = middle;
      else low = middle;
    }
    for (let bytes = low - 128; bytes < high + 128; bytes += 16) fits(bytes);
  });

  test.each([false, true])("memory that the host refuses: learning is whole or not at all; learned before: %s", (again) => {
    const rows = 3000;
    const vectors = uniform(new Random(4), 64 * rows);
    let learnedOnce = false;
    let refused = 0;
    for (let pages = 12; !learnedOnce && pages < 40; pages++) {
      const dsr = DsrIndex.createSync({ dimensions: 64, metric: "l2", autoLearn: false, wasm: limitedMemory(build, pages) });
      try {
        dsr.addMany(range(200), vectors.subarray(0, 64 * 200));
        if (again) dsr.learn({ neurons: 8 });
        dsr.addMany(range(rows - 200, 200), vectors.subarray(64 * 200));
      } catch (error) {
        expect((error as { code: string }).code).toBe("ERR_MEMORY");
        continue;
      }
      const before = dsr.image();
      try {
        dsr.learn({ neurons: 256 });
        learnedOnce = true;
        expect(dsr.stats().indexed).toBe(rows);
      } catch (error) {
        refused++;
        expect((error as { code: string }).code).toBe("ERR_MEMORY");
        expect(sameBytes(dsr.image(), before), `${pages} pages`).toBe(true);
      }
      expect(dsr.search(vectors.subarray(0, 64), { recall: 1, k: 1 }).ids[0]).toBe(0);
    }
    expect(learnedOnce).toBe(true);
    expect(refused).toBeGreaterThan(0);
  });

  test("memory that the host refuses to a query is ERR_MEMORY", () => {
    const dimensions = 4096;
    const query = new Float32Array(dimensions);
    let refused = 0;
    // The table of ids moves the end of the state through a page; what rows of bytes are compared with needs room after that.
    for (let id = 0; id < 20_000; id += 512) {
      for (let pages = 5; pages < 8; pages++) {
        let dsr: Dsr;
        try {
          dsr = DsrIndex.createSync({ dimensions, rows: "i8", metric: "l2", autoLearn: false, wasm: limitedMemory(build, pages) });
          dsr.add(id, query);
        } catch (error) {
          expect((error as { code: string }).code).toBe("ERR_MEMORY");
          continue;
        }
        const calls = [
          () => dsr.distances(query, [id]),
          () => dsr.distancesById(id, [id]),
          () => dsr.search(query),
          () => dsr.searchById(id),
        ];
        for (const call of calls) {
          try {
            call();
          } catch (error) {
            refused++;
            expect((error as { code: string }).code).toBe("ERR_MEMORY");
          }
        }
        break;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("a filter longer than there can be ids", () => {
    const dsr = learned();
    const filter = new Uint32Array(2 ** 29);
    filter[0] = 0b1010;
    const query = new Float32Array(8);
    expect([...dsr.search(query, { filter }).ids].sort()).toEqual([1, 3]);
    expect([...dsr.searchById(0, { filter }).ids].sort()).toEqual([1, 3]);
  });

  test("a recall above .999 looks at every vector", () => {
    const dsr = learned();
    for (const recall of [0.9991, 0.9995, 0.9999]) {
      dsr.search(new Float32Array(8), { recall });
      expect(workOf(dsr).compared, `${recall}`).toBe(n);
    }
  });

  test("second winners do not depend on the unit of the vectors", () => {
    const rows = uniform(new Random(5), 8 * 600).map((x) => x - 0.5);
    const words = [1, 2 ** -40, 2 ** 45].map((unit) => {
      const dsr = filled(
        build,
        rows.map((x) => x * unit),
        { dimensions: 8, metric: "ip", autoLearn: false, secondWinners: 0.6 },
      );
      dsr.learn({ neurons: 16 });
      dsr.search(new Float32Array(8), everything(dsr));
      return workOf(dsr).scanned;
    });
    expect(words[0]).toBeGreaterThan(800);
    // Powers of two change no digit.
    expect(words[2]).toBe(words[0]);
    expect(words[1]).toBe(words[0]);
  });

  test("learning early does not make the population learn below 4,096 vectors", () => {
    const dsr = makeIndex(build, { dimensions: 8, metric: "l2" });
    dsr.addMany(range(16), uniform(new Random(6), 8 * 16));
    dsr.learn({ neurons: 8 });
    dsr.addMany(range(200, 16), uniform(new Random(7), 8 * 200));
    expect(dsr.stats()).toMatchObject({ neurons: 8, indexed: 216 });
  });
});

// Sizes at which recall means something take the release module.
describe("the recall asked for", () => {
  const build = "release";
  const asked = 0.99;
  // What a sample of 200 queries may miss more than that.
  const least = 0.98;

  test("inner products of vectors of very different lengths", () => {
    const random = new Random(10);
    const draw = (n: number) => {
      const rows = random.vector(64 * n);
      for (let i = 0; i < n; i++) {
        const length = Math.exp(1.5 * random.normal());
        for (let j = 0; j < 64; j++) rows[64 * i + j] *= length;
      }
      return rows;
    };
    const dsr = filled(build, draw(12_000), { dimensions: 64, metric: "ip" });
    expect(recallOf(dsr, draw(200), { recall: asked })).toBeGreaterThan(least);
  });

  test("inner products in a few big clusters", () => {
    const random = new Random(11);
    const places = range(5).map(() => random.vector(64).map((x) => 4 * x));
    const draw = (n: number) => {
      const rows = new Float32Array(64 * n);
      for (let i = 0; i < n; i++) {
        const u = random.next();
        const place = places[u < 0.6 ? 0 : u < 0.85 ? 1 : u < 0.95 ? 2 : u < 0.99 ? 3 : 4];
        for (let j = 0; j < 64; j++) rows[64 * i + j] = place[j] + random.normal() / (1 + 0.2 * j);
      }
      return rows;
    };
    const dsr = filled(build, draw(20_000), { dimensions: 64, metric: "ip" });
    expect(recallOf(dsr, draw(200), { recall: asked })).toBeGreaterThan(least);
  });

  test.each([10, 200, 500, 1000])("k = %i", (k) => {
    const random = new Random(12);
    const axes = axesOf(random, 32);
    const dsr = filled(build, factors(random, 16_000, 32, axes), { dimensions: 32 });
    expect(recallOf(dsr, factors(random, 50, 32, axes), { recall: asked, k })).toBeGreaterThan(least);
  });

  test("after all vectors went and others came", () => {
    const random = new Random(13);
    const axes = axesOf(random, 32);
    const dsr = filled(build, factors(random, 6000, 32, axes), { dimensions: 32, metric: "l2" });
    for (let id = 0; id < 6000; id++) dsr.remove(id);
    const others = axesOf(random, 32).map((axis) => axis.map((x) => 3 * x));
    const move = (rows: Float32Array) => rows.map((x) => x + 20);
    dsr.addMany(range(6000), move(factors(random, 6000, 32, others)));
    expect(recallOf(dsr, move(factors(random, 100, 32, others)), { recall: asked })).toBeGreaterThan(least);
  });

  test("a filter that names ids without vectors too", () => {
    const random = new Random(14);
    const axes = axesOf(random, 32);
    const n = 18_000;
    const dsr = makeIndex(build, { dimensions: 32 });
    dsr.addMany(
      range(n).map((i) => 50 * i),
      factors(random, n, 32, axes),
    );
    const filter = new Uint32Array((n * 50) / 32 / 6).fill(0xffff_ffff);
    expect(recallOf(dsr, factors(random, 100, 32, axes), { recall: asked, filter })).toBeGreaterThan(least);
  });

  test("of many equal vectors one is as good as another: the index is not searched from end to end for a certain one", () => {
    const random = new Random(15);
    const axes = axesOf(random, 32);
    const n = 20_000;
    const rows = factors(random, n, 32, axes);
    for (let i = 1; i < n; i++) if (random.next() < 0.1) rows.copyWithin(32 * i, 0, 32);
    const ids = range(n);
    for (let i = n - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [ids[i], ids[j]] = [ids[j], ids[i]];
    }
    const dsr = makeIndex(build, { dimensions: 32, metric: "l2" });
    dsr.addMany(ids, rows);
    dsr.search(factors(random, 1, 32, axes), { recall: asked });
    expect(workOf(dsr).scanned).toBeLessThan(n / 2);
  });

  test("zero vectors under cosine have no neighbours to find", () => {
    const random = new Random(16);
    const axes = axesOf(random, 64);
    const n = 20_000;
    const rows = factors(random, n, 64, axes);
    for (let i = 1; i < n; i++) if (random.next() < 0.05) rows.fill(0, 64 * i, 64 * i + 64);
    const dsr = filled(build, rows, { dimensions: 64 });
    const queries = factors(random, 100, 64, axes);
    dsr.search(queries.subarray(0, 64), { recall: asked });
    expect(workOf(dsr).scanned).toBeLessThan(n / 2);
    expect(recallOf(dsr, queries, { recall: asked })).toBeGreaterThan(least);
  });

  test("similar() finds what lies within a distance", () => {
    const random = new Random(17);
    const axes = axesOf(random, 32);
    const dsr = filled(build, factors(random, 16_000, 32, axes), { dimensions: 32 });
    const found: number[] = [];
    for (const query of rowsOf(factors(random, 30, 32, axes), 32)) {
      const threshold = dsr.search(query, { k: 800, recall: 1 }).distances[799];
      const got = new Set(dsr.similar(query, threshold).ids);
      const want = dsr.similar(query, threshold, { recall: 1 }).ids;
      found.push(want.reduce((count, id) => count + (got.has(id) ? 1 : 0), 0) / want.length);
    }
    expect(mean(found)).toBeGreaterThan(least);
  });
});
