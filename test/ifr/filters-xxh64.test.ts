import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Xxh64 } from "../../src/ifr.js";
import { packKeys } from "../../src/layers/ifr/columns.js";
import { builds } from "../helpers/modules.js";
import { xxh64 } from "../oracle/xxh64.js";
import { bytesOf, codeOf, hasher } from "./filters-helpers.js";

const SEED = 0x9e3779b1n;

/** The buffer of the sanity checks of xxHash (Cyan4973/xxHash, tests/sanity_test.c and cli/xsum_sanity_check.c). */
function sanityBuffer(length: number): Uint8Array {
  let state = SEED;
  return Uint8Array.from({ length }, () => {
    const byte = Number(state >> 56n);
    state = BigInt.asUintN(64, state * 0x9e3779b185ebca8dn);
    return byte;
  });
}

/** XSUM_XXH64_testdata there: length, seed, hash. */
const published: [length: number, seed: bigint, hash: bigint][] = [
  [0, 0n, 0xef46db3751d8e999n],
  [0, SEED, 0xac75fda2929b17efn],
  [1, 0n, 0xe934a84adb052768n],
  [1, SEED, 0x5014607643a9b4c3n],
  [4, 0n, 0x9136a0dca57457een],
  [14, 0n, 0x8282dcc4994e35c8n],
  [14, SEED, 0xc3bd6bf63deb6df0n],
  [222, 0n, 0xb641ae8cb691c174n],
  [222, SEED, 0x20cb8ab7ae10c14an],
];

describe.each(builds)("Xxh64 (%s)", (build) => {
  const h = hasher(build);

  test.each(published)("the published hash of %d bytes under seed %d", (length, seed, hash) => {
    expect(xxh64(sanityBuffer(length), seed)).toBe(hash);
    expect(h.hash(sanityBuffer(length), seed)).toBe(hash);
  });

  test("equals the oracle for every length from 0 to 200 and random bytes and seeds", () => {
    const bytes = sanityBuffer(200);
    for (let n = 0; n <= 200; n++) expect(h.hash(bytes.subarray(0, n), BigInt(n))).toBe(xxh64(bytes.subarray(0, n), BigInt(n)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (some, seed) => {
        expect(h.hash(some, seed)).toBe(xxh64(some, seed));
      }),
      { numRuns: 200 },
    );
  });

  test("strings are their UTF-8 bytes, seeds may be safe integers, and no length is too long", () => {
    expect(h.hash("abc")).toBe(0x44bc2cf5ad770999n);
    expect(h.hash("é€")).toBe(xxh64(bytesOf("é€")));
    expect(h.hash("abc", 5)).toBe(xxh64(bytesOf("abc"), 5n));
    expect(h.hash("abc", -1)).toBe(h.hash("abc", (1n << 64n) - 1n));
    const long = "long ".repeat(30_000);
    expect(h.hash(long)).toBe(xxh64(bytesOf(long)));
  });

  test("many at once: lists and columns, with keys that the window cannot take between them", () => {
    const keys = Array.from({ length: 3000 }, (_, i) => (i === 1500 ? "x".repeat(70_000) : `key ${i} ${"y".repeat(i % 90)}`));
    const expected = keys.map((key) => xxh64(bytesOf(key), 7n));
    expect([...h.hashMany(keys, undefined, 7n)]).toEqual(expected);
    const out = new BigUint64Array(3001).fill(9n);
    expect(h.hashMany(packKeys(keys), out, 7)).toBe(out);
    expect([...out.subarray(0, 3000)]).toEqual(expected);
    expect(out[3000]).toBe(9n);
    expect(h.hashMany([]).length).toBe(0);
  });

  test("bad arguments", () => {
    expect(codeOf(() => h.hash(5 as unknown as string))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => h.hash("a", 0.5))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => h.hash("a", "1" as unknown as number))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => h.hashMany(5 as unknown as string[]))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => h.hashMany(["a", "b"], new BigUint64Array(1)))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => h.hashMany(["a"], new Uint8Array(8) as unknown as BigUint64Array))).toBe("ERR_ARGUMENT");
  });
});

test("Xxh64 is made without blocking too, and ends", async () => {
  const h = await Xxh64.create();
  expect(h.hash("")).toBe(0xef46db3751d8e999n);
  h.dispose();
  h.dispose();
  expect(codeOf(() => h.hash(""))).toBe("ERR_DISPOSED");
  expect(codeOf(() => h.hashMany([]))).toBe("ERR_DISPOSED");
});
