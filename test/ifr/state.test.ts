import { describe, expect, test } from "vitest";
import { Ifr } from "../../src/ifr.js";
import { random, STATE, selftest, WINDOW } from "../core/selftest.js";
import { builds, wasm } from "../helpers/modules.js";
import { Registry } from "../oracle/registry.js";
import { bytesOf, codeOf, expectSame, make } from "./helpers.js";

const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(b);

/** The same 3,000 random operations on any registry. */
function operate(ifr: Ifr, batches: boolean): void {
  const next = random(42);
  for (let i = 0; i < 3000; i++) {
    const kind = next() % 10;
    const keys = Array.from({ length: 1 + (next() % 5) }, () => `key ${next() % 900} ${"é".repeat(next() % 30)}`);
    if (kind < 6) {
      if (batches) ifr.internMany(keys);
      else for (const key of keys) ifr.intern(key);
    } else if (kind < 8) ifr.deleteId(next() % 900);
    else if (kind < 9) ifr.delete(keys[0]!);
    else ifr.intern("long".repeat(250 * (1 + (next() % 20)) ** 2));
  }
}

test("equal operations give equal bytes: release and debug, singles and batches", () => {
  const images = builds.flatMap((build) =>
    [true, false].map((batches) => {
      const ifr = make(build, { seed: 5 });
      operate(ifr, batches);
      return ifr.image();
    }),
  );
  for (const image of images) expect(same(image, images[0]!)).toBe(true);
  const other = make("release", { seed: 6 });
  operate(other, true);
  expect(same(other.image(), images[0]!)).toBe(false);
});

describe.each(builds)("state of Ifr (%s)", (build) => {
  test("queries do not change the image, not even refused ones", () => {
    const ifr = make(build, { capacity: 130_000 });
    ifr.internMany(Array.from({ length: 500 }, (_, i) => `k${i}`));
    const before = ifr.image();
    const long = "y".repeat(100_000);
    ifr.idsOf(["k1", "no", long, "k2"]);
    ifr.hasMany(["k1", "no", long]);
    for (const key of ["k1", "no", long, ""]) {
      ifr.idOf(key);
      ifr.has(key);
      ifr.mayHave(key);
    }
    ifr.delete("no");
    ifr.deleteId(500);
    ifr.keyOf(3);
    ifr.keyBytesOf(3);
    ifr.stats();
    expect([...ifr.entries()].length).toBe(500);
    codeOf(() => ifr.idsOf([5 as unknown as string]));
    expect(same(ifr.image(), before)).toBe(true);
  });

  test("keys that crowd into one bucket are found, and lost by nobody's deletion", () => {
    // Keys whose hash under this seed starts in the last of the four buckets, so that the chain wraps around.
    const x = selftest("release");
    x.arenaInit(64, 0);
    x.hashKeys(STATE, 3n);
    const bucketOf = (key: string) => {
      const bytes = bytesOf(key);
      new Uint8Array(x.memory.buffer).set(bytes, WINDOW);
      return Number(BigInt.asUintN(64, x.hashBytes(WINDOW, bytes.length, STATE)) >> 62n);
    };
    const byBucket: string[][] = [[], [], [], []];
    for (let i = 0; byBucket.some((keys) => keys.length < 60); i++) byBucket[bucketOf(`c${i}`)]!.push(`c${i}`);
    const next = random(8);
    for (let round = 0; round < 30; round++) {
      const ifr = make(build, { seed: 3 });
      const oracle = new Registry();
      for (let i = 0; i < 300; i++) {
        // The crowd moves from bucket to bucket, so that all of them come to be passed over.
        const crowd = byBucket[(3 + Math.floor(i / 60)) & 3]!;
        if (oracle.size < 30 && next() % 3 !== 0) {
          const key = crowd[next() % 60]!;
          expect(ifr.intern(key)).toBe(oracle.intern(key));
        } else {
          const id = next() % Math.max(1, oracle.idLimit);
          expect(ifr.deleteId(id)).toBe(oracle.deleteId(id));
        }
        for (const key of [crowd[next() % 60]!, "stranger"]) expect(ifr.idOf(key)).toBe(oracle.idOf(key));
      }
      expect(ifr.stats().buckets).toBe(4);
      expectSame(
        ifr,
        oracle,
        byBucket.flat().filter((key) => oracle.idOf(key) < 0),
      );
    }
  });

  test("the filter has no false negatives, few false positives, and forgets deleted keys in time", () => {
    const ifr = make(build, { capacity: 20_000 });
    const keys = Array.from({ length: 20_000 }, (_, i) => `in ${i}`);
    ifr.internMany(keys);
    const passing = (name: string) => {
      let n = 0;
      for (let i = 0; i < 20_000; i++) if (ifr.mayHave(`${name} ${i}`)) n++;
      return n / 20_000;
    };
    expect(passing("in")).toBe(1);
    expect(passing("out")).toBeLessThan(0.012);
    for (let i = 0; i < 19_000; i++) ifr.delete(keys[i]!);
    expect(ifr.stats().staleKeys).toBeLessThanOrEqual(1000 / 4 + 64);
    expect(passing("in")).toBeLessThan(0.05 + 0.02);
    expect(keys.slice(19_000).every((key) => ifr.mayHave(key))).toBe(true);
    const bare = make(build, { filterBitsPerKey: 0 });
    bare.intern("a");
    expect([bare.mayHave("a"), bare.mayHave("b"), bare.stats().filterBits]).toEqual([true, false, 0]);
  });

  test("memory is reused: replacing keys for ever does not grow the state", () => {
    const ifr = make(build);
    const next = random(4);
    const fresh = () => `session-${next()}-${"x".repeat(next() % 60)}`;
    const live = Array.from({ length: 2000 }, fresh);
    ifr.internMany(live);
    let settled = 0;
    for (let i = 0; i < 20_000; i++) {
      const at = next() % live.length;
      if (!ifr.delete(live[at]!)) expect.fail(`lost ${live[at]}`);
      live[at] = fresh();
      ifr.intern(live[at]!);
      if (i === 5000) settled = ifr.stats().stateBytes;
    }
    expect(ifr.idLimit).toBe(2000);
    expect(ifr.stats().stateBytes).toBeLessThanOrEqual(settled * 1.03);
    // Long keys too.
    for (let i = 0; i < 50; i++) ifr.deleteId(ifr.intern("long".repeat(30_000 + i)));
    expect(ifr.stats().stateBytes).toBeLessThanOrEqual(settled * 1.03 + 200_000);
  });

  test("growing leaves no waste: blocks outgrown become room for keys", () => {
    const ifr = make(build);
    ifr.internMany(Array.from({ length: 7600 }, (_, i) => `k${i}`));
    const { stateBytes, freeBytes, buckets, filterBits } = ifr.stats();
    // 16 bytes a record, 4 of id column a slot.
    const needed = 7600 * 16 + buckets * 64 + filterBits / 8 + 8192 * 4;
    expect(stateBytes - freeBytes).toBeLessThan(needed * 1.1 + 8192);
    expect(stateBytes).toBeLessThan(needed * 1.35);
  });

  test("a deleted key's bytes are gone from the image", () => {
    const ifr = make(build);
    for (const secret of ["secret-short", "secret-long".repeat(300), "secret-longer".repeat(10_000)]) {
      ifr.intern("before");
      ifr.intern(secret);
      ifr.intern("after");
      expect(Buffer.from(ifr.image()).includes(secret)).toBe(true);
      ifr.delete(secret);
      expect(Buffer.from(ifr.image()).includes("secret")).toBe(false);
    }
  });

  test("a full memory: every call says so, and answers stay as they were", () => {
    const ifr = make(build, { maxBytes: 24_576 });
    const oracle = new Registry();
    let n = 0;
    let code: string | undefined;
    for (; code === undefined; n++) code = codeOf(() => expect(ifr.intern(`key number ${n}`)).toBe(oracle.intern(`key number ${n}`)));
    // The oracle took the last key, which the registry refused.
    oracle.deleteId(oracle.idOf(`key number ${n - 1}`));
    expect(code).toBe("ERR_MEMORY");
    expect(n).toBeGreaterThan(200);
    const entries = [...ifr.entries()];
    expect(entries).toEqual(oracle.entries());
    for (const keys of [
      ["x".repeat(30)],
      ["key number 1", "y".repeat(5000)],
      ["z".repeat(100_000)],
      ["key number 2", ...Array.from({ length: 2000 }, (_, i) => `more ${i}`)],
    ]) {
      expect(codeOf(() => ifr.internMany(keys))).toBe("ERR_MEMORY");
      expect([...ifr.entries()]).toEqual(entries);
      expect(ifr.idLimit).toBe(entries.length);
      expect(ifr.idsOf(keys)).toEqual(Int32Array.from(keys, (key) => oracle.idOf(key)));
    }
    expect(codeOf(() => ifr.intern("q".repeat(100_000)))).toBe("ERR_MEMORY");
    expect(ifr.has("q".repeat(100_000))).toBe(false);
    // Known keys are still interned, and deletion makes room.
    expect(ifr.intern("key number 3")).toBe(3);
    expect(ifr.delete("key number 3")).toBe(true);
    expect(ifr.intern("replacement")).toBe(3);
    expect(ifr.stats().stateBytes).toBeLessThanOrEqual(24_576);
  });

  test("a failed batch gives back exactly the ids it took, old and new", () => {
    const ifr = make(build, { maxBytes: 32_768 });
    const oracle = new Registry();
    for (let i = 0; i < 100; i++) expect(ifr.intern(`k${i}`)).toBe(oracle.intern(`k${i}`));
    for (const id of [5, 99, 17, 3]) expect(ifr.deleteId(id)).toBe(oracle.deleteId(id));
    const batch = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? `k${i % 100}` : `batch ${i % 3000}`));
    expect(codeOf(() => ifr.internMany(batch))).toBe("ERR_MEMORY");
    expectSame(ifr, oracle, ["batch 1", "batch 2", "k5"]);
    for (let i = 0; i < 10; i++) expect(ifr.intern(`then ${i}`)).toBe(oracle.intern(`then ${i}`));
    expectSame(ifr, oracle);
  });

  test("options outside their domain are refused", () => {
    for (const options of [
      { capacity: -1 },
      { capacity: 1.5 },
      { capacity: 2 ** 31 },
      { filterBitsPerKey: 65 },
      { filterBitsPerKey: Number.NaN },
      { maxBytes: 100 },
      { seed: 0.5 },
    ]) {
      expect(codeOf(() => make(build, options))).toBe("ERR_ARGUMENT");
    }
    expect(codeOf(() => make(build, { capacity: 10_000, maxBytes: 65_536 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => make(build, { capacity: 0x4000_0000 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => Ifr.createSync({ wasm: wasm("selftest", build) }))).toBe("ERR_WASM");
  });

  test("a declared capacity is had without growing", () => {
    const ifr = make(build, { capacity: 10_000 });
    const { buckets, memoryBytes } = ifr.stats();
    ifr.internMany(Array.from({ length: 10_000 }, (_, i) => `key ${i}`));
    expect(ifr.stats()).toMatchObject({ buckets, memoryBytes, keys: 10_000, staleKeys: 0 });
  });

  test("after dispose every call throws ERR_DISPOSED; dispose twice is fine", () => {
    const ifr = make(build);
    ifr.intern("a");
    ifr.dispose();
    ifr.dispose();
    ifr[Symbol.dispose]();
    for (const call of [
      () => ifr.intern("a"),
      () => ifr.intern("b".repeat(100)),
      () => ifr.internMany(["a"]),
      () => ifr.internMany([]),
      () => ifr.idOf("a"),
      () => ifr.idsOf(["a"]),
      () => ifr.idsOf([]),
      () => ifr.has("a"),
      () => ifr.hasMany(["a"]),
      () => ifr.mayHave("a"),
      () => ifr.keyOf(0),
      () => ifr.keyBytesOf(0),
      () => ifr.delete("a"),
      () => ifr.deleteId(0),
      () => ifr.size,
      () => ifr.idLimit,
      () => [...ifr.ids()],
      () => [...ifr.keys()],
      () => [...ifr.entries()],
      () => ifr.stats(),
      () => ifr.image(),
    ]) {
      expect(codeOf(call)).toBe("ERR_DISPOSED");
    }
  });

  test("created asynchronously it is the same", async () => {
    using ifr = await Ifr.create({ wasm: wasm("ifr", build), seed: 5 });
    operate(ifr, true);
    const other = make(build, { seed: 5 });
    operate(other, true);
    expect(same(ifr.image(), other.image())).toBe(true);
  });
});

test("the embedded module is the default", async () => {
  const [a, b] = [await Ifr.create(), Ifr.createSync()];
  expect([a.intern("x"), b.intern("x")]).toEqual([0, 0]);
  expect(same(a.image(), b.image())).toBe(true);
});

test("a trap poisons the registry", () => {
  const instance = new WebAssembly.Instance(wasm("ifr", "release") as WebAssembly.Module, {});
  const ifr = Ifr.createSync({ wasm: instance });
  ifr.intern("a");
  // A bucket that points outside the memory, as only a broken state has it.
  const words = new Uint32Array((instance.exports["memory"] as WebAssembly.Memory).buffer);
  for (let i = STATE >> 2; i < words.length; i++) if (words[i]! > 0x20000 && words[i]! % 16 === 0) words[i] = 0xf0000000;
  expect(codeOf(() => ifr.idOf("a"))).toBe("ERR_POISONED");
  expect(codeOf(() => ifr.size)).toBe("ERR_POISONED");
});
