import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Ifr, type SnapshotReader } from "../../src/ifr.js";
import { fileSource } from "../../src/node/snapshot.js";
import { builds, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";
import { xxh64 } from "../oracle/xxh64.js";
import { codeOf, make } from "./helpers.js";

const folder = mkdtempSync(join(tmpdir(), "mfn-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const keysOf = (n: number, name = "key") => Array.from({ length: n }, (_, i) => `${name} ${i}`);

/** Random operations, the same for the same seed. */
function operate(ifr: Ifr, seed: number): void {
  const random = new Random(seed);
  for (let i = 0; i < 400; i++) {
    const kind = random.next();
    if (kind < 0.5) ifr.internMany(Array.from({ length: 8 }, () => `key ${random.below(3000)} ${"é".repeat(random.below(20))}`));
    else if (kind < 0.8) ifr.deleteId(random.below(ifr.idLimit + 1));
    else if (kind < 0.85) ifr.intern("long ".repeat(random.below(20_000)));
    else ifr.idsOf(keysOf(3));
  }
}

/** What `Ifr.load` takes, all with the same bytes. */
function sources(file: Uint8Array<ArrayBuffer>): Record<string, () => Parameters<typeof Ifr.load>[0]> {
  const parts = (size: number) => Array.from({ length: Math.ceil(file.length / size) }, (_, i) => file.slice(i * size, (i + 1) * size));
  async function* trickle() {
    yield new Uint8Array(0);
    yield* parts(1000);
  }
  const path = join(folder, "source");
  writeFileSync(path, file);
  return {
    bytes: () => file,
    "a buffer": () => file.slice().buffer,
    "a reader": () => reader(file, 777),
    "a file": () => fileSource(path),
    "a Response": () => new Response(file),
    "a promise of a Response": () => Promise.resolve(new Response(file)),
    "a Blob": () => new Blob([file]),
    "a stream": () => new Blob(parts(300_000)).stream(),
    "an iterable": () => trickle(),
  };
}

/** Gives at most `most` bytes at a time. */
function reader(file: Uint8Array, most: number): SnapshotReader & { closed: number } {
  return {
    closed: 0,
    size: file.length,
    read(into, position) {
      const part = file.subarray(position, position + Math.min(most, into.length));
      into.set(part);
      return part.length;
    },
    close() {
      this.closed++;
    },
  };
}

describe.each(builds)("snapshots of Ifr (%s)", (build) => {
  const load = (file: Parameters<typeof Ifr.loadSync>[0], maxBytes?: number) => Ifr.loadSync(file, { wasm: wasm("ifr", build), maxBytes });
  const original = make(build, { seed: -7, capacity: 100 });
  original.internMany(keysOf(20_000));
  for (let id = 0; id < 20_000; id += 3) original.deleteId(id);
  const file = original.snapshot();

  test("what is loaded has the same bytes, and goes on with the same operations to the same bytes", () => {
    for (let seed = 0; seed < 12; seed++) {
      const ifr = make(build, { seed, capacity: seed % 2 ? 5000 : 0 });
      operate(ifr, seed);
      const loaded = load(ifr.snapshot());
      expect(same(loaded.image(), ifr.image())).toBe(true);
      expect([...loaded.entries()]).toEqual([...ifr.entries()]);
      for (const each of [ifr, loaded]) operate(each, seed + 1000);
      expect(same(loaded.image(), ifr.image())).toBe(true);
      expect(same(loaded.snapshot(), ifr.snapshot())).toBe(true);
    }
  });

  test("of an empty registry", () => {
    const ifr = make(build);
    const loaded = load(ifr.snapshot());
    expect(loaded.size).toBe(0);
    for (const each of [ifr, loaded]) each.internMany(keysOf(5000));
    expect(same(loaded.image(), ifr.image())).toBe(true);
  });

  test("from whatever bytes come from", async () => {
    for (const [name, source] of Object.entries(sources(file))) {
      const ifr = await Ifr.load(source(), { wasm: wasm("ifr", build) });
      expect(same(ifr.image(), original.image()), name).toBe(true);
    }
  });

  test("the checksum is XXH64 of the file with the checksum zero", () => {
    const ifr = make(build, { seed: 2 ** 53 - 1 });
    ifr.intern("a key");
    const bytes = ifr.snapshot();
    const checksum = new DataView(bytes.buffer).getBigUint64(56, true);
    bytes.fill(0, 56, 64);
    expect(checksum).toBe(xxh64(bytes, 0n));
    expect(new DataView(bytes.buffer).getBigInt64(24, true)).toBe(2n ** 53n - 1n);
  });

  test("a file in which any one byte of the header is another is refused", () => {
    for (let at = 0; at < 64; at++) {
      for (const bit of [0, 3, 7]) {
        const bad = file.slice();
        bad[at]! ^= 1 << bit;
        expect(
          codeOf(() => load(bad)),
          `byte ${at}, bit ${bit}`,
        ).toBe("ERR_SNAPSHOT");
      }
    }
  });

  test("a file in which any one bit of the state is another is refused, whole or as a stream", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 64 * 8, max: file.length * 8 - 1 }), async (bit) => {
        const bad = file.slice();
        bad[bit >> 3]! ^= 1 << (bit & 7);
        expect(codeOf(() => load(bad))).toBe("ERR_SNAPSHOT");
        const stream = Ifr.load(new Blob([bad]), { wasm: wasm("ifr", build) });
        await expect(stream).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
      }),
      { numRuns: 20 },
    );
  });

  test("a file that is too short or too long is refused, whole or as a stream", async () => {
    const cases = [0, 1, 63, 64, 65, 600, file.length - 16, file.length - 1].map((n) => file.slice(0, n));
    for (const more of [1, 16]) cases.push(new Uint8Array([...file, ...new Uint8Array(more)]));
    for (const bad of cases) {
      expect(
        codeOf(() => load(bad)),
        `${bad.length} bytes`,
      ).toBe("ERR_SNAPSHOT");
      const stream = Ifr.load(new Blob([bad]), { wasm: wasm("ifr", build) });
      await expect(stream, `${bad.length} bytes`).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
    }
  });

  test("a file that claims an absurd size is refused before memory is taken for it", () => {
    for (const size of [0n, 511n, 513n, 2n ** 32n - 16n, 2n ** 63n, 2n ** 64n - 16n]) {
      const bad = file.slice();
      new DataView(bad.buffer).setBigUint64(32, size, true);
      expect(
        codeOf(() => load(bad)),
        String(size),
      ).toBe("ERR_SNAPSHOT");
      expect(codeOf(() => load({ ...reader(bad, 1e9), size: 64 + Number(size & 0xffff_fff0n) }))).toBe("ERR_SNAPSHOT");
    }
  });

  test("an image that contradicts its header is refused, even with the right checksum", () => {
    for (const [at, value] of [
      [0, 0x20000 + file.length],
      [4, 0x20000],
      [4, 0xffff_ffff],
    ] as const) {
      const bad = file.slice();
      const view = new DataView(bad.buffer);
      view.setUint32(64 + at, value, true);
      bad.fill(0, 56, 64);
      view.setBigUint64(56, xxh64(bad, 0n), true);
      expect(codeOf(() => load(bad))).toBe("ERR_SNAPSHOT");
      expect(codeOf(() => make(build).restore(bad))).toBe("ERR_SNAPSHOT");
    }
  });

  test("maxBytes is what the snapshot says, or what is asked for", () => {
    const small = make(build, { maxBytes: 200_000 });
    small.internMany(keysOf(1000));
    const bytes = small.snapshot();
    const again = load(bytes);
    expect(codeOf(() => again.internMany(keysOf(20_000, "more")))).toBe("ERR_MEMORY");
    expect(again.size).toBe(1000);
    const larger = load(bytes, 8_000_000);
    larger.internMany(keysOf(20_000, "more"));
    expect(larger.size).toBe(21_000);
    expect(codeOf(() => load(bytes, bytes.length - 65))).toBe("ERR_MEMORY");
    expect(load(bytes, bytes.length - 64).size).toBe(1000);
    expect(codeOf(() => load(bytes, 1))).toBe("ERR_ARGUMENT");
  });

  test("restore: a smaller or a larger state in place of another", () => {
    for (const before of [0, 500, 60_000]) {
      const ifr = make(build, { seed: 3 });
      ifr.internMany(keysOf(before, "old"));
      ifr.idOf("a long question ".repeat(10_000));
      const loaded = load(file);
      ifr.restore(file);
      expect(same(ifr.image(), original.image())).toBe(true);
      for (const each of [ifr, loaded]) operate(each, 5);
      expect(same(ifr.image(), loaded.image())).toBe(true);
      expect(same(ifr.snapshot(), loaded.snapshot())).toBe(true);
    }
  });

  test("restore over what was loaded, larger, leaves nothing of it behind", () => {
    const empty = make(build, { seed: 4 });
    const loaded = load(file);
    loaded.restore(empty.snapshot());
    for (const each of [empty, loaded]) operate(each, 6);
    expect(same(loaded.image(), empty.image())).toBe(true);
  });

  test("load into the memory of another registry, smaller or larger: the same, and that one is disposed", async () => {
    for (const before of [0, 500, 60_000]) {
      const used = make(build, { seed: 3 });
      used.internMany(keysOf(before, "old"));
      used.idOf("a long question ".repeat(10_000));
      const { memoryBytes } = used.stats();
      const fresh = load(file);
      const ifr = await Ifr.load(file, { reuse: used });
      expect(ifr.stats().memoryBytes).toBeGreaterThanOrEqual(memoryBytes);
      const again = Ifr.loadSync(file, { reuse: ifr });
      for (const old of [used, ifr]) expect(codeOf(() => old.size)).toBe("ERR_DISPOSED");
      for (const each of [again, fresh]) operate(each, 5);
      expect(same(again.snapshot(), fresh.snapshot())).toBe(true);
    }
    const used = make(build);
    expect(codeOf(() => Ifr.loadSync(file.slice(0, -1), { reuse: used }))).toBe("ERR_SNAPSHOT");
    const bad = file.slice();
    bad[5000]! ^= 1;
    expect(codeOf(() => Ifr.loadSync(bad, { reuse: used }))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => Ifr.loadSync(file, { reuse: used }))).toBe("ERR_DISPOSED");
  });

  test("restore of a damaged file changes nothing", () => {
    const ifr = make(build, { seed: 3, maxBytes: 5_000_000 });
    ifr.internMany(keysOf(100));
    const before = ifr.image();
    for (const at of [3, 40, 64, 64 + 5000, file.length - 1]) {
      const bad = file.slice();
      bad[at]! ^= 4;
      expect(codeOf(() => ifr.restore(bad))).toBe("ERR_SNAPSHOT");
    }
    expect(codeOf(() => ifr.restore(file.slice(0, -16)))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => ifr.restore(7 as unknown as Uint8Array))).toBe("ERR_ARGUMENT");
    expect(same(ifr.image(), before)).toBe(true);
    expect(ifr.idsOf(keysOf(100))).toEqual(Int32Array.from({ length: 100 }, (_, i) => i));
  });

  test("snapshot changes nothing, and says that a registry is disposed", () => {
    const before = original.image();
    original.snapshot();
    expect(same(original.image(), before)).toBe(true);
    const ifr = make(build);
    ifr.dispose();
    expect(codeOf(() => ifr.snapshot())).toBe("ERR_DISPOSED");
    expect(codeOf(() => ifr.restore(file))).toBe("ERR_DISPOSED");
  });
});

describe("where snapshots come from", () => {
  const ifr = Ifr.createSync();
  ifr.internMany(keysOf(30_000));
  const file = ifr.snapshot();

  test("a reader is closed once, whatever comes of it", async () => {
    const good = reader(file, 1e9);
    Ifr.loadSync(good);
    await Ifr.load(good);
    ifr.restore(good);
    expect(good.closed).toBe(3);
    const bad = reader(file.slice(0, -1), 1e9);
    expect(codeOf(() => Ifr.loadSync(bad))).toBe("ERR_SNAPSHOT");
    expect(codeOf(() => ifr.restore(bad))).toBe("ERR_SNAPSHOT");
    await expect(Ifr.load(bad)).rejects.toMatchObject({ code: "ERR_SNAPSHOT" });
    expect(bad.closed).toBe(3);
  });

  test("what is no source is refused", async () => {
    for (const source of [undefined, null, 5, "text", {}, [], { read: 1 }, { size: -1, read: () => 0 }, { size: 5.5, read: () => 0 }]) {
      expect(codeOf(() => Ifr.loadSync(source as unknown as Uint8Array))).toBe("ERR_ARGUMENT");
      await expect(Ifr.load(source as unknown as Uint8Array)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    }
    for (const count of [-1, 1e9, 0.5, Number.NaN, "4"]) {
      const source = { size: file.length, read: () => count as number };
      expect(codeOf(() => Ifr.loadSync(source))).toBe("ERR_ARGUMENT");
    }
    async function* words() {
      yield "word" as unknown as Uint8Array;
    }
    await expect(Ifr.load(words())).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    await expect(Ifr.load(new Response(null))).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
  });

  test("what a source throws comes through", async () => {
    const broken = new Error("broken");
    const source: SnapshotReader = {
      size: file.length,
      read() {
        throw broken;
      },
    };
    expect(() => Ifr.loadSync(source)).toThrow(broken);
    await expect(Ifr.load(source)).rejects.toBe(broken);
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
    await expect(Ifr.load(stream)).rejects.toBe(broken);
    expect(() => fileSource(join(folder, "none"))).toThrow(/ENOENT/);
    expect(codeOf(() => fileSource(join(folder, "none")))).toBe("ERR_INPUT");
  });

  test("a file that shrinks while it is read is damaged", () => {
    const path = join(folder, "shrinks");
    writeFileSync(path, file);
    const source = fileSource(path);
    truncateSync(path, 1000);
    expect(codeOf(() => Ifr.loadSync(source))).toBe("ERR_SNAPSHOT");
    // Closed: its number is free again.
    const next = openSync(path, "r");
    closeSync(next);
    expect(() => source.read(new Uint8Array(1), 0)).toThrow(/EBADF/);
  });

  test("memory that the host refuses is a typed error", () => {
    const grow = WebAssembly.Memory.prototype.grow;
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError("no");
    };
    try {
      expect(codeOf(() => Ifr.loadSync(file))).toBe("ERR_MEMORY");
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
  });
});
