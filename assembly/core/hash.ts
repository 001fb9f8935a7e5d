// Seeded hashes of bytes and words. wasm has no 128-bit multiply, so these mix with 64-bit multiplies and shifts; the
// multipliers are the primes of XXH64 (Collet, "xxHash", specification 0.1.1).

const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;

/** Mixes one word: every input bit reaches every output bit (the finaliser of XXH64). */
export function mix64(x: u64): u64 {
  let h = x;
  h ^= h >> 33;
  h *= P2;
  h ^= h >> 29;
  h *= P3;
  return h ^ (h >> 32);
}

/** Hash of two words under a seed. */
export function hashPair(a: u64, b: u64, seed: u64): u64 {
  let h = (a ^ seed) * P1;
  h = (h ^ (h >> 32)) + b;
  return mix64(h * P1);
}
