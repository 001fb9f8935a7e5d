// All distances between two lists of nodes: the in-labels of the targets are sorted by hub once, then a source meets only the entries of hubs that
// both sides have. After Knopp, Sanders, Schultes, Schulz and Wagner, "Computing many-to-many shortest paths using highway hierarchies", ALENEX 2007.

import { scratch } from "../../core/arena";
import { room } from "./graph";
import { END, header } from "./layout";

/** An entry of a bucket: +0 f64 distance from the hub, +8 u32 number of the target. */
const ENTRY: usize = 16;

let targets: usize = 0;
let count: u32 = 0;
/** By hub, where its bucket begins; it ends where the next one begins. */
let buckets: usize = 0;
let entries: usize = 0;
let row: usize = 0;

/** Room for `n` targets, u32. @returns the address, or 0 */
export function tableTargets(n: u32): usize {
  count = n;
  targets = n > 0x3fffffff ? 0 : scratch(n << 2);
  return targets;
}

/** Sorts the targets' labels by hub. @returns the address of a row of f64, or 0 if there is no memory. O(nodes + entries) */
export function tableBegin(): usize {
  const h = header();
  const nodes = <usize>h.nodes;
  const hubs = <usize>h.hubs;
  row = room((<u64>count) << 3);
  buckets = room((<u64>nodes + 2) << 2);
  if (row == 0 || buckets == 0) return 0;
  memory.fill(buckets, 0, (nodes + 2) << 2);
  let sum: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    for (let a = hubs + (first(i) << 2), hub = load<u32>(a); hub != END; a += 4, hub = load<u32>(a)) {
      const place = buckets + ((<usize>hub) << 2);
      store<u32>(place, load<u32>(place, 8) + 1, 8);
      sum++;
    }
  }
  entries = room(sum * <u64>ENTRY);
  if (entries == 0) return 0;
  for (let b = buckets, end = buckets + (nodes << 2); b < end; b += 4) store<u32>(b, load<u32>(b, 4) + load<u32>(b, 8), 8);
  for (let i: u32 = 0; i < count; i++) {
    const at = first(i);
    let dist = <usize>h.dists + (at << 3);
    for (let a = hubs + (at << 2), hub = load<u32>(a); hub != END; a += 4, dist += 8, hub = load<u32>(a)) {
      const place = buckets + ((<usize>hub) << 2);
      const next = load<u32>(place, 4);
      store<u32>(place, next + 1, 4);
      store<f64>(entries + <usize>next * ENTRY, load<f64>(dist));
      store<u32>(entries + <usize>next * ENTRY, i, 8);
    }
  }
  return row;
}

/** The first entry of the in-label of target i. */
function first(i: u32): usize {
  return load<u32>(<usize>header().inStarts + ((<usize>load<u32>(targets + ((<usize>i) << 2))) << 2));
}

/** Fills the row with the distances from a source to the targets. O(targets + entries of hubs that both have) */
export function tableRow(from: u32): void {
  const h = header();
  for (let i: u32 = 0; i < count; i++) store<f64>(row + ((<usize>i) << 3), Infinity);
  const at = <usize>load<u32>(<usize>h.starts + ((<usize>from) << 2));
  let dist = <usize>h.dists + (at << 3);
  for (let a = <usize>h.hubs + (at << 2), hub = load<u32>(a); hub != END; a += 4, dist += 8, hub = load<u32>(a)) {
    const near = load<f64>(dist);
    const place = buckets + ((<usize>hub) << 2);
    const end = entries + <usize>load<u32>(place, 4) * ENTRY;
    for (let e = entries + <usize>load<u32>(place) * ENTRY; e < end; e += ENTRY) {
      const to = row + ((<usize>load<u32>(e, 8)) << 3);
      const sum = near + load<f64>(e);
      if (sum < load<f64>(to)) store<f64>(to, sum);
    }
  }
}
