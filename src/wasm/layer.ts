import type { Kernel, KernelExports } from "./kernel.js";

/** What every layer's class has: a kernel, a state that can be copied, and an end. */
export abstract class Layer<X extends KernelExports> {
  readonly #kernel: Kernel<X>;

  protected constructor(kernel: Kernel<X>) {
    this.#kernel = kernel;
  }

  /** A copy of the layer's whole state: a function of its options and operations alone, the same on every machine. */
  image(): Uint8Array {
    return this.#kernel.image();
  }

  /** Lets go of the module and its memory; every later call throws ERR_DISPOSED. Idempotent. */
  dispose(): void {
    this.#kernel.dispose();
  }

  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
