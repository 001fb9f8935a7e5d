import { type ErrorCode, Mfn, MfnError } from "mfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectSameImages } from "../helpers/images.js";
import { wasm } from "../helpers/modules.js";

function codeOf(call: () => unknown): ErrorCode | undefined {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(MfnError);
    return (error as MfnError).code;
  }
  return undefined;
}

const nan = Number.NaN;
const cases: Array<[what: string, code: ErrorCode, call: (mfn: Mfn) => unknown]> = [
  ["a vector of the wrong dimension", "ERR_DIMENSION", (m) => m.remember("x", { vector: [1, 2] })],
  ["a query of the wrong dimension", "ERR_DIMENSION", (m) => m.similar([1, 2, 3, 4])],
  ["a recall of the wrong dimension", "ERR_DIMENSION", (m) => m.recall({ vector: [1] })],
  ["NaN in a vector", "ERR_NOT_FINITE", (m) => m.remember("x", { vector: [1, nan, 2] })],
  ["null in a vector", "ERR_NOT_FINITE", (m) => m.remember("x", { vector: [1, null, 2] as never })],
  ["a bigint in a vector", "ERR_NOT_FINITE", (m) => m.similar([1, 2n, 2] as never)],
  ["infinity in a query", "ERR_NOT_FINITE", (m) => m.similar([1, Number.POSITIVE_INFINITY, 2])],
  ["what overflows single precision", "ERR_NOT_FINITE", (m) => m.remember("x", { vector: [1, 1e39, 2] })],
  ["a vector that is no array", "ERR_ARGUMENT", (m) => m.remember("x", { vector: 3 as never })],
  ["an empty key", "ERR_KEY", (m) => m.remember("")],
  ["an empty key in a question", "ERR_KEY", (m) => m.recall("")],
  ["a key of 64 KiB", "ERR_KEY", (m) => m.remember("k".repeat(65_536))],
  ["a key of 64 KiB in UTF-8", "ERR_KEY", (m) => m.observe("s", "é".repeat(32_768))],
  ["a key that is no string", "ERR_ARGUMENT", (m) => m.remember(7 as never)],
  ["an empty stream", "ERR_KEY", (m) => m.observe("", "a")],
  ["an unknown key to be like", "ERR_NOT_FOUND", (m) => m.similar("nobody")],
  ["an unknown key to associate", "ERR_NOT_FOUND", (m) => m.associate("nobody")],
  ["an unknown end of a route", "ERR_NOT_FOUND", (m) => m.route("a", "nobody")],
  ["an unknown series", "ERR_NOT_FOUND", (m) => m.forecast("nobody")],
  ["a negative weight", "ERR_ARGUMENT", (m) => m.link("a", "b", { weight: -1 })],
  ["a weight of zero", "ERR_ARGUMENT", (m) => m.link("a", "b", { weight: 0 })],
  ["a weight too small to be told from zero", "ERR_ARGUMENT", (m) => m.link("a", "b", { weight: 1e-60 })],
  ["a NaN weight", "ERR_NOT_FINITE", (m) => m.link("a", "b", { weight: nan })],
  ["a bad weight among links", "ERR_ARGUMENT", (m) => m.remember("new", { links: [{ to: "b" }, { to: "c", weight: -2 }] })],
  ["links that are no array", "ERR_ARGUMENT", (m) => m.remember("new", { links: { to: "b" } as never })],
  ["a NaN time", "ERR_NOT_FINITE", (m) => m.observe("s", "a", { at: nan })],
  ["a NaN value", "ERR_NOT_FINITE", (m) => m.record("load", nan)],
  ["an infinite value", "ERR_NOT_FINITE", (m) => m.observe("s", "a", { value: Number.POSITIVE_INFINITY })],
  ["an interval of zero", "ERR_ARGUMENT", (m) => m.record("new series", 1, { interval: 0 })],
  ["k of zero", "ERR_ARGUMENT", (m) => m.recall("a", { k: 0 })],
  ["k of a half", "ERR_ARGUMENT", (m) => m.similar("a", { k: 0.5 })],
  ["an unknown strategy", "ERR_ARGUMENT", (m) => m.recall("a", { strategy: "best" as never })],
  ["an unknown layer", "ERR_ARGUMENT", (m) => m.recall("a", { layers: ["gpt" as never] })],
  ["a negative budget", "ERR_ARGUMENT", (m) => m.recall("a", { budget: -1 })],
  ["an empty query", "ERR_ARGUMENT", (m) => m.recall({})],
  ["no query", "ERR_ARGUMENT", (m) => m.recall(null as never)],
  ["a history that is no array", "ERR_ARGUMENT", (m) => m.recall({ history: "a" as never })],
  ["links that are null", "ERR_ARGUMENT", (m) => m.remember("new", { links: null as never })],
  ["no key to associate", "ERR_ARGUMENT", (m) => m.associate(null as never)],
  ["types that are no array", "ERR_ARGUMENT", (m) => m.associate("a", { types: "link" as never })],
  ["types that are null", "ERR_ARGUMENT", (m) => m.route("a", "b", { types: null as never })],
  ["models that are no array", "ERR_ARGUMENT", (m) => m.forecast("load", { models: 5 as never })],
  ["a value beyond what a series takes", "ERR_ARGUMENT", (m) => m.observe("s", "a", { value: 1e200 })],
  ["an interval of half a millisecond", "ERR_ARGUMENT", (m) => m.record("new series", 1, { interval: 0.5 })],
  ["an unknown way to associate", "ERR_ARGUMENT", (m) => m.associate("a", { by: "magic" as never })],
  ["an unknown operation", "ERR_ARGUMENT", (m) => m.apply({ op: "destroy" } as never)],
  ["no operation", "ERR_ARGUMENT", (m) => m.apply(null as never)],
  ["a horizon of zero", "ERR_ARGUMENT", (m) => m.forecast("load", { horizon: 0 })],
];

describe("bad input to an engine is a typed error, and the state is as before", () => {
  let mfn: Mfn;
  beforeAll(() => {
    mfn = Mfn.createSync({ dimensions: 3, contextBytes: 1 << 16, clock: () => 1000 });
    mfn.remember("a", { vector: [1, 0, 0], value: "A", links: [{ to: "b" }] });
    mfn.observe("s", "a");
    mfn.record("load", 3, { interval: 1000 });
  });
  afterAll(() => mfn.dispose());

  test.each(cases)("%s: %s", (_what, code, call) => {
    const before = mfn.images();
    const { operations } = mfn.stats();
    expect(codeOf(() => call(mfn))).toBe(code);
    expectSameImages(mfn.images(), before);
    expect(mfn.stats().operations).toBe(operations);
  });

  test("messages name the argument, what was expected and what came", () => {
    expect(() => mfn.link("a", "b", { weight: -1 })).toThrow("weight: expected a number in [1e-18, 1000000000000000000], got -1");
    expect(() => mfn.remember("x", { vector: [1, 2] })).toThrow("vector: expected 3 numbers, got 2");
  });

  test("the 257th type of edge", () => {
    const many = Mfn.createSync({ dimensions: 3 });
    for (let i = 0; i < 256; i++) many.link("a", "b", { type: `type ${i}` });
    const before = many.images();
    expect(codeOf(() => many.link("c", "d", { type: "one more" }))).toBe("ERR_FULL");
    expect(many.has("c")).toBe(false);
    expect(Buffer.compare(many.images().alm, before.alm)).toBe(0);
    many.link("a", "b", { type: "type 3", weight: 2 });
    many.dispose();
  });

  test.each([
    ["dimensions", { dimensions: 0 }],
    ["dimensions", { dimensions: 2.5 }],
    ["metric", { metric: "manhattan" as never }],
    ["seed", { seed: Number.NaN }],
    ["halfLife", { halfLife: 0 }],
    ["maxBytes", { maxBytes: 10 }],
    ["learnFusion", { learnFusion: 0 }],
    ["learnFusion", { learnFusion: "yes" as never }],
    ["layers", { layers: ["x" as never] }],
  ])("options: %s", (_name, options) => {
    expect(codeOf(() => Mfn.createSync(options))).toBe("ERR_ARGUMENT");
  });

  test("a module that is not ours, and bytes that are none", async () => {
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    expect(codeOf(() => Mfn.createSync({ wasm: { alm: empty } }))).toBe("ERR_WASM");
    expect(codeOf(() => Mfn.createSync({ wasm: { alm: new Uint8Array([1, 2, 3]) } }))).toBe("ERR_WASM");
    await expect(Mfn.create({ wasm: { dsr: empty } })).rejects.toMatchObject({ code: "ERR_WASM" });
  });

  test("one instance for the three registries", () => {
    const instance = new WebAssembly.Instance(wasm("ifr", "release") as WebAssembly.Module, {});
    expect(codeOf(() => Mfn.createSync({ wasm: { ifr: instance } }))).toBe("ERR_WASM");
  });

  test("a disposed engine", () => {
    const gone = Mfn.createSync();
    gone.dispose();
    gone.dispose();
    for (const call of [
      () => gone.remember("a"),
      () => gone.has("a"),
      () => gone.get("a"),
      () => gone.size,
      () => gone.keys(),
      () => gone.recall("a"),
      () => gone.similar("a"),
      () => gone.associate("a"),
      () => gone.route("a", "b"),
      () => gone.predict("s"),
      () => gone.forecast("s"),
      () => gone.stats(),
      () => gone.images(),
      () => gone.forget("a"),
    ]) {
      expect(codeOf(call)).toBe("ERR_DISPOSED");
    }
  });

  test("a clock or journal that cannot be called", () => {
    expect(codeOf(() => Mfn.createSync({ clock: 5 as never }))).toBe("ERR_ARGUMENT");
    expect(codeOf(() => Mfn.createSync({ journal: {} as never }))).toBe("ERR_ARGUMENT");
  });

  test("a journal that throws stops the operation", () => {
    const refusing = Mfn.createSync({
      journal: {
        append: () => {
          throw new Error("disk full");
        },
      },
    });
    const before = refusing.images();
    expect(() => refusing.observe("s", "a")).toThrow("disk full");
    expect(() => refusing.forget("a")).toThrow("disk full");
    expectSameImages(refusing.images(), before);
    refusing.dispose();
  });
});
