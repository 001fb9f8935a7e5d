import { badArgument } from "../errors.js";
import type { Bytes } from "../types.js";
import { Kernel, type KernelExports } from "./kernel.js";
import { type Loaded, type LoadOptions, loadSnapshot, loadSnapshotSync, restoreSnapshot, writeSnapshot } from "./snapshot.js";
import { ARENA, type SnapshotHeader, type SnapshotKind } from "./snapshot-header.js";
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
  load(input: SnapshotInput | PromiseLike<SnapshotInput>, options?: LoadOptions, reuse?: Kernel<X>): Promise<Loaded<X>> {
    const { wasm, maxBytes } = options ?? {};
    return loadSnapshot(input, this.#kind, maxBytes, async () => this.#kernel(reuse ?? (await instantiate(this.#module, wasm))));
  }

  /** See `loadSnapshotSync`. */
  loadSync(input: SnapshotBytes | SnapshotReader, options?: LoadOptions, reuse?: Kernel<X>): Loaded<X> {
    const { wasm, maxBytes } = options ?? {};
    return loadSnapshotSync(input, this.#kind, maxBytes, () => this.#kernel(reuse ?? instantiateSync(this.#module, wasm)));
  }

  /** See `restoreSnapshot`. */
  restore(k: Kernel<X>, input: SnapshotBytes | SnapshotReader, maxBytes?: Bytes, words?: readonly [number, number]): SnapshotHeader {
    return restoreSnapshot(k, input, this.#kind, maxBytes, words);
  }

  #kernel(from: WebAssembly.Instance | Kernel<X>): Kernel<X> {
    return new Kernel<X>(this.#kind.name, from instanceof Kernel ? emptied(from) : from, this.#mark);
  }
}

/** The instance of a kernel that ends here, as if nobody had used it yet. Its memory is not: the arena knows how far it was used. */
function emptied<X extends KernelExports>(k: Kernel<X>): WebAssembly.Instance {
  const { x } = k;
  if (!(k.u8.buffer instanceof ArrayBuffer)) throw badArgument("reuse", "one with a memory of its own", "one that shares it");
  // Raises the arena's note of how far memory has been written to, above which it is zero, to the end of the old state.
  x.scratch(0);
  k.u32[ARENA >>> 2] = 0;
  k.dispose();
  return { exports: x as unknown as WebAssembly.Exports };
}
