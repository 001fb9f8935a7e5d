// Rows that come, change and go, in step with the population.

import { BAD_ARGUMENT, NO_MEMORY, NOT_FOUND, OK } from "../../core/status";
import { measure } from "../distance";
import { slotOf, theStore } from "../layout";
import { dropLast, moveRow, newSlot, storePrepare } from "../rows";
import { populationLearn } from "./build";
import { FIRST_LEARNING, thePopulation } from "./layout";
import { enrolNext, expel, rename } from "./members";
import { writeRow } from "./rows";

/**
 * Gives an id the vector at `vector`, as storeAdd, which may lie in WINDOW, or in SCRATCH after storePrepare. The row has words only
 * after `populationSettle`.
 */
export function populationAdd(id: u32, vector: usize): i32 {
  const s = theStore();
  const norm = measure(vector, s.dimensions, s.metric);
  if (norm < 0) return BAD_ARGUMENT;
  const isNew = slotOf(s, id) < 0;
  if (isNew) {
    if (!storePrepare(1, id + 1)) return NO_MEMORY;
  } else {
    populationRemove(id);
    // What was given back is there to be taken again.
    storePrepare(1, id + 1);
  }
  writeRow(s, newSlot(s, id), vector, norm);
  thePopulation().added++;
  return isNew ? 1 : 0;
}

/** The same for `n` ids at `ids` with their vectors, back to back, that storeFirstBad has found good, after storePrepare. */
export function populationAddMany(ids: usize, vectors: usize, n: u32): i32 {
  const bytes = (<usize>theStore().dimensions) << 2;
  for (let i: u32 = 0; i < n; i++) {
    const status = populationAdd(load<u32>(ids + ((<usize>i) << 2)), vectors + <usize>i * bytes);
    if (status < 0) return status;
  }
  return OK;
}

/** Takes an id's vector away. O(d + words of a cell). NOT_FOUND if it has none. */
export function populationRemove(id: u32): i32 {
  const s = theStore();
  const p = thePopulation();
  const found = slotOf(s, id);
  if (found < 0) return NOT_FOUND;
  let gap = <u32>found;
  store<u32>(<usize>s.byId + ((<usize>id) << 2), 0);
  if (gap < p.indexed) {
    expel(p, gap);
    const last = --p.indexed;
    if (gap != last) {
      moveRow(s, last, gap);
      rename(p, last, gap);
    }
    gap = last;
  }
  const last = s.count - 1;
  if (gap != last) moveRow(s, last, gap);
  dropLast(s);
  return OK;
}

/** Gives the rows that have no words theirs; learns anew where as many have been added as there were when it last learned. */
export function populationSettle(): void {
  const s = theStore();
  const p = thePopulation();
  if (p.added >= p.due && s.count >= FIRST_LEARNING) {
    // If there is no memory for it the old words serve on, and rows without words are looked at one by one.
    p.added = 0;
    if (populationLearn(0, true, true) == OK) return;
  }
  if (p.neurons == 0) return;
  while (p.indexed < s.count) if (!enrolNext(p)) return;
}
