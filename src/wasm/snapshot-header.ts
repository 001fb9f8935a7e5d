// Snapshots: a layer's image as a file.
//
//   +0   8 bytes  89 4D 46 4E 0D 0A 1A 0A, "MFN" between bytes that a transfer as text would change
//   +8   u32      version of this header: 1
//   +12  u32      kind: whose image this is (SnapshotKind)
//   +16  u32      layout: the version of that image
//   +20  u32      hash: the function by which keys were placed in it
//   +24  i64      seed
//   +32  u64      bytes of the image
//   +40  2 x u32  what the kind wants to know before it reads the image
//   +48  u64      zero
//   +56  u64      XXH64, seed 0, of the whole file with these eight bytes zero
//   +64           the image
//
// All numbers are little-endian.

import { MfnError } from "../errors.js";
import type { Bytes } from "../types.js";

/** Bytes before the image. */
export const HEADER_BYTES = 64;
const MAGIC = [0x89, 0x4d, 0x46, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a];
const VERSION = 1;
/** Offset of the checksum. */
export const CHECKSUM = 56;

/** Where the image starts, with the words for its end and its limit; see assembly/core/arena.ts. */
export const ARENA = 0x20000;
/** Bytes of the arena's own header, which every image has. */
const ARENA_BYTES = 512;
/** What a state must end before; as in assembly/core/arena.ts. */
export const MOST = 0xffff_0000;

/** What an image is, for its file. A change of any of the numbers makes older files unreadable, and says so to who tries. */
export interface SnapshotKind {
  /** As error messages call it. */
  readonly name: string;
  readonly kind: number;
  readonly layout: number;
  readonly hash: number;
}

/** What a header says beside its kind. */
export interface SnapshotHeader {
  readonly seed: number;
  readonly imageBytes: Bytes;
  /** The kind's own two words, u32 each. */
  readonly words: readonly [number, number];
}

/** Writes the header of a file but its checksum. */
export function encodeHeader(file: Uint8Array<ArrayBuffer>, kind: SnapshotKind, { seed, imageBytes, words }: SnapshotHeader): void {
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  for (const [i, word] of [VERSION, kind.kind, kind.layout, kind.hash].entries()) view.setUint32(8 + 4 * i, word, true);
  view.setBigInt64(24, BigInt(seed), true);
  view.setBigUint64(32, BigInt(imageBytes), true);
  view.setUint32(40, words[0], true);
  view.setUint32(44, words[1], true);
}

/**
 * What the header of a file says.
 * @param size bytes of the whole file, if known
 * @throws ERR_SNAPSHOT if it is none, or that of a file that `kind` cannot read
 */
export function decodeHeader(file: Uint8Array<ArrayBuffer>, size: Bytes | undefined, kind: SnapshotKind): SnapshotHeader {
  const view = new DataView(file.buffer);
  const word = (at: number) => view.getUint32(at, true);
  const { name } = kind;
  if (MAGIC.some((byte, i) => file[i] !== byte)) throw new MfnError("ERR_SNAPSHOT", `${name}: this is not a snapshot of mfn`);
  if (word(8) !== VERSION) throw foreign(name, "version", word(8), VERSION);
  if (word(12) !== kind.kind) throw foreign(name, "kind", word(12), kind.kind);
  if (word(16) !== kind.layout) throw foreign(name, "layout", word(16), kind.layout);
  if (word(20) !== kind.hash) throw foreign(name, "hash", word(20), kind.hash);
  const imageBytes = Number(view.getBigUint64(32, true));
  if (imageBytes < ARENA_BYTES || imageBytes > MOST - ARENA || imageBytes % 16 !== 0)
    throw damaged(kind, `it claims ${imageBytes} bytes of state`);
  if (size !== undefined && size !== HEADER_BYTES + imageBytes) {
    throw damaged(kind, `it has ${size} bytes and should have ${HEADER_BYTES + imageBytes}`);
  }
  return { seed: Number(view.getBigInt64(24, true)), imageBytes, words: [word(40), word(44)] };
}

/** The checksum that a file carries. */
export function checksumOf(file: Uint8Array<ArrayBuffer>): bigint {
  return new DataView(file.buffer).getBigInt64(CHECKSUM, true);
}

/** Writes a file's checksum. */
export function setChecksum(file: Uint8Array<ArrayBuffer>, sum: bigint): void {
  new DataView(file.buffer).setBigInt64(CHECKSUM, sum, true);
}

/** The error for a file that is of the right kind, but not whole. */
export function damaged(kind: SnapshotKind, why: string): MfnError {
  return new MfnError("ERR_SNAPSHOT", `${kind.name}: the snapshot is damaged: ${why}`);
}

/** The error for a file that another class or version wrote. */
export function foreign(name: string, what: string, got: unknown, expected: unknown): MfnError {
  return new MfnError("ERR_SNAPSHOT", `${name}: the snapshot is of ${what} ${got}; what reads it here takes ${what} ${expected}`);
}
