import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Filter, GrowingFilter, Key, KeyWidth, PackedKeys } from "../../src/ifr.js";
import { BinaryFuse, RollingBloom, SplitBlockBloom, TagFilter } from "../../src/ifr.js";
import { packKeys } from "../../src/layers/ifr/columns.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { bitsOf, bloom, bytesOf, codeOf, column, cut, fuse, rolling, sameBytes, tags } from "./filters-helpers.js";

/** The filters that keys are added to. */
const growing: [name: string, make: (build: Build, capacity: number, maxBytes?: number) => GrowingFilter][] = [
  ["SplitBlockBloom", (build, capacity, maxBytes) => bloom(build, { capacity, seed: 3, maxBytes })],
  ["SplitBlockBloom by XXH64", (build, capacity, maxBytes) => bloom(build, { capacity, hash: "xxh64", maxBytes })],
  ["RollingBloom", (build, capacity, maxBytes) => rolling(build, { capacity, generations: 3, seed: 3, maxBytes })],
  ["TagFilter", (build, capacity, maxBytes) => tags(build, { capacity, seed: 3, maxBytes })],
];
/** All of them, with these keys. */
const all: [name: string, make: (build: Build, keys: Key[]) => Filter][] = [
  ...growing.map(([name, make]): [string, (build: Build, keys: Key[]) => Filter] => [
    name,
    (build, keys) => {
      const filter = make(build, Math.max(1, keys.length));
      filter.addMany(keys);
      return filter;
    },
  ]),
  ["BinaryFuse of 8 bits", (build, keys) => fuse(build, keys, { seed: 3 })],
  ["BinaryFuse of 16 bits", (build, keys) => fuse(build, keys, { bits: 16, hash: "xxh64" })],
];
const texts = Array.from({ length: 3000 }, (_, i) => `${i % 3 === 0 ? "é" : "key"} ${i} ${"z".repeat(i % 77)}`);
const strangers = Array.from({ length: 3000 }, (_, i) => `stranger ${i} ${"z".repeat(i % 77)}`);

describe.each(builds)("every filter (%s)", (build) => {
  test.each(all)("%s: one, many, columns and bitmaps agree, and no key is denied", (_, make) => {
    const filter = make(build, texts);
    const queries = texts.flatMap((text, i) => [text, strangers[i]!, bytesOf(text)]);
    const singles = queries.map((key) => filter.has(key));
    const hits = singles.filter(Boolean).length;
    expect(texts.every((text) => filter.has(text))).toBe(true);
    expect(hits).toBeGreaterThanOrEqual(6000);
    expect(hits).toBeLessThan(6000 + 90);
    const bits = new Uint8Array(queries.length / 8 + 2).fill(255);
    expect(filter.hasMany(queries, bits)).toBe(hits);
    expect(bitsOf(bits, queries.length)).toEqual(singles);
    expect(bits[queries.length / 8]).toBe(255);
    const again = new Uint8Array(queries.length / 8);
    expect(filter.hasMany(packKeys(queries), again)).toBe(hits);
    expect(sameBytes(again, bits.subarray(0, again.length))).toBe(true);
    expect(filter.hasMany(queries)).toBe(hits);
    expect(filter.hasMany([])).toBe(0);
  });

  test.each(all)("%s: keys of one width are the same keys in every form", (_, make) => {
    for (const width of [8, 16, 20, 32] as KeyWidth[]) {
      const n = 9000;
      const bytes = column(width, n);
      const known = make(build, cut(bytes.subarray(0, (n / 2) * width), width));
      const bits = new Uint8Array(Math.ceil(n / 8));
      const hits = known.hasMany({ width, bytes }, bits);
      expect(bitsOf(bits, n / 2).every(Boolean)).toBe(true);
      expect(hits).toBeLessThan(n / 2 + 90);
      expect(cut(bytes, width).map((key) => known.has(key))).toEqual(bitsOf(bits, n));
      const view = known.columns(width);
      const some = Math.min(view.capacity, n / 2 + 5);
      view.keys.set(bytes.subarray(0, some * width));
      expect(known.hasColumns(width, some)).toBe(bitsOf(bits, some).filter(Boolean).length);
      expect(bitsOf(view.bits, some)).toEqual(bitsOf(bits, some));
      expect(sameBytes(view.keys.subarray(0, some * width), bytes.subarray(0, some * width))).toBe(true);
      expect(known.hasColumns(width, 0)).toBe(0);
      const { capacity } = known.columns(width);
      view.keys.set(bytes.subarray(0, Math.min(capacity, n) * width));
      known.hasColumns(width, capacity);
      expect(bitsOf(view.bits, Math.min(capacity, n))).toEqual(bitsOf(bits, Math.min(capacity, n)));
    }
  });

  test.each(growing)("%s: all ways to add give the same image", (_, make) => {
    const width = 16;
    const bytes = column(width, 6000);
    const images = [
      (filter: GrowingFilter) => {
        for (const key of cut(bytes, width)) filter.add(key);
      },
      (filter: GrowingFilter) => filter.addMany(cut(bytes, width)),
      (filter: GrowingFilter) => filter.addMany({ width, bytes }),
      (filter: GrowingFilter) => {
        for (let at = 0; at < 6000; at += 1500) {
          filter.columns(width).keys.set(bytes.subarray(at * width, (at + 1500) * width));
          filter.addColumns(width, 1500);
        }
      },
    ].map((add) => {
      const filter = make(build, 6000);
      add(filter);
      return filter.image();
    });
    for (const image of images) expect(sameBytes(image, images[0]!)).toBe(true);
  });

  test.each(growing)("%s: hashes are asked for as they were added", (_, make) => {
    const filter = make(build, 9000);
    const hashes = BigUint64Array.from({ length: 9000 }, (_, i) => BigInt.asUintN(64, BigInt(i + 1) * 0x9e3779b97f4a7c15n));
    filter.addHashes(hashes);
    const bits = new Uint8Array(1125);
    expect(filter.hasHashes(hashes, bits)).toBe(9000);
    expect(bits.every((byte) => byte === 255)).toBe(true);
    expect(filter.hasHashes(new Uint32Array(hashes.buffer))).toBe(9000);
    expect(filter.hasHashes(new BigUint64Array(0))).toBe(0);
  });

  test.each(all)("%s: keys longer than the window, among others and alone", (_, make) => {
    const long = ["x".repeat(65_537), "y".repeat(200_000), "é".repeat(30_000)];
    const keys = [...texts.slice(0, 3), long[0]!, ...texts.slice(3, 2000), long[1]!, long[2]!, bytesOf("w".repeat(65_536))];
    const filter = make(build, keys);
    const bits = new Uint8Array(300);
    expect(filter.hasMany(keys, bits)).toBe(keys.length);
    expect(bitsOf(bits, keys.length).every(Boolean)).toBe(true);
    expect(filter.hasMany(packKeys(keys))).toBe(keys.length);
    for (const key of keys.slice(0, 5)) expect(filter.has(key)).toBe(true);
    const absent = Array.from({ length: 100 }, (_, i) => "x".repeat(65_538 + i));
    expect(filter.hasMany(absent)).toBeLessThan(5);
  });

  test.each(all)("%s: queries leave the image as it is, refused ones too", (_, make) => {
    const filter = make(build, texts);
    const before = filter.image();
    const long = "q".repeat(100_000);
    filter.hasMany([...strangers, long]);
    filter.hasHashes(new BigUint64Array(500));
    filter.has(long);
    filter.columns(20).keys.fill(7);
    filter.hasColumns(20, 100);
    const wrong: (() => unknown)[] = [
      () => filter.has(5 as unknown as string),
      () => filter.hasMany([5 as unknown as string]),
      () => filter.hasMany(undefined as unknown as string[]),
      () => filter.hasMany({ width: 12 as KeyWidth, bytes: new Uint8Array(12) }),
      () => filter.hasMany({ width: 16, bytes: new Uint8Array(17) }),
      () => filter.hasMany({ width: 16, bytes: [] as unknown as Uint8Array }),
      () => filter.hasMany(texts, new Uint8Array(374)),
      () => filter.hasMany(texts, [] as unknown as Uint8Array),
      () => filter.hasHashes([1n] as unknown as BigUint64Array),
      () => filter.hasHashes(new Uint32Array(3)),
      () => filter.columns(24 as KeyWidth),
      () => filter.hasColumns(16, 100_000),
      () => filter.hasColumns(16, -1),
      () => filter.hasMany({ bytes: new Uint8Array(5), offsets: Uint32Array.of(0, 4, 2, 5) } as PackedKeys),
    ];
    for (const [i, call] of wrong.entries()) expect(codeOf(call), String(i)).toBe("ERR_ARGUMENT");
    expect(sameBytes(filter.image(), before)).toBe(true);
  });

  test.each(growing)("%s: an addition that is refused adds nothing", (_, make) => {
    const filter = make(build, 4000);
    filter.addMany(texts);
    const before = filter.image();
    const wrong: (() => unknown)[] = [
      () => filter.add(null as unknown as string),
      () => filter.addMany(["a", "b", 5 as unknown as string]),
      () => filter.addMany({ bytes: new Uint8Array(5), offsets: Uint32Array.of(0, 4, 2, 5) }),
      () => filter.addMany({ bytes: new Uint8Array(5), offsets: Uint32Array.of(0, 9) }),
      () => filter.addMany({ width: 8, bytes: new Uint8Array(9) }),
      () => filter.addHashes(new Uint8Array(8) as unknown as Uint32Array),
      () => filter.addColumns(8, 1e6),
      () => filter.addColumns(7 as KeyWidth, 1),
    ];
    for (const [i, call] of wrong.entries()) expect(codeOf(call), String(i)).toBe("ERR_ARGUMENT");
    expect(sameBytes(filter.image(), before)).toBe(true);
    filter.clear();
    expect(filter.hasMany(texts)).toBe(0);
    expect(sameBytes(filter.image(), make(build, 4000).image())).toBe(true);
  });

  test.each(growing)("%s: what does not fit is refused", (_, make) => {
    expect(codeOf(() => make(build, 5000, 8192))).toBe("ERR_MEMORY");
    expect(codeOf(() => make(build, 100, 8192))).toBeUndefined();
    expect(codeOf(() => make(build, 0))).toBe("ERR_ARGUMENT");
    for (const kind of [SplitBlockBloom, RollingBloom, TagFilter]) {
      for (const options of [undefined, null, {}]) expect(codeOf(() => kind.createSync(options as never))).toBe("ERR_ARGUMENT");
    }
    expect(codeOf(() => make(build, 10, 1))).toBe("ERR_ARGUMENT");
  });

  test.each(all)("%s: ends once and for all", (_, make) => {
    const filter = make(build, texts);
    filter.dispose();
    filter.dispose();
    const calls: (() => unknown)[] = [
      () => filter.has("a"),
      () => filter.hasMany([]),
      () => filter.hasMany(["a"]),
      () => filter.hasHashes(new BigUint64Array(0)),
      () => filter.columns(8),
      () => filter.hasColumns(8, 0),
      () => (filter as SplitBlockBloom).stats(),
      () => filter.image(),
    ];
    if (!(filter instanceof BinaryFuse)) {
      const more = filter as GrowingFilter;
      calls.push(
        () => more.add("a"),
        () => more.addMany(["a"]),
        () => more.addHashes(new BigUint64Array(1)),
        () => more.addColumns(8, 0),
        () => more.clear(),
      );
    }
    if (filter instanceof RollingBloom) calls.push(() => filter.rotate());
    if (filter instanceof TagFilter) calls.push(() => filter.delete("a"));
    for (const [i, call] of calls.entries()) expect(codeOf(call), String(i)).toBe("ERR_DISPOSED");
  });
});

test.each(all)("%s: debug and release give equal bytes", (_, make) => {
  const [a, b] = builds.map((build) => make(build, [...texts, "l".repeat(70_000)]).image());
  expect(sameBytes(a!, b!)).toBe(true);
});

test("bitmaps of batches that the window takes in uneven parts", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 40 }), (lengths) => {
      const filter = bloom("release", { capacity: 100 });
      const keys = lengths.map((length, i) => `${i}${"k".repeat(length === 9 ? 70_000 : length === 8 ? 20_000 : length)}`);
      filter.addMany(keys.filter((_, i) => i % 3 !== 1));
      const bits = new Uint8Array(8).fill(255);
      const hits = filter.hasMany(keys, bits);
      const singles = keys.map((key) => filter.has(key));
      expect(bitsOf(bits, keys.length)).toEqual(singles);
      expect(hits).toBe(singles.filter(Boolean).length);
      // The rest of the last byte is cleared, what follows is not touched.
      const whole = (keys.length + 7) >> 3;
      for (let i = keys.length; i < whole * 8; i++) expect((bits[i >> 3]! >> (i & 7)) & 1).toBe(0);
      for (let i = whole; i < 8; i++) expect(bits[i]).toBe(255);
    }),
    { numRuns: 40 },
  );
});

test("a foreign module or an instance in use is refused", async () => {
  expect(codeOf(() => SplitBlockBloom.createSync({ capacity: 1, wasm: wasm("ifr", "release") }))).toBe("ERR_WASM");
  const instance = new WebAssembly.Instance(wasm("ifr-filters", "release") as WebAssembly.Module);
  TagFilter.createSync({ capacity: 1, wasm: instance });
  expect(codeOf(() => RollingBloom.createSync({ capacity: 1, wasm: instance }))).toBe("ERR_WASM");
  expect((await TagFilter.create({ capacity: 1 })).size).toBe(0);
  expect((await RollingBloom.create({ capacity: 1 })).has("a")).toBe(false);
  expect((await BinaryFuse.create(["a"])).has("a")).toBe(true);
});

test("columns that the window takes in uneven parts, empty keys and all lengths, under both hashes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(80), fc.constantFrom(0, 1000, 30_000, 57_072, 57_073, 65_536, 70_000)), { maxLength: 60 }),
      fc.boolean(),
      fc.nat(9),
      (lengths, portable, skipped) => {
        const filter = bloom("release", { capacity: 100, hash: portable ? "xxh64" : "fast" });
        const keys = lengths.map((length, i) => column(4, Math.ceil(length / 4), i * 1000).subarray(0, length));
        const packed = packKeys(keys);
        // A column may begin anywhere in its bytes.
        const bytes = Uint8Array.from([...new Uint8Array(skipped), ...packed.bytes]);
        const moved = { bytes, offsets: packed.offsets.map((offset) => offset + skipped) };
        filter.addMany(keys.filter((_, i) => i % 3 !== 1));
        const added = bloom("release", { capacity: 100, hash: portable ? "xxh64" : "fast" });
        added.addMany(packKeys(keys.filter((_, i) => i % 3 !== 1)));
        expect(sameBytes(added.image(), filter.image())).toBe(true);
        const bits = new Uint8Array(8);
        filter.hasMany(moved, bits);
        expect(bitsOf(bits, keys.length)).toEqual(keys.map((key) => filter.has(key)));
      },
    ),
    { numRuns: 40 },
  );
});

test("columns of more keys than go at once, and a descent in any place", () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `${i}${"k".repeat(i % 40)}`);
  const filter = bloom("release", { capacity: 5000 });
  filter.addMany(keys);
  const packed = packKeys(keys);
  const bits = new Uint8Array(625);
  expect(filter.hasMany(packed, bits)).toBe(5000);
  expect(bits.every((byte) => byte === 255)).toBe(true);
  const before = filter.image();
  for (const at of [1, 2, 3, 4, 5, 2047, 2048, 2049, 4095, 4097, 4999]) {
    const offsets = packed.offsets.slice();
    offsets[at] = offsets[at + 1]! + 1;
    for (const call of [() => filter.hasMany({ bytes: packed.bytes, offsets }), () => filter.addMany({ bytes: packed.bytes, offsets })])
      expect(codeOf(call)).toBe("ERR_ARGUMENT");
    offsets[at] = 0xffff_ffff;
    expect(codeOf(() => filter.hasMany({ bytes: packed.bytes, offsets }))).toBe("ERR_ARGUMENT");
  }
  expect(sameBytes(filter.image(), before)).toBe(true);
});
