// Passages for a question: by their words, by a walk over the graph of what they say, and by both.
import { Alm } from "mfn/alm";
import { Bm25, K1 } from "./bm25.js";
import { type Edges, type EntityGraph, entityGraph, RELATION, SYNONYM } from "./graph.js";
import type { Passage } from "./load.js";
import { mentions } from "./seeds.js";
import { words } from "./tokens.js";

/** How seeds are found and weighed, how far the walk goes and what the question's words count beside it. */
export interface Setting {
  /** Seeds are the named entities of the question, all mentions only where there is none; or all mentions. */
  named: boolean;
  /** A seed's weight is the sum of its words' inverse document frequencies to this power ... */
  idfPower: number;
  /** ... over the number of its passages to this one: HippoRAG's node specificity is 1. */
  specificity: number;
  restart: number;
  /** What BM25 counts beside the logarithm of the walk's score; 0 leaves it out. */
  bm25Weight: number;
}

/** What is left unwalked of a node's score, for each of its edges. */
const EPSILON = 3e-5;

/**
 * The setting that the figures are of. Named entities and specificity are HippoRAG's, the restart is the engine's default. A word that fills
 * a passage scores K1 + 1 times its inverse document frequency; divided by that, BM25 is a logarithm of odds, as the walk's score is.
 */
export const SETTING: Readonly<Setting> = { named: true, idfPower: 1, specificity: 1, restart: 0.15, bm25Weight: 1 / (K1 + 1) };

/** Finds passages. The scores that a method returns are of every passage, and hold until the next call. */
export class Retriever {
  readonly graph: EntityGraph;
  readonly mesh: Alm;
  readonly #bm25: Bm25;
  /** Of each entity: its words' inverse document frequencies, summed. */
  readonly #idf: Float64Array;
  readonly #lexical: Float64Array;
  readonly #walked: Float64Array;

  constructor(readonly passages: readonly Passage[]) {
    this.graph = entityGraph(passages);
    this.mesh = meshOf(this.graph.edges);
    this.#bm25 = new Bm25(passages.map(({ title, text }) => words(`${title} ${text}`)));
    this.#idf = Float64Array.from(this.graph.names, (name) => words(name).reduce((sum, word) => sum + this.#bm25.idf(word), 0));
    this.#lexical = new Float64Array(passages.length);
    this.#walked = new Float64Array(passages.length);
  }

  /** By the words of the question alone. */
  bm25(question: string): Float64Array {
    return this.#bm25.score(words(question), this.#lexical);
  }

  /** The entities that the walk starts from, with their weights. */
  seeds(question: string, setting: Setting = SETTING): { ids: number[]; weights: number[] } {
    const { entities, passageCounts } = this.graph;
    const named = setting.named ? mentions(question, entities, true) : [];
    // A name of stop words alone tells nothing.
    const ids = (named.length > 0 ? named : mentions(question, entities, false)).filter((id) => this.#idf[id] > 0);
    return { ids, weights: ids.map((id) => this.#idf[id] ** setting.idfPower / passageCounts[id] ** setting.specificity) };
  }

  /** Passages that name a seed, by the seeds' weights: no walk. */
  membership(question: string, setting: Setting = SETTING): Float64Array {
    const { ids, weights } = this.seeds(question, setting);
    const seeds = new Map(ids.map((id, i) => [id, weights[i]]));
    return this.#walked.map((_, passage) => this.graph.membership[passage].reduce((sum, id) => sum + (seeds.get(id) ?? 0), 0));
  }

  /** By a walk over entities only, whose scores a passage then sums up, weighed by specificity: HippoRAG's way. */
  entityWalk(question: string, setting: Setting = SETTING): Float64Array {
    const scores = new Float64Array(this.graph.names.length);
    this.#walk(question, setting, [RELATION, SYNONYM], (node, score) => {
      scores[node] = score / this.graph.passageCounts[node] ** setting.specificity;
    });
    return this.#walked.map((_, passage) => this.graph.membership[passage].reduce((sum, id) => sum + scores[id], 0));
  }

  /** By a walk over entities and passages alike: the passages' share of personalised PageRank. */
  walk(question: string, setting: Setting = SETTING): Float64Array {
    const entities = this.graph.names.length;
    this.#walked.fill(0);
    this.#walk(question, setting, undefined, (node, score) => {
      if (node >= entities) this.#walked[node - entities] = score;
    });
    return this.#walked;
  }

  /**
   * By the walk and by words. The two are taken for independent evidence, and their logarithms added: where the walk goes is what a passage
   * is worth before the question's other words are read. A passage that it does not come to has what the walk may have left out.
   */
  both(question: string, setting: Setting = SETTING): Float64Array {
    const walked = this.walk(question, setting);
    const lexical = this.bm25(question);
    for (let i = 0; i < walked.length; i++) walked[i] = Math.log(walked[i] + EPSILON) + setting.bm25Weight * lexical[i];
    return walked;
  }

  #walk(question: string, setting: Setting, types: number[] | undefined, take: (node: number, score: number) => void): void {
    const { ids, weights } = this.seeds(question, setting);
    if (ids.length === 0) return;
    const { restart } = setting;
    const k = this.graph.names.length + this.passages.length;
    const found = this.mesh.personalizedPageRank(ids, { seedWeights: weights, restart, epsilon: EPSILON, k, types });
    for (let i = 0; i < found.ids.length; i++) take(found.ids[i], found.scores[i]);
  }
}

/** The k passages with the largest scores, best first; of equal ones the first. */
export function top(scores: ArrayLike<number>, k: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (best.length === k && scores[i] <= scores[best[k - 1]]) continue;
    let at = Math.min(best.length, k - 1);
    for (; at > 0 && scores[i] > scores[best[at - 1]]; at--) best[at] = best[at - 1];
    best[at] = i;
  }
  return best;
}

/** A mesh of the edges. */
function meshOf({ from, to, types, weights }: Edges): Alm {
  const alm = Alm.createSync({ directed: false });
  alm.linkMany(from, to, { types, weights });
  return alm;
}
