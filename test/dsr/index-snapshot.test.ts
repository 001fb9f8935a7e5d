import { describe, expect, test } from "vitest";
import { Dsr, type DsrOptions, Reservoir } from "../../src/dsr.js";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf, makeReservoir, sameBytes } from "./helpers.js";
import { clustered, expectSame, filled, forms, makeIndex, range, rowsOf } from "./index-helpers.js";

const dimensions = 21;
const N = 260;

function made(build: Build, options: Partial<DsrOptions> = {}, learn = true): Dsr {
  const dsr = filled(build, clustered(new Random(6), dimensions, 6).draw(N), { dimensions, seed: 2 ** 40 + 3, ...options });
  if (learn) dsr.learn({ neurons: 20 });
  dsr.addMany(range(30, N + 5), clustered(new Random(7), dimensions, 6).draw(30));
  for (const id of [3, 7, N + 6]) dsr.remove(id);
  return dsr;
}

/** Everything an index answers. */
function expectSameAnswers(a: Dsr, b: Dsr): void {
  expect([a.dimensions, a.metric, a.rows, a.size]).toEqual([b.dimensions, b.metric, b.rows, b.size]);
  const { memoryBytes: _, ...stats } = a.stats();
  expect(b.stats()).toMatchObject(stats);
  for (const query of rowsOf(clustered(new Random(6), dimensions, 6).draw(6), dimensions)) {
    for (const options of [{}, { recall: 1 }, { probes: 2, candidates: 15 }, { probes: 3, filter: new Uint32Array(5).fill(0x1248_1248) }]) {
      expectSame(a.search(query, options), b.search(query, options));
      expectSame(a.searchById(10, options), b.searchById(10, options));
    }
    expectSame(a.similar(query, 30), b.similar(query, 30));
    if (a.stats().neurons === 0) continue;
    expect([a.novelty(query), a.cluster(query)]).toEqual([b.novelty(query), b.cluster(query)]);
    expect(a.trace(query, 4)).toEqual(b.trace(query, 4));
  }
  for (const id of [0, 3, 10]) expect(a.vector(id)).toEqual(b.vector(id));
}

/** More of everything. */
function goOn(dsr: Dsr): void {
  const random = new Random(9);
  const source = clustered(random, dimensions, 6);
  for (let step = 0; step < 120; step++) {
    const id = random.below(400);
    if (random.next() < 0.3) dsr.remove(id);
    else dsr.add(id, source.draw(1));
    if (step === 60) dsr.learn();
  }
}

describe.each(builds)("snapshots of Dsr (%s)", (build) => {
  // A fresh instance each time.
  const options = () => ({ wasm: wasm("dsr-index", build) });

  test.each(forms)("$metric, $rows: what is loaded answers and goes on as the original", async ({ metric, rows }) => {
    const original = made(build, { metric, rows, secondWinners: 0.5 });
    const file = original.snapshot();
    const used = made(build, { metric: "ip" });
    const copies = [
      Dsr.loadSync(file, options()),
      await Dsr.load(new Blob([file]), options()),
      Dsr.loadSync(file, { reuse: used }),
      await Dsr.load(Promise.resolve(file), options()),
    ];
    expect(codeOf(() => used.size)).toBe("ERR_DISPOSED");
    for (const copy of copies) {
      sameImage(copy, original);
      expectSameAnswers(copy, original);
      expect(sameBytes(copy.snapshot(), file)).toBe(true);
    }
    goOn(original);
    for (const copy of copies) {
      goOn(copy);
      expectSameAnswers(copy, original);
      sameImage(copy, original);
      expect(sameBytes(copy.snapshot(), original.snapshot())).toBe(true);
    }
    // The file is the state of then.
    expect(sameBytes(Dsr.loadSync(file, options()).snapshot(), file)).toBe(true);
  });

  test("options that learning needs come back: neurons, second winners, autoLearn", () => {
    const original = made(build, { neurons: 24, secondWinners: 0.25, autoLearn: false, metric: "l2" });
    const copy = Dsr.loadSync(original.snapshot(), options());
    expect(original.learn().neurons).toBe(24);
    expect(copy.learn().neurons).toBe(24);
    sameImage(copy, original);
    for (const dsr of [original, copy]) dsr.addMany(range(4200), new Random(1).vector(4200 * dimensions));
    expect(copy.stats().neurons).toBe(24);
    sameImage(copy, original);
  });

  test("an empty index, and one that has not learned", () => {
    for (const original of [makeIndex(build, { dimensions }), made(build, {}, false)]) {
      const copy = Dsr.loadSync(original.snapshot(), options());
      sameImage(copy, original);
      expect(copy.stats().neurons).toBe(0);
      expect(copy.size).toBe(original.size);
      for (const dsr of [original, copy]) dsr.addMany(range(50), new Random(1).vector(50 * dimensions));
      for (const dsr of [original, copy]) dsr.learn();
      sameImage(copy, original);
    }
  });

  test("a file of one build is read by the other", () => {
    const original = made(build);
    const other = builds.find((b) => b !== build)!;
    sameImage(Dsr.loadSync(original.snapshot(), { wasm: wasm("dsr-index", other) }), original);
  });

  test("damaged and foreign files are refused, and change nothing", async () => {
    const original = made(build);
    const file = original.snapshot();
    const spoilt = (at: number, by = 1) => file.map((x, i) => (i === at ? x ^ by : x));
    const places = [0, 4, 8, 12, 16, 20, 56, 64, 64 + 4, 64 + 600, file.length >> 1, file.length - 1];
    const random = new Random(1);
    for (let i = 0; i < 10; i++) places.push(random.below(file.length));
    const bad = places.map((at) => spoilt(at, 1 << random.below(8)));
    bad.push(file.subarray(0, 100), file.subarray(0, file.length - 1), new Uint8Array(0));
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    bad.push(longer);
    bad.push(makeReservoir(build, { inputs: 2, neurons: 20 }).snapshot());
    for (const bytes of bad) {
      expect(codeOf(() => Dsr.loadSync(bytes, options()))).toBe("ERR_SNAPSHOT");
      await expect(Dsr.load(bytes, options())).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
    }
    expect(codeOf(() => Reservoir.loadSync(file, { wasm: wasm("dsr-reservoir", build) }))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => Dsr.loadSync(file, { ...options(), maxBytes: 4096 }))).toBe("ERR_MEMORY");
    expect(sameBytes(original.snapshot(), file)).toBe(true);
  });

  test("the limit of memory comes back, or is a new one", () => {
    const limited = made(build, { maxBytes: 400_000 });
    const file = limited.snapshot();
    const grow = (dsr: Dsr) => codeOf(() => range(10_000).forEach((id) => void dsr.add(id, new Float32Array(dimensions))));
    expect(grow(Dsr.loadSync(file, options()))).toBe("ERR_MEMORY");
    const free = Dsr.loadSync(file, { ...options(), maxBytes: 4_000_000 });
    free.addMany(range(6000), new Random(3).vector(6000 * dimensions));
    expect(free.stats().stateBytes).toBeGreaterThan(400_000);
  });

  test("an index takes the state of another of its kind, and refuses that of any other", () => {
    const from = made(build);
    const file = from.snapshot();
    const into = makeIndex(build, { dimensions, seed: 5 });
    into.add(900, new Float32Array(dimensions).fill(1));
    into.restore(file);
    expectSameAnswers(from, into);
    sameImage(into, from);
    for (const dsr of [from, into]) goOn(dsr);
    sameImage(into, from);
    for (const other of [{ dimensions: dimensions + 1 }, { dimensions, metric: "ip" }, { dimensions, rows: "i8" }] as const) {
      const dsr = makeIndex(build, other);
      const before = dsr.image();
      expect(codeOf(() => dsr.restore(file))).toBe("ERR_SNAPSHOT");
      expect(sameBytes(dsr.image(), before)).toBe(true);
    }
  });

  test("a disposed index writes none", () => {
    const dsr = made(build);
    dsr.dispose();
    expect(codeOf(() => dsr.snapshot())).toBe("ERR_DISPOSED");
  });
});
