// assembly/core/hash.ts in BigInt: slow, and with a real 128-bit product.

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

export function hashBytes(bytes: Uint8Array, [k0, k1, k2, k3]: bigint[]): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) => view.getBigUint64(at, true);
  const half = (at: number) => BigInt(view.getUint32(at, true));
  const n = bytes.length;
  let s = k1!;
  let a = 0n;
  let b = 0n;
  if (n > 16) {
    let at = 0;
    if (n > 64) {
      let t = k3!;
      for (; n - at > 32; at += 32) {
        s = fold(word(at) ^ k2!, word(at + 8) ^ s);
        t = fold(word(at + 16) ^ k0!, word(at + 24) ^ t);
      }
      s ^= t;
    }
    for (; n - at > 16; at += 16) s = fold(word(at) ^ k2!, word(at + 8) ^ s);
    a = word(n - 16);
    b = word(n - 8);
  } else if (n >= 8) {
    a = word(0);
    b = word(n - 8);
  } else if (n >= 4) {
    a = half(0);
    b = half(n - 4);
  } else if (n > 0) {
    a = BigInt((bytes[0]! << 16) | (bytes[n >> 1]! << 8) | bytes[n - 1]!);
  }
  return mix64(fold(a ^ k0!, b ^ s) ^ (BigInt(n) * P1));
}

function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product >> 64n) ^ (product & MASK);
}
