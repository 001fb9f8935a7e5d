// Split-block Bloom filter: a key sets eight bits, one in each 32-bit word of one 32-byte block, so that a query is one cache
// line and two SIMD tests, without a branch. Bit layout, salts and choice of the block are those of Apache Parquet and Impala
// (parquet-format, BloomFilter.md; Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters", WEA 2007).
//
// wasm cannot shift each lane by its own count. A swizzle over a table of one-hot bytes does it for four lanes at once: the
// index byte j of a lane is (count ^ 8j), which is below 8 only in the byte that the bit belongs to, and beyond the table
// elsewhere, where swizzle gives zero.

/** Address of the block of hash `h`: the high half of the hash chooses it. */
export function filterBlock(filter: usize, blocks: u32, h: u64): usize {
  return filter + ((<usize>(((h >> 32) * <u64>blocks) >> 32)) << 5);
}

/** Sets the bits of hash `h` in its block. */
export function filterAdd(block: usize, h: u64): void {
  const x = i32x4.splat(<i32>h);
  v128.store(block, v128.or(v128.load(block), bits(i32x4.mul(x, i32x4(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d)))));
  v128.store(block, v128.or(v128.load(block, 16), bits(i32x4.mul(x, i32x4(0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31)))), 16);
}

/** Whether all bits of hash `h` are set in its block. */
export function filterHas(block: usize, h: u64): bool {
  const x = i32x4.splat(<i32>h);
  const a = bits(i32x4.mul(x, i32x4(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d)));
  const b = bits(i32x4.mul(x, i32x4(0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31)));
  return !v128.any_true(v128.or(v128.andnot(a, v128.load(block)), v128.andnot(b, v128.load(block, 16))));
}

/** One bit in each 32-bit lane: bit number (lane >> 27). */
function bits(product: v128): v128 {
  const n = i32x4.shr_u(product, 27);
  const spread = i8x16.shuffle(n, n, 0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
  const index = v128.xor(spread, i8x16(0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24));
  return i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), index);
}
