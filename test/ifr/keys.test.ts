import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../src/ifr.js";
import { packKeys } from "../../src/ifr.js";
import { sameImage } from "../helpers/images.js";
import { builds } from "../helpers/modules.js";
import { bytesOf, codeOf, make } from "./helpers.js";

const unit = fc.oneof(
  fc.constantFrom("a", "\x7f", "\x80", "é", "\u07ff", "\u0800", "\ufeff", "\uffff", "😀", "\ud800", "\udbff", "\udc00", "\udfff"),
  fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)),
);

describe.each(builds)("keys of Ifr (%s)", (build) => {
  test("every string comes back as it was, and different strings are different keys", () => {
    const ifr = make(build);
    const ids = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 100 }).map((units) => units.join("")),
        (text) => {
          const id = ifr.intern(text);
          expect(ids.get(text) ?? ifr.size - 1).toBe(id);
          ids.set(text, id);
          expect(ifr.keyOf(id)).toBe(text);
          const batch = ifr.idsOf([text, `${text}\ud800`]);
          expect(batch[0]).toBe(id);
          expect(batch[1]).not.toBe(id);
        },
      ),
      { numRuns: 500 },
    );
    expect(ifr.size).toBe(ids.size);
  });

  test("batches of strings are joined to be encoded: the same ids and bytes as one by one, whatever is among them", () => {
    const long = (i: number) => `a key of some length, number ${i}`;
    const around = (odd: Key, at: number, n = 300): Key[] => Array.from({ length: n }, (_, i) => (i === at ? odd : long(i)));
    const batches: Key[][] = [
      around("", 0),
      around("é of two bytes, and then some more", 17),
      around("half a pair \ud83d", 299),
      around("\ude00 the other half, after its first half", 100).with(99, "ends in the first half \ud83d"),
      around(bytesOf("bytes among the strings"), 250),
      around("x".repeat(64_000), 3),
      around("y".repeat(66_000), 298),
      around("z".repeat(70_000), 0, 16),
      Array.from({ length: 2048 }, (_, i) => long(i).repeat(2)),
      Array.from({ length: 40 }, (_, i) => `k${i}`),
      Array.from({ length: 15 }, (_, i) => long(i)),
      // The window is full to the last byte of it, but one character has two.
      [...Array.from({ length: 15 }, () => "w".repeat(4080)), "é".padEnd(65_536 - 64 - 15 * 4080, "w")],
    ];
    for (const keys of batches) {
      const [one, many] = [make(build, { seed: 4 }), make(build, { seed: 4 })];
      const ids = keys.map((key) => one.intern(key));
      expect([...many.internMany(keys)]).toEqual(ids);
      expect([...many.idsOf(keys)]).toEqual(ids);
      sameImage(one, many);
      expect([...many.keys()]).toEqual([...one.keys()]);
    }
  });

  test("lone surrogates do not collide with each other, with U+FFFD, or with the pair they make", () => {
    const ifr = make(build);
    const texts = ["\ud800", "\ud801", "\udc00", "\ufffd", "\ud83d\ude00", "\ude00\ud83d", "a\ud800", "\ud800a", `${"x".repeat(80)}\ud800`];
    expect([...ifr.internMany(texts)]).toEqual(texts.map((_, i) => i));
    expect([...ifr.keys()]).toEqual(texts);
  });

  test("a string and its UTF-8 bytes are the same key; views and Buffers are read where they point", () => {
    const ifr = make(build);
    for (const text of ["", "a", "GET /", "naïve 漢字 😀", "x".repeat(100), "é".repeat(40_000)]) {
      const id = ifr.intern(text);
      const inside = new Uint8Array([255, ...bytesOf(text), 255]).subarray(1, -1);
      expect(ifr.idOf(inside)).toBe(id);
      expect(ifr.intern(Buffer.from(text))).toBe(id);
      expect(ifr.idsOf([inside, text])).toEqual(Int32Array.of(id, id));
      expect(Buffer.from(ifr.keyBytesOf(id)!).equals(bytesOf(text))).toBe(true);
    }
  });

  test("bytes that are no string keep their bytes; their text shows U+FFFD", () => {
    const ifr = make(build);
    const bytes = Uint8Array.of(0xff, 0x41, 0xed, 0xa0, 0x80, 0xc3);
    const id = ifr.intern(bytes);
    expect(ifr.keyBytesOf(id)).toEqual(bytes);
    expect(ifr.keyOf(id)).toBe("\ufffdA\ud800\ufffd");
  });

  test("what is given out is a copy", () => {
    const ifr = make(build);
    ifr.intern("copy");
    ifr.keyBytesOf(0)!.fill(0);
    expect(ifr.keyOf(0)).toBe("copy");
    const given = bytesOf("given");
    ifr.intern(given);
    given.fill(0);
    expect(ifr.keyOf(1)).toBe("given");
  });

  test("every length around the limits of encoder, slab, window and chunk", () => {
    const ifr = make(build);
    const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 61, 62, 63, 64, 65, 999, 1000, 1001, 1009, 1016, 4096];
    lengths.push(21_844, 21_845, 21_846, 61_436, 61_440, 65_529, 65_532, 65_535, 65_536, 65_537, 200_000);
    const texts = lengths.flatMap((n) => (n < 1 ? [""] : ["a".repeat(n), `${"a".repeat(n - 1)}b`]));
    const half = texts.filter((_, i) => i % 2 === 0);
    const ids = new Map(half.map((text) => [text, ifr.intern(text)]));
    expect(ifr.internMany(half)).toEqual(Int32Array.from(half, (text) => ids.get(text)!));
    for (const text of half) expect(ifr.keyOf(ids.get(text)!)).toBe(text);
    expect(ifr.idsOf(texts)).toEqual(Int32Array.from(texts, (text) => ids.get(text) ?? -1));
    for (const text of texts) {
      expect(ifr.idOf(text)).toBe(ids.get(text) ?? -1);
      expect(ifr.idOf(bytesOf(text))).toBe(ids.get(text) ?? -1);
      if (ids.has(text)) expect(ifr.mayHave(text)).toBe(true);
    }
    for (const text of half.reverse()) expect(ifr.delete(text)).toBe(true);
    expect(ifr.size).toBe(0);
  });

  test("large batches, empty batches, and given output arrays", () => {
    const ifr = make(build);
    const keys = Array.from({ length: 5000 }, (_, i) => `${i}-${"é".repeat(i % 40)}`);
    const out = new Int32Array(6000).fill(7);
    expect(ifr.internMany(keys, out)).toBe(out);
    expect(out.subarray(0, 5000)).toEqual(Int32Array.from(keys, (_, i) => i));
    expect(out[5000]).toBe(7);
    expect(Buffer.from(ifr.idsOf(keys, new Int32Array(5000)).buffer).equals(Buffer.from(out.buffer, 0, 20_000))).toBe(true);
    expect(ifr.hasMany([...keys, "no"], new Uint8Array(5001))[5000]).toBe(0);
    expect(ifr.idsOf([])).toEqual(new Int32Array(0));
    expect(ifr.internMany([])).toEqual(new Int32Array(0));
    expect(ifr.hasMany([])).toEqual(new Uint8Array(0));
  });

  test("wrong types and short output arrays are refused, and nothing is entered", () => {
    const ifr = make(build);
    ifr.intern("kept");
    const before = ifr.image();
    for (const bad of [undefined, null, 5, {}, [1], new Uint16Array(2), new ArrayBuffer(4)]) {
      const key = bad as unknown as string;
      for (const call of [
        () => ifr.intern(key),
        () => ifr.idOf(key),
        () => ifr.has(key),
        () => ifr.mayHave(key),
        () => ifr.delete(key),
        () => ifr.idsOf(["a", key]),
        () => ifr.hasMany(["a", key]),
      ]) {
        expect(codeOf(call)).toBe("ERR_ARGUMENT");
      }
      expect(codeOf(() => ifr.internMany(["kept", key]))).toBe("ERR_ARGUMENT");
    }
    expect(codeOf(() => ifr.idsOf(["a", "b"], new Int32Array(1)))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => ifr.internMany(["a"], new Float64Array(1) as unknown as Int32Array))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => ifr.hasMany(["a"], new Int32Array(1) as unknown as Uint8Array))).toBe("ERR_ARGUMENT");
    expect(Buffer.from(ifr.image()).equals(before)).toBe(true);
    // A bad key far behind good ones undoes the good ones.
    const many = Array.from({ length: 3000 }, (_, i) => `good ${i}`);
    expect(codeOf(() => ifr.internMany([...many, 5 as unknown as string]))).toBe("ERR_ARGUMENT");
    expect([...ifr.entries()]).toEqual([["kept", 0]]);
    expect(ifr.idLimit).toBe(1);
    expect(ifr.intern("next")).toBe(1);
  });

  test("keys that are no array are refused, with and without an output array", () => {
    const ifr = make(build);
    for (const bad of [undefined, null, 5, "abc", new Set(["a"]), { length: 1, 0: "a" }]) {
      const keys = bad as unknown as string[];
      for (const out of [undefined, new Int32Array(8)]) {
        expect(codeOf(() => ifr.internMany(keys, out))).toBe("ERR_ARGUMENT");
        expect(codeOf(() => ifr.idsOf(keys, out))).toBe("ERR_ARGUMENT");
      }
      expect(codeOf(() => ifr.hasMany(keys))).toBe("ERR_ARGUMENT");
    }
    expect(ifr.size).toBe(0);
  });

  test("a key of 4 GiB or more is no short key: ERR_MEMORY, and nothing changes", () => {
    const ifr = make(build);
    ifr.intern("kept");
    const before = ifr.image();
    for (const length of [2 ** 32, 2 ** 32 + 5, 2 ** 33]) {
      // Its length is all that may be looked at.
      const key = Object.defineProperty(new Uint8Array(0), "length", { value: length });
      expect(codeOf(() => ifr.intern(key))).toBe("ERR_MEMORY");
      expect(codeOf(() => ifr.idOf(key))).toBe("ERR_MEMORY");
      expect(codeOf(() => ifr.mayHave(key))).toBe("ERR_MEMORY");
      expect(codeOf(() => ifr.idsOf([key]))).toBe("ERR_MEMORY");
      expect(codeOf(() => ifr.internMany([key]))).toBe("ERR_MEMORY");
      expect(Buffer.from(ifr.image()).equals(before)).toBe(true);
    }
    const endless = Object.defineProperty(new Uint8Array(0), "length", { value: 2 ** 32 });
    expect(codeOf(() => ifr.internMany(["new", endless]))).toBe("ERR_MEMORY");
    expect([...ifr.entries()]).toEqual([["kept", 0]]);
  });

  test("a list that fills the window to the last byte, were not one of its characters two bytes long", () => {
    for (const at of [0, 500, 1023]) {
      for (const character of ["é", "漢", "\ud800", "😀"]) {
        // 1,024 words and as many keys of 60 characters are 64 KiB.
        const keys = Array.from({ length: 1024 }, (_, i) => `${i === at ? character : "e"} ${i} `.padEnd(60, "x").slice(0, 60));
        const many = make(build);
        const one = make(build);
        const ids = keys.map((key) => one.intern(key));
        expect([...many.internMany(keys)]).toEqual(ids);
        expect([...many.keys()]).toEqual(keys);
        expect([...one.idsOf(keys)]).toEqual(ids);
      }
    }
  });

  test("bug: packKeys of what is no array was an error of the engine", () => {
    for (const none of [null, undefined, "abc", new Uint8Array(3), [5], [null]])
      expect(codeOf(() => packKeys(none as never))).toBe("ERR_ARGUMENT");
    expect(packKeys([])).toEqual({ bytes: new Uint8Array(0), offsets: new Uint32Array(1) });
  });

  test("ids that are none have no key", () => {
    const ifr = make(build);
    ifr.intern("zero");
    for (const id of [-1, 1, 0.5, Number.NaN, 2 ** 31, 2 ** 32, Number.POSITIVE_INFINITY, "0" as unknown as number]) {
      expect(ifr.keyOf(id)).toBeUndefined();
      expect(ifr.keyBytesOf(id)).toBeUndefined();
      expect(ifr.deleteId(id)).toBe(false);
    }
    expect(ifr.size).toBe(1);
  });
});
