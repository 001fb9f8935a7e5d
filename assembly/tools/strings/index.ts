// Strings into the memory of another instance, character by character, where the runtime has the built-in functions of "JS String
// Builtins" (WebAssembly proposal, phase 5): it then compiles each of the two imports below to the few instructions that read a
// string. Elsewhere this module is not used; the same is done in JavaScript (src/layers/ifr/keys.ts).

import { charCodeAt, length } from "./wasm_js-string";

/** Beyond so many characters a call of the host's encoder is faster. */
const SHORT: i32 = 64;

/**
 * Writes a short ASCII string at `at`, where `room` bytes are free; behind it, within the room, nothing is written.
 * @returns its length, or -1 (and anything may have been written there) if it is not short, not ASCII or does not fit
 */
export function ascii(text: externref, at: usize, room: i32): i32 {
  const n = length(text);
  if (n > room || n > SHORT) return -1;
  let seen = 0;
  let i = 0;
  for (const whole = n & ~3; i < whole; i += 4) {
    const a = charCodeAt(text, i);
    const b = charCodeAt(text, i + 1);
    const c = charCodeAt(text, i + 2);
    const d = charCodeAt(text, i + 3);
    seen |= a | b | c | d;
    store<u32>(at + <usize>i, a | (b << 8) | (c << 16) | (d << 24));
  }
  for (; i < n; i++) {
    const a = charCodeAt(text, i);
    seen |= a;
    store<u8>(at + <usize>i, <u8>a);
  }
  return seen < 0x80 ? n : -1;
}
