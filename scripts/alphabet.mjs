// How a WebAssembly module becomes a JavaScript string that a web server's gzip packs nearly as well as the module itself.
// Base64 hides what is alike in a module: the four modules take 36.7 KB of gzip as base64, 29.4 KB deflated and then base64,
// 27.4 KB like this, and 26.7 KB as they are.

/**
 * The 93 bytes that modules of ours hold most often, in hex. They become the printable ASCII characters but " and \, in
 * this order; all others, by rising value, the characters from U+00A1 on.
 */
export const FREQUENT =
  "002041020104030b086a282221400574847f0c80100642fd07236b0f0936880a7e0d491b3f7c446c2bffad714524a772f0854365a0384b0e48182afc869039a27d46297376e460641f616e99146fa34ea1111a37ac1613e62d94693512";

/** The character of each byte. */
export const ALPHABET = alphabet();

function alphabet() {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => c !== '"' && c !== "\\");
  const characters = new Array(256);
  for (let i = 0; i < FREQUENT.length; i += 2) characters[Number.parseInt(FREQUENT.slice(i, i + 2), 16)] = printable[i >> 1];
  let next = 0xa1;
  for (let byte = 0; byte < 256; byte++) characters[byte] ??= String.fromCharCode(next++);
  return characters;
}

/** @param {Uint8Array} bytes @returns {string} one character a byte; goes between double quotes as it is */
export function encode(bytes) {
  return Array.from(bytes, (byte) => ALPHABET[byte]).join("");
}
