import type { KernelExports } from "../wasm/kernel.js";

/** What the module of the fusion exports: assembly/fusion/index.ts, whose layout.ts has the numbers below. */
export interface FusionExports extends KernelExports {
  fusionInit(seed: bigint): number;
  room(rows: number): number;
  situate(n: number, sureness: number, length: number, history: number, revisit: number, mask: number): void;
  score(row: number): number;
  shares(rows: number, n: number): void;
  learn(rows: number, n: number, truth: number): void;
}

/** Columns of a row, features or none. */
export const COLUMNS = 24;
/** Bytes of a row. */
export const ROW = 176;
/** Where the row's share is, f64, followed by the bits of the layers that named it. */
export const SHARE = 96;
/** Addresses in the state: weights of the linear part by situation, f32[15][24]; running means, f64[56]. */
export const WEIGHTS = 0x20200;
export const AVERAGES = WEIGHTS + 8128;
