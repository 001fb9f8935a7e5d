// XXH64 (Collet, "xxHash fast digest algorithm", specification 0.1.1): the checksum of snapshots and the portable hash of
// Parquet's Bloom filters. It is not a defence against chosen keys, whatever the seed; for that see hash.ts.

/** The primes of the specification that a hash in several calls begins with. */
export const P1: u64 = 0x9e3779b185ebca87;
export const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
export const P5: u64 = 0x27d4eb2f165667c5;

/** XXH64 of the `len` bytes at `p` under `seed`, as the specification has it. O(len), 32 bytes a step in four lanes. */
export function xxh64(p: usize, len: u32, seed: u64): u64 {
  const end = p + <usize>len;
  let q = p;
  let h = seed + P5;
  if (len >= 32) {
    let a = seed + P1 + P2;
    let b = seed + P2;
    let c = seed;
    let d = seed - P1;
    const last = end - 32;
    do {
      a = round(a, load<u64>(q));
      b = round(b, load<u64>(q, 8));
      c = round(c, load<u64>(q, 16));
      d = round(d, load<u64>(q, 24));
      q += 32;
    } while (q <= last);
    h = converge(a, b, c, d);
  }
  return finish(h + <u64>len, q, end);
}

/** One lane's step over eight bytes. */
export function round(lane: u64, x: u64): u64 {
  return rotl<u64>(lane + x * P2, 31) * P1;
}

/** The four lanes as one, behind the last whole 32 bytes. */
export function converge(a: u64, b: u64, c: u64, d: u64): u64 {
  const h = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
  return merge(merge(merge(merge(h, a), b), c), d);
}

/** The hash, from the lanes and the length as one and the fewer than 32 bytes in [p, end) that are left. */
export function finish(h: u64, p: usize, end: usize): u64 {
  let q = p;
  for (; q + 8 <= end; q += 8) h = word(h, load<u64>(q));
  if (q + 4 <= end) {
    h = rotl<u64>(h ^ (<u64>load<u32>(q) * P1), 23) * P2 + P3;
    q += 4;
  }
  for (; q < end; q++) h = rotl<u64>(h ^ (<u64>load<u8>(q) * P5), 11) * P1;
  return avalanche(h);
}

function merge(h: u64, lane: u64): u64 {
  return (h ^ round(0, lane)) * P1 + P4;
}

/** The step of `finish` over eight bytes. */
export function word(h: u64, x: u64): u64 {
  return rotl<u64>(h ^ round(0, x), 27) * P1 + P4;
}

/** The last step: every bit reaches every bit. */
export function avalanche(h: u64): u64 {
  let x = h;
  x = (x ^ (x >> 33)) * P2;
  x = (x ^ (x >> 29)) * P3;
  return x ^ (x >> 32);
}
