// assembly/core/hash.ts in BigInt: slow.

const MASK = (1n << 64n) - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;

export function mix64(x: bigint): bigint {
  let h = x & MASK;
  h ^= h >> 33n;
  h = (h * P2) & MASK;
  h ^= h >> 29n;
  h = (h * P3) & MASK;
  return h ^ (h >> 32n);
}

export function hashPair(a: bigint, b: bigint, seed: bigint): bigint {
  let h = ((a ^ seed) * P1) & MASK;
  h = ((h ^ (h >> 32n)) + b) & MASK;
  return mix64(h * P1);
}

export function hashKeys(seed: bigint): bigint[] {
  return [1n, 2n, 3n, 4n].map((i) => mix64(seed + i * P1));
}

export function hashBytes(bytes: Uint8Array, keys: bigint[]): bigint {
  const n = bytes.length;
  const [word, half] = reader(bytes);
  let s = (BigInt(n) * P1) & MASK;
  if (n > 16) {
    for (let at = 0; n - at > 32; at += 32) {
      s = (s + nh([word(at), word(at + 8), word(at + 16), word(at + 24)], keys)) & MASK;
      s = ((s ^ (s >> 32n)) * P1) & MASK;
    }
    const at = Math.max(0, n - 32);
    return mix64(s + nh([word(at), word(at + 8), word(n - 16), word(n - 8)], keys));
  }
  if (n >= 8) return mix64(s + nh([word(0), word(n - 8)], keys));
  if (n >= 4) return mix64(s + nh([half(0), half(n - 4)], keys));
  const few = n === 0 ? 0 : (bytes[0]! << 16) | (bytes[n >> 1]! << 8) | bytes[n - 1]!;
  return mix64(s + nh([BigInt(few), 0n], keys));
}

/** Keys of 8, 16, 20 or 32 bytes that all have the same width. */
export function hashFixed(bytes: Uint8Array, keys: bigint[]): bigint {
  const [word, half] = reader(bytes);
  const words = Array.from({ length: bytes.length >> 3 }, (_, i) => word(8 * i));
  if (bytes.length === 20) words.push(half(16));
  const sum = nh(words, keys) & MASK;
  const h = ((sum ^ (sum >> 32n)) * P2) & MASK;
  return ((h ^ (h >> 29n)) * P3) & MASK;
}

/** NH: the halves of each word, each added to its half of a key, multiplied. */
function nh(words: bigint[], keys: bigint[]): bigint {
  const low = (x: bigint) => x & 0xffffffffn;
  return words.reduce((sum, word, i) => sum + low(low(word) + low(keys[i]!)) * low((word >> 32n) + (keys[i]! >> 32n)), 0n);
}

function reader(bytes: Uint8Array): [word: (at: number) => bigint, half: (at: number) => bigint] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [(at) => view.getBigUint64(at, true), (at) => BigInt(view.getUint32(at, true))];
}
