import { badArgument, MfnError } from "../../errors.js";
import type { StreamId } from "../../types.js";
import { checkId, checkInteger, checkNumber } from "../../wasm/kernel.js";
import { Cpe } from "./cpe.js";
import { TrafficBudget } from "./prefetcher-budget.js";
import { DenseIds } from "./prefetcher-ids.js";
import { eventEvidence, KINDS, regionEvidence, UsePolicy } from "./prefetcher-policy.js";
import { Residence } from "./prefetcher-residence.js";
import type {
  EventModel,
  PrefetchCache,
  PrefetchCount,
  PrefetcherOptions,
  PrefetcherStats,
  PrefetchSource,
  RequestOptions,
} from "./prefetcher-types.js";
import { checkNumericId, type NumericId, StridePredictor } from "./stride.js";

export type * from "./prefetcher-types.js";

/** Bytes of the contexts of an event model that the prefetcher makes itself. */
const EVENT_BYTES = 1 << 20;
/** Ids that the event model is asked for. */
const EVENTS_ASKED = 4;
/** Names of the kinds of evidence that name ids; regions only say more of these. */
const sources: readonly PrefetchSource[] = ["run", "behind", "delta", "event"];
/** Where the kinds are that the stride expert does not know. */
const EVENT = 3;
const REGION = 4;
const NONE: RequestOptions = Object.freeze({});

/** Something fetched ahead that nobody has asked for yet. */
interface Waiting {
  source: number;
  /** The request by which to look whether it is still there. */
  until: number;
}

/**
 * A cache that is filled ahead: makes fetches out of predictions, as many as a cap on the backend's traffic allows. Made by `prefetcher`.
 *
 * Each request teaches a stride expert and an event model; what they name is judged by how often such evidence was right before, and
 * fetched if it is likely enough to be used. What is learned does not need fetches: where predictions fail, there are none.
 */
export class Prefetcher<K, V> {
  readonly #cache: PrefetchCache<K, V>;
  readonly #fetch: (id: NumericId) => V | PromiseLike<V>;
  readonly #key: (id: NumericId) => K;
  readonly #depth: number;
  readonly #residence: Residence;
  readonly #strides: StridePredictor;
  readonly #events: EventModel | undefined;
  readonly #dense: DenseIds;
  readonly #policy: UsePolicy;
  readonly #budget: TrafficBudget;
  /** Loads that are under way. */
  readonly #loads = new Map<NumericId, Promise<V>>();
  /** What was fetched ahead and is not used yet, in the order in which to look after it. */
  readonly #waiting = new Map<NumericId, Waiting>();
  readonly #held: (id: NumericId) => boolean;
  readonly #forget: (number: number) => void;
  readonly #counts = sources.map((): PrefetchCount => ({ issued: 0, useful: 0, wasted: 0 }));
  // Working space of a request: the ids that were named, and their evidence.
  readonly #ids: NumericId[] = [];
  #evidence = new Uint16Array(64 * KINDS);
  #requests = 0;
  #misses = 0;
  #late = 0;
  #fetches = 0;
  #failed = 0;
  /** What is to be ended with it. */
  readonly #own: Disposable[] = [];
  #disposed = false;

  /** See `prefetcher`. */
  constructor(cache: PrefetchCache<K, V>, options: PrefetcherOptions<K, V>) {
    if (typeof cache !== "object" || cache === null) throw badArgument("cache", "an object with has, get and set", cache);
    for (const name of ["has", "get", "set"] as const)
      if (typeof cache[name] !== "function") throw badArgument(`cache.${name}`, "a function", cache[name]);
    if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
    const { fetch, maxTraffic, key, least = 0.15, depth = 2, strides, events, eventIds = 65_536 } = options;
    if (typeof fetch !== "function") throw badArgument("fetch", "a function", fetch);
    if (key !== undefined && typeof key !== "function") throw badArgument("key", "a function", key);
    checkNumber("maxTraffic", maxTraffic, 0, 1000);
    checkNumber("least", least, 0, 1);
    this.#cache = cache;
    this.#fetch = fetch;
    this.#key = key ?? ((id) => id as K);
    this.#depth = checkInteger("depth", depth, 1, 1024);
    this.#dense = new DenseIds(checkInteger("eventIds", eventIds, 16, 2 ** 24));
    if (strides !== undefined && !(strides instanceof StridePredictor)) throw badArgument("strides", "a StridePredictor", strides);
    if (events !== undefined && events !== false) {
      for (const name of ["observe", "predict", "forget"] as const)
        if (typeof events?.[name] !== "function") throw badArgument("events", "an event model, such as a Cpe, or false", events);
    }
    this.#residence = new Residence();
    this.#policy = new UsePolicy(this.#residence.horizon);
    this.#held = (other) => this.#holds(other);
    this.#budget = new TrafficBudget(maxTraffic, least);
    this.#strides = strides ?? this.#take(StridePredictor.createSync());
    this.#events = events === false ? undefined : (events ?? this.#take(Cpe.createSync({ contextBytes: EVENT_BYTES })));
    this.#forget = (number) => this.#events?.forget(number);
  }

  /**
   * The value of an id: from the cache, or fetched. Then learns from the request and fetches ahead what is likely to be asked for.
   * @returns the value; a promise of it if it is loaded by a `fetch` that returns one. Requests for an id that is on its way wait for the same load.
   * @throws ERR_ARGUMENT; ERR_DISPOSED; what the cache or, for this id, `fetch` throws at once: nothing is learned then; ERR_MEMORY of an event model
   */
  get(id: NumericId, options: RequestOptions = NONE): V | Promise<V> {
    checkNumericId("id", id);
    if (typeof options !== "object" || options === null) throw badArgument("options", "an object", options);
    const { stream = 0, span = 1 } = options;
    checkId("stream", stream);
    checkInteger("span", span, 1, 2 ** 32);
    if (this.#disposed) throw new MfnError("ERR_DISPOSED", "prefetcher: used after dispose()");
    const key = this.#key(id);
    let value: V | Promise<V> | undefined = this.#cache.get(key);
    let missed = false;
    if (value === undefined && !this.#cache.has(key)) {
      const load = this.#loads.get(id);
      if (load === undefined) {
        value = this.#load(id, key);
        missed = true;
        this.#misses++;
      } else {
        this.#late++;
        value = load;
      }
    }
    try {
      this.#learn(id, stream, span, missed);
    } catch (error) {
      // Nobody gets the promise, so nobody could handle its rejection.
      if (value instanceof Promise) value.catch(() => {});
      throw error;
    }
    return value as V | Promise<V>;
  }

  /** Learns from a request and fetches ahead. */
  #learn(id: NumericId, stream: StreamId, span: number, missed: boolean): void {
    this.#requests++;
    const waiting = this.#waiting.get(id);
    this.#budget.request(missed || waiting !== undefined);
    // If it had to be fetched again, it had gone from the cache unused.
    if (waiting !== undefined) this.#settle(id, waiting, missed ? "wasted" : "useful");
    this.#policy.use(id);
    this.#lookAfter();
    this.#policy.horizon = this.#residence.request(id, this.#requests, missed, this.#held);
    this.#strides.observe(stream, id, span);
    this.#name(stream, id);
    this.#issue();
  }

  /** What it did so far. */
  stats(): PrefetcherStats {
    const sum = (what: keyof PrefetchCount) => this.#counts.reduce((total, count) => total + count[what], 0);
    const each = sources.map((name, i) => [name, { ...this.#counts[i]! }] as const);
    return {
      requests: this.#requests,
      misses: this.#misses,
      late: this.#late,
      traffic: this.#requests === 0 ? 0 : this.#fetches / this.#requests,
      failed: this.#failed,
      residence: this.#residence.horizon,
      threshold: this.#budget.threshold,
      issued: sum("issued"),
      useful: sum("useful"),
      wasted: sum("wasted"),
      sources: Object.fromEntries(each) as Record<PrefetchSource, PrefetchCount>,
    };
  }

  /** Lets go of the models it made itself; the cache and models given stay as they are. Idempotent. */
  dispose(): void {
    this.#disposed = true;
    for (const model of this.#own) model[Symbol.dispose]();
  }

  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #take<T extends Disposable>(model: T): T {
    this.#own.push(model);
    return model;
  }

  /** Fetches an id and puts it into the cache. */
  #load(id: NumericId, key: K): V | Promise<V> {
    const value = this.#fetch(id);
    this.#fetches++;
    this.#budget.fetch();
    if (!isPromise(value)) {
      this.#cache.set(key, value);
      return value;
    }
    const load = Promise.resolve(value).then(
      (loaded) => {
        this.#loads.delete(id);
        // What was put there in the meantime is newer.
        if (!this.#cache.has(key)) this.#cache.set(key, loaded);
        return loaded;
      },
      (error) => {
        this.#loads.delete(id);
        throw error;
      },
    );
    this.#loads.set(id, load);
    return load;
  }

  /** Gathers what the models name. */
  #name(stream: StreamId, id: NumericId): void {
    this.#ids.length = 0;
    const { ids, evidence } = this.#strides.ahead(stream, this.#depth);
    for (let i = 0; i < ids.length; i++) {
      const at = this.#add(ids[i]!);
      this.#evidence.set(evidence.subarray(3 * i, 3 * i + 3), at);
    }
    if (this.#events === undefined) return;
    this.#events.observe(stream, this.#dense.numberOf(id, this.#forget));
    const next = this.#events.predict(stream, EVENTS_ASKED);
    for (let i = 0; i < next.ids.length; i++) {
      const at = this.#place(this.#dense.idOf(next.ids[i]!));
      this.#evidence[at + EVENT] = eventEvidence(next.probabilities[i]!);
    }
  }

  /** Where the evidence for an id is gathered. */
  #place(id: NumericId): number {
    const i = this.#ids.lastIndexOf(id);
    return i < 0 ? this.#add(id) : i * KINDS;
  }

  /** A new place for the evidence for an id that has none. */
  #add(id: NumericId): number {
    const at = this.#ids.length * KINDS;
    this.#ids.push(id);
    if (at + KINDS > this.#evidence.length) {
      const more = new Uint16Array(2 * this.#evidence.length);
      more.set(this.#evidence);
      this.#evidence = more;
    }
    this.#evidence.fill(0, at, at + KINDS);
    return at;
  }

  /** Fetches what was named, is not there, and is worth it. */
  #issue(): void {
    for (let i = 0; i < this.#ids.length; i++) {
      const id = this.#ids[i]!;
      const key = this.#key(id);
      if (this.#loads.has(id) || this.#cache.has(key)) continue;
      const at = i * KINDS;
      let first = 0;
      while (first < REGION - 1 && this.#evidence[at + first] === 0) first++;
      this.#evidence[at + REGION] = regionEvidence(id, first);
      const p = this.#policy.nominate(id, this.#evidence, at);
      // It takes the place of something, which should be worth less.
      if (this.#budget.allows(p) && p > this.#residence.worth) this.#ahead(id, key, at);
    }
  }

  #ahead(id: NumericId, key: K, at: number): void {
    let source = 0;
    let best = -1;
    for (let kind = 0; kind < REGION; kind++) {
      const c = this.#evidence[at + kind]!;
      if (c === 0 || this.#policy.share(c) <= best) continue;
      best = this.#policy.share(c);
      source = kind;
    }
    const before = this.#waiting.get(id);
    if (before !== undefined) this.#settle(id, before, "wasted");
    // A fetch ahead that fails must not fail the request that it came with.
    try {
      const value = this.#load(id, key);
      if (value instanceof Promise) value.catch(() => this.#fail(id));
    } catch {
      this.#failed++;
      return;
    }
    this.#counts[source]!.issued++;
    this.#waiting.set(id, { source, until: this.#requests + this.#residence.horizon });
  }

  #settle(id: NumericId, waiting: Waiting, what: "useful" | "wasted"): void {
    this.#waiting.delete(id);
    this.#counts[waiting.source]![what]++;
  }

  #fail(id: NumericId): void {
    this.#failed++;
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#settle(id, waiting, "wasted");
  }

  /** Whether an id is in the cache or on its way there. */
  #holds(id: NumericId): boolean {
    return this.#loads.has(id) || this.#cache.has(this.#key(id));
  }

  /** Looks whether what was fetched ahead longest ago is still there. */
  #lookAfter(): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.until > this.#requests) return;
      if (!this.#holds(id)) {
        this.#settle(id, waiting, "wasted");
        continue;
      }
      this.#waiting.delete(id);
      waiting.until = this.#requests + this.#residence.horizon;
      this.#waiting.set(id, waiting);
      return;
    }
  }
}

/** Whether a loader's answer is still to come; a promise of any make, as `await` takes it. */
function isPromise<V>(value: V | PromiseLike<V>): value is PromiseLike<V> {
  return typeof (value as PromiseLike<V> | undefined | null)?.then === "function";
}

/**
 * Puts a prefetcher in front of a cache: turns predictions into fetches ahead, under a cap on the backend's traffic.
 * @param cache anything with `has`, `get` and `set`
 * @param options `fetch` and `maxTraffic` at least
 * @throws ERR_ARGUMENT for options outside their domain, ERR_WASM where WebAssembly cannot be compiled at once: give it `strides` and `events` then
 *
 * @example
 * const read = async (block: number) => `the bytes of block ${block}`;
 * const blocks = prefetcher(new Map<number, string>(), { fetch: read, maxTraffic: 1.2 });
 * for (let block = 0; block < 1000; block++) await blocks.get(block);
 * blocks.stats().useful > 900; // true: it soon reads ahead of such a run
 * blocks.dispose();
 */
export function prefetcher<K, V>(cache: PrefetchCache<K, V>, options: PrefetcherOptions<K, V>): Prefetcher<K, V> {
  return new Prefetcher(cache, options);
}
