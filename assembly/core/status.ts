// What a kernel answers when it has no result. Every value is negative, so a function that returns an id (always below
// 2^31) can return a status instead. The facade turns these into errors: src/wasm/kernel.ts holds the same numbers.

/** The id, key, edge or context asked for is not there. */
export const NOT_FOUND: i32 = -1;
/** The layer's memory limit, or the 4 GiB of a wasm memory, is reached. The state is as before the call. */
export const NO_MEMORY: i32 = -2;
/** An argument is outside its domain (NaN, negative weight, dead id). The state is as before the call. */
export const BAD_ARGUMENT: i32 = -3;
/** Done. */
export const OK: i32 = 0;
