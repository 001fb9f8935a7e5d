// Random operations of every kind on models of every kind, against what must hold after each of them.
import { Cpe } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { sameImage } from "../helpers/images.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const IDS = 400;
const STREAMS = 40;
const every = Int32Array.from({ length: IDS }, (_, i) => i * 5_000_000);

const kinds: [name: string, options: Options][] = [
  ["plain", {}],
  ["a small table, a short horizon", { contextBytes: 4096, horizon: 100 }],
  ["sessions", { sessions: { bytes: 4096 } }],
  ["sessions, gap and limits", { sessions: { bytes: 8192 }, gap: 5, maxIds: 60, maxStreams: 7 }],
  ["few ids and streams", { maxIds: 2, maxStreams: 2 }],
  ["limits", { maxIds: 100, maxStreams: 10, orders: 2 }],
  ["streams apart", { shared: false, gap: 3 }],
  ["streams apart, limits", { shared: false, maxIds: 50, maxStreams: 5, contextBytes: 8192 }],
  ["little memory", { contextBytes: 4096, maxBytes: 90_000 }],
  ["little memory, sessions, limits", { contextBytes: 4096, maxBytes: 100_000, sessions: { bytes: 4096 }, maxIds: 100 }],
];

/** One random operation; time goes on by one in each step, but for late events. */
function operate(cpe: Cpe, random: Random, step: number): void {
  const stream = random.below(STREAMS);
  const id = every[Math.floor(random.next() ** 2 * IDS)];
  const kind = random.next();
  if (kind < 0.4) cpe.observe(stream % 9, id);
  else if (kind < 0.6) {
    cpe.observe(stream, id, { weight: (1 + random.below(256)) / 16, at: random.next() < 0.9 ? step : step - 20 });
  } else if (kind < 0.7) {
    const n = random.below(30);
    const streams = Array.from({ length: n }, () => random.below(STREAMS));
    cpe.observeMany(
      streams,
      Array.from({ length: n }, () => every[random.below(IDS)]),
    );
  } else if (kind < 0.8) cpe.endSession(stream);
  else if (kind < 0.83) cpe.forgetStream(stream);
  else if (kind < 0.97) for (let i = 0; i < 6; i++) cpe.forget(every[random.below(IDS)]);
  else cpe.reserve(stream, id);
}

/** What holds whatever was done. */
function check(cpe: Cpe, stream: number, { maxIds = Infinity, maxStreams = Infinity, sessions }: Options): void {
  const p = cpe.probabilities(stream, every);
  const { ids, probabilities, escape } = cpe.predict(stream, 10);
  const stats = cpe.stats();
  expect(stats.ids).toBe(p.filter((x) => x > 0).length);
  expect(stats.ids).toBeLessThanOrEqual(maxIds);
  expect(stats.streams).toBeLessThanOrEqual(maxStreams);
  expect(Math.abs(p.reduce((sum, x) => sum + x, escape) - 1)).toBeLessThan(1e-4);
  expect(p.every((x) => x >= 0 && x <= 1)).toBe(true);
  expect(Array.from(probabilities)).toEqual(Array.from(ids, (id) => p[every.indexOf(id)]));
  const entropy = [...p, escape].reduce((sum, x) => (x > 0 ? sum - x * Math.log2(x) : sum), 0);
  expect(Math.abs(cpe.entropy(stream) - entropy)).toBeLessThan(0.002 + 0.0005 * entropy);
  for (const id of cpe.history(stream)) expect(p[every.indexOf(id)]).toBeGreaterThan(0);
  const unknown = every.find((_, i) => p[i] === 0) ?? 7;
  expect(cpe.surprise(stream, unknown)).toBeCloseTo(-Math.log2(escape), 3);
  if (sessions === undefined) return;
  const last = cpe.predictLast(stream, IDS, 1);
  expect(last.probabilities.reduce((sum, x) => sum + x, last.escape)).toBeLessThan(1.0001);
}

describe.each(kinds)("random operations: %s", (_, options) => {
  it.each([1, 2, 3])("hold to what must hold, and give equal bytes in release and debug; seed %i", (seed) => {
    const steps = 2500;
    const cpes = builds.map((build) => Cpe.createSync({ contextBytes: 1 << 15, seed, wasm: wasm("cpe-events", build), ...options }));
    for (const [i, cpe] of cpes.entries()) {
      const random = new Random(seed);
      for (let step = 0; step < steps; step++) {
        try {
          operate(cpe, random, step);
        } catch (error) {
          if (options.maxBytes === undefined || (error as { code?: unknown }).code !== "ERR_MEMORY") throw error;
        }
        if (step % (i === 0 ? 10 : 100) === 0) check(cpe, random.below(STREAMS), options);
        else random.next();
      }
    }
    sameImage(cpes[1], cpes[0]);
    expect(cpes[1].stats()).toEqual({ ...cpes[0].stats(), memoryBytes: cpes[1].stats().memoryBytes });
    for (const cpe of cpes) cpe.dispose();
  });
});
