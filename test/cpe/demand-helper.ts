import { expect } from "vitest";
import { MfnError } from "../../src/errors.js";
import { Demand, type DemandExports } from "../../src/layers/cpe/demand.js";
import { Forecaster } from "../../src/layers/cpe/forecaster.js";
import { cpeModule } from "../../src/wasm/generated/cpe.js";
import { Kernel } from "../../src/wasm/kernel.js";
import { instantiateSync } from "../../src/wasm/source.js";
import { type Build, wasm } from "../helpers/modules.js";
import { Random } from "../helpers/random.js";

export const hour = 3_600_000;
export const day = 24 * hour;

interface Exports extends DemandExports {
  init(limit: number, seedLow: number, seedHigh: number, orders: number, contextBytes: number, horizon: number): number;
}

/** The forecaster on a module of its own, with the least that the event model takes. */
export function demandOn(build: Build, limit = 0): { demand: Demand; kernel: Kernel<Exports> } {
  const kernel = new Kernel<Exports>("cpe", instantiateSync(cpeModule, wasm("cpe", build)), "init");
  if (!kernel.x.init(limit, 0, 0, 1, 4096, 16)) throw kernel.full();
  return { demand: new Demand(kernel), kernel };
}

/** The code of the error that a call throws, "none" if it throws none. */
export function codeOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof MfnError) return error.code;
    throw error;
  }
  return "none";
}

/** Compares numbers, relative to their size where that is above 1. */
export function expectClose(got: Iterable<number>, want: Iterable<number>, tolerance = 1e-9): void {
  const [a, b] = [[...got], [...want]];
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => {
    if (Object.is(v, b[i])) return;
    if (!(Math.abs(v - b[i]) <= tolerance * Math.max(1, Math.abs(b[i])))) expect(v, `step ${i}`).toBe(b[i]);
  });
}

/** Records values one interval apart. */
export function feed(demand: Pick<Demand, "record">, series: number, values: readonly number[], interval = hour, start = 0): void {
  values.forEach((value, i) => {
    demand.record(series, start + i * interval, value);
  });
}

/** `n` values with a season of `period`, a slope and normal noise. */
export function seasonal(n: number, period: number, { noise = 0, slope = 0, size = 10, level = 100, seed = 1 } = {}): number[] {
  const random = new Random(seed);
  const shape = Array.from({ length: period }, () => size * random.normal());
  return Array.from({ length: n }, (_, t) => level + slope * t + shape[t % period] + noise * random.normal());
}

/** The full forecaster on one of its builds. */
export function forecasterOn(build: Build, maxBytes?: number): Forecaster {
  return Forecaster.createSync({ wasm: wasm("cpe-demand", build), maxBytes });
}
