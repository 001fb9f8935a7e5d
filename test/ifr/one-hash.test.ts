import { describe, expect, test } from "vitest";
import { FixedIfr, Ifr } from "../../src/ifr.js";
import { type Build, builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf } from "./helpers.js";

/** Offset of the first secret word of the hash in an image: STATE of assembly/core/arena.ts. */
const SECRET = 0x200;
const make = (build: Build) => FixedIfr.createSync({ width: 8, wasm: wasm("ifr-fixed", build) });

/** Keys that whoever knows the seed can write: the first factor of their product is zero, so all have the same hash. */
function crowd(ifr: FixedIfr): (n: number) => Uint8Array {
  const low = -new DataView(ifr.image().buffer).getUint32(SECRET, true) >>> 0;
  return (n) => new Uint8Array(Uint32Array.of(low, n).buffer);
}

function strangers(n: number): Uint8Array {
  const random = new Random(9);
  return new Uint8Array(Uint32Array.from({ length: 2 * n }, () => random.next() * 2 ** 32).buffer);
}

describe.each(builds)("keys that all have one hash (%s)", (build) => {
  test("more than a bucket can count have passed it: deletion in any order loses none", () => {
    const ifr = make(build);
    const key = crowd(ifr);
    // 4,095 is the most that is counted; ten are in the bucket itself.
    const n = build === "release" ? 6000 : 4300;
    const live = new Map<number, number>();
    for (let i = 0; i < n; i++) live.set(i, ifr.intern(key(i)));
    const random = new Random(1);
    const left = [...live.keys()];
    const check = () => {
      const keys = new Uint8Array(8 * live.size);
      let at = 0;
      for (const i of live.keys()) keys.set(key(i), 8 * at++);
      const ids = new Int32Array(live.size);
      expect(ifr.lookupMany(keys, ids)).toBe(live.size);
      expect(Buffer.compare(new Uint8Array(ids.buffer), new Uint8Array(Int32Array.from(live.values()).buffer))).toBe(0);
      expect(ifr.size).toBe(live.size);
    };
    for (let step = 0; left.length > 0; step++) {
      const at = random.below(left.length);
      const i = left[at]!;
      left[at] = left.at(-1)!;
      left.pop();
      if (!ifr.delete(key(i)) || ifr.has(key(i))) throw new Error(`key ${i}`);
      live.delete(i);
      if (step % 1500 === 0) check();
    }
    check();
    // What was counted no more is still there: a key that is new is found all the same.
    for (let i = 0; i < 30; i++) live.set(i, ifr.intern(key(i)));
    check();
  });
});

test("as many as a segment can hold: the directory is as deep as it gets, the next is refused, others go on", () => {
  const ifr = make("release");
  const key = crowd(ifr);
  let n = 0;
  while (codeOf(() => ifr.intern(key(n))) === undefined) n++;
  expect(n).toBe(20_479);
  expect([codeOf(() => ifr.intern(key(n))), ifr.size, ifr.idLimit, ifr.stats().segments]).toEqual(["ERR_MEMORY", n, n, 21]);
  const others = strangers(20_000);
  expect(ifr.insertMany(others)).toBe(20_000);
  for (let i = 0; i < n; i += 97) expect(ifr.idOf(key(i))).toBe(i);
  expect(ifr.deleteId(7)).toBe(true);
  expect(ifr.intern(key(n))).toBe(7);
  // Bug: every one of a million entries of the directory emptied its segment once more, 70 GB of writes.
  ifr.clear();
  expect([ifr.size, ifr.hasMany(others), ifr.idOf(key(1)), [...ifr.ids()]]).toEqual([0, 0, -1, []]);
  expect([ifr.insertMany(others), ifr.intern(key(1))]).toEqual([20_000, 20_000]);
});

test("bug: null for the options was an error of the engine", async () => {
  for (const none of [null, undefined] as never[]) {
    expect(Ifr.createSync(none).size).toBe(0);
    expect((await Ifr.create(none)).size).toBe(0);
    const file = Ifr.createSync().snapshot();
    expect(Ifr.loadSync(file, none).size).toBe(0);
    expect((await Ifr.load(file, none)).size).toBe(0);
    expect(codeOf(() => FixedIfr.createSync(none))).toBe("ERR_ARGUMENT");
  }
});

test("bug: two gigabytes and more of free memory were a negative number", () => {
  const instance = new WebAssembly.Instance(wasm("ifr", "release") as WebAssembly.Module);
  const ifr = Ifr.createSync({ wasm: instance });
  new DataView((instance.exports["memory"] as WebAssembly.Memory).buffer).setUint32(0x20008, 0x9000_0000, true);
  expect(ifr.stats().freeBytes).toBeGreaterThanOrEqual(0x9000_0000);
});
