import { Mfn, type Operation } from "mfn";
import { describe, expect, test } from "vitest";
import { expectSameImages } from "../helpers/images.js";
import { type Build, wasm } from "../helpers/modules.js";
import { DIMENSIONS, randomOperation } from "../helpers/operations.js";
import { Random } from "../helpers/random.js";

const OPERATIONS = 10_000;

function engine(build: Build, journal?: Operation[]): Mfn {
  return Mfn.createSync({
    dimensions: DIMENSIONS,
    seed: 7,
    halfLife: 86_400_000 * 30,
    contextBytes: 1 << 18,
    journal: journal && { append: (operation) => void journal.push(structuredClone(operation)) },
    wasm: {
      ifr: () => wasm("ifr", build),
      dsr: () => wasm("dsr", build),
      alm: () => wasm("alm", build),
      cpe: () => wasm("cpe", build),
      fusion: () => wasm("fusion", build),
    },
  });
}

function expectSameState(a: Mfn, b: Mfn): void {
  expectSameImages(a.images(), b.images());
  expect(a.stats().fusion).toEqual(b.stats().fusion);
}

describe("an engine is a deterministic state machine over its operations", () => {
  const random = new Random(42);
  const operations = Array.from({ length: OPERATIONS }, (_, step) => randomOperation(random, step));

  test("10,000 random operations replayed from the journal give the same bytes, in debug and release, with questions in between", () => {
    const journal: Operation[] = [];
    const first = engine("release", journal);
    for (const operation of operations) first.apply(operation);
    expect(journal.length).toBe(OPERATIONS);

    const replayed = engine("release");
    const debug = engine("debug");
    const questioned = engine("release");
    journal.forEach((operation, i) => {
      replayed.apply(operation);
      debug.apply(operation);
      questioned.apply(operation);
      if (i % 50 === 49) ask(questioned, i);
    });
    expectSameState(first, replayed);
    expectSameState(first, debug);
    expectSameState(first, questioned);

    // Not the same by being empty, nor whatever the operations.
    expect(first.stats()).toMatchObject({ operations: OPERATIONS, streams: 20 });
    const other = engine("release");
    for (const operation of operations.slice(0, -1)) other.apply(operation);
    expect(
      Buffer.compare(other.images().cpe, first.images().cpe) === 0 && Buffer.compare(other.images().alm, first.images().alm) === 0,
    ).toBe(false);
    for (const mfn of [first, replayed, debug, questioned, other]) mfn.dispose();
  });

  test("a journal of JSON lines replays to the same bytes, typed vectors and reused buffers included", () => {
    const lines: string[] = [];
    const kept: Operation[] = [];
    const journal = {
      append: (operation: Operation) => {
        lines.push(JSON.stringify(operation));
        kept.push(operation);
      },
    };
    const options = { dimensions: 3, contextBytes: 1 << 16, clock: () => 5 };
    const first = Mfn.createSync({ ...options, journal });
    const buffer = new Float32Array(3);
    for (const key of ["a", "b", "c"]) {
      buffer.fill(0.1 + key.charCodeAt(0));
      buffer[0] = key.length / 3;
      first.remember(key, { vector: buffer });
      first.observe("s", key);
    }
    for (const operations of [lines.map((line) => JSON.parse(line)), kept]) {
      const second = Mfn.createSync(options);
      for (const operation of operations) second.apply(operation);
      expectSameState(first, second);
      second.dispose();
    }
    first.dispose();
  });

  test("a fresh thing that gets a forgotten one's id inherits nothing", () => {
    const mfn = engine("release");
    mfn.remember("old", { vector: new Float32Array(DIMENSIONS).fill(1), value: 1, links: [{ to: "friend" }] });
    for (let i = 0; i < 20; i++) for (const key of ["friend", "old"]) mfn.observe("s", key);
    mfn.observe("s", "friend");
    expect(mfn.predict("s").results[0].key).toBe("old");
    expect(mfn.forget("old")).toBe(true);
    const id = mfn.remember("new");
    expect(id).toBe(0);
    expect(mfn.get("new")).toBeUndefined();
    expect(mfn.similar("new")).toEqual([]);
    expect(mfn.associate("new")).toEqual([]);
    expect(mfn.predict("s").results.find(({ key }) => key === "new")).toBeUndefined();
    expect(mfn.recall({ stream: "s" }).results.find(({ key }) => key === "new")?.evidence.cpe).toBeUndefined();
    mfn.dispose();
  });
});

function ask(mfn: Mfn, i: number): void {
  const key = `key ${i % 200}`;
  mfn.recall({ stream: `stream ${i % 20}` }, { strategy: "parallel" });
  mfn.recall({ vector: new Float32Array(DIMENSIONS).fill(0.3) });
  mfn.recall("x".repeat(60_000));
  if (mfn.has(key)) {
    mfn.recall({ history: [key] }, { strategy: "sequential" });
    mfn.similar(key);
    mfn.associate(key, { by: "pagerank" });
    mfn.associate(key, { k: 50 });
    mfn.predict([key]);
    const other = mfn.recall({ history: [key] }).results[0]?.key;
    if (other !== undefined) mfn.route(key, other);
  }
  mfn.forecast("series 0", { horizon: 3 });
  mfn.stats();
}
