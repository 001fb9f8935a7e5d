// Customisation: from the weights of the graph to those of the hierarchy, so that every arc costs what the cheapest way over nodes below
// both of its ends costs. Nodes x by rising rank; for each lower neighbour v of x, every way y <- v <- x or back with v's
// other upper neighbours y is tried as the arc (x, y): a lower triangle. Both directions are one f64x2:
//
//   (x -> y, y -> x)  =  min of what it was and  (v -> x, x -> v) swapped + (v -> y, y -> v)
//
// Dibbelt, Strasser, Wagner, "Customizable contraction hierarchies", JEA 2016, section 6. O(triangles).

import { scratch } from "../../core/arena";
import { OK } from "../../core/status";
import { BASE, bases, endOfArcs, firstArc, header, heads, lowers, middles, pairs, weights } from "./layout";
import { at, get, set } from "./words";

/** Room for a weight (f32) of every arc of the graph. 0 without memory. */
export function weightsIn(): usize {
  return scratch((header().graphArcs + header().levels) << 2);
}

/** Takes the weights that were written to `given`. */
export function customise(given: usize): i32 {
  const h = header();
  // The arc of x to its upper neighbour of each depth.
  const arcAt = at(given, h.graphArcs);
  let base: u32 = 0;
  for (let x: u32 = 0; x < h.nodes; x++) {
    const first = firstArc(x);
    const end = endOfArcs(x);
    if (first == end) continue;
    for (let i = first; i < end; i++) {
      v128.store(weights + ((<usize>i) << 4), f64x2.splat(Infinity));
      store<u64>(middles + ((<usize>i) << 3), 0xffffffffffffffff);
      set(arcAt, get(heads, i), i);
    }
    base = takeBases(base, 2 * end, given);
    for (let p = get(lowers, x), last = get(lowers, x + 1); p < last; p++) {
      const i = get(pairs, 2 * p);
      const stop = get(pairs, 2 * p + 1);
      const w = v128.load(weights + ((<usize>i) << 4));
      const down = v128.shuffle<f64>(w, w, 1, 0);
      const middle = i32x4.splat(i);
      let way = weights + ((<usize>(i + 1)) << 4);
      const stopAt = weights + ((<usize>stop) << 4);
      if (stop - i - 1 == end - first) {
        // As many upper neighbours as x has: the same ones. Two of them are one load of the middles.
        let q = (<usize>first) << 3;
        for (const pairsEnd = stopAt - 16; way < pairsEnd; way += 32, q += 16) relaxTwo(down, way, q, middle);
        for (; way < stopAt; way += 16, q += 8) relax(f64x2.add(down, v128.load(way)), q, middle);
      } else {
        let head = at(heads, i + 1);
        for (; way < stopAt; way += 16, head += 4) {
          relax(f64x2.add(down, v128.load(way)), (<usize>get(arcAt, load<u32>(head))) << 3, middle);
        }
      }
    }
  }
  return OK;
}

/** Takes the arcs of the graph below slot `end`, from entry `base` on. @returns the next entry */
function takeBases(base: u32, end: u32, given: usize): u32 {
  const count = header().bases;
  while (base < count) {
    const slot = get(bases, 2 * base);
    if (slot >= end) break;
    const e = get(bases, 2 * base + 1);
    const place = weights + ((<usize>slot) << 3);
    const weight = <f64>load<f32>(at(given, e));
    if (weight < load<f64>(place)) {
      store<f64>(place, weight);
      set(middles, slot, BASE | e);
    }
    base++;
  }
  return base;
}

/** Takes what is cheaper than the arc whose middles are at offset `q`. Without a branch: which way is cheaper is not foreseen. */
function relax(way: v128, q: usize, i: v128): void {
  const place = weights + (q << 1);
  const before = v128.load(place);
  const better = f64x2.lt(way, before);
  v128.store(place, f64x2.pmin(before, way));
  const narrow = v128.shuffle<u32>(better, better, 0, 2, 0, 2);
  const middle = middles + q;
  v128.store_lane<u64>(middle, v128.bitselect(i, v128.load_zero<u64>(middle), narrow), 0);
}

/** The same for two arcs in a row, over the two at `way`. */
function relaxTwo(down: v128, way: usize, q: usize, i: v128): void {
  const place = weights + (q << 1);
  const first = v128.load(place);
  const second = v128.load(place, 16);
  const firstWay = f64x2.add(down, v128.load(way));
  const secondWay = f64x2.add(down, v128.load(way, 16));
  v128.store(place, f64x2.pmin(first, firstWay));
  v128.store(place, f64x2.pmin(second, secondWay), 16);
  const better = v128.shuffle<u32>(f64x2.lt(firstWay, first), f64x2.lt(secondWay, second), 0, 2, 4, 6);
  const middle = middles + q;
  v128.store(middle, v128.bitselect(i, v128.load(middle), better));
}
