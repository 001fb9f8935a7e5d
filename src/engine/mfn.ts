import { badArgument, MfnError, notFound } from "../errors.js";
import { AlmCore } from "../layers/alm/core.js";
import { checkTime } from "../layers/alm/kernel.js";
import { CpeCore } from "../layers/cpe/core.js";
import type { Forecast, ForecastOptions } from "../layers/cpe/demand.js";
import { DEPTH } from "../layers/cpe/events.js";
import type { VectorStore } from "../layers/dsr/store.js";
import { IfrCore } from "../layers/ifr/core.js";
import type { Bytes, ItemId, Milliseconds } from "../types.js";
import { checkArray, checkInteger } from "../wasm/kernel.js";
import { Answer } from "./answer.js";
import { LAYERS, type LayerName } from "./features.js";
import { type Context, similarity } from "./flow.js";
import { Fusion } from "./fusion.js";
import type { Link, Operation } from "./operations.js";
import { layerOptions, type MfnOptions, type Settings, settle } from "./options.js";
import {
  type AssociateOptions,
  type PredictOptions,
  planOf,
  type RecallOptions,
  type RecallQuery,
  type RouteOptions,
  type SimilarOptions,
} from "./query.js";
import { Costs, runFlow } from "./recall.js";
import type { Associated, ContextVote, Explanation, Predictions, Recall, Route, Scored } from "./results.js";
import { EngineState, type Observation } from "./state.js";
import { checkKey, checkOperation, checkVector } from "./validate.js";

/** The modules of an engine: the four layers, the registries of the names of streams and series, and the fusion. */
export type ModuleName = LayerName | "streams" | "series" | "fusion";

/** What `stats` tells. */
export interface MfnStats {
  /** Keys that are known. */
  things: number;
  /** Of these, those that have a vector. */
  vectors: number;
  /** Edges between them. */
  edges: number;
  /** Streams that had an event. */
  streams: number;
  /** Series that had a record. */
  series: number;
  /** Operations carried out. */
  operations: number;
  /** State and WebAssembly memory by module. */
  bytes: Record<
    ModuleName,
    {
      /** Bytes of its state: what `images()` copies. */
      state: Bytes;
      /** Bytes of WebAssembly memory, state and working space. */
      memory: Bytes;
    }
  >;
  /** What the fusion learned. */
  fusion: {
    /** Events that taught it. */
    lessons: number;
    /** What each layer has brought of late: by how many nats the log-probability of what came falls without it. */
    gain: Record<LayerName, number>;
    /** Weight of each feature in a middling situation. */
    weights: Record<string, number>;
  };
}

/**
 * A memory engine: exact lookup, similarity, graph and prediction over one id space, in this process.
 *
 * It is a deterministic state machine over operations (`remember`, `observe`, `link`, `record`, `forget`): equal operations,
 * options and seed give equal bytes in the modules' memory. Questions change nothing.
 *
 * @example
 * ```ts
 * import { Mfn } from "mfn";
 * const mfn = await Mfn.create({ dimensions: 3 });
 * mfn.remember("tea", { vector: [1, 0, 0], links: [{ to: "cup" }] });
 * mfn.remember("coffee", { vector: [0.9, 0.1, 0], value: { hot: true } });
 * mfn.observe("ann", "tea");
 * mfn.observe("ann", "cup");
 * mfn.observe("bob", "tea");
 * mfn.similar("tea", { k: 1 })[0].key; // "coffee"
 * mfn.recall({ stream: "bob" }).results[0].key; // "cup"
 * ```
 */
export class Mfn {
  readonly #state: EngineState;
  readonly #costs = new Costs();
  readonly #answer: Answer;
  #disposed = false;

  private constructor(settings: Settings, ifr: IfrCore[], dsr: VectorStore, alm: AlmCore, cpe: CpeCore, fusion: Fusion) {
    this.#state = new EngineState({ ifr: ifr[0], dsr, alm, cpe }, ifr[1], ifr[2], fusion, settings);
    this.#answer = new Answer(this.#state);
  }

  /**
   * Makes an engine; compiles the WebAssembly without blocking.
   * @throws MfnError ERR_ARGUMENT, ERR_WASM, ERR_MEMORY
   */
  static async create(options: MfnOptions = {}): Promise<Mfn> {
    const settings = settle(options);
    const plan = layerOptions(settings, options);
    const ifr = await Promise.all(plan.ifr.map((o) => IfrCore.create(o)));
    const [dsr, alm, cpe, fusion] = await Promise.all([
      settings.similarity.create(plan.dsr),
      AlmCore.create(plan.alm),
      CpeCore.create(plan.cpe),
      Fusion.create(plan.fusion),
    ]);
    return new Mfn(settings, ifr, dsr, alm, cpe, fusion);
  }

  /** The same at once. Browsers may refuse to compile on the main thread: use `create` there. */
  static createSync(options: MfnOptions = {}): Mfn {
    const settings = settle(options);
    const plan = layerOptions(settings, options);
    return new Mfn(
      settings,
      plan.ifr.map((o) => IfrCore.createSync(o)),
      settings.similarity.createSync(plan.dsr),
      AlmCore.createSync(plan.alm),
      CpeCore.createSync(plan.cpe),
      Fusion.createSync(plan.fusion),
    );
  }

  // ---- operations -------------------------------------------------------------------------------------------------------

  /**
   * Carries out one operation, as the methods below do; for replaying a journal. An operation without a time gets the clock's.
   * @returns what the method of that operation returns
   * @throws MfnError; the engine is then as before
   */
  apply(operation: Operation): ItemId | Observation | boolean | undefined {
    this.#alive();
    const { dimensions, journal, clock } = this.#state.settings;
    checkOperation(operation, dimensions);
    if (operation.op === "forget") {
      journal?.append(operation);
      return this.#state.apply(operation, 0);
    }
    const { at = clock() } = operation;
    checkTime(at);
    if (journal !== undefined) journal.append(forJournal({ ...operation, at }));
    return this.#state.apply(operation, at);
  }

  /**
   * Makes a thing known, or adds to what is known of it: its vector (`dimensions` numbers), value and links. What is left out
   * stays as it was; links that are not named stay.
   * @returns its id
   * @throws MfnError ERR_KEY, ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_FULL, ERR_MEMORY; the engine is then as before
   */
  remember(key: string, given: { vector?: ArrayLike<number>; value?: unknown; links?: readonly Link[]; at?: Milliseconds } = {}): ItemId {
    return this.apply({ ...given, op: "remember", key }) as ItemId;
  }

  /**
   * The next event of a stream. The sequence model and the fusion learn from it; `value` is recorded in the series that has
   * the key's name.
   * @returns the thing's id, the surprise in bits, and what the fusion made of it
   */
  observe(stream: string, key: string, given: { at?: Milliseconds; value?: number } = {}): Observation {
    return this.apply({ ...given, op: "observe", stream, key }) as Observation;
  }

  /**
   * Connects two things with a directed edge of a type; sets the edge's weight (> 0, default 1), or adds to it with `reinforce`.
   * @returns whether the edge is new
   */
  link(from: string, to: string, given: { type?: string; weight?: number; reinforce?: boolean; at?: Milliseconds } = {}): boolean {
    return this.apply({ ...given, op: "link", from, to }) as boolean;
  }

  /** Adds a value to a named series. `interval` is the length of its steps, in milliseconds, and counts when the series is new. */
  record(series: string, value: number, given: { at?: Milliseconds; interval?: Milliseconds } = {}): void {
    this.apply({ ...given, op: "record", series, value });
  }

  /**
   * Removes a thing from all four layers, and the series of that name.
   * @returns whether there was one
   */
  forget(key: string): boolean {
    return this.apply({ op: "forget", key }) as boolean;
  }

  // ---- questions --------------------------------------------------------------------------------------------------------

  /** Whether the key is known. */
  has(key: string): boolean {
    this.#alive();
    return this.#state.layers.ifr.has(checkKey("key", key));
  }

  /** The value that was remembered with the key; undefined if there is none. */
  get(key: string): unknown {
    this.#alive();
    return this.#state.values.get(this.#state.layers.ifr.idOf(checkKey("key", key)));
  }

  /** How many things are known. */
  get size(): number {
    this.#alive();
    return this.#state.layers.ifr.size;
  }

  /** The known keys, by rising id. */
  keys(): IterableIterator<string> {
    this.#alive();
    return this.#state.layers.ifr.keys();
  }

  /** The names of the streams, in the order of their first event. */
  streams(): IterableIterator<string> {
    this.#alive();
    return this.#state.streams.keys();
  }

  /** The names of the series. */
  series(): IterableIterator<string> {
    this.#alive();
    return this.#state.series.keys();
  }

  /**
   * What belongs to the query: the exact thing, what is like it, what is connected to it, what comes next, fused into one
   * ranking with the evidence of each layer. An unknown key or stream is no error: it answers with what the rest of the query
   * gives. See `RecallOptions` for strategies and time budgets.
   * @throws MfnError ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE, ERR_KEY
   */
  recall(query: string | RecallQuery, options: RecallOptions = {}): Recall {
    this.#alive();
    const began = performance.now();
    const { plan, k } = planOf(options, this.#state.settings.layers);
    const { context, exact } = this.#contextOf(typeof query === "string" ? { key: query } : query, options.at);
    plan.exact = exact;
    const { flow, fusion } = this.#state;
    const outcome = runFlow(flow, fusion, this.#costs, context, plan, () => performance.now());
    const { results, escape } = this.#answer.rank(context, outcome, exact, { k, evidence: options.evidence ?? true });
    const { partial, layers } = outcome;
    return { results, escape, partial, strategy: plan.strategy, layers, elapsed: performance.now() - began };
  }

  /**
   * Why `key` would be an answer to the query: its rank and probability by all layers, what each contributed (the similar thing, the path, the
   * probability in the sequence), and what the sequence model makes of it after the last none, one, ... five events: the context that voted
   * for it is where that rises. Undefined if the key is not among the candidates.
   * @throws MfnError ERR_ARGUMENT, ERR_DIMENSION, ERR_NOT_FINITE, ERR_KEY
   */
  explain(query: string | RecallQuery, key: string, options: Pick<RecallOptions, "layers" | "at"> = {}): Explanation | undefined {
    const id = this.#state.layers.ifr.idOf(checkKey("key", key));
    const { results } = this.recall(query, { ...options, k: 0x7fff_ffff, strategy: "parallel" });
    const rank = results.findIndex((result) => result.id === id);
    if (rank < 0) return undefined;
    const { context } = this.#contextOf(typeof query === "string" ? { key: query } : query, options.at);
    const contexts: ContextVote[] = [];
    for (let n = 0; n <= Math.min(DEPTH, context.history.length); n++) {
      const after = context.history.subarray(context.history.length - n);
      const [probability] = this.#state.layers.cpe.probabilitiesAfter(after, [id]);
      contexts.push({ after: Array.from(after, (other) => this.#key(other)), probability });
    }
    return { ...results[rank], rank: rank + 1, contexts };
  }

  #contextOf(query: RecallQuery, at: Milliseconds | undefined): { context: Context; exact: ItemId } {
    if (query === null || typeof query !== "object") throw badArgument("query", "a key or an object", query);
    const { ifr } = this.#state.layers;
    const { key, vector, stream, history } = query;
    if (key === undefined && vector === undefined && stream === undefined && history === undefined) {
      throw badArgument("query", "a key, vector, stream or history", query);
    }
    if (vector !== undefined) checkVector("query.vector", vector, this.#state.settings.dimensions);
    if (at !== undefined) checkTime(at);
    const current = key === undefined ? -1 : ifr.idOf(checkKey("query.key", key));
    const streamId = stream === undefined ? undefined : this.#state.streams.idOf(checkKey("query.stream", stream));
    const ids = history === undefined ? undefined : Int32Array.from(this.#known(history));
    const context = this.#state.context({ current, stream: streamId, history: ids, vector, at });
    return { context, exact: stream === undefined && history === undefined ? current : -1 };
  }

  #known(keys: readonly string[]): number[] {
    return checkArray("history", keys)
      .map((key) => this.#state.layers.ifr.idOf(checkKey("history", key)))
      .filter((id) => id >= 0);
  }

  /**
   * The things most like a key's vector (itself left out) or a vector, by falling similarity: 1 - cosine distance for
   * "cosine", 1 / (1 + squared distance) for "l2", the inner product for "ip". Empty for a key without a vector.
   * @throws MfnError ERR_NOT_FOUND for an unknown key
   */
  similar(of: string | ArrayLike<number>, { k = 10 }: SimilarOptions = {}): Scored[] {
    this.#alive();
    const { dsr } = this.#state.layers;
    const { metric, dimensions } = this.#state.settings;
    checkInteger("k", k, 1, 0x7fff_ffff);
    let found: { ids: Int32Array; distances: Float32Array };
    if (typeof of === "string") {
      const id = this.#idOf("key", of);
      if (!dsr.has(id)) return [];
      found = dsr.searchById(id, { k });
    } else {
      checkVector("vector", of, dimensions);
      found = dsr.search(of, { k });
    }
    return Array.from(found.ids, (id, i) =>
      this.#scored(id, metric === "ip" ? -found.distances[i] : similarity(metric, found.distances[i])),
    );
  }

  /**
   * What is connected to the keys, over one or more hops. `by: "strength"` (default): best-first by the product of the edges'
   * shares of what their things link to, less a fifth a hop, with the path that explains each; `by: "pagerank"`: personalised
   * PageRank, without paths.
   * @throws MfnError ERR_NOT_FOUND for an unknown key
   */
  associate(
    keys: string | readonly string[],
    { k = 10, by = "strength", types, maxHops, minWeight, at }: AssociateOptions = {},
  ): Associated[] {
    this.#alive();
    const seeds = (typeof keys === "string" ? [keys] : checkArray("keys", keys)).map((key) => this.#idOf("key", key));
    const { alm } = this.#state.layers;
    const filter = this.#state.types.filter(types);
    if (by === "pagerank") {
      const { ids, scores } = alm.personalizedPageRank(seeds, { k, types: filter, at, excludeSeeds: true });
      return Array.from(ids, (id, i) => ({ ...this.#scored(id, scores[i]), path: [] }));
    }
    if (by !== "strength") throw badArgument("by", `"strength" or "pagerank"`, by);
    const reached = alm.recall(seeds, { k, types: filter, maxHops, minWeight, at, normalize: "out" });
    return reached.map(({ id, score, path }) => ({ ...this.#scored(id, score), path: this.#answer.path(path) }));
  }

  /**
   * The cheapest way from one thing to another, a weight being a cost (`cost: "weight"`, default) or every edge costing 1
   * (`"hops"`); undefined if there is none.
   * @throws MfnError ERR_NOT_FOUND for an unknown key
   */
  route(from: string, to: string, { cost = "weight", types, avoid, maxCost, at }: RouteOptions = {}): Route | undefined {
    this.#alive();
    const { alm } = this.#state.layers;
    const [source, target] = [this.#idOf("from", from), this.#idOf("to", to)];
    const filter = this.#state.types.filter(types);
    const way = alm.shortestPath(source, target, { cost, types: filter, avoid: avoid && this.#known(avoid), maxCost, at });
    if (way === undefined) return undefined;
    const keys = Array.from(way.path, (id) => this.#key(id));
    const steps = Array.from(way.types, (type, i) => ({
      from: keys[i],
      to: keys[i + 1],
      type: this.#state.types.name(type),
      weight: way.weights[i],
    }));
    return { cost: way.cost, keys, steps };
  }

  /**
   * What the sequence model alone expects next, in a stream or after some keys (newest last); by falling probability. The
   * probabilities of all known things and `escape` sum to 1. An unknown stream or key counts for nothing.
   */
  predict(after: string | readonly string[], { k = 10 }: PredictOptions = {}): Predictions {
    this.#alive();
    const { cpe } = this.#state.layers;
    checkInteger("k", k, 1, 0xffff);
    const stream = typeof after === "string" ? this.#state.streams.idOf(checkKey("stream", after)) : -1;
    const found = stream >= 0 ? cpe.predict(stream, k) : cpe.predictAfter(typeof after === "string" ? [] : this.#known(after), k);
    const results = Array.from(found.ids, (id, i) => ({ key: this.#key(id), id, probability: found.probabilities[i] }));
    return { results, escape: found.escape };
  }

  /**
   * How a series goes on, with the interval that should hold the truth with probability `coverage`.
   * @throws MfnError ERR_NOT_FOUND for an unknown series
   */
  forecast(series: string, options?: ForecastOptions): Forecast {
    this.#alive();
    const id = this.#state.series.idOf(checkKey("series", series));
    if (id < 0) throw notFound("series", series);
    return this.#state.layers.cpe.forecast(id, options);
  }

  /** What the engine holds and what it takes. */
  stats(): MfnStats {
    this.#alive();
    const { layers, streams, series, fusion, operations } = this.#state;
    const gain = Object.fromEntries(LAYERS.map((layer, i) => [layer, fusion.gain[i]])) as Record<LayerName, number>;
    return {
      things: layers.ifr.size,
      vectors: layers.dsr.size,
      edges: layers.alm.edgeCount,
      streams: streams.size,
      series: series.size,
      operations,
      bytes: this.#ofEach((module) => {
        const { stateBytes, memoryBytes } = module.stats();
        return { state: stateBytes, memory: memoryBytes };
      }),
      fusion: { lessons: fusion.lessons, gain, weights: fusion.named({ sureness: 2, length: 2, history: 2, revisit: 0, few: false }) },
    };
  }

  /** Copies of the whole state of every module: equal for equal operations, options and seed. */
  images(): Record<ModuleName, Uint8Array> {
    this.#alive();
    return this.#ofEach((module) => module.image());
  }

  /** Lets go of all memory; every later call throws ERR_DISPOSED. Idempotent. */
  dispose(): void {
    this.#disposed = true;
    this.#ofEach((module) => module.dispose());
    this.#state.values.clear();
  }

  #ofEach<T>(what: (module: IfrCore | VectorStore | AlmCore | CpeCore | Fusion) => T): Record<ModuleName, T> {
    const { layers, streams, series, fusion } = this.#state;
    const modules = { ...layers, streams, series, fusion };
    return Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, what(module)])) as Record<ModuleName, T>;
  }

  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #alive(): void {
    if (this.#disposed) throw new MfnError("ERR_DISPOSED", "Mfn: used after dispose()");
  }

  #idOf(name: string, key: string): ItemId {
    const id = this.#state.layers.ifr.idOf(checkKey(name, key));
    if (id < 0) throw notFound("key", key);
    return id;
  }

  #key(id: ItemId): string {
    return this.#state.key(id);
  }

  #scored(id: ItemId, score: number): Scored {
    return { key: this.#key(id), id, score };
  }
}

/** An operation as a journal can keep it: with a copy of the vector, as a plain array, which JSON writes as one. */
function forJournal<T extends Operation>(operation: T): T {
  return "vector" in operation && operation.vector !== undefined ? { ...operation, vector: Array.from(operation.vector) } : operation;
}
