import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Ifr } from "../../src/ifr.js";
import { type Checksum, checksumOver, useChecksumModule } from "../../src/wasm/checksum.js";
import { checksumModule } from "../../src/wasm/generated/checksum.js";
import { builds } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { xxh64 } from "../oracle/xxh64.js";

const binary = (build: string) => readFileSync(new URL(`../../build/${build}/checksum.wasm`, import.meta.url));

describe.each(builds)("checksum (%s)", (build) => {
  const memory = new WebAssembly.Memory({ initial: 3 });
  const env = { memory, abort: () => {} };
  const sum = new WebAssembly.Instance(new WebAssembly.Module(binary(build)), { env }).exports as unknown as Checksum;
  const u8 = new Uint8Array(memory.buffer);
  const hash = (at: number, n: number, seed = 0n) => {
    sum.start(Number(seed & 0xffff_ffffn), Number(seed >> 32n));
    return BigInt.asUintN(64, sum.finish(at, n));
  };

  test("is XXH64: values published with xxHash", () => {
    expect(hash(0, 0)).toBe(0xef46db3751d8e999n);
    u8.set(new TextEncoder().encode("abc"));
    expect(hash(0, 3)).toBe(0x44bc2cf5ad770999n);
    u8.set(new TextEncoder().encode("Nobody inspects the spammish repetition"));
    expect(hash(0, 39)).toBe(0xfbcea83c8a378bf1n);
  });

  test("of every length and split, at every address, under seeds", () => {
    const random = new Random(1);
    for (let i = 0; i < u8.length; i++) u8[i] = random.below(256);
    for (let n = 0; n < 200; n++) {
      const at = random.below(1000);
      const seed = BigInt(random.below(2 ** 31)) << BigInt(random.below(33));
      const expected = xxh64(u8.subarray(at, at + n), seed);
      expect(hash(at, n, seed)).toBe(expected);
      sum.start(Number(seed & 0xffff_ffffn), Number(seed >> 32n));
      let done = 0;
      while (n - done >= 32 && random.next() < 0.7) {
        const step = 32 * (1 + random.below((n - done) >> 5));
        if (random.next() < 0.5) sum.update(at + done, step);
        else {
          sum.move(at + done, 100_000, step);
          expect(Buffer.compare(u8.subarray(100_000, 100_000 + step), u8.subarray(at + done, at + done + step))).toBe(0);
        }
        done += step;
      }
      expect(BigInt.asUintN(64, sum.finish(at + done, n - done))).toBe(expected);
    }
  });

  test("writes nothing to the memory it is given", () => {
    const before = u8.slice();
    hash(5, 100_000, 77n);
    expect(Buffer.compare(before, u8)).toBe(0);
  });
});

test("one checksum a memory, shared or not", () => {
  const plain = new WebAssembly.Memory({ initial: 3 });
  const shared = new WebAssembly.Memory({ initial: 5, maximum: 9, shared: true });
  const hashes = [plain, shared].map((memory) => {
    new Uint8Array(memory.buffer).fill(9, 100, 300);
    expect(checksumOver(memory)).toBe(checksumOver(memory));
    checksumOver(memory).start(0, 0);
    return checksumOver(memory).finish(100, 200);
  });
  expect(hashes[0]).toBe(hashes[1]);
  expect(checksumOver(plain)).not.toBe(checksumOver(shared));
});

test("useChecksumModule: the module given is the one that is used", () => {
  const { compiled, text } = checksumModule;
  const ifr = Ifr.createSync();
  ifr.intern("a");
  const expected = Ifr.createSync();
  expected.intern("a");
  const file = expected.snapshot();
  try {
    // As where bytes cannot be compiled.
    (checksumModule as { text: string }).text = "";
    checksumModule.compiled = undefined;
    expect(() => ifr.snapshot()).toThrow(expect.objectContaining({ code: "ERR_WASM" }));
    useChecksumModule(new WebAssembly.Module(binary("release")));
    expect(Buffer.compare(ifr.snapshot(), file)).toBe(0);
  } finally {
    (checksumModule as { text: string }).text = text;
    checksumModule.compiled = compiled;
  }
});
