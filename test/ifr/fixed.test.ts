import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FixedIfr, type FixedIfrOptions, type KeyWidth } from "../../src/ifr.js";
import { sameImage } from "../helpers/images.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Registry } from "../oracle/registry.js";
import { codeOf } from "./helpers.js";

const widths: KeyWidth[] = [8, 16, 20, 32];
const make = (build: Build, options: FixedIfrOptions) => FixedIfr.createSync({ ...options, wasm: wasm("ifr-fixed", build) });

/** Key number n of a width: bytes that differ in few places, some in the last ones only. */
function keyOf(width: number, n: number): Uint8Array {
  const key = new Uint8Array(width);
  const view = new DataView(key.buffer);
  view.setUint32(n % 3 === 0 ? width - 4 : 0, n, true);
  return key;
}
const column = (width: number, numbers: readonly number[]) => {
  const bytes = new Uint8Array(numbers.length * width);
  for (const [i, n] of numbers.entries()) bytes.set(keyOf(width, n), i * width);
  return bytes;
};
const name = (key: Uint8Array) => Buffer.from(key).toString("latin1");
const bit = (bits: Uint8Array, i: number) => (bits[i >> 3]! >> (i & 7)) & 1;

/** The registry answers in every way as the oracle does, which knows keys by number. */
function expectSame(ifr: FixedIfr, oracle: Registry, most: number): void {
  const numbers = Array.from({ length: most }, (_, n) => n);
  const { width } = ifr;
  const expected = numbers.map((n) => oracle.idOf(name(keyOf(width, n))));
  const known = expected.filter((id) => id >= 0).length;
  expect([ifr.size, ifr.idLimit]).toEqual([oracle.size, oracle.idLimit]);
  const out = new Int32Array(most);
  const bits = new Uint8Array((most + 7) >> 3);
  const all = column(width, numbers);
  expect(ifr.lookupMany(all, out)).toBe(known);
  expect(ifr.hasMany(all, bits)).toBe(known);
  const wrong: unknown[] = [];
  for (const n of numbers) {
    const id = expected[n]!;
    if (out[n] !== id || bit(bits, n) !== (id < 0 ? 0 : 1) || ifr.idOf(keyOf(width, n)) !== id) wrong.push([n, id, out[n]]);
  }
  for (let id = 0; id <= oracle.idLimit; id++) {
    const key = ifr.keyOf(id);
    if ((key === undefined ? undefined : name(key)) !== oracle.keyOf(id)) wrong.push([id, key]);
  }
  expect(wrong).toEqual([]);
  expect([...ifr.ids()]).toEqual(oracle.entries().map(([, id]) => id));
}

const number = fc.nat(700);
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("intern" as const), n: number }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("insert" as const), from: number, count: fc.nat(300), step: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("columns" as const), numbers: fc.array(number, { maxLength: 200 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), n: number }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("deleteId" as const), id: fc.nat(900), count: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
);

describe.each(builds)("FixedIfr against a Map (%s)", (build) => {
  // 60,000 make the index large enough for the lookup in steps.
  test.each(widths.flatMap((width) => [[width, 0] as const, [width, 60_000] as const]))(
    "random operations, %i bytes, capacity %i",
    (width, capacity) => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 40 }), fc.maxSafeInteger(), (operations, seed) => {
          const ifr = make(build, { width, capacity, seed });
          const oracle = new Registry();
          const enter = (n: number) => oracle.intern(name(keyOf(width, n)));
          for (const op of operations) {
            if (op.do === "intern") expect(ifr.intern(keyOf(width, op.n))).toBe(enter(op.n));
            else if (op.do === "insert") {
              const numbers = Array.from({ length: op.count }, (_, i) => op.from + i * op.step);
              const before = oracle.size;
              const ids = numbers.map(enter);
              const out = new Int32Array(op.count);
              expect(ifr.insertMany(column(width, numbers), out)).toBe(oracle.size - before);
              expect([...out]).toEqual(ids);
            } else if (op.do === "columns") {
              const { keys, ids, bits } = ifr.columns;
              keys.set(column(width, op.numbers));
              const fresh = op.numbers.map((n) => {
                const size = oracle.size;
                return [enter(n), oracle.size - size] as const;
              });
              expect(ifr.insertMany(op.numbers.length)).toBe(fresh.reduce((sum, [, isNew]) => sum + isNew, 0));
              const now = ids.length > 0 ? { ids, bits } : ifr.columns;
              expect([...now.ids.subarray(0, fresh.length)]).toEqual(fresh.map(([id]) => id));
              expect(fresh.map((_, i) => bit(now.bits, i))).toEqual(fresh.map(([, isNew]) => isNew));
            } else if (op.do === "delete")
              expect(ifr.delete(keyOf(width, op.n))).toBe(oracle.deleteId(oracle.idOf(name(keyOf(width, op.n)))));
            else if (op.do === "clear") {
              ifr.clear();
              for (const [, id] of oracle.entries()) oracle.deleteId(id);
              oracle.reset();
            } else for (let id = op.id; id < op.id + op.count; id++) expect(ifr.deleteId(id)).toBe(oracle.deleteId(id));
          }
          expectSame(ifr, oracle, 1700);
        }),
        { numRuns: capacity === 0 ? 20 : 8 },
      );
    },
  );

  test.each(widths)("many keys of %i bytes: splits, mass deletion and reuse of the ids, last deleted first", (width) => {
    const n = build === "release" ? 120_000 : 45_000;
    const ifr = make(build, { width, seed: 5 });
    const oracle = new Registry();
    const numbers = Array.from({ length: n }, (_, i) => i);
    expect(ifr.insertMany(column(width, numbers))).toBe(n);
    for (const i of numbers) oracle.intern(name(keyOf(width, i)));
    expect(ifr.stats().segments).toBeGreaterThan(1);
    for (let id = 0; id < n; id++) if (id % 3 !== 1 && ifr.deleteId(id) !== oracle.deleteId(id)) expect.unreachable();
    const later = Array.from({ length: n >> 1 }, (_, i) => n + i);
    expect(ifr.insertMany(column(width, later))).toBe(later.length);
    for (const i of later) oracle.intern(name(keyOf(width, i)));
    expectSame(ifr, oracle, n + later.length);
  });

  test("a declared capacity: no growth, at most 8.5 bytes of index a key at three quarters and more", () => {
    for (const n of [10_000, 100_000, build === "release" ? 1_000_000 : 200_000]) {
      const ifr = make(build, { width: 8, capacity: n });
      const { segments, indexBytes } = ifr.stats();
      const { memoryBytes } = ifr.stats();
      for (let from = 0; from < n; from += 50_000) {
        ifr.insertMany(
          column(
            8,
            Array.from({ length: Math.min(50_000, n - from) }, (_, i) => from + i),
          ),
        );
      }
      const after = ifr.stats();
      expect(after).toMatchObject({ keys: n, segments, indexBytes, memoryBytes });
      expect(after.loadFactor).toBeGreaterThanOrEqual(0.75);
      expect(indexBytes / n).toBeLessThanOrEqual(8.5);
      ifr.dispose();
    }
  });

  test("the work of one call is bounded: no key moves more than a segment", () => {
    const ifr = make(build, { width: 8 });
    const n = build === "release" ? 400_000 : 80_000;
    const { capacity } = ifr.columns;
    let { segments, buckets } = ifr.stats();
    for (let from = 0; from < n; from += capacity) {
      ifr.columns.keys.set(
        column(
          8,
          Array.from({ length: capacity }, (_, i) => from + i),
        ),
      );
      ifr.insertMany(capacity);
      const now = ifr.stats();
      // A segment has at most 2,048 buckets, and a call splits few of them.
      expect(now.buckets / now.segments).toBeLessThanOrEqual(2048);
      expect(now.segments - segments).toBeLessThanOrEqual(now.segments >> 1 || 1);
      expect(now.buckets).toBeGreaterThanOrEqual(buckets);
      ({ segments, buckets } = now);
    }
    expect(segments).toBeGreaterThan(build === "release" ? 8 : 1);
  });

  test("the same bytes whether keys come one by one, in columns or in bytes, and in both builds", () => {
    const numbers = Array.from({ length: 40_000 }, (_, i) => (i * 7) % 30_011);
    const one = make(build, { width: 16, seed: 3 });
    const many = make(build, { width: 16, seed: 3 });
    const other = make(build === "release" ? "debug" : "release", { width: 16, seed: 3 });
    for (const n of numbers) one.intern(keyOf(16, n));
    many.insertMany(column(16, numbers));
    for (let at = 0; at < numbers.length; at += 1000) {
      other.columns.keys.set(column(16, numbers.slice(at, at + 1000)));
      other.insertMany(1000);
    }
    for (const ifr of [one, many, other]) for (let id = 0; id < 9000; id += 3) ifr.deleteId(id);
    sameImage(one, many);
    sameImage(one, other);
    const before = one.image();
    one.lookupMany(column(16, numbers), new Int32Array(numbers.length));
    one.hasMany(column(16, numbers));
    expect(Buffer.compare(before, one.image())).toBe(0);
  });

  test("full memory: none of a batch is entered, and every answer is as before", () => {
    for (const maxBytes of [60_000, 150_000, 300_000, 1_000_000]) {
      const ifr = make(build, { width: 20, maxBytes });
      const oracle = new Registry();
      let from = 0;
      let failed = 0;
      for (let count = 3000; failed < 40 && from < 80_000; count = (count * 5) % 4999) {
        // Old keys among the new, and ids to reuse.
        const numbers = Array.from({ length: count + 2 }, (_, i) => (i % 3 === 0 ? i % 100 : from + i));
        if (codeOf(() => ifr.insertMany(column(20, numbers))) === undefined) for (const n of numbers) oracle.intern(name(keyOf(20, n)));
        else failed++;
        from += count;
        for (let id = from % 7; id < 200; id += 7) expect(ifr.deleteId(id)).toBe(oracle.deleteId(id));
      }
      expect(failed).toBeGreaterThan(0);
      expectSame(ifr, oracle, 20_000);
      const k = 1_000_000;
      if (codeOf(() => ifr.intern(keyOf(20, k))) === undefined) oracle.intern(name(keyOf(20, k)));
      expectSame(ifr, oracle, 2000);
    }
  });

  test("bad input is refused, and nothing changes", () => {
    const ifr = make(build, { width: 16 });
    ifr.insertMany(column(16, [1, 2, 3]));
    const before = ifr.image();
    const bad: (() => unknown)[] = [
      () => ifr.intern(new Uint8Array(15)),
      () => ifr.intern("0123456789abcdef" as never),
      () => ifr.idOf(new Uint8Array(17)),
      () => ifr.insertMany(new Uint8Array(17)),
      () => ifr.insertMany(ifr.columns.capacity + 1),
      () => ifr.insertMany(-1),
      () => ifr.insertMany(1.5),
      () => ifr.insertMany(column(16, [4, 5]), new Int32Array(1)),
      () => ifr.lookupMany(column(16, [4]), [] as never),
      () => ifr.lookupMany(Number.NaN),
      () => ifr.hasMany(column(16, [1, 2, 3, 4, 5, 6, 7, 8, 9]), new Uint8Array(1)),
      () => ifr.hasMany(undefined as never),
      () => make(build, { width: 12 as never }),
      () => make(build, undefined as never),
      () => make(build, { width: 8, capacity: -1 }),
      () => make(build, { width: 8, capacity: 2 ** 28 }),
      () => make(build, { width: 8, seed: 0.5 }),
    ];
    for (const f of bad) expect(codeOf(f), String(f)).toBe("ERR_ARGUMENT");
    for (const id of [-1, 3, 0.5, Number.NaN, 2 ** 32]) expect([ifr.keyOf(id), ifr.deleteId(id)]).toEqual([undefined, false]);
    expect(Buffer.compare(before, ifr.image())).toBe(0);
    expect(codeOf(() => make(build, { width: 32, capacity: 200_000_000 }))).toBe("ERR_MEMORY");
  });

  test("bug: with columns.ids for out, keys were entered and a TypeError thrown when the memory grew", () => {
    const ifr = make(build, { width: 8 });
    for (let from = 0; from < 100_000; from += 1000) {
      const numbers = Array.from({ length: 1000 }, (_, i) => from + i);
      expect(codeOf(() => ifr.insertMany(column(8, numbers), ifr.columns.ids))).toBe("ERR_ARGUMENT");
      expect(ifr.size).toBe(from);
      ifr.insertMany(column(8, numbers), new Int32Array(1000));
    }
    const { ids } = ifr.columns;
    expect([ifr.lookupMany(column(8, [7, 8]), ids), ids[0], ids[1]]).toEqual([2, 7, 8]);
  });

  test("the bytes of a deleted key are wiped, also where its column was moved", () => {
    const ifr = make(build, { width: 16 });
    const secret = Buffer.from("secret: 16 bytes");
    const id = ifr.intern(secret);
    ifr.insertMany(
      column(
        16,
        Array.from({ length: 5000 }, (_, i) => i),
      ),
    );
    expect(Buffer.from(ifr.image()).includes(secret)).toBe(true);
    ifr.deleteId(id);
    expect(Buffer.from(ifr.image()).includes(secret)).toBe(false);
    const other = ifr.intern(secret);
    ifr.clear();
    expect([ifr.size, ifr.idLimit, ifr.keyOf(other)]).toEqual([0, 0, undefined]);
    expect(Buffer.from(ifr.image()).includes(secret)).toBe(false);
  });

  test("keys are bytes: zeros and the bytes of a free place are keys like others", () => {
    const ifr = make(build, { width: 8 });
    const zero = new Uint8Array(8);
    const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    ifr.intern(keyOf(8, 77));
    ifr.intern(keyOf(8, 78));
    ifr.deleteId(0);
    // Place 0 now holds zeros, and place 1, once free, the number 1.
    expect([ifr.idOf(zero), ifr.idOf(one)]).toEqual([-1, -1]);
    ifr.deleteId(1);
    const out = new Int32Array(2);
    expect(ifr.lookupMany(Uint8Array.of(...zero, ...one), out)).toBe(0);
    expect([...out]).toEqual([-1, -1]);
    expect([ifr.intern(zero), ifr.intern(one)]).toEqual([1, 0]);
  });

  test("ends: after dispose every call says so", async () => {
    const ifr = await FixedIfr.create({ width: 8, wasm: wasm("ifr-fixed", build) });
    expect(ifr.intern(keyOf(8, 1))).toBe(0);
    ifr.dispose();
    ifr.dispose();
    const calls = [
      () => ifr.size,
      () => ifr.intern(keyOf(8, 1)),
      () => ifr.columns,
      () => ifr.lookupMany(new Uint8Array(0), new Int32Array(0)),
      () => ifr.hasMany(new Uint8Array(0)),
      () => ifr.insertMany(1),
      () => ifr.stats(),
      () => ifr.image(),
      () => ifr.clear(),
    ];
    for (const call of calls) expect(codeOf(call), String(call)).toBe("ERR_DISPOSED");
    expect(codeOf(() => FixedIfr.createSync({ width: 8, wasm: wasm("ifr", "release") }))).toBe("ERR_WASM");
  });
});
