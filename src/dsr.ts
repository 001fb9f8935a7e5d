export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/dsr.js";
export * from "./layers/readout.js";
export * from "./layers/reservoir.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
