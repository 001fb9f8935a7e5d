import { Cpe } from "../../src/layers/cpe/cpe.js";
import { type EventModelOptions, startModel } from "../../src/layers/cpe/options.js";
import { WINDOW } from "../../src/wasm/kernel.js";
import { type Build, wasm } from "../helpers/modules.js";

/** An event model with sessions, and its kernel. */
export class SessionCpe extends Cpe {
  constructor(build: Build, options: EventModelOptions = {}) {
    const given = wasm("cpe-events", build);
    const instance = given instanceof WebAssembly.Module ? new WebAssembly.Instance(given, {}) : given;
    super(startModel(instance, { contextBytes: 1 << 16, sessions: true, ...options }));
  }

  /** All that `evidence` says after a history: sessions that count, sums, and of each item a, b and c. */
  evidence(history: number[]): { sessions: number; sums: number[]; items: Map<number, number[]> } {
    const { sessions, ids } = this.sessionsLike(history);
    const { i32, f32 } = this.k;
    const at = WINDOW >>> 2;
    const items = new Map(Array.from(ids, (id, i) => [id, Array.from(f32.slice(at + 5 + 4 * i, at + 8 + 4 * i))]));
    return { sessions: sessions && i32[at], sums: Array.from(f32.slice(at + 1, at + 4)), items };
  }
}
