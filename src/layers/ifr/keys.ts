// Keys on their way into and out of the module's memory.
//
// A string is stored as UTF-8, a lone surrogate in it as the three bytes that UTF-8 would give it if it were a character
// (WTF-8, Sapin, 2014): so different strings are different keys and every string comes back as it was, where a plain UTF-8
// encoder would turn all lone surrogates into the same replacement character.

import { badArgument } from "../../errors.js";
import type { Bytes } from "../../types.js";
import type { Kernel, KernelExports } from "../../wasm/kernel.js";

/** What names a thing: a string, or bytes. A string and its UTF-8 bytes are the same key. */
export type Key = string | Uint8Array;

/** Up to this many characters a loop over them beats a call of the host's encoder. */
const SHORT = 64;

export const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** With the u flag a pair of surrogates is one character, so this finds lone ones only. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Writes a short ASCII string at `at`, a multiple of 4, four characters a store; up to three zeros follow it.
 * @returns its length, or -1 (and anything may have been written there) if it is not short, not ASCII or may not fit
 */
export function writeAscii(u32: Uint32Array, key: string, at: number, room: Bytes): Bytes {
  const n = key.length;
  if (n > SHORT || n + 3 > room) return -1;
  let seen = 0;
  let word = at >>> 2;
  let i = 0;
  for (const whole = n & ~3; i < whole; i += 4) {
    const a = key.charCodeAt(i);
    const b = key.charCodeAt(i + 1);
    const c = key.charCodeAt(i + 2);
    const d = key.charCodeAt(i + 3);
    seen |= a | b | c | d;
    u32[word++] = a | (b << 8) | (c << 16) | (d << 24);
  }
  if (i < n) {
    let last = 0;
    for (let shift = 0; i < n; i++, shift += 8) {
      const a = key.charCodeAt(i);
      seen |= a;
      last |= a << shift;
    }
    u32[word] = last;
  }
  return seen < 0x80 ? n : -1;
}

/**
 * Writes a key at `at`, a multiple of 4, where `room` bytes are free; up to three bytes behind it, within the room, may be
 * overwritten too.
 * @returns its length in bytes, or -1 if it may not fit
 * @throws ERR_ARGUMENT if it is neither a string nor a Uint8Array
 */
export function writeKey(k: Kernel<KernelExports>, key: Key, at: number, room: Bytes): Bytes {
  if (typeof key === "string") {
    const n = key.length;
    if (writeAscii(k.u32, key, at, room) >= 0) return n;
    if (3 * n > room) return -1;
    // Browsers do not encode into shared memory.
    if (k.u8.buffer instanceof ArrayBuffer) {
      const { written } = encoder.encodeInto(key, k.u8.subarray(at, at + room));
      if (written === n || !LONE_SURROGATE.test(key)) return written;
    }
    const bytes = keyBytes(key);
    k.u8.set(bytes, at);
    return bytes.length;
  }
  if (!(key instanceof Uint8Array)) throw badKey(key);
  if (key.length > room) return -1;
  k.u8.set(key, at);
  return key.length;
}

/** The bytes of a key. A Uint8Array is given back as it is. */
export function keyBytes(key: Key): Uint8Array {
  if (typeof key === "string") return LONE_SURROGATE.test(key) ? wtf8(key) : encoder.encode(key);
  if (!(key instanceof Uint8Array)) throw badKey(key);
  return key;
}

/**
 * The string that has these bytes: exact for the bytes of any string. In other byte sequences what is not UTF-8 becomes
 * U+FFFD.
 */
export function keyText(bytes: Uint8Array): string {
  const n = bytes.length;
  if (n <= 12) {
    // The engine joins strings this short at once, and a few such joins beat the decoder.
    let text = "";
    let seen = 0;
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      seen |= bytes[i]! | bytes[i + 1]! | bytes[i + 2]! | bytes[i + 3]!;
      text += String.fromCharCode(bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!);
    }
    for (; i < n; i++) {
      seen |= bytes[i]!;
      text += String.fromCharCode(bytes[i]!);
    }
    if (seen < 0x80) return text;
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return fromWtf8(bytes);
  }
}

function badKey(key: unknown) {
  return badArgument("key", "a string or a Uint8Array", key);
}

function wtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i)!;
    if (c < 0x80) bytes[n++] = c;
    else if (c < 0x800) {
      bytes[n++] = 0xc0 | (c >> 6);
      bytes[n++] = 0x80 | (c & 63);
    } else if (c < 0x10000) {
      bytes[n++] = 0xe0 | (c >> 12);
      bytes[n++] = 0x80 | ((c >> 6) & 63);
      bytes[n++] = 0x80 | (c & 63);
    } else {
      bytes[n++] = 0xf0 | (c >> 18);
      bytes[n++] = 0x80 | ((c >> 12) & 63);
      bytes[n++] = 0x80 | ((c >> 6) & 63);
      bytes[n++] = 0x80 | (c & 63);
      i++;
    }
  }
  return bytes.subarray(0, n);
}

/** Decodes runs without encoded surrogates by the host's decoder, and the surrogates (ED A0..BF 80..BF) here. */
function fromWtf8(bytes: Uint8Array): string {
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  let from = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] !== 0xed || (bytes[i + 1]! & 0xe0) !== 0xa0 || (bytes[i + 2]! & 0xc0) !== 0x80) continue;
    text += lenient.decode(bytes.subarray(from, i)) + String.fromCharCode(0xd000 | ((bytes[i + 1]! & 63) << 6) | (bytes[i + 2]! & 63));
    from = i + 3;
    i += 2;
  }
  return text + lenient.decode(bytes.subarray(from));
}
