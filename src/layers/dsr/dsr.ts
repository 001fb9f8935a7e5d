import { badArgument, MfnError, notFound } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { dsrIndexModule } from "../../wasm/generated/dsr-index.js";
import { checkId, checkInteger, checkNumber, type Kernel, NO_MEMORY, NOT_FOUND } from "../../wasm/kernel.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkBoolean, type IndexExports, indexOptions, METRIC_NAMES, reportOf, startIndex, wordsOf } from "./index-module.js";
import type { DsrOptions, DsrStats, LearnOptions, LearnReport, Neighbors, SearchOptions, SpikeTrace } from "./index-types.js";
import { snapshotKinds } from "./snapshot.js";
import { checkGiven, checkSearch, NO_ID, VectorStore, without } from "./store.js";

export type * from "./index-types.js";

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<IndexExports>(snapshotKinds.index, dsrIndexModule, "populationInit");

/** A recall that is almost all: what a search aims at unless it is told. */
const RECALL = 0.99;

/**
 * Similarity search: vectors addressed by the caller's ids, found by a population of spiking neurons.
 *
 * With few vectors a search looks at all of them. From 4,096 on the population learns, by itself, where the vectors lie: each neuron
 * is a prototype of the vectors it wins, and each vector is kept a second time as the spikes (signs) of what is left of it under its
 * prototype. A search then asks the neurons nearest to the query, scans the spikes of their vectors, and compares the best of these in
 * full. An engineer calls it an inverted file with one-bit codes and re-ranking; docs/dsr.md has the details and the sources.
 *
 * Distances are exact; which items are found is not, beyond `recall`. The state is a function of options and calls: queries do not
 * change it.
 *
 * Ids are meant to be dense, as IFR gives them: a table of 4 bytes for each id up to the largest one is kept.
 * Under l2 and ip a vector may have a Euclidean length of up to 2^50, under cosine up to 3.4e38.
 *
 * Every method throws ERR_DISPOSED after `dispose()`.
 *
 * @example
 * const dsr = Dsr.createSync({ dimensions: 3 });
 * dsr.addMany([0, 1, 2], Float32Array.of(1, 0, 0, 1, 1, 0, 0, 0, 1));
 * dsr.search([2, 0.1, 0], { k: 2 }).ids; // Int32Array [0, 1]
 */
export class Dsr extends VectorStore<IndexExports> {
  #options: DsrOptions;

  private constructor(k: Kernel<IndexExports>, options: DsrOptions) {
    super(k, options);
    this.#options = options;
  }

  /**
   * Makes an empty index.
   * @throws ERR_ARGUMENT for an option outside its domain, ERR_MEMORY if `capacity` does not fit, ERR_WASM
   */
  static async create(options: DsrOptions): Promise<Dsr> {
    const given = indexOptions(options);
    return new Dsr(startIndex(await instantiate(dsrIndexModule, options.wasm), given), given);
  }

  /** The same at once; browsers may refuse this on the main thread. */
  static createSync(options: DsrOptions): Dsr {
    const given = indexOptions(options);
    return new Dsr(startIndex(instantiateSync(dsrIndexModule, options.wasm), given), given);
  }

  /**
   * An index as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions & { reuse?: Dsr }): Promise<Dsr> {
    const { kernel, header } = await format().load(source, options, options?.reuse?.k);
    return new Dsr(kernel, loadedOptions(header.words, header.seed));
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: Dsr }): Dsr {
    const { kernel, header } = format().loadSync(source, options, options?.reuse?.k);
    return new Dsr(kernel, loadedOptions(header.words, header.seed));
  }

  /** The index as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.k, this.#options.seed ?? 0, wordsOf(this.#options));
  }

  /**
   * Takes the state of a snapshot of an index of the same dimensions, metric and form of rows instead of its own, in the memory it has. The
   * snapshot is read twice, first to check it.
   * @throws as `load`; then the index is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    const { seed } = format().restore(this.k, source, options?.maxBytes, wordsOf(this.#options));
    this.#options = { ...this.#options, seed };
  }

  /** How rows are kept: see {@link DsrOptions.rows}. */
  get rows(): "f32" | "i8" {
    return this.#options.rows ?? "f32";
  }

  /**
   * Gives an item a vector. O(d log d + neurons d / 8), under ip O(neurons d); and `learn()`, where as many vectors have been added as there
   * were when the population last learned.
   * @param vector `dimensions` finite numbers
   * @returns true if the item had none, false if its vector was replaced
   * @throws ERR_ARGUMENT (id, or a vector too long for the metric), ERR_DIMENSION, ERR_NOT_FINITE, ERR_MEMORY; nothing is changed then
   */
  override add(id: ItemId, vector: ArrayLike<number>): boolean {
    const isNew = super.add(id, vector);
    this.#settle();
    return isNew;
  }

  /**
   * Gives many items their vectors, all or none: the population learns at most once. The fast way to fill an index.
   * @param ids n ids; of one that comes twice, the last vector stays
   * @param vectors the n vectors, back to back
   * @throws as `add`; nothing is changed then
   */
  override addMany(ids: ArrayLike<number>, vectors: Float32Array): void {
    super.addMany(ids, vectors);
    this.#settle();
  }

  /** Gives an item that has a vector another one. O as `add`. @throws ERR_NOT_FOUND if it has none; else as `add` */
  update(id: ItemId, vector: ArrayLike<number>): void {
    if (!this.has(id)) throw notFound("vector of id", id);
    this.add(id, vector);
  }

  #settle(): void {
    try {
      this.k.x.populationSettle();
    } catch (error) {
      throw this.k.fail(error);
    }
  }

  /**
   * Lets the population learn from all vectors as they are now, and gives every vector its spikes anew: after the data has drifted, or to
   * choose the moment oneself. O(n (neurons + d log d)); for 60,000 vectors of 384 numbers about two seconds.
   * @throws ERR_MEMORY, and nothing has changed; ERR_ARGUMENT for fewer than 16 vectors, or vectors of more than 4,096 dimensions
   */
  learn(options: LearnOptions = {}): LearnReport {
    checkGiven(options);
    const { neurons = 0, plasticity = true, homeostasis = true } = options;
    checkInteger("neurons", neurons, 0, 32_768);
    checkBoolean("plasticity", plasticity);
    checkBoolean("homeostasis", homeostasis);
    const k = this.k;
    try {
      const rows = this.size;
      if (rows < 16) throw badArgument("learn", "16 vectors or more to learn from", rows);
      if (this.dimensions > 4096) throw badArgument("learn", "vectors of at most 4,096 dimensions", this.dimensions);
      if (k.x.populationLearn(neurons, plasticity ? 1 : 0, homeostasis ? 1 : 0) === NO_MEMORY) throw k.full();
      const { neurons: learned, meanSquaredDistance, imbalance } = reportOf(k);
      return { rows, neurons: learned, meanSquaredDistance, imbalance };
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The items nearest to a vector, with their exact distances.
   * @throws ERR_DIMENSION, ERR_NOT_FINITE, ERR_ARGUMENT, ERR_MEMORY
   */
  override search(query: ArrayLike<number>, options: SearchOptions = {}): Neighbors {
    this.checkVector("query", query);
    const [count, exclude] = checkSearch(options);
    const look = checkLook(options);
    const k = this.k;
    try {
      const filter = cut(options.filter);
      const words = filter === undefined ? 0 : filter.length + 1;
      const at = this.putQuery(query, words << 2);
      const mask = this.#putFilter(filter, at + (((this.dimensions + 3) & ~3) << 2));
      return this.neighbors(k.x.populationSearch(at, count, exclude, look.recall, look.probes, look.candidates, mask), query);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The items nearest to an item, without itself (and without `exclude`).
   * @throws ERR_NOT_FOUND if it has no vector, ERR_ARGUMENT, ERR_MEMORY
   */
  override searchById(id: ItemId, options: SearchOptions = {}): Neighbors {
    checkId("id", id);
    const [count, exclude] = checkSearch(options);
    const look = checkLook(options);
    const k = this.k;
    try {
      const filter = cut(options.filter);
      const mask = filter === undefined ? 0 : this.#putFilter(filter, k.forQuery((filter.length + 1) << 2));
      // The item itself takes the one place for an id to leave out: with another one, look for one more and drop that one.
      const more = exclude !== NO_ID && exclude !== id;
      const result = k.x.populationSearchById(id, more ? count + 1 : count, look.recall, look.probes, look.candidates, mask);
      if (result === NOT_FOUND) throw notFound("vector of id", id);
      const found = this.neighbors(result);
      return more ? without(found, exclude, count) : found;
    } catch (error) {
      throw k.fail(error);
    }
  }

  /**
   * The items within a distance of a vector, nearest first: as many searches as it takes, each for twice as many items.
   * @param threshold the largest distance, as the metric has it (under l2 squared, under ip the negated product)
   * @param options as for `search`; `k` is the most items to return, default all
   * @throws as `search`
   */
  similar(query: ArrayLike<number>, threshold: number, options: SearchOptions = {}): Neighbors {
    if (typeof threshold !== "number" || Number.isNaN(threshold)) throw badArgument("threshold", "a number", threshold);
    this.checkVector("query", query);
    checkGiven(options);
    const { size } = this;
    const most = Math.min(options.k === undefined ? size : checkSearch(options)[0], size);
    if (most === 0) return this.search(query, { ...options, k: 1 });
    for (let count = Math.min(most, 32); ; count = Math.min(most, count * 2)) {
      const { ids, distances } = this.search(query, { ...options, k: count });
      let n = ids.length;
      while (n > 0 && distances[n - 1] > threshold) n--;
      if (n < ids.length || ids.length < count || count === most) return { ids: ids.slice(0, n), distances: distances.slice(0, n) };
    }
  }

  /**
   * How new a vector is: its distance from the neuron that wins it, in standard deviations of the distances of the vectors this neuron
   * won when the population last learned, around their mean. About 0 for what is like the rest; above 3 is rare.
   * @throws ERR_ARGUMENT if the population has not learned; else as `search`
   */
  novelty(query: ArrayLike<number>): number {
    return this.#ask(
      query,
      (at, x) => x.populationNovelty(at),
      (place) => this.k.f64[place >>> 1],
    );
  }

  /**
   * The neuron that wins a vector, by distance under every metric: its cluster, in [0, `stats().neurons`). Learning numbers them anew.
   * O(neurons d). @throws as `novelty`
   */
  cluster(query: ArrayLike<number>): number {
    return this.winners(query, 1)[0];
  }

  /** The `count` neurons that win a vector, in the order of their spikes. O(neurons d). @throws as `novelty` */
  winners(query: ArrayLike<number>, count: number): Int32Array {
    checkInteger("count", count, 1, 32_768);
    return this.#ask(
      query,
      (at, x) => x.populationWinners(at, count),
      (place) => this.k.i32.slice(place + 1, place + 1 + this.k.u32[place]),
    );
  }

  /**
   * What the neurons do with a vector: the population as leaky integrate-and-fire neurons with lateral inhibition, stepped in
   * milliseconds until `count` have fired, or for a second: neurons farther than the mean of all never fire. The winners are those of
   * `winners`, come to another way. O(steps neurons + neurons d).
   * @param count neurons after whose spikes the others are shut off; default 8
   * @throws as `novelty`
   */
  trace(query: ArrayLike<number>, count = 8): SpikeTrace {
    checkInteger("count", count, 1, 32_768);
    return this.#ask(
      query,
      (at, x) => x.populationTrace(at, count),
      (place) => {
        const { u32, i32, f32, u8 } = this.k;
        const { neurons, spikesPerWord } = reportOf(this.k);
        const asked = Math.min(count, neurons);
        const fired = u32[place + 1];
        const potentials = place + 4;
        const winners = potentials + neurons;
        const word = (winners + 2 * asked) << 2;
        return {
          winners: i32.slice(winners, winners + fired),
          firstSpikeTimes: Float32Array.from(u32.subarray(winners + asked, winners + asked + fired)),
          membranePotentials: f32.slice(potentials, potentials + neurons),
          spikeWord: u8.slice(word >>> 0, (word >>> 0) + (spikesPerWord >>> 3)),
          steps: u32[place],
        };
      },
    );
  }

  /** What the population answers about a vector: an address. */
  #ask<T>(query: ArrayLike<number>, ask: (at: number, x: IndexExports) => number, read: (place: number) => T): T {
    this.checkVector("query", query);
    const k = this.k;
    try {
      const place = ask(this.putQuery(query, 0), k.x);
      if (place === NOT_FOUND) throw notLearned();
      this.checkFound(place, query);
      return read(place >>> 2);
    } catch (error) {
      throw k.fail(error);
    }
  }

  /** Writes a filter to `at` as the module wants it. @returns its address, 0 for none */
  #putFilter(filter: Uint32Array | undefined, at: number): number {
    if (filter === undefined) return 0;
    const { u32 } = this.k;
    u32[at >>> 2] = filter.length;
    u32.set(filter, (at >>> 2) + 1);
    return at;
  }

  override stats(): DsrStats {
    const k = this.k;
    try {
      const { neurons, indexed, spikesPerWord, imbalance } = reportOf(k);
      return { ...super.stats(), rows: this.rows, neurons, indexed, spikesPerWord, imbalance, freeBytes: k.x.arenaFree() >>> 0 };
    } catch (error) {
      throw k.fail(error);
    }
  }
}

interface Look {
  recall: number;
  probes: number;
  candidates: number;
}

function checkLook({ recall = RECALL, probes = 0, candidates = 0, filter }: SearchOptions): Look {
  checkNumber("recall", recall, 0, 1);
  checkInteger("probes", probes, 0, 0x7fff_ffff);
  checkInteger("candidates", candidates, 0, 0x1000_0000);
  if (filter !== undefined && !(filter instanceof Uint32Array)) throw badArgument("filter", "a Uint32Array of bits by id", filter);
  return { recall, probes, candidates };
}

/** A filter without the entries for ids that there cannot be. */
function cut(filter: Uint32Array | undefined): Uint32Array | undefined {
  return filter?.subarray(0, 2 ** 26);
}

function loadedOptions([dimensions, form]: readonly [number, number], seed: number): DsrOptions {
  return { dimensions, metric: METRIC_NAMES[form & 0xff], rows: form >>> 8 === 1 ? "i8" : "f32", seed };
}

function notLearned(): MfnError {
  return new MfnError("ERR_ARGUMENT", "dsr: the population has not learned yet; it does by itself from 4,096 vectors on, or call learn()");
}
