// XXH64 of bytes in the memory of another instance, in as many calls as its caller likes. The module imports that memory and
// puts nothing into it: what it knows between two calls are its globals. So every layer has its checksum at the speed of the
// machine, and its own module is not a byte longer; and the bytes of a file are summed while they are still in the cache.

import { converge, finish as finishHash, P1, P2, P5, round } from "../../core/xxh64";

let a: u64 = 0;
let b: u64 = 0;
let c: u64 = 0;
let d: u64 = 0;
let seed: u64 = 0;
let total: u64 = 0;

/** Begins a checksum under a seed, whose halves are given. */
export function start(seedLow: u32, seedHigh: u32): void {
  seed = ((<u64>seedHigh) << 32) | <u64>seedLow;
  a = seed + P1 + P2;
  b = seed + P2;
  c = seed;
  d = seed - P1;
  total = 0;
}

/** Takes the next `len` bytes, at `p`; `len` is a multiple of 32. O(len), four lanes of 8 bytes a step. */
export function update(p: usize, len: u32): void {
  let v = a;
  let w = b;
  let x = c;
  let y = d;
  for (const end = p + <usize>len; p < end; p += 32) {
    v = round(v, load<u64>(p));
    w = round(w, load<u64>(p, 8));
    x = round(x, load<u64>(p, 16));
    y = round(y, load<u64>(p, 24));
  }
  a = v;
  b = w;
  c = x;
  d = y;
  total += <u64>len;
}

/**
 * Takes the next `len` bytes, at `from`, a multiple of 32, and copies them to `to`, which must not overlap. The stores fall into the time
 * in which the lanes wait for their multiplications.
 */
export function move(from: usize, to: usize, len: u32): void {
  let v = a;
  let w = b;
  let x = c;
  let y = d;
  let q = to;
  for (let p = from, end = from + <usize>len; p < end; p += 32, q += 32) {
    const first = load<u64>(p);
    const second = load<u64>(p, 8);
    const third = load<u64>(p, 16);
    const fourth = load<u64>(p, 24);
    v = round(v, first);
    w = round(w, second);
    x = round(x, third);
    y = round(y, fourth);
    store<u64>(q, first);
    store<u64>(q, second, 8);
    store<u64>(q, third, 16);
    store<u64>(q, fourth, 24);
  }
  a = v;
  b = w;
  c = x;
  d = y;
  total += <u64>len;
}

/** Takes the last `len` bytes, any number. @returns XXH64 of all bytes since `start` */
export function finish(p: usize, len: u32): u64 {
  const whole = len & ~31;
  update(p, whole);
  const lanes = total >= 32 ? converge(a, b, c, d) : seed + P5;
  return finishHash(lanes + total + <u64>(len - whole), p + <usize>whole, p + <usize>len);
}
