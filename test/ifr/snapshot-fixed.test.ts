import { describe, expect, test } from "vitest";
import { FixedIfr, Ifr, type KeyWidth } from "../../src/ifr.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { codeOf } from "./helpers.js";

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** n random keys, out of few enough that many come again. */
function keysOf(random: Random, n: number, width: number): Uint8Array {
  const bytes = new Uint8Array(n * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < n; i++)
    for (let at = 0; at < width; at += 4) view.setUint32(i * width + at, random.below(at === 0 ? 20_000 : 2), true);
  return bytes;
}

function operate(ifr: FixedIfr, seed: number): void {
  const random = new Random(seed);
  for (let i = 0; i < 60; i++) {
    ifr.insertMany(keysOf(random, 1 + random.below(400), ifr.width));
    for (let j = 0; j < 30; j++) ifr.deleteId(random.below(ifr.idLimit + 1));
    ifr.intern(keysOf(random, 1, ifr.width));
  }
}

describe.each(builds)("snapshots of FixedIfr (%s)", (build) => {
  const options = { wasm: wasm("ifr-fixed", "release") };
  const made = (width: KeyWidth, more = {}) => FixedIfr.createSync({ width, ...more, wasm: wasm("ifr-fixed", build) });
  const load = (file: Uint8Array) => FixedIfr.loadSync(file, { wasm: wasm("ifr-fixed", build) });

  test.each([8, 16, 20, 32] as const)("of keys of %i bytes: what is loaded goes on to the same bytes", async (width) => {
    const ifr = made(width, { seed: width });
    operate(ifr, 1);
    const file = ifr.snapshot();
    const restored = made(width);
    operate(restored, 9);
    restored.restore(file);
    const all = [ifr, load(file), await FixedIfr.load(new Blob([file]), options), restored];
    for (const each of all) {
      expect(each.width).toBe(width);
      expect(same(each.image(), ifr.image())).toBe(true);
    }
    for (const each of all) operate(each, 2);
    for (const each of all) expect(same(each.snapshot(), ifr.snapshot())).toBe(true);
  });

  test("a snapshot of another width cannot be restored, one of another class not even loaded", () => {
    const ifr = made(16);
    operate(ifr, 3);
    const before = ifr.image();
    const other = made(20);
    operate(other, 3);
    const strings = Ifr.createSync();
    for (const file of [other.snapshot(), strings.snapshot()]) expect(codeOf(() => ifr.restore(file))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => load(strings.snapshot()))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => Ifr.loadSync(ifr.snapshot()))).toBe("ERR_SNAPSHOT");
    expect(same(ifr.image(), before)).toBe(true);
  });

  test("a source that fails when it is read again: the registry can no longer be used", () => {
    const ifr = made(16);
    operate(ifr, 3);
    const file = ifr.snapshot();
    let left = file.length;
    const source = {
      size: file.length,
      read(into: Uint8Array, position: number) {
        left -= into.length;
        if (left < -100_000) throw new Error("unplugged");
        into.set(file.subarray(position, position + into.length));
        return into.length;
      },
    };
    expect(codeOf(() => ifr.restore(source))).toBe("ERR_POISONED");
    expect(codeOf(() => ifr.size)).toBe("ERR_POISONED");
  });
});
