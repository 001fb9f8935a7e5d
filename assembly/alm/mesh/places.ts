// Where nodes lie in a plane: x f64, y f64 for each id below `placed`, part of the state. `scale` is the least ratio, over all edges, of stored weight to
// straight distance or a little less than it, so that `scale` times the straight distance is no more than the way costs: what A* needs.
// It falls as edges are made and changed (watch.ts), and is measured anew with all of them.

import { alloc, free } from "../../core/arena";
import { EMPTY, first, header, last, OUT, open, recordOf, toWeight } from "../layout";
import { lower } from "../watch";

const PLACE: u32 = 16;

/** Room for the coordinates of `count` ids, 0 for none, to be filled before `measure` is called. @returns its address, 0 if there is no memory */
export function placeRoom(count: u32): usize {
  const h = header();
  if (count != h.placed || count == 0) {
    const block = count == 0 || count > 0xfffffff ? 0 : <u32>alloc(count * PLACE);
    if (block == 0 && count != 0) return 0;
    free(h.places, h.placed * PLACE);
    h.places = block;
    h.placed = count;
    h.scale = 0;
  }
  return h.places;
}

/** Measures the scale. O(nodes + edges). */
export function measure(): void {
  const h = header();
  if (h.places == 0) return;
  h.scale = Infinity;
  for (let node: u32 = 0; node < h.nodeCap; node++) {
    open(recordOf(node, OUT), true);
    for (let p = first; p < last; p += 4) {
      const other = load<u32>(p);
      // The same from the other end.
      if (other == EMPTY || (h.undirected != 0 && other < node)) continue;
      lower(node, other, load<f32>(p + toWeight));
    }
  }
}

/** Brings the coordinates into a graph that was built anew. @param moved how far off the old state is */
export function bringPlaces(moved: usize): void {
  const h = header();
  if (h.places == 0) return;
  const bytes = h.placed * PLACE;
  const old = <usize>h.places + moved;
  h.places = <u32>alloc(bytes);
  memory.copy(h.places, old, bytes);
  measure();
}

/** Whether there is a bound for A*. */
export function hasBound(): bool {
  const h = header();
  return h.places != 0 && h.scale > 0 && h.scale < Infinity;
}
