import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { writeAscii } from "../../src/layers/ifr/keys.js";
import type { AsciiWriter } from "../../src/layers/ifr/strings.js";
import { builds } from "../helpers/modules.js";

/** The built-in functions, as the proposal has them. */
const builtins = {
  length: (text: unknown) => {
    if (typeof text !== "string") throw new WebAssembly.RuntimeError("no string");
    return text.length;
  },
  charCodeAt: (text: string, at: number) => text.charCodeAt(at),
};

describe.each(builds)("strings by the runtime's functions (%s)", (build) => {
  const binary = readFileSync(new URL(`../../build/${build}/strings.wasm`, import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 3 });
  const imports = { env: { memory, abort: () => {} }, "wasm:js-string": builtins };
  const ascii = new WebAssembly.Instance(new WebAssembly.Module(binary), imports).exports["ascii"] as AsciiWriter;
  const u8 = new Uint8Array(memory.buffer);
  const other = new Uint32Array(64);

  test("writes what the loop in JavaScript writes, and nothing else", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 70 }),
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.string({ unit: "grapheme", maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, (key) => {
        u8.fill(0xee, 0, 300);
        const n = ascii(key, 100, 100);
        expect(n).toBe(writeAscii(other, key, 0, 100));
        const expected = new Uint8Array(300).fill(0xee);
        if (n < 0) expected.set(u8.subarray(100, 100 + key.length), 100);
        else expected.set(new Uint8Array(other.buffer, 0, n), 100);
        expect(Buffer.compare(u8.subarray(0, 300), expected)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses what is long or does not fit", () => {
    expect(ascii("abcde", 0, 5)).toBe(5);
    expect(ascii("abcde", 0, 4)).toBe(-1);
    expect(ascii("", 0, 0)).toBe(0);
    expect(ascii("x".repeat(64), 0, 1000)).toBe(64);
    expect(ascii("x".repeat(65), 0, 1000)).toBe(-1);
    expect(ascii("abcdé", 0, 100)).toBe(-1);
    expect(ascii("\u0141bcd", 0, 100)).toBe(-1);
  });
});

describe("whether the runtime has them or not", () => {
  const { Module, Instance } = WebAssembly;
  afterEach(() => {
    WebAssembly.Module = Module;
    WebAssembly.Instance = Instance;
    vi.resetModules();
  });

  /** How often the functions were called: a runtime that has them calls them by itself. */
  let calls = 0;
  const pretend = () => {
    const given = {
      length: (text: string) => {
        calls++;
        return text.length;
      },
      charCodeAt: builtins.charCodeAt,
    };
    WebAssembly.Module = class extends Module {
      // Without the options, so that a runtime that has the functions leaves them to be imported too.
      constructor(...args: [BufferSource]) {
        super(args[0]);
      }
      static override imports = (module: WebAssembly.Module) => Module.imports(module).filter((need) => need.module !== "wasm:js-string");
    } as typeof WebAssembly.Module;
    WebAssembly.Instance = class extends Instance {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, { ...imports, "wasm:js-string": given });
      }
    } as typeof WebAssembly.Instance;
  };
  const deprive = () => {
    WebAssembly.Module = class extends Module {
      constructor(bytes: BufferSource) {
        super(bytes);
        // Of all modules it alone has such imports.
        if (Module.imports(this).some((need) => need.module === "wasm:js-string")) throw new WebAssembly.CompileError("externref");
      }
    } as typeof WebAssembly.Module;
  };

  const keys = [
    ...Array.from({ length: 2500 }, (_, i) => `key ${i} ${"x".repeat(i % 70)}`),
    "",
    "é",
    "\ud800",
    "a\u0142",
    "x".repeat(65_000),
    "x".repeat(70_000),
    new Uint8Array([1, 2, 255]),
  ];

  async function image() {
    vi.resetModules();
    const { Ifr, SharedIfr, IfrReader } = await import("../../src/ifr.js");
    const ifr = Ifr.createSync({ seed: 1, maxBytes: 5_000_000 });
    const shared = SharedIfr.createSync({ seed: 1, maxBytes: 5_000_000 });
    const ids = ifr.internMany(keys);
    expect(ifr.idsOf(keys)).toEqual(ids);
    expect(shared.internMany(keys)).toEqual(ids);
    expect(Buffer.compare(shared.image(), ifr.image())).toBe(0);
    const short = keys.filter((key) => key.length < 65_536);
    expect(IfrReader.attach(shared.handle()).idsOf(short)).toEqual(ifr.idsOf(short));
    ifr.dispose();
    expect(() => ifr.internMany(["a"])).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    return shared.image();
  }

  test("the results are the same", async () => {
    const plain = await image();
    pretend();
    calls = 0;
    expect(Buffer.compare(await image(), plain)).toBe(0);
    expect(calls).toBeGreaterThan(5000);
    deprive();
    expect(Buffer.compare(await image(), plain)).toBe(0);
  });
});
