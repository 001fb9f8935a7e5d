// The four widths a key may have, as classes: a kernel is compiled once for each, with loads of just these bytes. A ref of the
// index is the key's id; its bytes are its place in the column.

import { STATE } from "../../core/arena";
import { folded, hash8, hash16, hash20, hash32, nhOfHalves, nhOfPair } from "../../core/hash";
import { placeOf } from "../column";
import { Keys } from "../layout";

/** Keys of one width. */
export abstract class Width extends Keys {
  /** Bytes of a key. */
  abstract bytes(): usize;
  /** The hash of the key at `p`. */
  abstract hashAt(p: usize): u64;
  /** `spreadFolded` of each lane is the hash of one of the two keys from `p` on; `front` and `back` are the secret words. */
  abstract pairAt(p: usize, front: v128, back: v128): v128;
  /** Whether the keys at `a` and `b` are equal. */
  abstract equal(a: usize, b: usize): bool;
  /** Copies a key. */
  abstract copy(to: usize, from: usize): void;
}

@final
export class Width8 extends Width {
  bytes(): usize {
    return 8;
  }
  hashAt(p: usize): u64 {
    return hash8(p, STATE);
  }
  pairAt(p: usize, front: v128, _back: v128): v128 {
    return folded(nhOfHalves(v128.load(p), front));
  }
  equal(a: usize, b: usize): bool {
    return load<u64>(a) == load<u64>(b);
  }
  copy(to: usize, from: usize): void {
    store<u64>(to, load<u64>(from));
  }
  line(ref: u32): usize {
    return placeOf(ref, 8);
  }
  hash(ref: u32): u64 {
    return hash8(placeOf(ref, 8), STATE);
  }
  same(ref: u32, p: usize, _len: u32): bool {
    return load<u64>(placeOf(ref, 8)) == load<u64>(p);
  }
}

@final
export class Width16 extends Width {
  bytes(): usize {
    return 16;
  }
  hashAt(p: usize): u64 {
    return hash16(p, STATE);
  }
  pairAt(p: usize, front: v128, _back: v128): v128 {
    return folded(nhOfPair(v128.load(p), v128.load(p, 16), front));
  }
  equal(a: usize, b: usize): bool {
    return !v128.any_true(v128.xor(v128.load(a), v128.load(b)));
  }
  copy(to: usize, from: usize): void {
    v128.store(to, v128.load(from));
  }
  line(ref: u32): usize {
    return placeOf(ref, 16);
  }
  hash(ref: u32): u64 {
    return hash16(placeOf(ref, 16), STATE);
  }
  same(ref: u32, p: usize, _len: u32): bool {
    return !v128.any_true(v128.xor(v128.load(placeOf(ref, 16)), v128.load(p)));
  }
}

@final
export class Width20 extends Width {
  bytes(): usize {
    return 20;
  }
  hashAt(p: usize): u64 {
    return hash20(p, STATE);
  }
  pairAt(p: usize, front: v128, back: v128): v128 {
    const last = v128.load32_lane(p + 36, v128.load32_zero(p, 16), 2);
    return folded(i64x2.add(nhOfPair(v128.load(p), v128.load(p, 20), front), nhOfHalves(last, back)));
  }
  equal(a: usize, b: usize): bool {
    return !v128.any_true(v128.xor(v128.load(a), v128.load(b))) && load<u32>(a, 16) == load<u32>(b, 16);
  }
  copy(to: usize, from: usize): void {
    v128.store(to, v128.load(from));
    store<u32>(to, load<u32>(from, 16), 16);
  }
  line(ref: u32): usize {
    return placeOf(ref, 20);
  }
  hash(ref: u32): u64 {
    return hash20(placeOf(ref, 20), STATE);
  }
  same(ref: u32, p: usize, _len: u32): bool {
    return this.equal(placeOf(ref, 20), p);
  }
}

@final
export class Width32 extends Width {
  bytes(): usize {
    return 32;
  }
  hashAt(p: usize): u64 {
    return hash32(p, STATE);
  }
  pairAt(p: usize, front: v128, back: v128): v128 {
    const low = nhOfPair(v128.load(p), v128.load(p, 32), front);
    return folded(i64x2.add(low, nhOfPair(v128.load(p, 16), v128.load(p, 48), back)));
  }
  equal(a: usize, b: usize): bool {
    const low = v128.xor(v128.load(a), v128.load(b));
    return !v128.any_true(v128.or(low, v128.xor(v128.load(a, 16), v128.load(b, 16))));
  }
  copy(to: usize, from: usize): void {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
  line(ref: u32): usize {
    return placeOf(ref, 32);
  }
  hash(ref: u32): u64 {
    return hash32(placeOf(ref, 32), STATE);
  }
  same(ref: u32, p: usize, _len: u32): bool {
    return this.equal(placeOf(ref, 32), p);
  }
}
