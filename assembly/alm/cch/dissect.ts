// Nested dissection (George, SIAM J. Numer. Anal. 1973): a small set of nodes, the separator, that parts a cell of the graph is
// ordered last, its parts before it by the same rule. The separator comes from inertial flow (Schild, Sommer, SEA 2015): the
// smallest cut between the first and the last nodes of the cell in some direction, a quarter of them at each end or two fifths. Of
// four directions the best. What is too small or has no small cut is ordered by minimum degree.

import { scratchBack, scratchEnd, scratchMore } from "../../core/arena";
import { NO_MEMORY, OK } from "../../core/status";
import { eliminate, MOST_TRIANGLES, TOO_DENSE } from "./degree";
import { clearSides, cutInto, flowBytes, flowOver, maximumFlow, SINK, SOURCE, setSide } from "./flow";
import { DIRECTIONS, keysAlong, lineBytes, prepareLines } from "./lines";
import { twinsOf } from "./links";
import { select } from "./select";
import { eliminateSmall, MOST_SMALL } from "./small";
import { add, at, get, NONE, set, startsOf } from "./words";

/** The cube root of 6 MOST_TRIANGLES. */
const MOST_SEPARATOR: u32 = 1172;
/** Parts of a cell. */
const LEFT: u32 = 0;
const SEPARATOR: u32 = 2;

/** About the triangles that the separators found so far cost by themselves. */
let triangles: u64 = 0;

/** Orders a graph; see `dissect`. */
export function dissectAll(n: u32, ids: usize, first: usize, adj: usize, sequence: usize): i32 {
  triangles = 0;
  return dissect(n, ids, first, adj, sequence);
}

/**
 * Orders a cell: writes the ids of its nodes to `sequence`, those that come last to its end. O(n log n) but for the flows.
 * @param ids names of the cell's nodes
 * @param first sorted links among them, by their places in `ids`
 * @returns OK, NO_MEMORY, or TOO_DENSE of `eliminate`
 */
function dissect(n: u32, ids: usize, first: usize, adj: usize, sequence: usize): i32 {
  if (n <= MOST_SMALL) {
    eliminateSmall(n, ids, first, adj, sequence);
    return OK;
  }
  const back = scratchEnd();
  const parts = scratchMore(n << 2);
  if (parts == 0) return NO_MEMORY;
  const count = components(n, first, adj, parts);
  if (count == -1) return NO_MEMORY;
  let status: i32 = OK;
  if (count > 1) {
    status = each(<u32>count, n, ids, first, adj, parts, sequence);
  } else {
    const separated = separate(n, ids, first, adj, parts);
    if (separated < 0) return separated;
    const k = <u64>separated;
    triangles += (k * k * k) / 6;
    if (triangles > MOST_TRIANGLES) return TOO_DENSE;
    status = separated == 0 ? eliminate(n, ids, first, adj, sequence) : each(2, n, ids, first, adj, parts, sequence);
  }
  scratchBack(back);
  return status;
}

/** Numbers the connected components in `parts`. @returns how many, or -1 without memory */
function components(n: u32, first: usize, adj: usize, parts: usize): i32 {
  const back = scratchEnd();
  const queue = scratchMore(n << 2);
  if (queue == 0) return -1;
  memory.fill(parts, 0xff, (<usize>n) << 2);
  let count: u32 = 0;
  for (let root: u32 = 0; root < n; root++) {
    if (get(parts, root) != NONE) continue;
    set(parts, root, count);
    set(queue, 0, root);
    let tail: u32 = 1;
    for (let head: u32 = 0; head < tail; head++) {
      const v = get(queue, head);
      for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
        const u = get(adj, e);
        if (get(parts, u) != NONE) continue;
        set(parts, u, count);
        set(queue, tail++, u);
      }
    }
    count++;
  }
  scratchBack(back);
  return <i32>count;
}

/** Orders the first `count` parts one after the other, and behind them the rest: the separator. */
function each(count: u32, n: u32, ids: usize, first: usize, adj: usize, parts: usize, sequence: usize): i32 {
  const starts = scratchMore((count + 2) << 2);
  const members = starts == 0 ? <usize>0 : scratchMore(n << 2);
  const places = members == 0 ? <usize>0 : scratchMore(n << 2);
  if (places == 0) return NO_MEMORY;
  memory.fill(starts, 0, (<usize>count + 2) << 2);
  for (let v: u32 = 0; v < n; v++) add(starts, min<u32>(get(parts, v), count), 1);
  startsOf(starts, count + 1);
  for (let v: u32 = 0; v < n; v++) {
    const part = min<u32>(get(parts, v), count);
    const place = get(starts, part);
    set(starts, part, place + 1);
    set(members, place, v);
  }
  // Each start has moved to the end of its part.
  let begin: u32 = 0;
  for (let part: u32 = 0; part < count; part++) {
    const end = get(starts, part);
    const status = inner(end - begin, at(members, begin), ids, first, adj, parts, places, at(sequence, begin));
    if (status != OK) return status;
    begin = end;
  }
  for (let i = begin; i < n; i++) set(sequence, i, get(ids, get(members, i)));
  return OK;
}

/** Makes a cell of the nodes `members` of one part, and orders it. */
function inner(n: u32, members: usize, ids: usize, first: usize, adj: usize, parts: usize, places: usize, sequence: usize): i32 {
  if (n == 0) return OK;
  const back = scratchEnd();
  let m: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const v = get(members, i);
    set(places, v, i);
    m += get(first, v + 1) - get(first, v);
  }
  const innerIds = scratchMore(n << 2);
  const innerFirst = innerIds == 0 ? <usize>0 : scratchMore((n + 1) << 2);
  const innerAdj = innerFirst == 0 ? <usize>0 : scratchMore(m << 2);
  if (innerAdj == 0) return NO_MEMORY;
  m = 0;
  for (let i: u32 = 0; i < n; i++) {
    const v = get(members, i);
    const part = get(parts, v);
    set(innerIds, i, get(ids, v));
    set(innerFirst, i, m);
    for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
      const u = get(adj, e);
      if (get(parts, u) == part) set(innerAdj, m++, get(places, u));
    }
  }
  set(innerFirst, n, m);
  const status = dissect(n, innerIds, innerFirst, innerAdj, sequence);
  scratchBack(back);
  return status;
}

/**
 * Parts a connected cell into 0, 1 and SEPARATOR.
 * @returns the nodes of the separator; 0 if there is no small one; NO_MEMORY
 */
function separate(n: u32, ids: usize, first: usize, adj: usize, parts: usize): i32 {
  const m = get(first, n);
  const back = scratchEnd();
  const best = scratchMore(n << 2);
  const items = best == 0 ? <usize>0 : scratchMore(n << 2);
  const keys = items == 0 ? <usize>0 : scratchMore(n << 3);
  const lines = keys == 0 ? <usize>0 : scratchMore(lineBytes(n));
  const twins = lines == 0 ? <usize>0 : scratchMore(m << 2);
  const space = twins == 0 ? <usize>0 : scratchMore(flowBytes(n, m));
  if (space == 0) return NO_MEMORY;
  twinsOf(n, first, adj, space, twins);
  prepareLines(n, first, adj, lines);
  flowOver(n, first, adj, twins, space);
  const limit = mostSeparator(n);
  let fewest: u32 = 0;
  let least: f64 = Infinity;
  for (let direction: u32 = 0; direction < DIRECTIONS; direction++) {
    // Without a small cut across either axis a diagonal has hardly ever one.
    if (direction == 2 && least == Infinity) break;
    keysAlong(direction, n, ids, lines, keys);
    for (let i: u32 = 0; i < n; i++) set(items, i, i);
    // A quarter at each end leaves room for the smallest cut, two fifths see to that it is in the middle.
    for (let share: u32 = 0; share < 2; share++) {
      const end = share == 0 ? n >> 2 : (2 * n) / 5;
      select(items, keys, 0, n, end);
      select(items, keys, end, n, n - end);
      clearSides();
      for (let i: u32 = 0; i < end; i++) {
        setSide(get(items, i), SOURCE);
        setSide(get(items, n - 1 - i), SINK);
      }
      // What is not better even if it halves the cell.
      const most = <u32>min<f64>(<f64>limit, least / costOf(1, n / 2, n));
      if (maximumFlow(most) > most) continue;
      for (let way: u32 = 0; way < 2; way++) {
        const left = cutInto(parts, way == 0);
        const count = narrow(n, first, adj, parts);
        const cost = costOf(count, min<u32>(left, n - left), n);
        if (cost >= least) continue;
        fewest = count;
        least = cost;
        memory.copy(best, parts, (<usize>n) << 2);
      }
    }
  }
  memory.copy(parts, best, (<usize>n) << 2);
  scratchBack(back);
  return <i32>fewest;
}

/**
 * What a separator of `count` nodes costs that leaves `smaller` nodes on one side. A way to the root passes it and then those of the larger
 * side: if a cell of n nodes makes ways of c sqrt(n), then c sqrt(n) = count + c sqrt(larger), so c is in proportion to this.
 */
function costOf(count: u32, smaller: u32, n: u32): f64 {
  return <f64>count / (1 - sqrt<f64>(1 - <f64>smaller / <f64>n));
}

/** Beyond so many nodes a separator is not worth having. One of k nodes costs k^3 / 6 triangles. */
function mostSeparator(n: u32): u32 {
  return min<u32>(n >> 3, MOST_SEPARATOR);
}

/** Makes the nodes of a cut, on the side that has fewer of them, the separator. @returns how many */
function narrow(n: u32, first: usize, adj: usize, parts: usize): u32 {
  let left: u32 = 0;
  let right: u32 = 0;
  for (let v: u32 = 0; v < n; v++) {
    if (!atCut(v, first, adj, parts)) continue;
    if (get(parts, v) == LEFT) left++;
    else right++;
  }
  const side: u32 = left <= right ? 0 : 1;
  for (let v: u32 = 0; v < n; v++) {
    // A node of this side that has become part of the separator still is on this side for its neighbours on the other.
    if (get(parts, v) == side && atCut(v, first, adj, parts)) set(parts, v, SEPARATOR | side);
  }
  for (let v: u32 = 0; v < n; v++) if (get(parts, v) > SEPARATOR) set(parts, v, SEPARATOR);
  return min<u32>(left, right);
}

/** Whether a neighbour is on the other side. */
function atCut(v: u32, first: usize, adj: usize, parts: usize): bool {
  const side = get(parts, v) & 1;
  for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
    if ((get(parts, get(adj, e)) & 1) != side) return true;
  }
  return false;
}
