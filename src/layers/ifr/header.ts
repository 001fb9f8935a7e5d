import type { Bytes } from "../../types.js";
import type { Kernel, KernelExports } from "../../wasm/kernel.js";

/** Where the header of a registry starts: STATE of assembly/core/arena.ts. */
const STATE = 0x20200;
/** Offset of a key's bytes in its record: assembly/ifr/records.ts. */
export const RECORD_BYTES = 8;
/** Slots in a bucket. */
const SLOTS = 10;

/** What `stats()` of either registry tells of its index. */
export interface IndexStats {
  /** Live keys. */
  keys: number;
  /** Parts of the index, each split by itself when it is full. */
  segments: number;
  /** Buckets of the index, 64 bytes each. */
  buckets: number;
  /** Share of the index's slots in use; a segment grows or is split when 0.81 of its own are. */
  loadFactor: number;
  /** Bytes of the index: all segments, with their filters. */
  indexBytes: Bytes;
  /** Bytes of the state: what `image()` copies. */
  stateBytes: Bytes;
  /** Bytes of WebAssembly memory. */
  memoryBytes: Bytes;
}

/** The word of the header at `offset` bytes: see assembly/ifr/layout.ts and records.ts. */
export function headerWord(k: Kernel<KernelExports>, offset: number): number {
  return k.u32[(STATE + offset) >>> 2]!;
}

/** Sizes of the index, from the header. */
export function indexStats(k: Kernel<KernelExports>): IndexStats {
  const stateBytes = k.stateSize;
  const segments = headerWord(k, 52);
  const buckets = segments * headerWord(k, 40);
  const keys = headerWord(k, 60);
  return {
    keys,
    segments,
    buckets,
    loadFactor: keys / (buckets * SLOTS),
    indexBytes: 64 * (buckets + segments) + 32 * segments * headerWord(k, 44),
    stateBytes,
    memoryBytes: k.memorySize,
  };
}
