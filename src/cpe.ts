export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/cpe/cpe.js";
export * from "./layers/cpe/demand.js";
export * from "./layers/cpe/forecaster.js";
export * from "./layers/cpe/prefetcher.js";
export * from "./layers/cpe/stride.js";
export type * from "./layers/cpe/types.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
