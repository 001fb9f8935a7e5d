// The edges at one node, strongest first: equal weights by ascending id, then type, so that the order says nothing of the history.

import { scratch } from "../core/arena";
import { NO_MEMORY } from "../core/status";
import { readFactor } from "./decay";
import { countOf, EMPTY, first, isNode, last, OUT, open, recordOf, toWeight, typeAt, types, weighted } from "./layout";
import { follows, setFilter } from "./query";
import { weightOfArc } from "./store";

// An arc of the list: +0 id u32, +4 weight f32, +8 type u32.
const ARC: u32 = 12;

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
  const record = recordOf(node, direction);
  const most = min<u32>(limit, countOf(record));
  if (most == 0) return 0;
  if (<u64>most * ARC > <u64>u32.MAX_VALUE) return NO_MEMORY;
  list = scratch(most * ARC);
  if (list == 0) return NO_MEMORY;
  const n = strongest(node, record, direction, most);
  const factor = readFactor(at);
  for (let i: u32 = 0; i < n; i++) {
    const weight = list + <usize>i * ARC + 4;
    store<f32>(weight, <f32>(<f64>load<f32>(weight) * factor));
  }
  return <i32>n;
}

/** Address of the last answer of `arcs`. */
export function arcList(): usize {
  return list;
}

/** The first node from `node` on that has out-edges, or -1. O(nodes passed over). */
export function nextNode(node: u32, end: u32): i32 {
  for (let i = node; i < end; i++) if (countOf(recordOf(i, OUT)) != 0) return <i32>i;
  return -1;
}

/** Heapsort of the followed arcs with a heap of `most`: the weakest kept is on top and gives way to a stronger one. */
function strongest(node: u32, record: usize, direction: u32, most: u32): u32 {
  const weights = weighted(direction);
  open(record, weights);
  const begin = first;
  const end = last;
  const toW = toWeight;
  const plane = types;
  let n: u32 = 0;
  for (let p = begin; p < end; p += 4) {
    const id = load<u32>(p);
    if (id == EMPTY) continue;
    const type = typeAt(p, begin, plane);
    if (!follows(type)) continue;
    const weight = weights ? load<f32>(p + toW) : weightOfArc(id, node, type);
    if (n < most) {
      let i = n++;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!isBefore(parent, id, weight, type)) break;
        copy(i, parent);
        i = parent;
      }
      put(i, id, weight, type);
    } else if (!isBefore(0, id, weight, type)) {
      sink(n, id, weight, type);
    }
  }
  for (let left = n; left > 1; left--) {
    const at = arc(left - 1);
    const id = load<u32>(at);
    const weight = load<f32>(at, 4);
    const type = load<u32>(at, 8);
    copy(left - 1, 0);
    // The weakest of all has gone to the end of the list.
    const weakest = left - 1;
    const w0 = load<u64>(arc(weakest));
    const w1 = load<u32>(arc(weakest), 8);
    sink(left - 1, id, weight, type);
    store<u64>(arc(weakest), w0);
    store<u32>(arc(weakest), w1, 8);
  }
  return n;
}

/** Puts an arc in place of the top of a heap of `n`. */
function sink(n: u32, id: u32, weight: f32, type: u32): void {
  let i: u32 = 0;
  while (true) {
    let child: u32 = (i << 1) + 1;
    if (child >= n) break;
    if (child + 1 < n) {
      const right = arc(child + 1);
      if (isBefore(child, load<u32>(right), load<f32>(right, 4), load<u32>(right, 8))) child++;
    }
    // Stops where the child is before the arc: a parent is the weaker one.
    if (isBefore(child, id, weight, type)) break;
    copy(i, child);
    i = child;
  }
  put(i, id, weight, type);
}

function arc(i: u32): usize {
  return list + <usize>i * ARC;
}

function put(i: u32, id: u32, weight: f32, type: u32): void {
  const at = arc(i);
  store<u32>(at, id);
  store<f32>(at, weight, 4);
  store<u32>(at, type, 8);
}

function copy(to: u32, from: u32): void {
  store<u64>(arc(to), load<u64>(arc(from)));
  store<u32>(arc(to), load<u32>(arc(from), 8), 8);
}

/** Whether the arc in place `i` comes before this one. */
function isBefore(i: u32, id: u32, weight: f32, type: u32): bool {
  const at = arc(i);
  const w = load<f32>(at, 4);
  if (w != weight) return w > weight;
  const other = load<u32>(at);
  return other != id ? other < id : load<u32>(at, 8) < type;
}
