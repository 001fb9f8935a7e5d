import { notFound } from "../../errors.js";
import type { ItemId, Milliseconds } from "../../types.js";
import { almMeshModule } from "../../wasm/generated/alm-mesh.js";
import { checkInteger, type Kernel } from "../../wasm/kernel.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { checkRows, isBulk, linkBulk, type Rows, reinforceRows, unlinkBulk, unlinkRows, updateBulk, updateRows } from "./batch.js";
import { MeshFrozen } from "./frozen.js";
import { startGraph, timeOf } from "./graph.js";
import { given, type MeshExports } from "./kernel.js";

import { snapshotKinds } from "./snapshot.js";
import type { Edge, LinkManyOptions, MeshOptions } from "./types.js";

export type { EdgeColumns } from "./columns.js";
export type * from "./freeze-options.js";
export type * from "./query-types.js";
export type * from "./route-options.js";
export type * from "./types.js";

/** Default of every options argument. */
const NONE = Object.freeze({});
// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<MeshExports>(snapshotKinds.mesh, almMeshModule, "updateMany");

/** What a snapshot says of the graph beside its state. */
function wordsOf({ directed = true, maxDegree = 0 }: MeshOptions): readonly [number, number] {
  return [directed ? 1 : 0, maxDegree];
}

function loadedOptions([directed, maxDegree]: readonly [number, number], seed: number): MeshOptions {
  return { directed: directed !== 0, maxDegree: maxDegree === 0 ? undefined : maxDegree, seed };
}

/** A name of an edge; see {@link Alm.handle}. */
export type EdgeHandle = number;

/** How to change many edges at once. */
export interface ManyOptions {
  /** A type for each edge; default 0. */
  types?: ArrayLike<number>;
  /** Time of all of them; default: the largest seen. */
  at?: Milliseconds;
}

/**
 * The Associative Link Mesh: a live weighted typed graph over ids that answers what is connected to this, and by which way, while it
 * changes.
 *
 * @example
 * const graph = Alm.createSync();
 * graph.link(1, 2, { weight: 0.9 });
 * graph.link(2, 3, { weight: 0.5 });
 * const [near, far] = graph.recall([1]); // 2 with score 0.72, then 3 with score 0.288
 * far.id; // 3
 * far.path.map(({ from, to }) => [from, to]); // by way of 2
 * near.path.length; // 1
 */
export class Alm extends MeshFrozen {
  #options: MeshOptions;

  private constructor(k: Kernel<MeshExports>, options: MeshOptions) {
    super(k, options);
    this.#options = options;
  }

  /** Makes an empty graph. @throws MfnError `ERR_WASM`, `ERR_MEMORY`, or for an option outside its domain */
  static async create(options: MeshOptions = {}): Promise<Alm> {
    return new Alm(startGraph("alm-mesh", await instantiate(almMeshModule, options?.wasm), "updateMany", options), options);
  }

  /** The same at once, where the runtime allows it. */
  static createSync(options: MeshOptions = {}): Alm {
    return new Alm(startGraph("alm-mesh", instantiateSync(almMeshModule, options?.wasm), "updateMany", options), options);
  }

  /**
   * A graph as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws MfnError `ERR_SNAPSHOT` and others of `loadSnapshot`
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions & { reuse?: Alm }): Promise<Alm> {
    const { kernel, header } = await format().load(source, options, options?.reuse?.k);
    return new Alm(kernel, loadedOptions(header.words, header.seed));
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions & { reuse?: Alm }): Alm {
    const { kernel, header } = format().loadSync(source, options, options?.reuse?.k);
    return new Alm(kernel, loadedOptions(header.words, header.seed));
  }

  /** The graph as a file: header, checksum and state. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.k, this.#options.seed ?? 0, wordsOf(this.#options));
  }

  /**
   * Takes the state of a snapshot of a graph of the same `directed` and `maxDegree` instead of its own, in the memory it has. The snapshot is read
   * twice, first to check it.
   * @throws as `load`; then the graph is as before
   */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    const { seed } = format().restore(this.k, source, options?.maxBytes, wordsOf(this.#options));
    this.#options = { ...this.#options, seed };
    this.restores++;
    this.thaw();
  }

  /**
   * A name of an edge that lasts as long as the edge does, for what is kept of it elsewhere, in a `Map` say: a safe integer. The same edge has the
   * same handle each time; when it is removed, or gives way under `maxDegree`, its handle is never given again. Part of the state and
   * of snapshots, 40 bytes for each edge that has one. O(1).
   * @returns undefined if there is no such edge
   */
  handle(from: ItemId, to: ItemId, options: { type?: number } = NONE): EdgeHandle | undefined {
    const { type = 0 } = given(options);
    if (this.weight(from, to, { type }) === undefined) return undefined;
    const { x } = this.k;
    try {
      const row = x.rowOf(from, to, type);
      if (row < 0) throw this.k.full();
      return x.generationOf(row) * 2 ** 32 + row;
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /** The edge of a handle, or undefined if it is gone. O(1). */
  edgeOf(handle: EdgeHandle): Edge | undefined {
    checkInteger("handle", handle, 0, Number.MAX_SAFE_INTEGER);
    try {
      const at = (this.k.x.edgeOfRow(handle % 2 ** 32, Math.floor(handle / 2 ** 32)) >>> 0) >>> 2;
      if (at === 0) return undefined;
      const [from, to, type] = this.k.i32.subarray(at, at + 3);
      return { from, to, type, weight: this.weight(from, to, { type }) as number };
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * Makes many edges, all or none; the fast path. Of rows with the same ends and type the last counts. With a `maxDegree` rows are done in their order, and where
   * memory runs out those before stay.
   * @returns how many are new
   */
  override linkMany(from: ArrayLike<number>, to: ArrayLike<number>, options: LinkManyOptions = NONE): number {
    const rows = checkRows(from, to, options);
    const { at } = options;
    const time = timeOf(at);
    const limited = this.#options.maxDegree !== undefined;
    try {
      // Rows are done once where they may make others give way: what is stored is made ready first.
      if (limited && at !== undefined) this.k.x.rescale(time);
      if (this.#isBulk(rows)) {
        const status = linkBulk(this.k, rows, time, false);
        if (status >= 0) return status;
      }
    } catch (e) {
      throw this.k.fail(e);
    }
    return this.linkRows(rows, at, limited);
  }

  /** Whether a batch is to be dealt. With a limit of edges the order counts in which they come. */
  #isBulk(rows: Rows): boolean {
    return this.#options.maxDegree === undefined && isBulk(this.k, rows);
  }

  /**
   * Gives many edges new weights, all or none; the fast path.
   * @returns how many
   * @throws MfnError `ERR_NOT_FOUND` for an edge that is not there; then none has changed
   */
  updateMany(from: ArrayLike<number>, to: ArrayLike<number>, weights: ArrayLike<number>, options: ManyOptions = NONE): number {
    const { types, at } = given(options);
    const rows = checkRows(from, to, { weights, types });
    const time = timeOf(at);
    try {
      const status = this.#isBulk(rows) ? updateBulk(this.k, rows, time) : updateRows(this.k, rows, time);
      if (status >= 0) return status;
      const row = -status - 16;
      throw notFound("edge", `${from[row]} -> ${to[row]}, type ${types?.[row] ?? 0}`);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /** Removes many edges, where they are there; the fast path. @returns how many were */
  unlinkMany(from: ArrayLike<number>, to: ArrayLike<number>, options: { types?: ArrayLike<number> } = NONE): number {
    const rows = checkRows(from, to, { types: given(options).types });
    try {
      return this.#isBulk(rows) ? unlinkBulk(this.k, rows) : unlinkRows(this.k, rows);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * Adds to the weights of many edges, and makes those that are not there, all or none (with a `maxDegree` as `linkMany`); the fast path of
   * Hebbian learning.
   * @param deltas in [1e-18, 1e18]
   * @returns how many are new
   */
  reinforceMany(from: ArrayLike<number>, to: ArrayLike<number>, deltas: ArrayLike<number>, options: ManyOptions = NONE): number {
    const { types, at } = given(options);
    const rows = checkRows(from, to, { weights: deltas, types }, "deltas");
    const time = timeOf(at);
    try {
      // A time far ahead rescales all weights, which only a bulk can put off until nothing can fail.
      const far = this.#options.maxDegree === undefined && this.k.x.leads(time);
      if (far || this.#isBulk(rows)) {
        const status = linkBulk(this.k, rows, time, true);
        if (status >= 0) return status;
        if (far) throw this.k.full();
      }
      return reinforceRows(this.k, rows, time, this.#options.maxDegree !== undefined);
    } catch (e) {
      throw this.k.fail(e);
    }
  }

  /**
   * Puts all arcs into the least memory that holds them, in the order of ids. Queries go a little faster after much change. O(nodes + edges).
   * @throws MfnError `ERR_MEMORY` without room for a copy; then nothing has changed
   */
  compact(): void {
    try {
      if (this.k.x.compact() === 0) return;
    } catch (e) {
      throw this.k.fail(e);
    }
    throw this.k.full();
  }
}
