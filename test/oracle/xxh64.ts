// XXH64 as its specification writes it down, in BigInt.

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const u64 = (x: bigint) => BigInt.asUintN(64, x);
const rotl = (x: bigint, n: bigint) => u64((x << n) | (x >> (64n - n)));
const round = (lane: bigint, x: bigint) => u64(rotl(u64(lane + x * P2), 31n) * P1);

export function xxh64(bytes: Uint8Array, seed = 0n): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = bytes.length;
  let at = 0;
  let h = u64(seed + P5);
  if (n >= 32) {
    const lanes = [seed + P1 + P2, seed + P2, seed, seed - P1].map(u64);
    for (; n - at >= 32; at += 32) for (let i = 0; i < 4; i++) lanes[i] = round(lanes[i]!, view.getBigUint64(at + 8 * i, true));
    h = u64([1n, 7n, 12n, 18n].reduce((sum, by, i) => sum + rotl(lanes[i]!, by), 0n));
    for (const lane of lanes) h = u64((h ^ round(0n, lane)) * P1 + P4);
  }
  h = u64(h + BigInt(n));
  for (; n - at >= 8; at += 8) h = u64(rotl(h ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  if (n - at >= 4) {
    h = u64(rotl(h ^ u64(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < n; at++) h = u64(rotl(h ^ u64(BigInt(bytes[at]!) * P5), 11n) * P1);
  h = u64((h ^ (h >> 33n)) * P2);
  h = u64((h ^ (h >> 29n)) * P3);
  return h ^ (h >> 32n);
}
