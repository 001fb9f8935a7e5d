import type { Edge } from "../../src/alm.js";

/** Personalised PageRank of walks of at most `hops` edges, term by term; what ends without an edge on the way is shared out by all scores. */
export function slowRankWithin(
  arcs: readonly Edge[],
  starts: ReadonlyMap<number, number>,
  restart: number,
  hops: number,
): Map<number, number> {
  const sums = new Map<number, number>();
  for (const e of arcs) sums.set(e.from, (sums.get(e.from) ?? 0) + e.weight);
  const scores = new Map<number, number>();
  let here = new Map(starts);
  let lost = 0;
  for (let hop = 0; hop <= hops; hop++) {
    for (const [id, r] of here) scores.set(id, (scores.get(id) ?? 0) + restart * r);
    if (hop === hops) break;
    const next = new Map<number, number>();
    for (const [id, r] of here) if (!sums.has(id)) lost += (1 - restart) * r;
    for (const e of arcs) {
      const r = here.get(e.from);
      if (r !== undefined) next.set(e.to, (next.get(e.to) ?? 0) + ((1 - restart) * r * e.weight) / (sums.get(e.from) as number));
    }
    here = next;
  }
  return new Map([...scores].map(([id, score]) => [id, score / (1 - lost)]));
}
