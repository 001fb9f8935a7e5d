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
      s += nhAt(q, keys) + nhAt(q + 8, keys + 8);
      s += nhAt(q + 16, keys + 16) + nhAt(q + 24, keys + 24);
      s = (s ^ (s >> 32)) * P1;
      q += 32;
    }
    // The last 32 bytes whole, even if some were seen before, or, of a shorter key, words that overlap: cheaper than a tail.
    const end = p + n;
    q = n < 32 ? p : end - 32;
    s += nhAt(q, keys) + nhAt(q + 8, keys + 8);
    return mix64(s + nhAt(end - 16, keys + 16) + nhAt(end - 8, keys + 24));
  }
  if (n >= 8) return mix64(s + nhAt(p, keys) + nhAt(p + n - 8, keys + 8));
  let a: u32 = 0;
  let b: u32 = 0;
  if (n >= 4) {
    a = load<u32>(p);
    b = load<u32>(p + n - 4);
  } else if (n > 0) {
    a = ((<u32>load<u8>(p)) << 16) | ((<u32>load<u8>(p + (n >> 1))) << 8) | <u32>load<u8>(p + n - 1);
  }
  return mix64(s + nh(a, 0, keys) + nh(b, 0, keys + 8));
}

// The same values for those who hash many keys: with the four secret words in two vectors, and from the sum of products on. The two
// words of a product are an even and an odd lane, so shuffles bring the first and the second words of four products together.

/** What the sum of NH begins with: the length's part. */
export function hashLength(len: u32): u64 {
  return <u64>len * P1;
}

/** NH of 32 bytes that lie in two vectors. */
export function nhOf32(front: v128, back: v128, frontKeys: v128, backKeys: v128): u64 {
  const a = i32x4.add(front, frontKeys);
  const b = i32x4.add(back, backKeys);
  const even = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  const odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const sums = i64x2.add(i64x2.extmul_low_i32x4_u(even, odd), i64x2.extmul_high_i32x4_u(even, odd));
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

/** NH of 16 bytes that lie in a vector. */
export function nhOf16(words: v128, keys: v128): u64 {
  const a = i32x4.add(words, keys);
  const products = i64x2.extmul_low_i32x4_u(v128.shuffle<i32>(a, a, 0, 2, 0, 2), v128.shuffle<i32>(a, a, 1, 3, 1, 3));
  return i64x2.extract_lane(products, 0) + i64x2.extract_lane(products, 1);
}

// For keys that all have one width, for indexes that use bits 0 to 15, 16 to 47 and the highest; not the hashes of `hashBytes`.
// Apart, so that each is small enough to be inlined.

/** The hash of the 8 bytes at `p`. */
export function hash8(p: usize, keys: usize): u64 {
  return spread(nhAt(p, keys));
}

/** The hash of the 16 bytes at `p`. */
export function hash16(p: usize, keys: usize): u64 {
  return spread(nhAt(p, keys) + nhAt(p + 8, keys + 8));
}

/** The hash of the 20 bytes at `p`. */
export function hash20(p: usize, keys: usize): u64 {
  return spread(nhAt(p, keys) + nhAt(p + 8, keys + 8) + nh(load<u32>(p, 16), 0, keys + 16));
}

/** The hash of the 32 bytes at `p`. */
export function hash32(p: usize, keys: usize): u64 {
  return spread(nhAt(p, keys) + nhAt(p + 8, keys + 8) + nhAt(p + 16, keys + 16) + nhAt(p + 24, keys + 24));
}

/**
 * `mix64` without its last step, which the lowest bits would need that no index uses: a multiplication alone leaves the steps of a
 * counter to be seen in the highest bits.
 */
function spread(sum: u64): u64 {
  return spreadFolded(sum ^ (sum >> 32));
}

// The same for two keys at once: sums of NH in the two lanes of a vector, folded there, and spread one by one.

/** The rest of `spread` for one lane of `folded`. */
export function spreadFolded(folded: u64): u64 {
  const h = folded * P2;
  return (h ^ (h >> 29)) * P3;
}

/** What `spread` does first, for two sums. */
export function folded(sums: v128): v128 {
  return v128.xor(sums, i64x2.shr_u(sums, 32));
}

/** `mix64` of the two lanes, but for what `mixFolded` does to each. */
export function foldedForMix(sums: v128): v128 {
  return v128.xor(sums, i64x2.shr_u(sums, 33));
}

/** The rest of `mix64`. */
export function mixFolded(folded: u64): u64 {
  let h = folded * P2;
  h = (h ^ (h >> 29)) * P3;
  return h ^ (h >> 32);
}

/** Sums of NH of 16 bytes each, which lie in two vectors. */
export function nhOfPair(first: v128, second: v128, keys: v128): v128 {
  const a = i32x4.add(first, keys);
  const b = i32x4.add(second, keys);
  const even = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  const odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const low = i64x2.extmul_low_i32x4_u(even, odd);
  const high = i64x2.extmul_high_i32x4_u(even, odd);
  return i64x2.add(v128.shuffle<i64>(low, high, 0, 2), v128.shuffle<i64>(low, high, 1, 3));
}

/** Products of NH of 8 bytes each, which lie in one vector. */
export function nhOfHalves(words: v128, keys: v128): v128 {
  const a = i32x4.add(words, v128.shuffle<i64>(keys, keys, 0, 0));
  return i64x2.extmul_low_i32x4_u(v128.shuffle<i32>(a, a, 0, 2, 0, 2), v128.shuffle<i32>(a, a, 1, 3, 1, 3));
}

/** The product of two words, each added to its secret word at `k`: one step of NH. */
function nh(low: u32, high: u32, k: usize): u64 {
  return <u64>(low + load<u32>(k)) * <u64>(high + load<u32>(k, 4));
}

/** The same of the eight bytes at `p`. */
function nhAt(p: usize, k: usize): u64 {
  return nh(load<u32>(p), load<u32>(p, 4), k);
}
