import { readFileSync } from "node:fs";
import { Alm } from "mfn/alm";
import { Cpe } from "mfn/cpe";
import { Dsr, Reservoir } from "mfn/dsr";
import { Ifr } from "mfn/ifr";
import { describe, expect, test } from "vitest";
import { Kernel, type KernelExports } from "../../src/wasm/kernel.js";
import { type EmbeddedModule, instantiate, instantiateSync } from "../../src/wasm/source.js";

const layers = ["ifr", "dsr", "alm", "cpe"] as const;

async function embedded(layer: string): Promise<EmbeddedModule> {
  const module = await import(`../../src/wasm/generated/${layer}.ts`);
  return { ...module[`${layer}Module`], compiled: undefined };
}

const file = (layer: string) => readFileSync(new URL(`../../build/release/${layer}.wasm`, import.meta.url));

describe.each(layers)("the %s module", (layer) => {
  test("is embedded as it was built", async () => {
    const original = WebAssembly.compile;
    let compiled: BufferSource | undefined;
    WebAssembly.compile = (bytes: BufferSource) => {
      compiled = bytes;
      return original(bytes);
    };
    try {
      await instantiate(await embedded(layer));
    } finally {
      WebAssembly.compile = original;
    }
    expect(Buffer.compare(compiled as Uint8Array, file(layer))).toBe(0);
  });

  test("has no imports and is compiled once a process", async () => {
    const module = await embedded(layer);
    instantiateSync(module);
    const first = module.compiled as WebAssembly.Module;
    expect(WebAssembly.Module.imports(first)).toEqual([]);
    await instantiate(module);
    instantiateSync(module);
    expect(module.compiled).toBe(first);
  });

  test("can be given as bytes, as a module, as an instance and as a Response", async () => {
    const module = await embedded(layer);
    const bytes = file(layer);
    const compiled = new WebAssembly.Module(bytes);
    const instance = new WebAssembly.Instance(compiled, {});
    const response = () => new Response(bytes, { headers: { "content-type": "application/wasm" } });
    for (const source of [bytes, new Uint8Array(bytes).buffer, compiled, instance, response(), Promise.resolve(response())]) {
      expect((await instantiate(module, source)).exports["memory"]).toBeInstanceOf(WebAssembly.Memory);
    }
    for (const source of [bytes, compiled, instance]) {
      expect(instantiateSync(module, source).exports["memory"]).toBeInstanceOf(WebAssembly.Memory);
    }
    expect(() => instantiateSync(module, response())).toThrow(/createSync takes/);
    await expect(instantiate(module, new Uint8Array([0, 1, 2]))).rejects.toMatchObject({ code: "ERR_WASM" });
    expect(module.compiled).toBeUndefined();
  });
});

test("another layer's module is refused", () => {
  for (const Layer of [Ifr, Dsr, Alm, Cpe, Reservoir]) {
    const other = file(Layer === Ifr ? "dsr" : "ifr");
    const options = { dimensions: 2, inputs: 1, neurons: 10, wasm: other };
    expect(() => Layer.createSync(options)).toThrow(expect.objectContaining({ code: "ERR_WASM" }));
  }
});

test("an instance of something else is refused", async () => {
  const empty = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])), {});
  expect(() => new Kernel<KernelExports>("ifr", empty, "reserve")).toThrow(/not the ifr module/);
});

test("an instance that a layer has already is refused, and the layer goes on", () => {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(file("ifr")), {});
  const ifr = Ifr.createSync({ wasm: instance });
  ifr.intern("kept");
  expect(() => Ifr.createSync({ wasm: instance })).toThrow(expect.objectContaining({ code: "ERR_WASM" }));
  expect(ifr.idOf("kept")).toBe(0);
});

interface Exports extends KernelExports {
  init(...options: number[]): number;
}

async function kernel(): Promise<Kernel<Exports>> {
  const k = new Kernel<Exports>("ifr", instantiateSync(await embedded("ifr")), "init");
  k.x.init(0, 0, 0, 0, 12);
  return k;
}

describe("a kernel whose module traps", () => {
  test("is poisoned, and says so from then on", async () => {
    const k = await kernel();
    const trap = new WebAssembly.RuntimeError("unreachable");
    expect(k.fail(trap)).toMatchObject({ code: "ERR_POISONED", cause: trap });
    expect(() => k.x.arenaTop()).toThrow(expect.objectContaining({ code: "ERR_POISONED" }));
    expect(() => k.u8).toThrow(expect.objectContaining({ code: "ERR_POISONED" }));
    k.dispose();
    expect(() => k.x.arenaTop()).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  test("other errors pass through and change nothing", async () => {
    const k = await kernel();
    const error = new TypeError("mine");
    expect(k.fail(error)).toBe(error);
    expect(k.x.arenaTop()).toBeGreaterThan(0);
  });

  test("views follow the memory as it grows", async () => {
    const k = await kernel();
    const before = k.u8;
    expect(k.x.scratch(1 << 22)).not.toBe(0);
    expect(before.length).toBe(0);
    expect(k.u8.length).toBeGreaterThan(1 << 22);
    expect(k.f64.buffer).toBe(k.u32.buffer);
  });
});
