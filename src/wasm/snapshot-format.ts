import { Kernel, type KernelExports } from "./kernel.js";
import { type Loaded, type LoadOptions, loadSnapshot, loadSnapshotSync, restoreSnapshot, writeSnapshot } from "./snapshot.js";
import type { SnapshotHeader, SnapshotKind } from "./snapshot-header.js";
import type { SnapshotBytes, SnapshotInput, SnapshotReader } from "./snapshot-source.js";
import { type EmbeddedModule, instantiate, instantiateSync } from "./source.js";

/** Snapshots of one class: its kind, and how a kernel for it is made. */
export class SnapshotFormat<X extends KernelExports> {
  readonly #kind: SnapshotKind;
  readonly #module: EmbeddedModule;
  readonly #mark: keyof X;

  /** @param mark an export that only this module has, as for `Kernel` */
  constructor(kind: SnapshotKind, module: EmbeddedModule, mark: keyof X) {
    this.#kind = kind;
    this.#module = module;
    this.#mark = mark;
  }

  /** See `writeSnapshot`. */
  write(k: Kernel<X>, seed: number, words?: readonly [number, number]): Uint8Array<ArrayBuffer> {
    return writeSnapshot(k, this.#kind, seed, words);
  }

  /** See `loadSnapshot`. */
  load(input: SnapshotInput | PromiseLike<SnapshotInput>, options: LoadOptions = {}): Promise<Loaded<X>> {
    return loadSnapshot(input, this.#kind, options, async () => this.#kernel(await instantiate(this.#module, options.wasm)));
  }

  /** See `loadSnapshotSync`. */
  loadSync(input: SnapshotBytes | SnapshotReader, options: LoadOptions = {}): Loaded<X> {
    return loadSnapshotSync(input, this.#kind, options, () => this.#kernel(instantiateSync(this.#module, options.wasm)));
  }

  /** See `restoreSnapshot`. */
  restore(
    k: Kernel<X>,
    input: SnapshotBytes | SnapshotReader,
    options?: Pick<LoadOptions, "maxBytes">,
    words?: readonly [number, number],
  ): SnapshotHeader {
    return restoreSnapshot(k, input, this.#kind, options, words);
  }

  #kernel(instance: WebAssembly.Instance): Kernel<X> {
    return new Kernel<X>(this.#kind.name, instance, this.#mark);
  }
}
