/**
 * DSR, the Dynamic Similarity Reservoir: what is like this? An index of vectors ({@link Dsr}), a reservoir of spiking or rate neurons ({@link Reservoir}),
 * encoders that turn numbers into spikes, and readouts that learn from its states ({@link RidgeReadout}, {@link RecursiveLeastSquares}).
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/dsr/anomaly.js";
export * from "./layers/dsr/dsr.js";
export * from "./layers/dsr/encoders/index.js";
export * from "./layers/dsr/readout.js";
export * from "./layers/dsr/reservoir.js";
export * from "./layers/dsr/rls.js";
export type * from "./types.js";
export type { LayerOptions } from "./wasm/kernel.js";
export type { WasmSource } from "./wasm/source.js";
