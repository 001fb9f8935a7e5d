/**
 * ALM, the Associative Link Mesh: what is connected to this, and by which way? A live graph with recall, ranking and routes: {@link Alm}.
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export * from "./layers/alm/alm.js";
export type * from "./types.js";
export type { LayerOptions } from "./wasm/kernel.js";
export type { WasmSource } from "./wasm/source.js";
