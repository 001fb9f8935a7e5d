// The edges at one node, strongest first: equal weights by ascending id, then type, so that the order says nothing of the history.

import { scratch, scratchMore } from "../core/arena";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { isNode, Side, side } from "./layout";
import { follows, setFilter } from "./query";

let list: usize = 0;

/**
 * The `limit` strongest edges at a node, as triples of id u32, weight f32 at time `at` and type u32 at `arcList()`.
 * O(degree * log(limit)).
 * @param direction OUT or IN
 * @returns how many, or NO_MEMORY
 */
export function arcs(node: u32, direction: u32, withFilter: bool, limit: u32, at: f64): i32 {
  if (!isNode(node)) return 0;
  setFilter(withFilter);
  const s = side(node, direction);
  const most = min<u32>(limit, s.len);
  if (most == 0) return 0;
  const slots = scratch(most << 2);
  if (<u64>most * 12 > <u64>u32.MAX_VALUE || slots == 0) return NO_MEMORY;
  list = scratchMore(most * 12);
  if (list == 0) return NO_MEMORY;
  const n = strongest(s, slots, most);
  const factor = readFactor(at);
  for (let i: u32 = 0; i < n; i++) {
    const slot = load<u32>(slots + ((<usize>i) << 2));
    const to = list + <usize>i * 12;
    store<u32>(to, load<u32>(s.id(slot)));
    store<f32>(to, <f32>(<f64>load<f32>(s.weight(slot)) * factor), 4);
    store<u32>(to, <u32>load<u8>(s.type(slot)), 8);
  }
  return <i32>n;
}

/** Address of the last answer of `arcs`. */
export function arcList(): usize {
  return list;
}

/** The first node from `node` on that has out-edges, or -1. O(nodes passed over). */
export function nextNode(node: u32, end: u32): i32 {
  for (let i = node; i < end; i++) if (side(i, 0).len != 0) return <i32>i;
  return -1;
}

/** Heapsort of the followed slots with a heap of `most`: the weakest kept is on top and gives way to a stronger one. */
function strongest(s: Side, slots: usize, most: u32): u32 {
  let n: u32 = 0;
  for (let slot: u32 = 0; slot < s.len; slot++) {
    if (!follows(<u32>load<u8>(s.type(slot)))) continue;
    if (n < most) {
      let i = n++;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        const p = load<u32>(slots + ((<usize>parent) << 2));
        if (!before(s, p, slot)) break;
        store<u32>(slots + ((<usize>i) << 2), p);
        i = parent;
      }
      store<u32>(slots + ((<usize>i) << 2), slot);
    } else if (before(s, slot, load<u32>(slots))) {
      sink(s, slots, n, slot);
    }
  }
  for (let left = n; left > 1; left--) {
    const end = slots + ((<usize>(left - 1)) << 2);
    const slot = load<u32>(end);
    const weakest = load<u32>(slots);
    sink(s, slots, left - 1, slot);
    store<u32>(end, weakest);
  }
  return n;
}

/** Puts a slot in place of the top of a heap of `n`. */
function sink(s: Side, slots: usize, n: u32, slot: u32): void {
  let i: u32 = 0;
  while (true) {
    let child: u32 = (i << 1) + 1;
    if (child >= n) break;
    let c = load<u32>(slots + ((<usize>child) << 2));
    if (child + 1 < n) {
      const right = load<u32>(slots + ((<usize>child) << 2), 4);
      if (before(s, c, right)) {
        child++;
        c = right;
      }
    }
    if (!before(s, slot, c)) break;
    store<u32>(slots + ((<usize>i) << 2), c);
    i = child;
  }
  store<u32>(slots + ((<usize>i) << 2), slot);
}

/** Whether the arc in slot `a` comes before that in slot `b`. */
function before(s: Side, a: u32, b: u32): bool {
  const x = load<f32>(s.weight(a));
  const y = load<f32>(s.weight(b));
  if (x != y) return x > y;
  const i = load<u32>(s.id(a));
  const j = load<u32>(s.id(b));
  return i != j ? i < j : load<u8>(s.type(a)) < load<u8>(s.type(b));
}
