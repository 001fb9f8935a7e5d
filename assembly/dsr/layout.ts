// What the vector store keeps, and where.
//
//   STATE        Store (this file), then blocks:
//   directory    u32[directoryCapacity]   addresses of the segments
//   segment      f32[rowsPerSegment][stride / 4]   rows, back to back; a row is padded with zeros to 16 bytes
//   slots        Slot[slotCapacity]       what belongs to a row: the caller's id, the length of its vector
//   byId         u32[idCapacity]          id -> slot + 1; 0 where the id has no vector
//
//     id ──byId──▶ slot ──directory[slot / rowsPerSegment]──▶ segment ──+ (slot % rowsPerSegment) * stride──▶ row
//
// Slots 0 .. count-1 are in use: removal moves the last row into the gap, and zeroes what it leaves, so that nothing of a
// removed vector stays in the image. Rows live in segments, not in one block: a column that is copied when it doubles needs
// three times its size at that moment, a segment more needs a segment. What a scan loses at the end of a segment is one
// turn of its outer loop in 64 KiB.

import { STATE } from "../core/arena";

/** Squared Euclidean distance. */
export const L2: u32 = 0;
/** Inner product, negated. */
export const INNER_PRODUCT: u32 = 1;
/** One minus the cosine; rows are stored with length 1. */
export const COSINE: u32 = 2;

/** The least bytes of a segment. */
export const SEGMENT_BYTES: u32 = 0x10000;

/** The header of the vector store. */
@unmanaged
export class Store {
  dimensions: u32;
  /** Bytes of a row. */
  stride: u32;
  metric: u32;
  /** Rows in use. */
  count: u32;
  /** A multiple of 4, so that kernels may read four rows at a time to the end of any segment. */
  rowsPerSegment: u32;
  segments: u32;
  directory: u32;
  directoryCapacity: u32;
  slots: u32;
  slotCapacity: u32;
  byId: u32;
  idCapacity: u32;

  // The modules are compiled for size: as calls these would cost a tenth of the time of what asks for little else.

  /** The slot of an id, or -1 if the id has no vector. */
  @inline slotOf(id: u32): i32 {
    return id < this.idCapacity ? <i32>load<u32>(<usize>this.byId + ((<usize>id) << 2)) - 1 : -1;
  }

  /** The row of an id, or 0 if the id has no vector. */
  @inline rowOf(id: u32): usize {
    const slot = this.slotOf(id);
    if (slot < 0) return 0;
    const segment = <u32>slot / this.rowsPerSegment;
    const place = <u32>slot - segment * this.rowsPerSegment;
    return <usize>load<u32>(<usize>this.directory + ((<usize>segment) << 2)) + <usize>place * <usize>this.stride;
  }
}

/** What belongs to a row. */
@unmanaged
export class Slot {
  id: u32;
  /** Euclidean length of the vector as it was given. */
  norm: f32;
}

/** The header. */
export function theStore(): Store {
  return changetype<Store>(STATE);
}

/** The entry of a slot. */
export function slotAt(s: Store, slot: u32): Slot {
  return changetype<Slot>(<usize>s.slots + <usize>slot * offsetof<Slot>());
}

/** The address of a slot's row. */
export function rowAt(s: Store, slot: u32): usize {
  const segment = slot / s.rowsPerSegment;
  const place = slot - segment * s.rowsPerSegment;
  return <usize>load<u32>(<usize>s.directory + ((<usize>segment) << 2)) + <usize>place * <usize>s.stride;
}

/** The slot of an id, or -1 if the id has no vector. */
export function slotOf(s: Store, id: u32): i32 {
  return s.slotOf(id);
}
