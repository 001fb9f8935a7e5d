// The triples of the passages as one graph: entities and passages are nodes, a relation, a mention and a likeness of names are edges.
import type { Passage } from "./load.js";
import { normalise, words } from "./tokens.js";

/** Types of the edges: between the two entities of a triple, between an entity and a passage that names it, between entities named alike. */
export const RELATION = 0;
export const MEMBERSHIP = 1;
export const SYNONYM = 2;

/** Names are alike if they share this much of their words. */
const LIKENESS = 0.6;

/** Undirected edges, by columns. */
export interface Edges {
  from: number[];
  to: number[];
  types: number[];
  weights: number[];
}

/** Entities are the nodes from 0, in order of their first mention; the passages follow. */
export interface EntityGraph {
  /** Normalised names. */
  names: readonly string[];
  entities: ReadonlyMap<string, number>;
  /** In how many passages each entity is. */
  passageCounts: Int32Array;
  /** Entities of each passage, ascending. */
  membership: ReadonlyArray<readonly number[]>;
  edges: Edges;
}

/** Reads the graph out of passages. A triple repeated counts once: that two passages say the same makes it no stronger. */
export function entityGraph(passages: readonly Passage[]): EntityGraph {
  const entities = new Map<string, number>();
  const entity = (text: string): number => {
    const name = normalise(text);
    if (name === "") return -1;
    const id = entities.get(name) ?? entities.size;
    entities.set(name, id);
    return id;
  };
  const edges: Edges = { from: [], to: [], types: [], weights: [] };
  const add = (from: number, to: number, type: number, weight: number) => {
    edges.from.push(from);
    edges.to.push(to);
    edges.types.push(type);
    edges.weights.push(weight);
  };
  const related = new Set<string>();
  const membership = passages.map((passage) => {
    const members = new Set(passage.entities.map(entity));
    for (const [subject, , object] of passage.triples) {
      const [a, b] = [entity(subject), entity(object)];
      if (a < 0 || b < 0) continue;
      members.add(a).add(b);
      const pair = `${Math.min(a, b)} ${Math.max(a, b)}`;
      if (a === b || related.has(pair)) continue;
      related.add(pair);
      add(a, b, RELATION, 1);
    }
    members.delete(-1);
    return [...members].sort((a, b) => a - b);
  });
  const passageCounts = new Int32Array(entities.size);
  membership.forEach((members, passage) => {
    for (const member of members) {
      passageCounts[member]++;
      add(member, entities.size + passage, MEMBERSHIP, 1);
    }
  });
  const names = [...entities.keys()];
  for (const [a, b, likeness] of alike(names.map(words), LIKENESS)) add(a, b, SYNONYM, likeness);
  return { names, entities, passageCounts, membership, edges };
}

/**
 * Pairs of sets of words whose Jaccard similarity is at least `least`, with it. Two such sets share one of the rarest words of each, so
 * that only those need be looked up: Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", WWW 2007.
 */
export function alike(texts: ReadonlyArray<readonly string[]>, least: number): Array<[a: number, b: number, likeness: number]> {
  const sets = texts.map((text) => new Set(text));
  const counts = new Map<string, number>();
  for (const set of sets) for (const word of set) counts.set(word, (counts.get(word) ?? 0) + 1);
  const rarest = new Map<string, number[]>();
  const pairs: Array<[number, number, number]> = [];
  sets.forEach((set, b) => {
    const sorted = [...set].sort((x, y) => counts.get(x)! - counts.get(y)! || (x < y ? -1 : 1));
    // One word more than may be missing from the other set; the product is rounded so that 0.6 x 5 is 3.
    const prefix = sorted.slice(0, set.size - Math.ceil(least * set.size - 1e-9) + 1);
    const candidates = new Set(prefix.flatMap((word) => rarest.get(word) ?? []));
    for (const a of [...candidates].sort((x, y) => x - y)) {
      let shared = 0;
      for (const word of set) if (sets[a].has(word)) shared++;
      const likeness = shared / (set.size + sets[a].size - shared);
      if (likeness >= least) pairs.push([a, b, likeness]);
    }
    for (const word of prefix) {
      const list = rarest.get(word) ?? [];
      list.push(b);
      rarest.set(word, list);
    }
  });
  return pairs;
}
