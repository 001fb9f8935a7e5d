// The elimination tree: the parent of a node is the first of its neighbours to be contracted after it, in the graph that contraction
// makes. Found without making that graph (Liu, "The role of elimination trees in sparse factorization", SIMAX 1990), by paths that are
// made shorter as they are walked. Renumbering the nodes by a depth-first walk that ends at the root changes neither tree nor
// topology, and puts every node behind its subtree: a way to the root mostly goes to the next number.

import { at, get, NONE, set } from "./words";

/** Parents by rank, NONE at a root. @param space n words */
export function parentsOf(n: u32, first: usize, adj: usize, sequence: usize, ranks: usize, parents: usize, space: usize): void {
  for (let i: u32 = 0; i < n; i++) set(ranks, get(sequence, i), i);
  memory.fill(parents, 0xff, (<usize>n) << 2);
  memory.fill(space, 0xff, (<usize>n) << 2);
  for (let r: u32 = 0; r < n; r++) {
    const v = get(sequence, r);
    for (let e = get(first, v), end = get(first, v + 1); e < end; e++) {
      let u = get(ranks, get(adj, e));
      while (u < r) {
        const up = get(space, u);
        set(space, u, r);
        if (up == NONE) {
          set(parents, u, r);
          break;
        }
        u = up;
      }
    }
  }
}

/** Renumbers `ranks` (by node), `sequence` (by rank) and `parents` by a depth-first walk. @param space 3 n words */
export function walkTree(n: u32, sequence: usize, ranks: usize, parents: usize, space: usize): void {
  const child = space;
  const sibling = at(space, n);
  const renamed = at(space, 2 * n);
  memory.fill(child, 0xff, (<usize>n) << 2);
  let roots = NONE;
  for (let i = n; i > 0; i--) {
    const r = i - 1;
    const p = get(parents, r);
    set(sibling, r, p == NONE ? roots : get(child, p));
    if (p == NONE) roots = r;
    else set(child, p, r);
  }
  let count: u32 = 0;
  let r = roots;
  while (r != NONE) {
    const down = get(child, r);
    if (down != NONE) {
      // Taken off, so that the walk does not enter it again.
      set(child, r, NONE);
      r = down;
      continue;
    }
    set(renamed, r, count++);
    const next = get(sibling, r);
    r = next != NONE ? next : get(parents, r);
  }
  for (let v: u32 = 0; v < n; v++) set(ranks, v, get(renamed, get(ranks, v)));
  const moved = child;
  for (let i: u32 = 0; i < n; i++) {
    const p = get(parents, i);
    set(moved, get(renamed, i), p == NONE ? NONE : get(renamed, p));
  }
  memory.copy(parents, moved, (<usize>n) << 2);
  for (let v: u32 = 0; v < n; v++) set(sequence, get(ranks, v), v);
}
