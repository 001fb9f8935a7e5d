export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/alm/alm.js";
export type * from "./types.js";
export type { WasmSource } from "./wasm/source.js";
