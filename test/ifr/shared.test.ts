import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Ifr, IfrReader, type SharedHandle, SharedIfr, type SharedIfrOptions } from "../../src/ifr.js";
import { WriteLock } from "../../src/wasm/seqlock.js";
import { withSharedMemory } from "../../src/wasm/share.js";
import { Random } from "../helpers/random.js";
import { codeOf } from "./helpers.js";

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const keysOf = (n: number, name = "key") => Array.from({ length: n }, (_, i) => `${name} ${i}`);
const shared = (options: Partial<SharedIfrOptions> = {}) => SharedIfr.createSync({ maxBytes: 20_000_000, ...options });
/** A handle as another thread gets it. */
const sent = (ifr: SharedIfr): SharedHandle => structuredClone(ifr.handle());

describe("a registry in shared memory", () => {
  test("does as one with a memory of its own: the same bytes after the same operations", () => {
    const own = Ifr.createSync({ seed: 3, maxBytes: 20_000_000 });
    const other = shared({ seed: 3 });
    for (const ifr of [own, other]) {
      const random = new Random(4);
      for (let i = 0; i < 2000; i++) {
        const kind = random.next();
        if (kind < 0.5) ifr.internMany(Array.from({ length: 9 }, () => `key ${random.below(30_000)}`));
        else if (kind < 0.9) ifr.deleteId(random.below(ifr.idLimit + 1));
        else if (kind < 0.95) ifr.intern("long ".repeat(random.below(30_000)));
        else ifr.idOf("long question".repeat(random.below(10_000)));
      }
    }
    expect(same(other.image(), own.image())).toBe(true);
    expect(same(other.snapshot(), own.snapshot())).toBe(true);
    expect([...other.entries()]).toEqual([...own.entries()]);
  });

  test("can be full, and says so; nothing has changed", () => {
    const ifr = shared({ maxBytes: 300_000 });
    ifr.internMany(keysOf(1000));
    const before = ifr.image();
    expect(codeOf(() => ifr.internMany(keysOf(50_000, "more")))).toBe("ERR_MEMORY");
    expect(ifr.size).toBe(1000);
    expect(codeOf(() => ifr.intern("x".repeat(400_000)))).toBe("ERR_MEMORY");
    // A question that has no room below the readers' part.
    expect(codeOf(() => ifr.idOf("x".repeat(3_000_000)))).toBe("ERR_MEMORY");
    expect(ifr.idOf("x".repeat(900_000))).toBe(-1);
    ifr.internMany(keysOf(1000));
    expect(ifr.size).toBe(1000);
    expect(before.length).toBeLessThanOrEqual(300_000);
  });

  test("takes and gives snapshots", () => {
    const ifr = shared({ readers: 1 });
    ifr.internMany(keysOf(3000));
    const reader = IfrReader.attach(sent(ifr));
    const plain = Ifr.loadSync(ifr.snapshot(), { maxBytes: 500_000_000 });
    plain.internMany(keysOf(100, "more"));
    ifr.restore(plain.snapshot());
    expect(reader.idOf("more 99")).toBe(3099);
    expect(codeOf(() => ifr.restore(plain.snapshot().subarray(1)))).toBe("ERR_SNAPSHOT");
    plain.internMany(keysOf(1_000_000, "many"));
    expect(codeOf(() => ifr.restore(plain.snapshot()))).toBe("ERR_MEMORY");
    expect(reader.size).toBe(3100);
    expect(codeOf(() => Ifr.loadSync(ifr.snapshot(), { reuse: ifr }))).toBe("ERR_ARGUMENT");
    expect(reader.size).toBe(3100);
    const loaded = Ifr.loadSync(ifr.snapshot());
    expect(same(loaded.image(), ifr.image())).toBe(true);
  });

  test("options outside their domain", async () => {
    for (const options of [
      undefined,
      {},
      { maxBytes: 1 },
      { maxBytes: "9999" },
      { maxBytes: 1e6, readers: 0 },
      { maxBytes: 1e6, readers: 1001 },
    ]) {
      expect(codeOf(() => SharedIfr.createSync(options as SharedIfrOptions))).toBe("ERR_ARGUMENT");
    }
    expect(codeOf(() => shared({ capacity: -1 }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => shared({ maxBytes: 2 ** 40 }))).toBe("ERR_MEMORY");
    expect(codeOf(() => shared({ maxBytes: 10_000, capacity: 1e6 }))).toBe("ERR_MEMORY");
    expect((await SharedIfr.create({ maxBytes: 1e6 })).size).toBe(0);
  });

  test("is refused where memory cannot be shared", () => {
    const { SharedArrayBuffer: real } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
      expect(codeOf(() => shared())).toBe("ERR_WASM");
      expect(Ifr.createSync().size).toBe(0);
    } finally {
      globalThis.SharedArrayBuffer = real;
    }
  });

  test("of a module with static data there is no shared form", () => {
    // memory 1; data at 0: "x"
    const binary = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1, 11, 7, 1, 0, 0x41, 0, 11, 1, 0x78);
    expect(WebAssembly.validate(binary)).toBe(true);
    expect(codeOf(() => withSharedMemory(binary))).toBe("ERR_WASM");
    const ifr = readFileSync(new URL("../../build/release/ifr.wasm", import.meta.url));
    const module = new WebAssembly.Module(withSharedMemory(ifr));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(WebAssembly.Module.exports(module)).toEqual(WebAssembly.Module.exports(new WebAssembly.Module(ifr)));
  });
});

describe("a reader", () => {
  test("answers as the writer does, and changes nothing", () => {
    const ifr = shared();
    const keys = [...keysOf(5000), "é".repeat(20), "\ud800", "", "x".repeat(60_000)];
    ifr.internMany(keys);
    ifr.delete("key 7");
    const before = ifr.image();
    const reader = IfrReader.attach(sent(ifr));
    const asked = [...keys, ...keysOf(5000, "never")];
    expect(reader.idsOf(asked)).toEqual(ifr.idsOf(asked));
    expect(reader.hasMany(asked)).toEqual(ifr.hasMany(asked));
    for (const key of asked) {
      if (reader.idOf(key) !== ifr.idOf(key) || reader.has(key) !== ifr.has(key) || reader.mayHave(key) !== ifr.mayHave(key)) {
        expect.fail(key);
      }
    }
    for (let id = 0; id < ifr.idLimit; id++) if (reader.keyOf(id) !== ifr.keyOf(id)) expect.fail(String(id));
    expect(reader.keyBytesOf(1)).toEqual(ifr.keyBytesOf(1));
    expect(reader.keyOf(7)).toBe(undefined);
    expect(reader.keyOf(-1)).toBe(undefined);
    expect(reader.size).toBe(ifr.size);
    expect(reader.idLimit).toBe(ifr.idLimit);
    expect([...reader.ids()]).toEqual([...ifr.ids()]);
    expect(same(ifr.image(), before)).toBe(true);
  });

  test("sees what the writer does later", () => {
    const ifr = shared();
    const reader = IfrReader.attach(sent(ifr));
    expect(reader.idOf("a")).toBe(-1);
    ifr.internMany(keysOf(100_000));
    expect(reader.idOf("key 99999")).toBe(99_999);
    ifr.delete("key 5");
    expect(reader.idOf("key 5")).toBe(-1);
    expect(reader.idsOf(["key 5", "key 6"])).toEqual(Int32Array.of(-1, 6));
  });

  test("takes no key longer than its window", () => {
    const ifr = shared();
    const long = "x".repeat(70_000);
    const id = ifr.intern(long);
    const reader = IfrReader.attach(sent(ifr));
    expect(codeOf(() => reader.idOf(long))).toBe("ERR_KEY");
    expect(codeOf(() => reader.idsOf(["a", long]))).toBe("ERR_KEY");
    expect(codeOf(() => reader.keyOf(id))).toBe("ERR_KEY");
    expect(codeOf(() => reader.idOf(5 as unknown as string))).toBe("ERR_ARGUMENT");
    expect(reader.idOf("a")).toBe(-1);
  });

  test("two readers have a window each", () => {
    const ifr = shared();
    ifr.internMany(keysOf(2000));
    const [a, b] = [IfrReader.attach(sent(ifr)), IfrReader.attach(sent(ifr))];
    expect([a.slot, b.slot, ifr.readers]).toEqual([0, 1, 2]);
    const seen = keysOf(500).map((key, i) => [a.idOf(key), b.idOf(`key ${i + 1}`), ifr.idOf(`key ${i + 2}`)]);
    expect(seen).toEqual(keysOf(500).map((_, i) => [i, i + 1, i + 2]));
  });

  test("there are as many as the options say; a place is used again", () => {
    const ifr = shared({ readers: 2 });
    const [a, b] = [IfrReader.attach(sent(ifr)), IfrReader.attach(sent(ifr))];
    expect(codeOf(() => IfrReader.attach(sent(ifr)))).toBe("ERR_FULL");
    a.detach();
    a.detach();
    expect(ifr.readers).toBe(1);
    const c = IfrReader.attach(sent(ifr));
    expect(c.slot).toBe(0);
    // The window is another's now.
    for (const f of [() => a.idOf("a"), () => a.idsOf(["a"]), () => a.size, () => a.keyOf(0)]) expect(codeOf(f)).toBe("ERR_DISPOSED");
    expect(b.size + c.size).toBe(0);
    // As of a thread that ended.
    ifr.freeReader(b.slot);
    expect(IfrReader.attach(sent(ifr)).slot).toBe(1);
    c[Symbol.dispose]();
    expect(ifr.readers).toBe(1);
  });

  test("of a writer that is disposed", () => {
    const ifr = shared();
    const handle = sent(ifr);
    const reader = IfrReader.attach(handle);
    ifr.dispose();
    ifr.dispose();
    for (const f of [
      () => reader.idOf("a"),
      () => reader.size,
      () => IfrReader.attach(handle),
      () => ifr.handle(),
      () => ifr.intern("a"),
    ]) {
      expect(codeOf(f)).toBe("ERR_DISPOSED");
    }
    reader.detach();
  });

  test("of a writer that trapped", () => {
    const ifr = shared();
    ifr.internMany(keysOf(100));
    const reader = IfrReader.attach(sent(ifr));
    // An index that says it lies at the end of memory.
    new Uint32Array(ifr.handle().memory.buffer, 0x20200, 48).fill(0xffff_fff0);
    expect(codeOf(() => ifr.intern("b"))).toBe("ERR_POISONED");
    expect(codeOf(() => reader.idOf("a"))).toBe("ERR_POISONED");
  });

  test("of a state that is broken: a trap is no conflict, and poisons the reader alone", () => {
    const ifr = shared();
    ifr.internMany(keysOf(100));
    const reader = IfrReader.attach(sent(ifr));
    const words = new Uint32Array(ifr.handle().memory.buffer, 0x20200, 48);
    const good = words.slice();
    words.fill(0xffff_fff0);
    expect(codeOf(() => reader.idOf("a"))).toBe("ERR_POISONED");
    words.set(good);
    expect(ifr.idOf("key 5")).toBe(5);
    expect(codeOf(() => reader.idOf("a"))).toBe("ERR_POISONED");
  });

  test("attaches to nothing else", () => {
    const ifr = shared();
    const handle = sent(ifr);
    const { memory, module } = handle;
    const plain = new WebAssembly.Memory({ initial: 40, maximum: 40 });
    const empty = new WebAssembly.Memory({ initial: 40, maximum: 40, shared: true });
    const bad = [
      undefined,
      null,
      5,
      {},
      { ...handle, layer: "ifr-fixed" },
      { ...handle, memory: plain },
      { ...handle, memory: empty, roof: 0x30000 },
      { ...handle, memory: {} },
      { ...handle, module: {} },
      { ...handle, roof: handle.roof + 8 },
      { ...handle, roof: 0 },
      { ...handle, roof: 0x30000 },
      { ...handle, roof: memory.buffer.byteLength },
      { ...handle, roof: undefined },
      { layer: "ifr", memory, module },
    ];
    for (const each of bad) expect(codeOf(() => IfrReader.attach(each as SharedHandle))).toBe("ERR_ARGUMENT");
    expect(ifr.readers).toBe(0);
  });

  test("bug: of a module that is another, its place stayed taken", () => {
    const ifr = shared({ readers: 1 });
    const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    expect(codeOf(() => IfrReader.attach({ ...sent(ifr), module }))).toBe("ERR_WASM");
    expect([ifr.readers, IfrReader.attach(sent(ifr)).slot]).toEqual([0, 0]);
  });

  test("bug: freeing a place that there is none of wrote to other words of the control page", () => {
    const ifr = shared({ readers: 2 });
    const { memory, roof } = ifr.handle();
    const page = new Int32Array(memory.buffer, roof, 1 << 14);
    ifr.intern("a");
    const before = page.slice();
    // -2 was the count of changes.
    for (const slot of [-2, -1, 2, 1e9, 0.5, Number.NaN, undefined]) {
      expect(codeOf(() => ifr.freeReader(slot as number))).toBe("ERR_ARGUMENT");
    }
    expect(page).toEqual(before);
    ifr.freeReader(1);
  });

  test("bug: browsers neither encode into shared memory nor decode out of it", () => {
    const { encodeInto } = TextEncoder.prototype;
    const { decode } = TextDecoder.prototype;
    try {
      TextEncoder.prototype.encodeInto = function (text, into) {
        if (!(into.buffer instanceof ArrayBuffer)) throw new TypeError("must not be shared");
        return encodeInto.call(this, text, into);
      };
      TextDecoder.prototype.decode = function (bytes, options) {
        if (ArrayBuffer.isView(bytes) && !(bytes.buffer instanceof ArrayBuffer)) throw new TypeError("must not be shared");
        return decode.call(this, bytes, options);
      };
      const ifr = shared();
      const reader = IfrReader.attach(ifr.handle());
      for (const key of [
        "a key of more than twelve characters",
        "漢字",
        "\ud83d and more than twelve",
        "é".repeat(300),
        "a".repeat(30_000),
      ]) {
        const id = ifr.intern(key);
        expect([ifr.keyOf(id), reader.idOf(key), reader.keyOf(id)]).toEqual([key, id, key]);
        expect([...ifr.internMany([key, "short"])].slice(0, 1)).toEqual([id]);
        // Enough of them to be written by one call of the encoder.
        const many = keysOf(40, "a key of twenty characters");
        expect([...reader.idsOf([...many, key])]).toEqual([...many.map((one) => ifr.idOf(one)), id]);
        ifr.internMany(many);
      }
    } finally {
      TextEncoder.prototype.encodeInto = encodeInto;
      TextDecoder.prototype.decode = decode;
    }
  });
});

describe("threads", () => {
  const folder = mkdtempSync(join(tmpdir(), "mfn-shared-"));
  const script = join(folder, "reader.mjs");
  const workers: Worker[] = [];
  beforeAll(async () => {
    await build({
      entryPoints: [new URL("shared-reader.ts", import.meta.url).pathname],
      alias: { "mfn/ifr": new URL("../../src/ifr.ts", import.meta.url).pathname },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
    });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Readers at work while `write` is; what they report. */
  async function race(ifr: SharedIfr, stay: string[], readers: number, write: () => void) {
    const ids = ifr.internMany(stay);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const reports = [];
    for (let i = 0; i < readers; i++) {
      const worker = new Worker(script, { workerData: { handle: ifr.handle(), stop, stay, ids } });
      workers.push(worker);
      await once(worker, "message");
      reports.push(once(worker, "message"));
    }
    write();
    Atomics.store(stop, 0, 1);
    return (await Promise.all(reports)).map(([report]) => report as { wrong: string[]; single: number; batch: number; sizes: number });
  }

  const stay = keysOf(400, "stay");
  /** Does it for so many milliseconds. */
  const during = (ms: number, work: (round: number) => void) => {
    for (let round = 0, start = performance.now(); performance.now() - start < ms; round++) work(round);
  };

  test("a writer that enters and deletes one by one: every answer of two readers is right", async () => {
    const ifr = shared({ maxBytes: 100_000_000 });
    const random = new Random(1);
    const reports = await race(ifr, stay, 2, () =>
      during(1200, () => {
        for (let i = 0; i < 100; i++) {
          ifr.intern(`churn ${random.below(20_000)}`);
          const id = random.below(20_000);
          if (id >= stay.length) ifr.deleteId(id);
        }
      }),
    );
    for (const report of reports) {
      expect(report.wrong).toEqual([]);
      expect(report.batch).toBeGreaterThan(3);
      expect(report.sizes).toBeGreaterThan(3);
    }
    expect(ifr.readers).toBe(0);
  });

  test("a writer that grows by batches, deletes all of it, and grows again", async () => {
    const ifr = shared({ maxBytes: 100_000_000 });
    const reports = await race(ifr, stay, 2, () =>
      during(1200, (round) => {
        const keys = keysOf(40_000, `round ${round}`);
        const ids = ifr.internMany(keys);
        for (const id of ids) ifr.deleteId(id);
      }),
    );
    for (const report of reports) {
      expect(report.wrong).toEqual([]);
      expect(report.batch).toBeGreaterThan(3);
    }
  });

  test("a thread that ends without a word leaves its place taken, until the writer frees it", async () => {
    const ifr = shared({ readers: 1 });
    const ids = ifr.internMany(stay);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(script, { workerData: { handle: ifr.handle(), stop, stay, ids } });
    await once(worker, "message");
    await worker.terminate();
    expect(codeOf(() => IfrReader.attach(ifr.handle()))).toBe("ERR_FULL");
    ifr.freeReader(0);
    ifr.internMany(keysOf(1000));
    expect(IfrReader.attach(ifr.handle()).size).toBe(1400);
  });

  test("a reader sleeps while a long change is under way, and is told when its writer is gone", async () => {
    const ifr = shared();
    const ids = ifr.internMany(stay);
    const { memory, roof } = ifr.handle();
    const words = new Int32Array(memory.buffer, roof, 64);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(script, { workerData: { handle: ifr.handle(), stop, stay, ids } });
    workers.push(worker);
    await once(worker, "message");
    // The writer's own count goes on from here.
    const writer = new WriteLock(words, 8);
    const count = Atomics.load(words, 0);
    Atomics.store(words, 0, count + 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(words[17]).toBe(1);
    Atomics.store(words, 0, count + 2);
    Atomics.notify(words, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const report = once(worker, "message");
    writer.dispose();
    const [{ wrong, single }] = (await report) as [{ wrong: string[]; single: number }];
    expect(wrong).toEqual(["ERR_DISPOSED: the writer of the shared registry was disposed"]);
    expect(single).toBeGreaterThan(0);
  });
});
