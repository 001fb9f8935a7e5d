// What is asked of labels: a distance is a merge of two ascending lists of hubs, a route the ways to and from the hub where their sum is least.

import { scratch, WINDOW, WINDOW_BYTES } from "../../core/arena";
import { NO_MEMORY, NOT_FOUND } from "../../core/status";
import { END, header } from "./layout";

/** Entries of the best hub in the out-label and the in-label, as addresses of their hubs. */
let bestOut: usize = 0;
let bestIn: usize = 0;
let answer: usize = 0;

/** What the cheapest path costs, Infinity if there is none. O(entries of the two labels). */
export function labelDistance(from: u32, to: u32): f64 {
  const h = header();
  const hubs = <usize>h.hubs;
  // The distance of the hub at address a is at 2a + this, modulo 2^32.
  const dists = <usize>h.dists - (hubs << 1);
  let a = hubs + ((<usize>load<u32>(<usize>h.starts + ((<usize>from) << 2))) << 2);
  let b = hubs + ((<usize>load<u32>(<usize>h.inStarts + ((<usize>to) << 2))) << 2);
  let best: f64 = Infinity;
  let x = load<u32>(a);
  let y = load<u32>(b);
  while (true) {
    if (x == y) {
      if (x == END) break;
      const sum = load<f64>((a << 1) + dists) + load<f64>((b << 1) + dists);
      if (sum < best) {
        best = sum;
        bestOut = a;
        bestIn = b;
      }
      a += 4;
      b += 4;
      x = load<u32>(a);
      y = load<u32>(b);
    } else if (x < y) {
      a += 4;
      x = load<u32>(a);
    } else {
      b += 4;
      y = load<u32>(b);
    }
  }
  return best;
}

/**
 * The arcs of a cheapest path, at `answered()`. O(entries of the two labels + arcs).
 * @returns how many, NOT_FOUND if there is no path, or NO_MEMORY
 */
export function labelRoute(from: u32, to: u32): i32 {
  if (labelDistance(from, to) == Infinity) return NOT_FOUND;
  const h = header();
  // Each of the two ways is simple.
  const bytes = (<u64>h.nodes) << 3;
  answer = bytes <= <u64>WINDOW_BYTES ? WINDOW : scratch(<u32>min<u64>(bytes, 0xffffffff));
  if (answer == 0) return NO_MEMORY;
  const hubs = <usize>h.hubs;
  const steps = <usize>h.steps;
  let end = answer;
  let step = steps + ((bestOut - hubs) << 1);
  for (let next = load<u32>(step); next != END; next = load<u32>(step)) {
    store<u32>(end, load<u32>(step, 4));
    end += 4;
    step = steps + ((<usize>next) << 3);
  }
  let middle = end;
  step = steps + ((bestIn - hubs) << 1);
  const twins = <usize>h.twins;
  for (let next = load<u32>(step); next != END; next = load<u32>(step)) {
    const arc = load<u32>(step, 4);
    store<u32>(end, twins != 0 ? load<u32>(twins + ((<usize>arc) << 2)) : arc);
    end += 4;
    step = steps + ((<usize>next) << 3);
  }
  const count = <i32>((end - answer) >> 2);
  // The way from the hub was found from its end.
  for (end -= 4; middle < end; middle += 4, end -= 4) {
    const arc = load<u32>(middle);
    store<u32>(middle, load<u32>(end));
    store<u32>(end, arc);
  }
  return count;
}

/** Address of the last route's arcs, u32. */
export function answered(): usize {
  return answer;
}

/** 1 if an arc costs nothing: a route may then come by a node twice. */
export function hasZeros(): u32 {
  return header().zeros;
}

/** Entries of all labels. */
export function labelEntries(): u32 {
  const h = header();
  return h.entries - h.nodes * (h.symmetric != 0 ? 1 : 2);
}
