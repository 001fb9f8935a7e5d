import type { AlmCore } from "../layers/alm/core.js";
import type { Neighbours } from "../layers/alm/types.js";
import type { CpeCore } from "../layers/cpe/core.js";
import type { VectorStore } from "../layers/dsr/store.js";
import type { IfrCore } from "../layers/ifr/core.js";
import { roughLog2 } from "../math.js";
import type { ItemId, Milliseconds, Probability, StreamId } from "../types.js";
import type { CandidateSet } from "./candidates.js";
import { bitOf, Column, DEEP, type LayerName } from "./features.js";
import { type Fusion, LENGTHS, type Situation } from "./fusion.js";

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
/** Predictions of CPE that become candidates: in depth, and else. */
const PREDICTED = 64;
const PREDICTED_QUICKLY = 24;
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
/** Certainty in these terms. A feature should not be much larger than 1, or the first lessons about it weigh too much. */
const EVIDENCE_BITS = 10;
/** The same of a place in the history, of an edge's weight as a multiple of the mean, and of how often a thing is linked to. */
const HISTORY_BITS = 4;
const SHARE_BITS = 4;
const DEGREE_BITS = 10;
/** Strengths are told apart down to here: 2^-20. */
const LEAST_STRENGTH = 1 / 0x10_0000;
const STRENGTH_BITS = 20;
/** After so many events, a power of two, it no longer matters when a thing was last observed. */
const RECENT_BITS = 16;
/** Limits of the probability of CPE's best prediction that divide the situations. */
const SURENESS = [0.05, 0.1, 0.2, 0.4, Number.POSITIVE_INFINITY];
const NOTHING = new Int32Array(0);

/** The ids that CPE predicts, and their probabilities, likeliest first. */
interface Predictions {
  ids: Int32Array;
  probabilities: Float32Array;
}

/** When things were last observed, for features of recency. */
export interface Recency {
  /** Events observed. */
  now: number;
  /** By id: the number of the latest event of it, from 1; 0 or undefined for none. */
  last: ArrayLike<number>;
}

/**
 * The flow through the layers, with real hand-over: each `name` step adds the candidates of a layer to `set`, starting from what the steps before
 * found; each `describe` step then says what the layer knows of every candidate, in depth or only what is known anyway.
 */
export class Flow {
  readonly set: CandidateSet;
  /** What DSR found, nearest first, when it was asked for candidates. */
  similar: { ids: Int32Array; distances: Float32Array } | undefined;
  /** The edges of the current thing, when ALM was asked. */
  edges: Neighbours | undefined;
  /** What ALM reached over more than one hop, or from the similar things. */
  reached: IdPath[] = [];
  /** What CPE predicted. */
  predicted: Predictions | undefined;
  /** How sure CPE was of its best prediction, as a grade, and what the history says. */
  readonly situation: Situation = { sureness: 0, length: 0, history: 0, revisit: 0, few: true };
  #context!: Context;
  /** Candidates that it took no further question to name. */
  #quickly = 0;
  #distances = new Float32Array(256);
  #probabilities = new Float32Array(256);
  #base = new Float32Array(256);

  constructor(
    private readonly layers: Layers,
    fusion: Fusion,
    private readonly recency: Recency,
    private readonly metric: "cosine" | "l2" | "ip",
  ) {
    this.set = fusion.candidates;
  }

  /** Starts over with another context. */
  begin(context: Context): void {
    this.#context = context;
    this.set.clear();
    this.similar = undefined;
    this.reached = [];
    this.predicted = undefined;
    this.edges = undefined;
    this.#quickly = 0;
    const { history, current } = context;
    const { situation } = this;
    situation.sureness = 0;
    situation.few = true;
    situation.history = history.length;
    situation.length = Math.min(history.length, LENGTHS - 1);
    situation.revisit = history.indexOf(current) < history.length - 1 ? 1 : 0;
  }

  /** Adds what `layer` names, and in depth also what it takes a further question to name. @returns how many candidates are new */
  name(layer: LayerName, deep = true): number {
    const { set } = this;
    const before = set.size;
    set.naming = bitOf(layer);
    if (layer === "ifr") this.#nameRecent();
    else if (layer === "dsr") this.#nameSimilar();
    else if (layer === "alm") this.#nameLinked();
    else this.#namePredicted(deep ? PREDICTED : PREDICTED_QUICKLY);
    if (layer !== "dsr") {
      this.#quickly += set.size - before;
      this.situation.few = this.#quickly < FEW;
    }
    if (layer === "alm" && deep) {
      set.naming = DEEP;
      this.#nameReached();
    }
    return set.size - before;
  }

  /** Fills the columns of `layer` for all candidates; those that take a further question to it only in depth. */
  describe(layer: LayerName, deep: boolean): void {
    if (this.set.size === 0) return;
    if (layer === "ifr") this.#describeRecent();
    else if (layer === "dsr") this.#describeSimilar();
    else if (layer === "alm") this.#describeAssociated(deep);
    else this.#describePredicted(deep);
  }

  /** Whether DSR should name candidates: when the others named few, or nothing else is known. */
  get wantsSimilar(): boolean {
    return this.startsFromSimilar || this.set.size < FEW;
  }

  /** Whether there is no known thing to start from but what is similar. */
  get startsFromSimilar(): boolean {
    return this.#context.vector !== undefined || this.#context.current < 0;
  }

  #add(ids: Int32Array): void {
    const { set } = this;
    for (let i = 0; i < ids.length; i++) set.add(ids[i]);
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
    this.#add(this.similar.ids);
  }

  #nameLinked(): void {
    const { current } = this.#context;
    if (current < 0) return;
    this.edges ??= this.layers.alm.out(current, EDGES);
    this.#add(this.edges.ids);
  }

  /** What is two and more hops away where the current thing has few edges, or what belongs to similar things where it has none. */
  #nameReached(): void {
    const { current, at } = this.#context;
    const direct = this.edges?.ids.length ?? 0;
    if (direct >= FEW) return;
    const seeds = direct > 0 ? [current] : Array.from(this.similar?.ids ?? NOTHING);
    if (seeds.length === 0) return;
    this.reached = this.layers.alm.recall(seeds, { k: FEW, at, normalize: "out" });
    for (const { id } of this.reached) this.set.add(id);
  }

  #namePredicted(k: number): void {
    const { stream } = this.#context;
    const path = this.#path();
    if (stream < 0 && path === undefined) return;
    const { cpe } = this.layers;
    this.predicted = path === undefined ? cpe.predict(stream, k) : cpe.predictAfter(path, k);
    this.#add(this.predicted.ids);
    const likeliest = this.predicted.probabilities[0] ?? 0;
    this.situation.sureness = SURENESS.findIndex((limit) => likeliest < limit);
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
    const { history, current } = this.#context;
    const { set } = this;
    const { features } = set;
    const { now, last } = this.recency;
    const ids = set.list();
    for (let row = 0; row < ids.length; row++) {
      const latest = last[ids[row]];
      if (latest > 0) features[set.at(row) + Column.recency] = Math.max(0, 1 - roughLog2(now + 1 - latest) / RECENT_BITS);
    }
    const put = (id: ItemId, column: number, value: number) => {
      const row = set.find(id);
      if (row >= 0) features[set.at(row) + column] = value;
    };
    const n = history.length;
    for (let i = 0; i < n; i++) {
      const id = history[i];
      const row = set.find(id);
      if (row < 0) continue;
      const at = set.at(row);
      features[at + Column.seen] = 1;
      features[at + Column.stepsAgo] = roughLog2(n - i) / HISTORY_BITS;
      let times = 0;
      for (let j = 0; j <= i; j++) if (history[j] === id) times++;
      features[at + Column.timesSeen] = roughLog2(1 + times) / HISTORY_BITS;
      if (i + 1 < n && id === current) put(history[i + 1], Column.ledTo, 1);
    }
    if (n === 0) return;
    put(current, Column.current, 1);
    put(history[0], Column.first, 1);
    const first = history.indexOf(current);
    if (first > 0) put(history[first - 1], Column.cameFrom, 1);
  }

  #describeSimilar(): void {
    const { vector, current, previous, start } = this.#context;
    const { dsr } = this.layers;
    if (dsr.size === 0) return;
    const ids = this.set.list();
    if (vector !== undefined) this.#similarity(dsr.distances(vector, ids, this.#room(ids.length)), Column.similarToCurrent);
    else if (current >= 0 && dsr.has(current)) {
      this.#similarity(dsr.distancesById(current, ids, this.#room(ids.length)), Column.similarToCurrent);
    }
    if (previous >= 0 && dsr.has(previous))
      this.#similarity(dsr.distancesById(previous, ids, this.#room(ids.length)), Column.similarToPrevious);
    if (start >= 0 && start !== previous && start !== current && dsr.has(start)) {
      this.#similarity(dsr.distancesById(start, ids, this.#room(ids.length)), Column.similarToStart);
    }
  }

  #room(n: number): Float32Array {
    if (this.#distances.length < n) this.#distances = new Float32Array(n * 2);
    return this.#distances;
  }

  #similarity(distances: Float32Array, column: number): void {
    const { set } = this;
    const { features } = set;
    for (let row = 0; row < set.size; row++) {
      const d = distances[row];
      const known = d !== Number.POSITIVE_INFINITY;
      const at = set.at(row);
      features[at + column] = known ? similarity(this.metric, d) : 0;
      features[at + Column.hasVector] = known ? 1 : 0;
    }
  }

  #describeAssociated(deep: boolean): void {
    const { previous, current } = this.#context;
    const { alm } = this.layers;
    const { set } = this;
    const { features } = set;
    for (const { id, score } of this.reached) {
      const row = set.find(id);
      if (row >= 0) features[set.at(row) + Column.reach] = Math.max(0, 1 + roughLog2(Math.max(score, LEAST_STRENGTH)) / STRENGTH_BITS);
    }
    if (this.edges === undefined && current >= 0) this.edges = alm.out(current, EDGES);
    if (this.edges !== undefined) {
      const { ids, weights } = this.edges;
      let total = 0;
      for (let e = 0; e < weights.length; e++) total += weights[e];
      const scale = ids.length / (total || 1);
      for (let e = 0; e < ids.length; e++) {
        const row = set.find(ids[e]);
        if (row < 0) continue;
        const at = set.at(row);
        const strength = Math.max(-1, Math.min(1, roughLog2(Math.max(weights[e] * scale, LEAST_STRENGTH)) / SHARE_BITS));
        features[at + Column.edgeStrength] = features[at + Column.edge] ? Math.max(features[at + Column.edgeStrength], strength) : strength;
        features[at + Column.edge] = 1;
      }
    }
    if (!deep) return;
    if (previous >= 0) {
      const { ids } = alm.out(previous, EDGES);
      for (let e = 0; e < ids.length; e++) {
        const row = set.find(ids[e]);
        if (row >= 0) features[set.at(row) + Column.edgeFromPrevious] = 1;
      }
    }
    const ids = set.list();
    for (let row = 0; row < ids.length; row++)
      features[set.at(row) + Column.inDegree] = roughLog2(1 + alm.inDegree(ids[row])) / DEGREE_BITS;
  }

  #describePredicted(deep: boolean): void {
    const { set } = this;
    const { features } = set;
    const ids = set.list();
    const n = ids.length;
    if (this.predicted === undefined) return;
    let edges = 0;
    for (let row = 0; row < n; row++) edges += features[set.at(row) + Column.edge];
    const share = EDGE_SHARE / Math.max(edges, 1);
    if (this.#probabilities.length < n) {
      this.#probabilities = new Float32Array(n * 2);
      this.#base = new Float32Array(n * 2);
    }
    const p = this.#probabilities.fill(0, 0, n);
    const { ids: likely, probabilities } = this.predicted;
    for (let i = 0; i < likely.length; i++) p[set.find(likely[i])] = probabilities[i];
    this.#evidence(p, share, Column.logPredicted, Column.logPredictedSmoothed);
    if (!deep) return;
    const { cpe } = this.layers;
    const { stream } = this.#context;
    const path = this.#path();
    if (path !== undefined) cpe.probabilitiesAfter(path, ids, p);
    else cpe.probabilities(stream, ids, p);
    this.#evidence(p, share, Column.logProbability, Column.logSmoothed);
    const base = cpe.probabilitiesAfter(NOTHING, ids, this.#base);
    for (let row = 0; row < n; row++) features[set.at(row) + Column.logFrequency] = evidenceOf(base[row]);
  }

  #evidence(p: Float32Array, share: number, column: number, smoothed: number): void {
    const { set } = this;
    const { features } = set;
    for (let row = 0; row < set.size; row++) {
      const at = set.at(row);
      const evidence = evidenceOf(p[row]);
      features[at + column] = evidence;
      features[at + smoothed] = features[at + Column.edge] ? evidenceOf(p[row] + share) : evidence;
    }
  }

  /** The probability of the row's candidate as CPE last told it, in depth or not. */
  probability(row: number): Probability {
    return this.predicted === undefined ? 0 : this.#probabilities[row];
  }
}

/** A distance of the metric as a similarity: 1 for the same vector, falling from there. */
export function similarity(metric: "cosine" | "l2" | "ip", distance: number): number {
  if (metric === "cosine") return 1 - distance;
  return metric === "l2" ? 1 / (1 + distance) : Math.max(-1, Math.min(1, -distance));
}

/**
 * log2(1 + p / 1e-3) / 10: a probability on a logarithmic scale that does not tell the improbable from the nearly impossible, which
 * a count of a few events cannot either.
 */
function evidenceOf(p: Probability): number {
  return roughLog2(1 + p / SMALL_P) / EVIDENCE_BITS;
}
