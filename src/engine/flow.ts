import type { AlmCore } from "../layers/alm/core.js";
import type { Neighbours } from "../layers/alm/types.js";
import type { CpeCore } from "../layers/cpe/core.js";
import type { VectorStore } from "../layers/dsr/store.js";
import type { IfrCore } from "../layers/ifr/core.js";
import { exp, log } from "../math.js";
import type { ItemId, Milliseconds, Probability, StreamId } from "../types.js";
import { CandidateSet } from "./candidates.js";
import { COLUMN, FEATURES, type LayerName, maskOf } from "./features.js";
import { LENGTHS, type Situation } from "./fusion.js";

/** The layers of one engine. */
export interface Layers {
  ifr: IfrCore;
  dsr: VectorStore;
  alm: AlmCore;
  cpe: CpeCore;
}

/** Where the flow starts: what is known of the moment before the answer. */
export interface Context {
  /** The thing asked about, or the stream's last; -1 if there is none. */
  current: ItemId;
  /** The one before it, or -1. */
  previous: ItemId;
  /** The stream's oldest known, or -1. */
  start: ItemId;
  /** Recent things, oldest first, `current` last. */
  history: Int32Array;
  /** The stream in CPE, or -1. */
  stream: StreamId;
  /** Whether the question is about a sequence: then even without a history there is an answer, what is frequent. */
  sequence: boolean;
  /** A vector to look for instead of the current thing's own. */
  vector: ArrayLike<number> | undefined;
  /** The time weights are read at; undefined for the latest. */
  at: Milliseconds | undefined;
}

/** A path of the association layer, by id. */
export interface IdPath {
  id: ItemId;
  score: number;
  path: ReadonlyArray<{ from: ItemId; to: ItemId; type: number; weight: number }>;
}

/**
 * The edges of one thing that become candidates: the strongest. They are read at the latest time whatever `at` is: decay changes all alike, and far
 * ahead they would be too small to be told apart.
 */
const EDGES = { limit: 512 };
/** Predictions of CPE that become candidates. */
const PREDICTED = 64;
/** Similar things that become candidates, or seeds of the association layer. */
const SIMILAR = 16;
/** Below so many candidates the similar ones are looked for, and below so many edges those two and more hops away. */
const FEW = 16;
/** Recent things that become candidates. */
const RECENT = 8;
/** What the edges of a thing share among them when a probability is smoothed; chosen on wikispeedia's first 40 % of paths. */
const EDGE_SHARE = 0.8;
/** A probability that is as good as none; see `evidenceOf`. */
const SMALL_P = 1e-3;
/** Strengths are told apart down to here. */
const LEAST_STRENGTH = 1e-6;
const LOG_LEAST_STRENGTH = log(LEAST_STRENGTH);
/** Limits of the probability of CPE's best prediction that divide the situations. */
const SURENESS = [0.05, 0.1, 0.2, 0.4, Number.POSITIVE_INFINITY];
const NOTHING = new Int32Array(0);

/**
 * The flow through the layers, with real hand-over: each `name...` step adds the candidates of a layer to `set`, starting
 * from what the steps before found; each `describe...` step then says what the layer knows of every candidate.
 */
export class Flow {
  readonly set = new CandidateSet();
  /** What DSR found, nearest first, when it was asked for candidates. */
  similar: { ids: Int32Array; distances: Float32Array } | undefined;
  /** The edges of the current thing, when ALM was asked. */
  edges: Neighbours | undefined;
  /** What ALM reached over more than one hop, or from the similar things. */
  reached: IdPath[] = [];
  /** What CPE predicted. */
  predicted: { ids: Int32Array; probabilities: Float32Array } | undefined;
  #context!: Context;
  #distances = new Float32Array(256);
  #probabilities = new Float32Array(256);

  constructor(
    private readonly layers: Layers,
    private readonly metric: "cosine" | "l2" | "ip",
  ) {}

  /** Starts over with another context. */
  begin(context: Context): void {
    this.#context = context;
    this.set.clear();
    this.similar = undefined;
    this.reached = [];
    this.predicted = undefined;
    this.edges = undefined;
  }

  /** Which of the fusion's weights fit the context: by how sure CPE is of its best, and by how much history there is. */
  get situation(): Situation {
    const likeliest = this.predicted?.probabilities[0] ?? 0;
    const length = Math.min(this.#context.history.length, LENGTHS - 1);
    return { sureness: SURENESS.findIndex((limit) => likeliest < limit), length };
  }

  /** Adds what `layer` names. @returns how many candidates are new */
  name(layer: LayerName): number {
    const before = this.set.size;
    this.set.naming = maskOf([layer]);
    if (layer === "ifr") this.#nameRecent();
    else if (layer === "dsr") this.#nameSimilar();
    else if (layer === "alm") this.#nameAssociated();
    else this.#namePredicted();
    return this.set.size - before;
  }

  /** Fills the columns of `layer` for all candidates. */
  describe(layer: LayerName): void {
    if (this.set.size === 0) return;
    if (layer === "ifr") this.#describeRecent();
    else if (layer === "dsr") this.#describeSimilar();
    else if (layer === "alm") this.#describeAssociated();
    else this.#describePredicted();
  }

  /** Whether DSR should name candidates: when the others named few, or nothing else is known. */
  get wantsSimilar(): boolean {
    return this.#context.vector !== undefined || this.#context.current < 0 || this.set.size < FEW;
  }

  #nameRecent(): void {
    const { history } = this.#context;
    for (let i = history.length - 1; i >= 0 && i >= history.length - RECENT; i--) this.set.add(history[i]);
  }

  #nameSimilar(): void {
    const { vector, current } = this.#context;
    const { dsr } = this.layers;
    if (vector !== undefined) this.similar = dsr.search(vector, { k: SIMILAR, exclude: current >= 0 ? current : undefined });
    else if (current >= 0 && dsr.has(current)) this.similar = dsr.searchById(current, { k: SIMILAR });
    else return;
    for (const id of this.similar.ids) this.set.add(id);
  }

  #nameAssociated(): void {
    const { current, at } = this.#context;
    const { alm } = this.layers;
    if (current >= 0) {
      this.edges = alm.out(current, EDGES);
      for (const id of this.edges.ids) this.set.add(id);
    }
    if (this.edges !== undefined && this.edges.ids.length >= FEW) return;
    const seeds =
      current >= 0 && this.edges !== undefined && this.edges.ids.length > 0 ? [current] : Array.from(this.similar?.ids ?? NOTHING);
    if (seeds.length === 0) return;
    this.reached = alm.recall(seeds, { k: FEW, at, normalize: "out" });
    for (const { id } of this.reached) this.set.add(id);
  }

  #namePredicted(): void {
    const { stream } = this.#context;
    const path = this.#path();
    if (stream < 0 && path === undefined) return;
    const { cpe } = this.layers;
    this.predicted = path === undefined ? cpe.predict(stream, PREDICTED) : cpe.predictAfter(path, PREDICTED);
    for (const id of this.predicted.ids) this.set.add(id);
  }

  /**
   * What CPE goes by where there is no stream: the context's own history, or the way that the association layer came, or the
   * most similar thing. Undefined for a stream, or if there is nothing to go by.
   */
  #path(): ArrayLike<number> | undefined {
    const { stream, history, sequence } = this.#context;
    if (stream >= 0) return undefined;
    if (history.length > 0 || sequence) return history;
    const best = this.reached[0];
    if (best !== undefined) return [best.path[0].from, ...best.path.map((edge) => edge.to)];
    return this.similar !== undefined && this.similar.ids.length > 0 ? this.similar.ids.slice(0, 1) : undefined;
  }

  #describeRecent(): void {
    const { history, current, previous } = this.#context;
    const { set } = this;
    for (const id of history) {
      const row = set.find(id);
      if (row >= 0) set.features[row * FEATURES + COLUMN.seen] = 1;
    }
    const before = set.find(previous);
    if (before >= 0) set.features[before * FEATURES + COLUMN.previous] = 1;
    const now = set.find(current);
    if (now >= 0) set.features[now * FEATURES + COLUMN.current] = 1;
  }

  #describeSimilar(): void {
    const { vector, current, previous, start } = this.#context;
    const { dsr } = this.layers;
    if (dsr.size === 0) return;
    const ids = this.set.list();
    if (vector !== undefined) this.#similarity(dsr.distances(vector, ids, this.#room(ids.length)), COLUMN.similarToCurrent);
    else if (current >= 0 && dsr.has(current)) {
      this.#similarity(dsr.distancesById(current, ids, this.#room(ids.length)), COLUMN.similarToCurrent);
    }
    if (previous >= 0 && dsr.has(previous))
      this.#similarity(dsr.distancesById(previous, ids, this.#room(ids.length)), COLUMN.similarToPrevious);
    if (start >= 0 && start !== previous && start !== current && dsr.has(start)) {
      this.#similarity(dsr.distancesById(start, ids, this.#room(ids.length)), COLUMN.similarToStart);
    }
  }

  #room(n: number): Float32Array {
    if (this.#distances.length < n) this.#distances = new Float32Array(n * 2);
    return this.#distances;
  }

  #similarity(distances: Float32Array, column: number): void {
    const { features, size } = this.set;
    for (let i = 0; i < size; i++) {
      const d = distances[i];
      const known = d !== Number.POSITIVE_INFINITY;
      features[i * FEATURES + column] = known ? similarity(this.metric, d) : 0;
      features[i * FEATURES + COLUMN.hasVector] = known ? 1 : 0;
    }
  }

  #describeAssociated(): void {
    const { previous, current } = this.#context;
    const { alm } = this.layers;
    const { set } = this;
    for (const { id, score } of this.reached) {
      const row = set.find(id);
      if (row >= 0)
        set.features[row * FEATURES + COLUMN.reach] = Math.max(0, 1 + log(Math.max(score, LEAST_STRENGTH)) / -LOG_LEAST_STRENGTH);
    }
    if (this.edges === undefined && current >= 0) this.edges = alm.out(current, EDGES);
    if (this.edges !== undefined) {
      const { ids, weights } = this.edges;
      let total = 0;
      for (const w of weights) total += w;
      const scale = ids.length / (total || 1);
      for (let e = 0; e < ids.length; e++) {
        const row = set.find(ids[e]) * FEATURES;
        if (row < 0) continue;
        const strength = Math.max(-3, Math.min(3, log(Math.max(weights[e] * scale, LEAST_STRENGTH))));
        const had = set.features[row + COLUMN.edge];
        set.features[row + COLUMN.edge] = 1;
        set.features[row + COLUMN.edgeStrength] = had ? Math.max(set.features[row + COLUMN.edgeStrength], strength) : strength;
      }
    }
    if (previous >= 0) {
      for (const id of alm.out(previous, EDGES).ids) {
        const row = set.find(id);
        if (row >= 0) set.features[row * FEATURES + COLUMN.edgeFromPrevious] = 1;
      }
    }
    for (let i = 0; i < set.size; i++) set.features[i * FEATURES + COLUMN.inDegree] = log(1 + alm.inDegree(set.ids[i]));
  }

  #describePredicted(): void {
    const { cpe } = this.layers;
    const { set } = this;
    const ids = set.list();
    if (this.#probabilities.length < ids.length) this.#probabilities = new Float32Array(ids.length * 2);
    const p = this.#probabilities;
    const { stream } = this.#context;
    const path = this.#path();
    if (path !== undefined) cpe.probabilitiesAfter(path, ids, p);
    else if (stream >= 0) cpe.probabilities(stream, ids, p);
    else return;
    let edges = 0;
    for (let i = 0; i < ids.length; i++) edges += set.features[i * FEATURES + COLUMN.edge];
    const share = EDGE_SHARE / Math.max(edges, 1);
    for (let i = 0; i < ids.length; i++) {
      const row = i * FEATURES;
      set.features[row + COLUMN.logProbability] = evidenceOf(p[i]);
      set.features[row + COLUMN.logSmoothed] = evidenceOf(p[i] + share * set.features[row + COLUMN.edge]);
    }
    cpe.probabilitiesAfter(NOTHING, ids, p);
    for (let i = 0; i < ids.length; i++) set.features[i * FEATURES + COLUMN.logFrequency] = evidenceOf(p[i]);
  }
}

/** A distance of the metric as a similarity: 1 for the same vector, falling from there. */
export function similarity(metric: "cosine" | "l2" | "ip", distance: number): number {
  if (metric === "cosine") return 1 - distance;
  return metric === "l2" ? 1 / (1 + distance) : Math.max(-1, Math.min(1, -distance));
}

/**
 * ln(1 + p / 1e-3): a probability on a logarithmic scale that does not tell the improbable from the nearly impossible, which
 * a count of a few events cannot either.
 */
function evidenceOf(p: Probability): number {
  return log(1 + p / SMALL_P);
}

/** The probability that has this evidence. */
export function probabilityOf(evidence: number): Probability {
  return (exp(evidence) - 1) * SMALL_P;
}
