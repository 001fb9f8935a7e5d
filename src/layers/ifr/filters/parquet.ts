// Parquet's Bloom filters: a header in Thrift's compact protocol, then the blocks (parquet-format, BloomFilter.md and parquet.thrift).
//
//   15 varint      field 1, i32: bytes of the blocks, zigzag
//   1c 1c 00 00    field 2, a union: its field 1, an empty struct: the algorithm BLOCK
//   1c 1c 00 00    field 3, the same: the hash XXHASH
//   1c 1c 00 00    field 4, the same: the compression UNCOMPRESSED
//   00             the end
//
// The format knows one algorithm, one hash and one compression, so all of the header but the number is always the same.

import { MfnError } from "../../../errors.js";
import type { Bytes } from "../../../types.js";

const TAIL = [0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];

/** The header for so many bytes of blocks. */
export function parquetHeader(tableBytes: Bytes): Uint8Array {
  const header = [0x15];
  let rest = tableBytes * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) header.push((rest % 0x80) | 0x80);
  header.push(rest);
  return Uint8Array.from([...header, ...TAIL]);
}

/**
 * Where the blocks begin and how many bytes they have.
 * @throws ERR_SNAPSHOT for anything that is not a whole filter of the one kind there is
 */
export function readParquet(bytes: Uint8Array): { start: Bytes; tableBytes: Bytes } {
  if (!(bytes instanceof Uint8Array) || bytes[0] !== 0x15) throw unusable("it does not begin with a BloomFilterHeader");
  let zigzag = 0;
  let at = 1;
  for (let scale = 1; ; scale *= 0x80, at++) {
    if (at > 5 || at >= bytes.length) throw unusable("the number of bytes in its header is no i32");
    zigzag += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 0x80) break;
  }
  at++;
  const tableBytes = zigzag / 2;
  if (!Number.isInteger(tableBytes) || tableBytes === 0 || tableBytes % 32 !== 0 || tableBytes > 0x7fff_ffff) {
    throw unusable("the number of bytes in its header is not that of 32-byte blocks");
  }
  for (const [i, byte] of TAIL.entries()) {
    if (bytes[at + i] !== byte) throw unusable("its header names an algorithm, hash or compression that is not known");
  }
  const start = at + TAIL.length;
  if (bytes.length < start + tableBytes) {
    throw unusable(`${bytes.length} bytes are too few: its header announces ${start} + ${tableBytes}`);
  }
  return { start, tableBytes };
}

function unusable(why: string): MfnError {
  return new MfnError("ERR_SNAPSHOT", `not a Parquet Bloom filter: ${why}`);
}
