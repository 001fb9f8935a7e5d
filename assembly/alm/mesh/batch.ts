// Changes of many edges at once, from columns.

import { NO_MEMORY } from "../../core/status";
import { AHEAD, touch } from "../ahead";
import { leads, mostStored, prepare, storeFactor, toStored } from "../decay";
import { undo } from "../index";
import { header } from "../layout";
import { change, edgeRoom, find, insert, remove, weightAt } from "../store";
import { changed, lower } from "../watch";
import { measure } from "./places";

/** Row i was not found: NOT_THERE - i is returned. */
const NOT_THERE: i32 = -16;

/**
 * Sets the weights of `n` edges that are there, at a time; rows are planes of u32 from, u32 to, f32 weight, u8 type, in scratch. All or
 * none: the slots are found first. @returns n, or -16 - i for the first row i that is not there
 */
export function updateMany(rows: usize, n: u32, at: f64): i32 {
  const h = header();
  const undirected = h.undirected != 0;
  const scale = h.scale;
  // A time far ahead rescales all weights: then the bound is measured anew.
  const bounded = h.places != 0 && !leads(at);
  const near = bounded ? storeFactor(at) : 0;
  for (let i: u32 = 0; i < n; i++) {
    if ((i & (AHEAD - 1)) == 0) touch(rows, n, i);
    const row = rows + ((<usize>i) << 2);
    const from = load<u32>(row);
    const to = load<u32>(row + ((<usize>n) << 2));
    const type = <u32>load<u8>(rows + 12 * <usize>n + <usize>i);
    const slot = find(from, to, type);
    if (slot == 0) {
      h.scale = scale;
      return NOT_THERE - <i32>i;
    }
    if (bounded) lower(from, to, toStored(<f64>load<f32>(row + ((<usize>n) << 3)), near));
    store<u32>(row, <u32>weightAt(from, slot));
    store<u32>(row + ((<usize>n) << 2), undirected && from != to ? <u32>weightAt(to, find(to, from, type)) : 0);
  }
  if (n == 0) return 0;
  changed();
  prepare(at);
  const factor = storeFactor(at);
  for (let i: u32 = 0; i < n; i++) {
    const row = rows + ((<usize>i) << 2);
    const stored = toStored(<f64>load<f32>(row + ((<usize>n) << 3)), factor);
    store<f32>(<usize>load<u32>(row), stored);
    const twin = <usize>load<u32>(row + ((<usize>n) << 2));
    if (twin != 0) store<f32>(twin, stored);
  }
  if (!bounded) measure();
  return <i32>n;
}

/** Removes `n` edges, where they are; rows as for linkMany, in WINDOW. @returns how many */
export function unlinkMany(rows: usize, n: u32): i32 {
  let removed: i32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if ((i & (AHEAD - 1)) == 0) touch(rows, n, i);
    const row = rows + ((<usize>i) << 2);
    const from = load<u32>(row);
    const slot = find(from, load<u32>(row + ((<usize>n) << 2)), <u32>load<u8>(rows + 12 * <usize>n + <usize>i));
    if (slot == 0) continue;
    remove(from, slot);
    removed++;
  }
  return removed;
}

/**
 * Adds to the weights of `n` edges at a time that does not `leads`, and makes those that are not there; rows as for linkMany, in WINDOW, the deltas > 0 in
 * place of weights. The weight plane becomes the undo log, as there. @returns how many are new, or NO_MEMORY: then this batch has been undone
 */
export function reinforceMany(rows: usize, n: u32, at: f64): i32 {
  const factor = storeFactor(at);
  const most = mostStored(at);
  let added: i32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if ((i & (AHEAD - 1)) == 0) touch(rows, n, i);
    const row = rows + ((<usize>i) << 2);
    const from = load<u32>(row);
    const to = load<u32>(row + ((<usize>n) << 2));
    const weight = row + ((<usize>n) << 3);
    const type = <u32>load<u8>(rows + 12 * <usize>n + <usize>i);
    const delta = <f64>load<f32>(weight) * factor;
    const slot = find(from, to, type);
    if (slot != 0) {
      const before = load<f32>(weightAt(from, slot));
      store<f32>(weight, before);
      change(from, slot, <f32>min<f64>(<f64>before + delta, most));
      continue;
    }
    if (!edgeRoom(from, to, type)) {
      if (header().maxDegree == 0) undo(rows, n, i);
      return NO_MEMORY;
    }
    store<f32>(weight, -1);
    insert(from, to, type, toStored(min<f64>(delta, most), 1));
    added++;
  }
  return added;
}
