import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { FixedIfr, FixedIfrReader, type SharedFixedHandle, SharedFixedIfr } from "../../src/ifr.js";
import { codeOf } from "./helpers.js";

const WIDTH = 16;
const shared = () => SharedFixedIfr.createSync({ width: WIDTH, maxBytes: 100_000_000, seed: 5 });
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
/** Keys that say whose they are and which. */
function keysOf(n: number, whose: number): Uint8Array {
  const words = new Uint32Array(4 * n);
  for (let i = 0; i < n; i++) {
    words[4 * i] = i;
    words[4 * i + 1] = whose;
  }
  return new Uint8Array(words.buffer);
}

describe("FixedIfr in shared memory", () => {
  test("does as one with a memory of its own", async () => {
    for (const other of [shared(), await SharedFixedIfr.create({ width: WIDTH, maxBytes: 100_000_000, seed: 5 })]) {
      const own = FixedIfr.createSync({ width: WIDTH, maxBytes: 100_000_000, seed: 5 });
      for (const ifr of [own, other]) {
        ifr.insertMany(keysOf(50_000, 1));
        for (let id = 0; id < 50_000; id += 3) ifr.deleteId(id);
        ifr.columns.keys.set(keysOf(300, 2));
        ifr.insertMany(300);
      }
      expect(same(other.snapshot(), own.snapshot())).toBe(true);
    }
    for (const bad of [undefined, {}, { width: 7, maxBytes: 1e6 }, { width: 16 }]) {
      expect(codeOf(() => SharedFixedIfr.createSync(bad as never))).toBe("ERR_ARGUMENT");
    }
  });

  test("a reader answers as the writer does, in columns of its own", () => {
    const ifr = shared();
    ifr.insertMany(keysOf(5000, 1));
    for (let id = 0; id < 5000; id += 7) ifr.deleteId(id);
    const reader = FixedIfrReader.attach(structuredClone(ifr.handle()));
    const before = ifr.image();
    const asked = Buffer.concat([keysOf(5000, 1), keysOf(5000, 2)]);
    const ids = [new Int32Array(10_000), new Int32Array(10_000)] as const;
    const bits = [new Uint8Array(1250), new Uint8Array(1250)] as const;
    expect(reader.lookupMany(asked, ids[0])).toBe(ifr.lookupMany(asked, ids[1]));
    expect(same(new Uint8Array(ids[0].buffer), new Uint8Array(ids[1].buffer))).toBe(true);
    expect(reader.hasMany(asked, bits[0])).toBe(ifr.hasMany(asked, bits[1]));
    expect(same(bits[0], bits[1])).toBe(true);
    reader.columns.keys.set(keysOf(200, 1));
    ifr.columns.keys.set(keysOf(200, 2));
    expect(reader.keyOf(8)).toEqual(ifr.keyOf(8));
    expect(reader.keyOf(7)).toBe(undefined);
    expect(reader.lookupMany(200)).toBe(171);
    expect(ifr.lookupMany(200)).toBe(0);
    expect(reader.hasMany(200)).toBe(171);
    expect([reader.size, reader.idLimit, reader.width, reader.slot, ifr.readers]).toEqual([ifr.size, 5000, WIDTH, 0, 1]);
    expect([...reader.ids()]).toEqual([...ifr.ids()]);
    expect(reader.idOf(keysOf(9, 1).subarray(128))).toBe(8);
    expect(codeOf(() => reader.idOf(new Uint8Array(15)))).toBe("ERR_ARGUMENT");
    expect(same(ifr.image(), before)).toBe(true);
    ifr.restore(shared().snapshot());
    expect(reader.size).toBe(0);
    expect(codeOf(() => FixedIfrReader.attach({ ...ifr.handle(), layer: "ifr" }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => FixedIfrReader.attach(undefined as unknown as SharedFixedHandle))).toBe("ERR_ARGUMENT");
    reader[Symbol.dispose]();
    expect(codeOf(() => reader.columns)).toBe("ERR_DISPOSED");
    ifr.freeReader(0);
    const last = FixedIfrReader.attach(ifr.handle());
    ifr.dispose();
    for (const f of [() => last.lookupMany(1), () => last.idOf(new Uint8Array(16)), () => ifr.handle()])
      expect(codeOf(f)).toBe("ERR_DISPOSED");
  });

  test("bug: clear was no change to readers, who could see half of it", () => {
    const ifr = shared();
    const file = shared().snapshot();
    const { memory, roof } = ifr.handle();
    const count = new Int32Array(memory.buffer, roof, 1);
    const key = keysOf(1, 1);
    const changes: (() => unknown)[] = [
      () => ifr.intern(key),
      () => ifr.insertMany(keysOf(10, 2)),
      () => ifr.delete(key),
      () => ifr.deleteId(3),
      () => ifr.clear(),
      () => ifr.insertMany(keysOf(10, 2)),
      () => ifr.restore(file),
    ];
    for (const change of changes) {
      const before = Atomics.load(count, 0);
      const image = ifr.image();
      change();
      expect([String(change), same(ifr.image(), image)]).toEqual([String(change), false]);
      expect([String(change), Atomics.load(count, 0) - before]).toEqual([String(change), 2]);
    }
  });

  test("bug: a reader took the handle's word for the width, and looked up other bytes", () => {
    const ifr = shared();
    ifr.insertMany(keysOf(10, 1));
    expect(codeOf(() => FixedIfrReader.attach({ ...ifr.handle(), width: 8 }))).toBe("ERR_ARGUMENT");
    expect(ifr.readers).toBe(0);
  });

  test("while a writer enters and deletes, every answer of two threads is right", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mfn-shared-"));
    const workers: Worker[] = [];
    try {
      const outfile = join(folder, "reader.mjs");
      await build({
        entryPoints: [new URL("shared-fixed-reader.ts", import.meta.url).pathname],
        alias: { "mfn/ifr": new URL("../../src/ifr.ts", import.meta.url).pathname },
        bundle: true,
        platform: "node",
        format: "esm",
        outfile,
      });
      const ifr = shared();
      const stay = keysOf(3000, 1);
      ifr.insertMany(stay);
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const reports = [];
      for (let i = 0; i < 2; i++) {
        const worker = new Worker(outfile, { workerData: { handle: ifr.handle(), stop, stay, never: keysOf(3000, 2) } });
        workers.push(worker);
        await once(worker, "message");
        reports.push(once(worker, "message"));
      }
      const churn = keysOf(50_000, 3);
      const ids = new Int32Array(50_000);
      for (const start = performance.now(); performance.now() - start < 1200; ) {
        ifr.insertMany(churn, ids);
        for (const id of ids) ifr.deleteId(id);
      }
      Atomics.store(stop, 0, 1);
      for (const [report] of await Promise.all(reports)) {
        expect(report.wrong).toEqual([]);
        expect(report.rounds).toBeGreaterThan(3);
      }
      expect(ifr.size).toBe(3000);
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()));
      rmSync(folder, { recursive: true });
    }
  });
});
