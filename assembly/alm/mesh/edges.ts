// Questions and changes of single edges and nodes that the engine has no use for.

import { NOT_FOUND } from "../../core/status";
import { prepare, seen, storeFactor, timeOf, toStored } from "../decay";
import { header } from "../layout";
import { change, find, remove, removeBetween } from "../store";

/** Sets the weight of an edge that is there. @returns 0 or NOT_FOUND. */
export function update(from: u32, to: u32, type: u32, weight: f64, time: f64): i32 {
  const at = timeOf(time);
  const slot = find(from, to, type);
  if (slot == 0) return NOT_FOUND;
  prepare(at);
  seen(at);
  change(from, slot, toStored(weight, storeFactor(at)));
  return 0;
}

/** Removes an edge, or with a negative type those of all types. @returns how many. */
export function unlink(from: u32, to: u32, type: i32): u32 {
  const h = header();
  if (from >= h.nodeCap || to >= h.nodeCap) return 0;
  if (type < 0) return removeBetween(from, to);
  const slot = find(from, to, type);
  if (slot == 0) return 0;
  remove(from, slot);
  return 1;
}

/** Nodes with an edge. */
export function nodeCount(): u32 {
  return header().nodeCount;
}

/** Ids below this have a record. */
export function nodeCap(): u32 {
  return header().nodeCap;
}
