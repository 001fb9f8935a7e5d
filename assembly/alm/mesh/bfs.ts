// Breadth-first search over the whole graph: a column of depths and a queue, in SCRATCH. The queue holds each node once.

import { scratch, scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { EMPTY, first, header, IN, isNode, last, OUT, open, recordOf, SPILLED, typeAt, types, weighted } from "../layout";
import { follows, hasFilter, setFilter } from "../query";

let depths: usize = 0;
let reached: u32 = 0;
let queue: usize = 0;

/** One more than the largest id of a node. O(records after it). */
export function idCount(): u32 {
  let n = header().nodeCap;
  while (n > 0 && !isNode(n - 1)) n--;
  return n;
}

/**
 * Edges on the shortest way from a node to each, i32 for each of `idCount()` ids at `depthsAt()`, -1 where there is no way. O(nodes + edges).
 * @param directions 1 along the edges, 2 against them, 3 both
 * @param maxDepth nodes further away count as out of reach
 * @returns the ids there are, or NO_MEMORY
 */
export function bfs(from: u32, directions: u32, withFilter: bool, maxDepth: u32): i32 {
  setFilter(withFilter);
  const n = idCount();
  reached = 0;
  if (n > 0x1fffffff) return NO_MEMORY;
  depths = scratch(n << 2);
  // One place more than nodes: `visit` writes before it knows.
  queue = scratchMore((n << 2) + 4);
  if (depths == 0 || queue == 0) return NO_MEMORY;
  memory.fill(depths, 0xff, (<usize>n) << 2);
  if (!isNode(from)) return <i32>n;
  store<i32>(depths + ((<usize>from) << 2), 0);
  store<u32>(queue, from);
  reached = 1;
  const plain = directions == 1 && !hasFilter();
  let begin: usize = queue;
  let end: usize = queue + 4;
  for (let depth: u32 = 1; depth <= maxDepth && begin != end; depth++) {
    const to = plain ? level(begin, end, depth) : levelBy(begin, end, depth, directions);
    begin = end;
    end = to;
  }
  reached = <u32>((end - queue) >> 2);
  return <i32>n;
}

/** Address of the last depths. */
export function depthsAt(): usize {
  return depths;
}

/** Nodes that the last search reached, the first one among them. */
export function reachedCount(): u32 {
  return reached;
}

/** Queues what lies beyond a level, along edges of any type. @returns the end of the queue */
function level(begin: usize, end: usize, depth: u32): usize {
  const column = depths;
  const out = <usize>header().out;
  let to = end;
  for (let at = begin; at < end; at += 4) {
    const node = load<u32>(at);
    const record = out + <usize>node * 24;
    const word = load<u32>(record);
    if (word < SPILLED) {
      // A slot without an arc counts as a loop. So there is nothing to be guessed: whether a node is new is as good as random.
      const second = load<u32>(record, 4);
      const third = load<u32>(record, 8);
      to = visit(column, word, depth, to);
      to = visit(column, select<u32>(node, second, second == EMPTY), depth, to);
      to = visit(column, select<u32>(node, third, third == EMPTY), depth, to);
      continue;
    }
    if (word == EMPTY) continue;
    open(record, true);
    for (let p = first; p < last; p += 4) {
      const other = load<u32>(p);
      if (other == EMPTY) continue;
      const d = column + ((<usize>other) << 2);
      if (load<i32>(d) >= 0) continue;
      store<i32>(d, depth);
      store<u32>(to, other);
      to += 4;
    }
  }
  return to;
}

/** Gives a node its depth and a place in the queue if it has none. @returns the end of the queue */
function visit(column: usize, node: u32, depth: u32, to: usize): usize {
  const at = column + ((<usize>node) << 2);
  const d = load<i32>(at);
  store<i32>(at, select<i32>(<i32>depth, d, d < 0));
  store<u32>(to, node);
  return to + ((<usize>(<u32>d >> 31)) << 2);
}

/** The same in any direction, along edges of some types. */
function levelBy(begin: usize, end: usize, depth: u32, directions: u32): usize {
  let to = end;
  for (let at = begin; at < end; at += 4) {
    for (let direction = OUT; direction <= IN; direction++) {
      if (((directions >> direction) & 1) == 0) continue;
      open(recordOf(load<u32>(at), direction), weighted(direction));
      for (let p = first; p < last; p += 4) {
        const other = load<u32>(p);
        if (other == EMPTY || !follows(typeAt(p, first, types))) continue;
        const d = depths + ((<usize>other) << 2);
        if (load<i32>(d) >= 0) continue;
        store<i32>(d, depth);
        store<u32>(to, other);
        to += 4;
      }
    }
  }
  return to;
}
