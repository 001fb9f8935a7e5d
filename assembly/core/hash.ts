// Seeded hashes of bytes and words.
//
// wasm has no 64 x 64 -> 128 bit multiply, and the cheap mixes that do without it (multiply, xor-shift, add the next word)
// have differences in their top bits that cancel whatever the seed is: whoever knows the code can write keys that collide in
// every process. So bytes go through a function that is universal over the seed: NH (Black, Halevi,
// Krawczyk, Krovetz, Rogaway, "UMAC: fast and secure message authentication", CRYPTO 1999), that is 32-bit words, each added to a secret
// word, multiplied in pairs to 64 bits and summed; the products do not wait for each other. Of longer ones every 32 bytes go through
// NH and are added to what the bytes before them came to, which is multiplied in between. A final mix spreads the result over the
// bits. Ids and numbers, which no stranger chooses freely, go through the cheap mix alone. Multipliers are the primes of XXH64
// (Collet, "xxHash", spec. 0.1.1).

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

/** Writes at `keys` the four secret words that `hashBytes` masks its input with. */
export function hashKeys(keys: usize, seed: u64): void {
  let s = seed;
  for (let i: usize = 0; i < 4; i++) {
    s += P1;
    store<u64>(keys + (i << 3), mix64(s));
  }
}

/**
 * 64-bit hash of the `len` bytes at `p` under the words of `hashKeys`. All bytes and the length count. For two different
 * keys chosen without knowing the seed, the chance of equal hashes is about 2^-32 over the seeds. O(len), 32 bytes a step.
 */
export function hashBytes(p: usize, len: u32, keys: usize): u64 {
  const n = <usize>len;
  let s = <u64>len * P1;
  if (n > 16) {
    let q = p;
    for (let left = n; left > 32; left -= 32) {
      s += nh(load<u64>(q), load<u64>(keys)) + nh(load<u64>(q, 8), load<u64>(keys, 8));
      s += nh(load<u64>(q, 16), load<u64>(keys, 16)) + nh(load<u64>(q, 24), load<u64>(keys, 24));
      s = (s ^ (s >> 32)) * P1;
      q += 32;
    }
    // The last 32 bytes whole, even if some were seen before, or, of a shorter key, words that overlap: cheaper than a tail.
    const end = p + n;
    q = n < 32 ? p : end - 32;
    s += nh(load<u64>(q), load<u64>(keys)) + nh(load<u64>(q, 8), load<u64>(keys, 8));
    return mix64(s + nh(load<u64>(end - 16), load<u64>(keys, 16)) + nh(load<u64>(end - 8), load<u64>(keys, 24)));
  }
  let a: u64 = 0;
  let b: u64 = 0;
  if (n >= 8) {
    a = load<u64>(p);
    b = load<u64>(p + n - 8);
  } else if (n >= 4) {
    a = <u64>load<u32>(p);
    b = <u64>load<u32>(p + n - 4);
  } else if (n > 0) {
    a = ((<u64>load<u8>(p)) << 16) | ((<u64>load<u8>(p + (n >> 1))) << 8) | <u64>load<u8>(p + n - 1);
  }
  return mix64(s + nh(a, load<u64>(keys)) + nh(b, load<u64>(keys, 8)));
}

// For keys that all have one width; not the hashes of `hashBytes`. Apart, so that each is small enough to be inlined.

/** The hash of the 8 bytes at `p`. */
export function hash8(p: usize, keys: usize): u64 {
  return mix64(nh(load<u64>(p), load<u64>(keys)));
}

/** The hash of the 16 bytes at `p`. */
export function hash16(p: usize, keys: usize): u64 {
  return mix64(nh(load<u64>(p), load<u64>(keys)) + nh(load<u64>(p, 8), load<u64>(keys, 8)));
}

/** The hash of the 20 bytes at `p`. */
export function hash20(p: usize, keys: usize): u64 {
  const sum = nh(load<u64>(p), load<u64>(keys)) + nh(load<u64>(p, 8), load<u64>(keys, 8));
  return mix64(sum + nh(<u64>load<u32>(p, 16), load<u64>(keys, 16)));
}

/** The hash of the 32 bytes at `p`. */
export function hash32(p: usize, keys: usize): u64 {
  const sum = nh(load<u64>(p), load<u64>(keys)) + nh(load<u64>(p, 8), load<u64>(keys, 8));
  return mix64(sum + nh(load<u64>(p, 16), load<u64>(keys, 16)) + nh(load<u64>(p, 24), load<u64>(keys, 24)));
}

/** The product of the two halves of `x`, each added to its half of `k`: one step of NH. */
function nh(x: u64, k: u64): u64 {
  return <u64>(<u32>x + <u32>k) * <u64>(<u32>(x >> 32) + <u32>(k >> 32));
}
