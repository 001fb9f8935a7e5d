// What is no option and no argument is refused by name, at every call; and the ends of a model: dispose and trap.
import { Cpe, MfnError } from "mfn/cpe";
import { describe, expect, it } from "vitest";
import { builds, wasm } from "../helpers/modules.js";

type Options = NonNullable<Parameters<typeof Cpe.createSync>[0]>;

const coded = (code: string, message = "") => expect.objectContaining({ code, message: expect.stringContaining(message) });

describe.each(builds)("input of Cpe (%s)", (build) => {
  const make = (options: Options = {}) => Cpe.createSync({ contextBytes: 1 << 14, wasm: wasm("cpe-events", build), ...options });
  const noObjects = [null, 5, "x", true, 1n, Symbol("s"), () => 1] as unknown[];

  it("refuses options that are no object, by name", async () => {
    const cpe = make();
    cpe.observeMany(0, [1, 2, 3]);
    const before = cpe.image();
    for (const x of noObjects as never[]) {
      const argument = coded("ERR_ARGUMENT", "options");
      expect(() => Cpe.createSync(x), String(x)).toThrow(argument);
      await expect(Cpe.create(x), String(x)).rejects.toThrow(argument);
      expect(() => cpe.observe(0, 1, x), String(x)).toThrow(argument);
    }
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });

  it.each<[name: string, values: unknown[]]>([
    ["maxIds", [1, 0, -1, 2.5, 2 ** 30 + 1, Number.NaN, "5", null, {}]],
    ["maxStreams", [1, 0, -1, 2.5, 2 ** 30 + 1, Number.NaN, "5", null, {}]],
    ["gap", [0, -1, 366 * 86_400_000, "5", null, {}]],
    ["shared", [0, 1, "yes", null, {}]],
    ["sessions", [0, 1, "yes", null, () => 1]],
    ["orders", [0, 6, 1.5, "5", null]],
    ["horizon", [1, 2 ** 31 + 1, 2.5, "5", null]],
    ["contextBytes", [4095, 4097, 2 ** 32, "x", null]],
    ["seed", [0.5, 2 ** 60, "x", null]],
    ["maxBytes", [10, -1, 0.5, "x", null]],
  ])("refuses what %s cannot be", (name, values) => {
    for (const value of values) {
      try {
        make({ [name]: value } as Options).dispose();
        expect.unreachable(`${name}: ${String(value)}`);
      } catch (error) {
        expect(error, String(value)).toBeInstanceOf(MfnError);
        expect(["ERR_ARGUMENT", "ERR_NOT_FINITE"], String(value)).toContain((error as MfnError).code);
        expect((error as MfnError).message, String(value)).toContain(name);
      }
    }
  });

  it("refuses sessions for streams with models of their own", () => {
    expect(() => make({ shared: false, sessions: true })).toThrow(coded("ERR_ARGUMENT", "sessions"));
    expect(() => make({ shared: false, sessions: {} })).toThrow(coded("ERR_ARGUMENT", "sessions"));
    make({ shared: false, sessions: false }).dispose();
    make({ shared: true, sessions: true, gap: 365 * 86_400_000, maxIds: 2, maxStreams: 2 ** 30 }).dispose();
  });

  it("refuses weights and times outside their range, and nothing is changed", () => {
    const cpe = make({ gap: 5, sessions: true });
    cpe.observe(0, 1, { at: 1 });
    const before = cpe.image();
    for (const weight of [Number.NaN, Infinity, -Infinity, "1", null, {}, 0, -1, 0.06, 16.01, 1n]) {
      expect(() => cpe.observe(0, 1, { weight } as never), String(weight)).toThrow(MfnError);
    }
    for (const at of [Number.NaN, Infinity, -Infinity, "1", null, {}, 8.65e15, 1n]) {
      expect(() => cpe.observe(0, 1, { at } as never), String(at)).toThrow(MfnError);
    }
    expect(() => cpe.observe(0, 1, { weight: Number.NaN })).toThrow(coded("ERR_NOT_FINITE", "weight"));
    expect(() => cpe.observe(0, 1, { at: Infinity })).toThrow(coded("ERR_NOT_FINITE", "at"));
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });

  it.each<[call: string, action: (cpe: Cpe, x: never) => unknown]>([
    ["observe of a stream", (cpe, x) => cpe.observe(x, 1, {})],
    ["observe of an id", (cpe, x) => cpe.observe(1, x, {})],
    ["probability in a stream", (cpe, x) => cpe.probability(x, 1)],
    ["probability of an id", (cpe, x) => cpe.probability(1, x)],
    ["entropy", (cpe, x) => cpe.entropy(x)],
    ["explain in a stream", (cpe, x) => cpe.explain(x, 1)],
    ["explain of an id", (cpe, x) => cpe.explain(1, x)],
    ["predictLast of a stream", (cpe, x) => cpe.predictLast(x)],
    ["predictLastAfter", (cpe, x) => cpe.predictLastAfter([x])],
    ["sessionsLike", (cpe, x) => cpe.sessionsLike([x])],
  ])("refuses what is no id: %s", (_, action) => {
    const cpe = make({ sessions: true });
    cpe.observeMany(0, [1, 2, 1]);
    const before = cpe.image();
    for (const x of [-1, 0.5, Number.NaN, Infinity, 2 ** 31, "1", undefined, null, 1n, {}] as never[]) {
      expect(() => action(cpe, x), String(x)).toThrow(coded("ERR_ARGUMENT"));
    }
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });

  it("refuses to restore or load what is no snapshot", async () => {
    const cpe = make();
    const before = cpe.image();
    for (const x of [null, undefined, 5, "x", [], {}] as never[]) {
      expect(() => cpe.restore(x), String(x)).toThrow(MfnError);
      expect(() => Cpe.loadSync(x), String(x)).toThrow(MfnError);
      await expect(Cpe.load(x), String(x)).rejects.toThrow(MfnError);
    }
    expect(Buffer.compare(cpe.image(), before)).toBe(0);
  });

  it("says after dispose that it is disposed, at every call", () => {
    const cpe = make({ sessions: true });
    cpe.observe(0, 1);
    const file = cpe.snapshot();
    cpe.dispose();
    cpe.dispose();
    const calls = [
      () => cpe.observe(0, 1, { weight: 2, at: 1 }),
      () => cpe.probability(0, 1),
      () => cpe.entropy(0),
      () => cpe.explain(0, 1),
      () => cpe.predictLast(0),
      () => cpe.predictLastAfter([1]),
      () => cpe.sessionsLike([1]),
      () => cpe.snapshot(),
      () => cpe.restore(file),
      () => cpe.stats(),
    ];
    for (const [i, call] of calls.entries()) expect(call, `call ${i}`).toThrow(coded("ERR_DISPOSED"));
  });
});

it.each([
  ["observeAt", (cpe: Cpe) => cpe.observe(0, 1, { weight: 2 })],
  ["observeMany", (cpe: Cpe) => cpe.observeMany(0, [1])],
  ["entropy", (cpe: Cpe) => cpe.entropy(0)],
  ["explain", (cpe: Cpe) => cpe.explain(0, 1)],
  ["evidence", (cpe: Cpe) => cpe.sessionsLike([1])],
  ["predictInSession", (cpe: Cpe) => cpe.predictLast(0)],
  ["isShared", (cpe: Cpe) => cpe.predictAfter([1])],
])("a trap in %s poisons the model", (name, action) => {
  const instance = new WebAssembly.Instance(wasm("cpe-events", "release") as WebAssembly.Module, {});
  const trap = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };
  const exports = { ...instance.exports, [name]: trap };
  const stand = Object.create(WebAssembly.Instance.prototype, { exports: { value: exports } }) as WebAssembly.Instance;
  const cpe = Cpe.createSync({ contextBytes: 4096, sessions: true, wasm: stand });
  cpe.observe(0, 1);
  expect(() => action(cpe)).toThrow(coded("ERR_POISONED"));
  expect(() => cpe.predict(0)).toThrow(coded("ERR_POISONED"));
  expect(() => cpe.snapshot()).toThrow(coded("ERR_POISONED"));
  cpe.dispose();
});
