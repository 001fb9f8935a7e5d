// Puts every block into its least size, in the order of ids: after much change the blocks lie here and there, and freed ones wait for reuse.

import { arenaRestart, arenaTop, STATE, scratch } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { addArc, fitting, rebuild } from "../block";
import { bringHandles } from "../handles";
import {
  EMPTY,
  first,
  Header,
  header,
  IN,
  IN_BYTES,
  INLINE,
  isNode,
  last,
  OUT,
  OUT_BYTES,
  open,
  recordOf,
  SPILLED,
  toWeight,
  typeAt,
  types,
} from "../layout";
import { nodeRoom } from "../store";
import { shaped } from "../watch";
import { bringPlaces } from "./places";

/**
 * Builds the graph anew from a copy of itself, with the least records and blocks that hold it. O(nodes + arcs). The order of a node's arcs may
 * change. @returns 0, or NO_MEMORY if there is no room for the copy
 */
export function compact(): i32 {
  const h = header();
  let nodes = h.nodeCap;
  while (nodes > 0 && !isNode(nodes - 1)) nodes--;
  const bytes = arenaTop() - STATE;
  const copy = scratch(<u32>bytes);
  if (copy == 0) return NO_MEMORY;
  memory.copy(copy, STATE, bytes);
  const moved = copy - STATE;
  const out = <usize>h.out + moved;
  const into = <usize>h.into + moved;
  const directed = h.into != 0;
  shaped();
  arenaRestart(STATE + offsetof<Header>());
  h.out = 0;
  h.into = 0;
  h.nodeCap = 0;
  if (nodes != 0 && nodeRoom(nodes - 1)) {
    for (let node: u32 = 0; node < nodes; node++) {
      place(recordOf(node, OUT), out + <usize>node * OUT_BYTES, true, moved);
      if (directed) place(recordOf(node, IN), into + <usize>node * IN_BYTES, false, moved);
    }
  }
  bringPlaces(moved);
  bringHandles(moved);
  return 0;
}

/** Fills an empty record with the arcs of an old one, whose block has `moved`. What there was room for before, there is room for now. */
function place(record: usize, old: usize, weights: bool, moved: usize): void {
  const word = load<u32>(old);
  if (word < SPILLED || word == EMPTY) {
    memory.copy(record, old, weights ? OUT_BYTES : IN_BYTES);
    return;
  }
  store<u32>(old, load<u32>(old, 4) + <u32>moved, 4);
  const count = load<u32>(old, 8);
  open(old, weights);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  let typed = false;
  for (let p = begin; p < end; p += 4) if (load<u32>(p) != EMPTY && typeAt(p, begin, plane) != 0) typed = true;
  if (typed || count > INLINE) rebuild(record, weights, fitting(count), typed);
  for (let p = begin; p < end; p += 4) {
    const id = load<u32>(p);
    if (id != EMPTY) addArc(record, weights, id, typeAt(p, begin, plane), weights ? load<f32>(p + toW) : 0);
  }
}
