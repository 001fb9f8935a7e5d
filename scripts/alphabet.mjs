// How a WebAssembly module becomes a JavaScript string that a web server's gzip packs nearly as well as the module itself.
// Base64 hides what is alike in a module: the four modules take 36.7 KB of gzip as base64, 29.4 KB deflated and then base64,
// 27.4 KB like this, and 26.7 KB as they are.

/**
 * The 93 bytes that modules of ours hold most often, as 256 bits in hex, the lowest of a digit first. By rising value they become
 * the printable ASCII characters but " and \; the others, by rising value, the characters from U+00A1 on.
 */
export const FREQUENT = "fffff9d8f9d21c70ffb8000023ede50f13100020f8020c90100000000400100b";

/** The character of each byte. */
const ALPHABET = alphabet();

function alphabet() {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => c !== '"' && c !== "\\");
  let other = 0xa1;
  return Array.from({ length: 256 }, (_, byte) => {
    const frequent = (Number.parseInt(FREQUENT[byte >> 2], 16) >> (byte & 3)) & 1;
    return frequent ? /** @type {string} */ (printable.shift()) : String.fromCharCode(other++);
  });
}

/** @param {Uint8Array} bytes @returns {string} one character a byte; goes between double quotes as it is */
export function encode(bytes) {
  return Array.from(bytes, (byte) => ALPHABET[byte]).join("");
}
