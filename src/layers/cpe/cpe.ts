import { badArgument } from "../../errors.js";
import type { ItemId } from "../../types.js";
import { cpeEventsModule } from "../../wasm/generated/cpe-events.js";
import type { Kernel } from "../../wasm/kernel.js";
import type { LoadOptions } from "../../wasm/snapshot.js";
import { SnapshotFormat } from "../../wasm/snapshot-format.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "../../wasm/snapshot-source.js";
import { instantiate, instantiateSync } from "../../wasm/source.js";
import { type EventModelOptions, startModel } from "./options.js";
import { type SessionExports, SessionLayer } from "./sessions.js";
import { snapshotKinds } from "./snapshot.js";

// Made when it is asked for: a bundler keeps what is made where a module is loaded.
const format = () => new SnapshotFormat<SessionExports>(snapshotKinds.events, cpeEventsModule, "conduct");

/**
 * The Context Prediction Engine's event model: learns, event by event, what comes next in many interleaved streams, and says how probable it is.
 *
 * Every id that was observed has a probability; they and the escape, the probability of an id never observed, add up to 1: the bits that `observe`
 * returns are those that an arithmetic coder takes. Memory is fixed but for 16 to 32 bytes an id and 160 a stream. Time per event does not depend on
 * what was learned before.
 *
 * @example
 * const cpe = await Cpe.create();
 * for (const id of [1, 2, 3, 1, 2, 3, 1, 2]) cpe.observe(0, id);
 * cpe.predict(0, 1).ids; // [3]
 */
export class Cpe extends SessionLayer<SessionExports> {
  protected constructor(k: Kernel<SessionExports>) {
    super(k);
  }

  /**
   * A model that has seen nothing.
   * @throws ERR_ARGUMENT for options outside their domain, ERR_MEMORY if the table of contexts does not fit, ERR_WASM
   */
  static async create(options: EventModelOptions = {}): Promise<Cpe> {
    return new Cpe(startModel(await instantiate(cpeEventsModule, options?.wasm), options));
  }

  /** The same at once, where the runtime allows to compile WebAssembly synchronously. */
  static createSync(options: EventModelOptions = {}): Cpe {
    return new Cpe(startModel(instantiateSync(cpeEventsModule, options?.wasm), options));
  }

  /**
   * A model as `snapshot` wrote it, which then goes on as the original would have.
   * @param source the snapshot's bytes; a reader at positions, such as `fileSource` of `mfn/node`; a fetch Response, a Blob or a stream
   * @throws ERR_SNAPSHOT for a file that is damaged, or of another kind or version; ERR_MEMORY; ERR_WASM
   */
  static async load(source: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions): Promise<Cpe> {
    return new Cpe((await format().load(source, options)).kernel);
  }

  /** The same at once, from bytes or a reader. */
  static loadSync(source: SnapshotBytes | SnapshotReader, options?: LoadOptions): Cpe {
    return new Cpe(format().loadSync(source, options).kernel);
  }

  /** The model as a file: header, checksum and state, options included. O(bytes). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return format().write(this.k, 0);
  }

  /** Takes the state of a snapshot instead of its own, options included. @throws as `load`; then the model is as before */
  restore(source: SnapshotBytes | SnapshotReader, options?: Pick<LoadOptions, "maxBytes">): void {
    format().restore(this.k, source, options?.maxBytes);
  }

  protected override writeHistory(history: ArrayLike<ItemId>): number {
    if (!this.k.x.isShared()) throw badArgument("history", "a stream instead, as each has a model of its own", history);
    return super.writeHistory(history);
  }
}
