import type { IfrCore } from "../layers/ifr/core.js";
import type { Bits, ItemId, Milliseconds } from "../types.js";
import type { LayerName } from "./features.js";
import { type Context, Flow, type Layers } from "./flow.js";
import type { Fusion, Lesson } from "./fusion.js";
import { TypeNames } from "./names.js";
import type { LinkOperation, ObserveOperation, Operation, RecordOperation, RememberOperation } from "./operations.js";
import type { Settings } from "./options.js";

/** What an `observe` found out. */
export interface Observation {
  /** Id of the thing that was observed. */
  id: ItemId;
  /** -log2 of the probability that CPE gave the event before it happened. */
  surprise: Bits;
  /** What the fusion of all layers had made of it, if it was taught by this event. */
  lesson: Lesson | undefined;
}

/** Most recent things of a stream that the flow looks at. */
const HISTORY = 16;
/** Most keys that are kept as strings: the registry keeps them as bytes, and to decode one takes as long as to score three candidates. */
const KEYS = 4096;
/** Longer ones are not kept. */
const LONG = 256;
/** Similarity comes last where a stream is known: it names more only if the others named few. */
const NAMING_ORDER: readonly LayerName[] = ["ifr", "alm", "cpe", "dsr"];

/**
 * All that an engine knows, and the only code that changes it. Each operation is carried out whole or, if a layer is out of
 * memory, not at all: what needs memory comes first and is undone on failure, what cannot fail comes last.
 */
export class EngineState {
  readonly types = new TypeNames();
  readonly flow: Flow;
  readonly recency: { now: number; last: Uint32Array } = { now: 0, last: new Uint32Array(1024) };
  /** Values given to `remember`, by id. */
  readonly values = new Map<ItemId, unknown>();
  /** Keys by id, decoded lately. */
  readonly #keys = new Map<ItemId, string>();
  /** How many operations were carried out. */
  operations = 0;
  #sinceLesson = 0;

  constructor(
    readonly layers: Layers,
    /** Names of streams and of series, and their numbers in CPE. */
    readonly streams: IfrCore,
    readonly series: IfrCore,
    readonly fusion: Fusion,
    readonly settings: Settings,
  ) {
    this.flow = new Flow(layers, fusion, this.recency, settings.metric);
  }

  /** Carries out a valid operation at time `at`. */
  apply(operation: Operation, at: Milliseconds): ItemId | Observation | boolean | undefined {
    const undo: Array<() => void> = [];
    try {
      const result = this.#apply(operation, at, undo);
      this.operations++;
      return result;
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
  }

  #apply(operation: Operation, at: Milliseconds, undo: Array<() => void>): ItemId | Observation | boolean | undefined {
    switch (operation.op) {
      case "remember":
        return this.#remember(operation, at, undo);
      case "observe":
        return this.#observe(operation, at, undo);
      case "link":
        return this.#link(operation, at, undo);
      case "record":
        return this.#record(operation, at, undo);
      case "forget":
        return this.#forget(operation.key);
    }
  }

  #remember({ key, vector, value, links = [] }: RememberOperation, at: Milliseconds, undo: Array<() => void>): ItemId {
    const { ifr, dsr, alm } = this.layers;
    const id = intern(ifr, key, undo);
    const to = links.map((link) => intern(ifr, link.to, undo));
    const types = links.map((link) => this.#type(link.type, undo));
    const replaces = vector !== undefined && dsr.has(id);
    // A vector that takes the place of another cannot be taken back, so it goes in last; here it is only asked whether it can.
    if (replaces) dsr.distances(vector, []);
    else if (vector !== undefined) {
      dsr.add(id, vector);
      undo.push(() => dsr.remove(id));
    }
    // All edges or none: so neither a weight nor ALM's clock needs to be taken back.
    if (to.length > 0) alm.linkMany(new Int32Array(to.length).fill(id), to, { types, weights: links.map(({ weight = 1 }) => weight), at });
    if (replaces) dsr.add(id, vector);
    if (value !== undefined) this.values.set(id, value);
    return id;
  }

  #link({ from, to, type, weight = 1, reinforce = false }: LinkOperation, at: Milliseconds, undo: Array<() => void>): boolean {
    const { ifr, alm } = this.layers;
    const source = intern(ifr, from, undo);
    const target = intern(ifr, to, undo);
    const number = this.#type(type, undo);
    if (!reinforce) return alm.link(source, target, { type: number, weight, at });
    const isNew = alm.weight(source, target, { type: number, at }) === undefined;
    // An addition of long ago may have decayed to nothing by now.
    return alm.reinforce(source, target, weight, { type: number, at }) > 0 && isNew;
  }

  #observe({ stream, key, value }: ObserveOperation, at: Milliseconds, undo: Array<() => void>): Observation {
    const { ifr, cpe } = this.layers;
    const streamId = intern(this.streams, stream, undo);
    const id = intern(ifr, key, undo);
    const { learnEvery } = this.settings;
    const teaches = learnEvery > 0 && this.#sinceLesson + 1 >= learnEvery;
    if (teaches) this.#gather(streamId, at);
    this.#reserveRecency(id);
    cpe.reserve(streamId, id);
    if (value !== undefined) cpe.record(intern(this.series, key, undo), at, value);
    const surprise = cpe.observe(streamId, id);
    this.recency.last[id] = ++this.recency.now;
    this.#sinceLesson = teaches ? 0 : this.#sinceLesson + 1;
    const lesson = teaches && this.flow.set.size > 0 ? this.fusion.learn(this.flow.set, this.flow.situation, id) : undefined;
    return { id, surprise, lesson };
  }

  #record({ series, value, interval }: RecordOperation, at: Milliseconds, undo: Array<() => void>): undefined {
    const { cpe } = this.layers;
    const before = this.series.size;
    const id = intern(this.series, series, undo);
    if (this.series.size !== before && interval !== undefined) {
      cpe.configureSeries(id, { interval });
      undo.push(() => cpe.forgetSeries(id));
    }
    cpe.record(id, at, value);
    return undefined;
  }

  #forget(key: string): boolean {
    const { ifr, dsr, alm, cpe } = this.layers;
    const id = ifr.idOf(key);
    const series = this.series.idOf(key);
    if (series >= 0) {
      cpe.forgetSeries(series);
      this.series.deleteId(series);
    }
    if (id < 0) return series >= 0;
    alm.removeNode(id);
    dsr.remove(id);
    cpe.forget(id);
    this.values.delete(id);
    this.#keys.delete(id);
    if (id < this.recency.last.length) this.recency.last[id] = 0;
    ifr.deleteId(id);
    return true;
  }

  /** The key of a known id. */
  key(id: ItemId): string {
    let key = this.#keys.get(id);
    if (key === undefined) {
      key = this.layers.ifr.keyOf(id) as string;
      if (this.#keys.size >= KEYS) this.#keys.clear();
      if (key.length <= LONG) this.#keys.set(id, key);
    }
    return key;
  }

  /** Makes room for the time of the thing's latest event. */
  #reserveRecency(id: ItemId): void {
    const { last } = this.recency;
    if (id < last.length) return;
    this.recency.last = new Uint32Array(Math.max(id + 1, last.length * 2));
    this.recency.last.set(last);
  }

  #type(name: string | undefined, undo: Array<() => void>): number {
    const before = this.types.size;
    const type = this.types.intern(name);
    if (this.types.size !== before) undo.push(() => this.types.shrink(before));
    return type;
  }

  /** Runs the whole flow for the moment before a stream's next event, as `recall` would. */
  #gather(stream: number, at: Milliseconds): void {
    const { flow } = this;
    const { layers } = this.settings;
    flow.begin(this.context({ stream, at }));
    for (const layer of NAMING_ORDER) {
      if (layers.includes(layer) && (layer !== "dsr" || flow.wantsSimilar)) flow.name(layer);
    }
    for (const layer of layers) flow.describe(layer, true);
  }

  /** The context of a stream's present, with what a question adds to it. */
  context(given: { stream?: number; history?: Int32Array; current?: ItemId; vector?: ArrayLike<number>; at?: Milliseconds }): Context {
    const sequence = given.stream !== undefined || given.history !== undefined;
    // A history is in place of the stream's own: CPE goes by it too.
    let stream = given.history === undefined ? (given.stream ?? -1) : -1;
    let history = given.history ?? (stream >= 0 ? this.layers.cpe.history(stream) : new Int32Array(0));
    const current = given.current ?? -1;
    if (current >= 0 && history[history.length - 1] !== current) {
      // Asked about a thing that is not the stream's last: as if it were the next event.
      history = Int32Array.of(...history.slice(1 - HISTORY), current);
      stream = -1;
    }
    if (history.length > HISTORY) history = history.slice(-HISTORY);
    const n = history.length;
    return {
      current: n > 0 ? history[n - 1] : -1,
      previous: n > 1 ? history[n - 2] : -1,
      start: n > 0 ? history[0] : -1,
      history,
      stream,
      sequence,
      vector: given.vector,
      at: given.at,
    };
  }
}

/** The id of a key, a new one if need be, which `undo` takes back. */
function intern(registry: IfrCore, key: string, undo: Array<() => void>): number {
  const before = registry.size;
  const id = registry.intern(key);
  if (registry.size !== before) undo.push(() => registry.deleteId(id));
  return id;
}
