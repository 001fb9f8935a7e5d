// Seeded random numbers. The state is eight bytes of the image, so that a replayed layer draws the same numbers.
//
// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.

/** The next 64 random bits; `state` is the address of a u64 that is advanced. */
export function nextU64(state: usize): u64 {
  const s = load<u64>(state) + 0x9e3779b97f4a7c15;
  store<u64>(state, s);
  let z = s;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** A number in [0, n), n > 0. The bias is below n / 2^32. */
export function nextBelow(state: usize, n: u32): u32 {
  return <u32>(((nextU64(state) >> 32) * <u64>n) >> 32);
}

/** A number in [0, 1) with 24 random bits. */
export function nextF32(state: usize): f32 {
  return <f32>(<u32>(nextU64(state) >> 40)) * <f32>(1.0 / 16777216.0);
}
