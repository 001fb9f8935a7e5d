// The imports of the module. The compiler calls them after this file; the build writes a colon for the underscore, which makes
// "wasm:js-string" of it.

/** UTF-16 units of a string; traps for anything else. */
export declare function length(text: externref): i32;

/** One unit of a string; traps if there is none. */
export declare function charCodeAt(text: externref, index: i32): i32;
