// The k cheapest paths without a loop: Yen, "Finding the k shortest loopless paths in a network", Management Science 1971, with Lawler's deviation
// index ("A procedure for computing the K best solutions to discrete optimization problems", 1972): a path that left an earlier one at some place
// is not searched for deviations before it, so no path is found twice.
//
// The first path is searched from both ends, and what side 1 has settled then has its exact distance to the end; all else is at least
// `distanceFloor` away. With that as bound the searches for deviations (A*) walk straight to the end where nothing is in their way. Once k paths are known, they
// look for cheaper ones than the last of them only.

import { scratchMore } from "../../core/arena";
import { NO_MEMORY } from "../../core/status";
import { countOf, EMPTY, first, IN, isNode, open, recordOf, weighted } from "../layout";
import { met, numberOf, record } from "../query";
import {
  AVOIDED,
  beginSpur,
  best,
  beThorough,
  boundBy,
  CLOSED,
  distanceFloor,
  forgetLabels,
  hopeBelow,
  keepLabelled,
  MARKED,
  middle,
  searchBoth,
  searchOne,
} from "../search";
import { costAt, edgeAt, finish, lengthOf, newPath, nodeAt, putEdge, putNode, typeOf } from "./paths";
import { beginBetween, factor, source, target, unit } from "./way";

/** How far back from the end `isCutOff` goes. */
const DEAD_END: u32 = 8;

/** Addresses of the paths known, cheapest first: those that are settled, then candidates. */
let list: usize = 0;
let known: u32 = 0;
/** Of each settled path, how many nodes it has in common with the one whose deviations are searched, from the start. */
let common: usize = 0;
let hops: bool = false;

/**
 * The `k` > 0 cheapest paths without a loop, as addresses at `kPathsAt()` of paths in the form of paths.ts. Paths are the same if they have the same
 * nodes. For a path of n nodes up to n searches.
 * @param input as for `beginBetween`
 * @returns how many, or NO_MEMORY
 */
export function kPaths(
  from: u32,
  to: u32,
  k: u32,
  byHops: bool,
  withFilter: bool,
  input: usize,
  avoidCount: u32,
  barCount: u32,
  maxCost: f64,
  at: f64,
): i32 {
  if (!isNode(from) || !isNode(to)) return 0;
  if (!beginBetween(from, to, false, byHops, withFilter, input, avoidCount, barCount, maxCost, at)) return NO_MEMORY;
  hops = byHops;
  known = 0;
  const most = best;
  beThorough();
  if (!searchBoth(source, target)) return NO_MEMORY;
  if (middle < 0) return 0;
  if (k > 0x1fffffff) return NO_MEMORY;
  list = scratchMore(k << 2);
  common = scratchMore(k << 2);
  if (list == 0 || common == 0 || !enter(wholePath(), k) || !keepLabelled()) return NO_MEMORY;
  if (source != target) {
    takeBounds();
    for (let i: u32 = 0; i < known && i + 1 < k; i++) if (!deviate(i, k, most)) return NO_MEMORY;
  }
  for (let i: u32 = 0; i < known; i++) finish(pathOf(i), unit, factor);
  return <i32>known;
}

/** Address of the last `kPaths`. */
export function kPathsAt(): usize {
  return list;
}

function pathOf(i: u32): usize {
  return <usize>load<u32>(list + ((<usize>i) << 2));
}

/** Puts a path in its place, after those that cost as much; the last of more than k falls out. False for no path. */
function enter(path: usize, k: u32): bool {
  if (path == 0) return false;
  let i = known == k ? k - 1 : known++;
  for (; i > 0 && load<f64>(pathOf(i - 1)) > load<f64>(path); i--) store<u32>(list + ((<usize>i) << 2), <u32>pathOf(i - 1));
  store<u32>(list + ((<usize>i) << 2), <u32>path);
  return true;
}

/** The path by `middle`. 0 if there is no memory. */
function wholePath(): usize {
  let before: u32 = 0;
  let after: u32 = 0;
  for (let n: u32 = middle; n != source; n = load<u32>(record(n), 40)) before++;
  for (let n: u32 = middle; n != target; n = load<u32>(record(n), 44)) after++;
  const path = newPath(before + after + 1);
  if (path == 0) return 0;
  store<f64>(path, best);
  store<u32>(path, 0, 12);
  putTail(path, before, middle, 0);
  for (let n: u32 = middle, i = before; n != target; i++) {
    const r = record(n);
    putEdge(path, i, load<f32>(r, 52), load<u8>(r, 57));
    n = load<u32>(r, 44);
    putNode(path, i + 1, n);
  }
  return path;
}

/** Writes the nodes that side 0 came by to this one, which is in place `i`, back to place `from`. */
function putTail(path: usize, i: u32, number: u32, from: u32): void {
  putNode(path, i, number);
  while (i > from) {
    const r = record(number);
    i--;
    putEdge(path, i, load<f32>(r, 48), load<u8>(r, 56));
    number = load<u32>(r, 40);
    putNode(path, i, number);
  }
}

/** Makes bounds of side 0 out of the labels of side 1, and takes back what side 0 has done. */
function takeBounds(): void {
  const least = distanceFloor();
  boundBy(least);
  for (let i: u32 = 0; i < met; i++) {
    const r = record(i);
    const flags = load<u32>(r, 4);
    // No more than the floor, or a step out of what is settled could make the bound fall by more than it costs.
    store<f64>(r, (flags & (CLOSED << 1)) != 0 ? min<f64>(load<f64>(r, 16), least) : least, 24);
    store<f64>(r, Infinity, 8);
    if ((flags & AVOIDED) != AVOIDED) store<u32>(r, flags & ~CLOSED, 4);
  }
}

/** Finds the cheapest deviations from path `index` from its deviation index on. False if there is no memory. */
function deviate(index: u32, k: u32, most: f64): bool {
  const path = pathOf(index);
  const last = lengthOf(path) - 1;
  const from = load<u32>(path, 12);
  for (let j: u32 = 0; j <= index; j++) store<u32>(common + ((<usize>j) << 2), sameNodes(path, pathOf(j)));
  let cost: f64 = 0;
  for (let i: u32 = 0; i < last; i++) {
    const number = nodeAt(path, i);
    if (i >= from) {
      setMarks(index, i, true);
      if (!isCutOff(number)) {
        hopeBelow(known == k ? min<f64>(most, load<f64>(pathOf(k - 1))) : most);
        if (!beginSpur(number, cost) || !searchOne(target)) return false;
        if (middle >= 0) {
          const found = joined(path, i);
          if (found == 0) return false;
          enter(found, k);
        }
        forgetLabels();
      }
      setMarks(index, i, false);
    }
    // The later ones do not come by here again. A search may have moved the records.
    const r = record(number);
    store<u32>(r, load<u32>(r, 4) | CLOSED, 4);
    cost += costAt(path, i, hops);
  }
  for (let i: u32 = 0; i < last; i++) {
    const r = record(nodeAt(path, i));
    store<u32>(r, load<u32>(r, 4) & ~CLOSED, 4);
  }
  return true;
}

/**
 * Whether the end can be seen not to be reached from a spur node, because a single arc leads to it, or to the node before it, and so on, and that is barred: a search would
 * look at all there is before it gave up.
 */
function isCutOff(spur: u32): bool {
  let number = <u32>target;
  for (let left = DEAD_END; left != 0; left--) {
    const arcs = recordOf(load<u32>(record(number)), IN);
    if (countOf(arcs) != 1) return false;
    open(arcs, weighted(IN));
    let at = first;
    while (load<u32>(at) == EMPTY) at += 4;
    const before = numberOf(load<u32>(at));
    if (before < 0) return false;
    if (before == spur) return (load<u32>(record(number), 4) & MARKED) != 0;
    if ((load<u32>(record(before), 4) & CLOSED) != 0) return true;
    number = before;
  }
  return false;
}

/** How many nodes two paths have in common from the start on. */
function sameNodes(a: usize, z: usize): u32 {
  const n = min<u32>(lengthOf(a), lengthOf(z));
  let i: u32 = 0;
  while (i < n && nodeAt(a, i) == nodeAt(z, i)) i++;
  return i;
}

/** Marks, or no longer, the nodes to which the settled paths that begin with the first `i` + 1 nodes go on. */
function setMarks(index: u32, i: u32, on: bool): void {
  for (let j: u32 = 0; j <= index; j++) {
    if (load<u32>(common + ((<usize>j) << 2)) <= i) continue;
    const r = record(nodeAt(pathOf(j), i + 1));
    const flags = load<u32>(r, 4);
    store<u32>(r, on ? flags | MARKED : flags & ~MARKED, 4);
  }
}

/** A path up to place `i`, and then the one found from there. 0 if there is no memory. */
function joined(path: usize, i: u32): usize {
  const spur = nodeAt(path, i);
  let more: u32 = 0;
  for (let n: u32 = target; n != spur; n = load<u32>(record(n), 40)) more++;
  const found = newPath(i + more + 1);
  if (found == 0) return 0;
  // `best` may be a little more, what the search was promised.
  store<f64>(found, load<f64>(record(target), 8));
  store<u32>(found, i, 12);
  for (let j: u32 = 0; j < i; j++) {
    putNode(found, j, nodeAt(path, j));
    putEdge(found, j, load<f32>(edgeAt(path, j)), typeOf(path, j));
  }
  putTail(found, i + more, target, i);
  return found;
}
