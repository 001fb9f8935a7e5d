// Binary fuse filters: questions. A key has three slots, one in each of three neighbouring segments, and a fingerprint; the
// three slots' words xor to the fingerprint of every key that was there when the filter was built (build.ts).
// Graf, Lemire, "Binary fuse filters: fast and smaller than xor filters", ACM JEA 27, 2022.

import { mix64 } from "../../core/hash";
import { FUSE, filter, TABLE } from "./layout";
import { ANSWERS, CHUNK_HASHES, keep } from "./source";

/** The addresses of the chunk's three words each. */
const WORDS: usize = memory.data(1536, 16);

/** A key's hash as the filter uses it: its bits are drawn anew with each attempt to build. */
function fuseMix(h: u64): u64 {
  return mix64(h + filter().mix);
}

/** The first slot of mixed hash `x`. The other two are `second` and `third`. */
export function first(x: u64, firstSlots: u32): u32 {
  return <u32>(((x >> 32) * <u64>firstSlots) >> 32);
}

export function second(slot: u32, x: u64, segment: u32): u32 {
  return (slot + segment) ^ (<u32>(x >> 18) & (segment - 1));
}

export function third(slot: u32, x: u64, segment: u32): u32 {
  return (slot + segment + segment) ^ (<u32>x & (segment - 1));
}

/** The fingerprint's bits are the lowest 8 or 16 of this. */
export function fingerprint(x: u64): u32 {
  return <u32>(x ^ (x >> 32));
}

/** Whether hash `h` is in the set, or looks so. O(1), three loads. */
export function fuseHas(h: u64): bool {
  const f = filter();
  // Without keys there are no slots to look at.
  if (f.units == 0) return false;
  const x = fuseMix(h);
  const segment = 1 << f.segmentBits;
  const a = first(x, f.firstSlots);
  const b = second(a, x, segment);
  const c = third(a, x, segment);
  if (f.fingerprintBits == 8) return <u8>(fingerprint(x) ^ byteAt(a) ^ byteAt(b) ^ byteAt(c)) == 0;
  return <u16>(fingerprint(x) ^ halfAt(a) ^ halfAt(b) ^ halfAt(c)) == 0;
}

/** Answers the chunk's n hashes into ANSWERS. */
export function fuseHasChunk(n: usize): void {
  const f = filter();
  store<u64>(ANSWERS, 0);
  store<u64>(ANSWERS, 0, 8);
  if (f.units == 0) return;
  const segment = 1 << f.segmentBits;
  const firstSlots = f.firstSlots;
  const wide = <usize>(f.fingerprintBits >> 4);
  const mix = f.mix;
  for (let i: usize = 0; i < n; i++) {
    const x = mix64(load<u64>(CHUNK_HASHES + (i << 3)) + mix);
    const a = first(x, firstSlots);
    const line = WORDS + i * 12;
    store<u32>(line, <u32>(TABLE + ((<usize>a) << wide)));
    store<u32>(line, <u32>(TABLE + ((<usize>second(a, x, segment)) << wide)), 4);
    store<u32>(line, <u32>(TABLE + ((<usize>third(a, x, segment)) << wide)), 8);
    store<u32>(CHUNK_HASHES + (i << 3), fingerprint(x));
  }
  if (f.staged != 0) {
    let sum: u32 = 0;
    for (let at = WORDS; at < WORDS + n * 12; at += 4) sum ^= <u32>load<u8>(<usize>load<u32>(at));
    keep(sum);
  }
  for (let from: usize = 0; from < n; from += 64) {
    const end = min<usize>(n, from + 64);
    let answers: u64 = 0;
    if (wide == 0) {
      for (let i = from; i < end; i++) {
        const line = WORDS + i * 12;
        const word = load<u8>(load<u32>(line)) ^ load<u8>(load<u32>(line, 4)) ^ load<u8>(load<u32>(line, 8));
        answers |= select<u64>(1, 0, load<u8>(CHUNK_HASHES + (i << 3)) == word) << (<u64>i);
      }
    } else {
      for (let i = from; i < end; i++) {
        const line = WORDS + i * 12;
        const word = load<u16>(load<u32>(line)) ^ load<u16>(load<u32>(line, 4)) ^ load<u16>(load<u32>(line, 8));
        answers |= select<u64>(1, 0, load<u16>(CHUNK_HASHES + (i << 3)) == word) << (<u64>i);
      }
    }
    store<u64>(ANSWERS + (from >> 3), answers);
  }
}

/** The chance that a key that is not in the set is let pass. */
export function fuseRate(): f64 {
  const f = filter();
  if (f.kind != FUSE || f.units == 0) return 0;
  return f.fingerprintBits == 8 ? 1.0 / 256.0 : 1.0 / 65536.0;
}

function byteAt(slot: u32): u32 {
  return <u32>load<u8>(TABLE + <usize>slot);
}

function halfAt(slot: u32): u32 {
  return <u32>load<u16>(TABLE + ((<usize>slot) << 1));
}
