// A layer in a memory that threads share: one writes, others read without a copy. The shared memory has its full size from the
// start (pages that nobody touches cost nothing), so views of it never go stale:
//
//   0 .. roof   a module's memory as in assembly/core/arena.ts: the state may grow up to `maxBytes`, and above it the writer's
//               queries have at least 1 MiB of working space
//   roof        the control page (seqlock.ts)
//   +64 KiB     192 KiB a reader: window and working space of its instance, which the module's export `attach` moves there, and
//               a copy of what it was asked to show
//
// A kernel neither knows nor cares. The writer's exports that change the state are wrapped in the lock; a reader's are wrapped
// in attempts, and its views of the memory are shifted so that its own window is where a facade expects one.

import { badArgument, MfnError } from "../errors.js";
import type { Bytes } from "../types.js";
import { Kernel, type KernelExports, WINDOW, WINDOW_BYTES } from "./kernel.js";
import { MOST_READERS, ReadLock, WriteLock } from "./seqlock.js";
import { sharedModule } from "./share.js";
import type { EmbeddedModule } from "./source.js";

const ARENA = 0x20000;
const PAGE = 0x1_0000;
const SCRATCH_BYTES = 0x10_0000;
/** Bytes of each reader. */
const READER_BYTES = 3 * PAGE;
/** Where a reader's facade finds what was copied for it, and how much that may be. */
export const COPY = WINDOW + 2 * PAGE;
export const COPY_BYTES = PAGE;

/** What a reader in another thread needs: to be sent there by postMessage or workerData. */
export interface SharedHandle {
  /** Name of the module that the memory belongs to: "ifr" or "ifr-fixed". */
  readonly layer: string;
  /** The memory that writer and readers share. */
  readonly memory: WebAssembly.Memory;
  /** The compiled module, so that readers need not compile it again. */
  readonly module: WebAssembly.Module;
  /** Address of the control page. */
  readonly roof: number;
}

/** What a module that can be shared exports besides. */
export interface SharedExports extends KernelExports {
  attach(base: number): void;
}

/** The writer's instance, lock and handle. */
export interface Written {
  readonly instance: WebAssembly.Instance;
  readonly lock: WriteLock;
  readonly handle: SharedHandle;
}

/**
 * An instance of a module in a new shared memory.
 * @param writes names of the exports that change the state
 * @throws ERR_WASM where memory cannot be shared; ERR_MEMORY; ERR_ARGUMENT
 */
export function createShared(embedded: EmbeddedModule, writes: readonly string[], maxBytes: Bytes, readers: number): Written {
  if (!Number.isInteger(maxBytes) || maxBytes < 4096) throw badArgument("maxBytes", "an integer of at least 4096", maxBytes);
  if (!Number.isInteger(readers) || readers < 1 || readers > MOST_READERS) {
    throw badArgument("readers", `an integer in [1, ${MOST_READERS}]`, readers);
  }
  const roof = Math.ceil((ARENA + maxBytes + SCRATCH_BYTES) / PAGE) * PAGE;
  const memory = newMemory((roof + readers * READER_BYTES) / PAGE + 1);
  const module = sharedModule(embedded);
  const lock = new WriteLock(controlOf(memory, roof), readers);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const guarded: Record<string, unknown> = { ...exports };
  for (const name of writes) guarded[name] = guard(exports[name] as Call, lock);
  const x = exports as unknown as KernelExports;
  // Above the roof a query's working space would be the readers'.
  guarded["scratch"] = (bytes: number) => ((x.arenaTop() >>> 0) + bytes > roof - 16 ? 0 : x.scratch(bytes));
  const handle = { layer: embedded.name, memory, module, roof };
  return { instance: { exports: guarded as WebAssembly.Exports }, lock, handle };
}

function newMemory(pages: number): WebAssembly.Memory {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new MfnError("ERR_WASM", "memory cannot be shared here; a browser must isolate the page (COOP and COEP headers)");
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new MfnError("ERR_MEMORY", `no shared memory of ${pages * PAGE} bytes`, { cause });
  }
}

function controlOf(memory: WebAssembly.Memory, roof: number): Int32Array {
  return new Int32Array(memory.buffer, roof, PAGE >> 2);
}

/** A function of a module's; none takes more than five numbers. */
type Call = (a?: number, b?: number, c?: number, d?: number, e?: number) => number;

function guard(call: Call, lock: WriteLock): Call {
  return (a, b, c, d, e) => {
    lock.begin();
    let result: number;
    try {
      result = call(a, b, c, d, e);
    } catch (error) {
      lock.trapped();
      throw error;
    }
    lock.end();
    return result;
  };
}

/** What a reader's wrapped exports are made of. */
export interface Reading<X extends SharedExports> {
  readonly x: X;
  /** Runs a look at the state until it was whole all the while. */
  readonly look: <T>(f: () => T) => T;
  /** What is added to an address in the facade's window to make it one in this reader's. */
  readonly shift: number;
  /** All of the memory. */
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
}

/** A reader's kernel: as of a layer with a memory of its own, but its state is another's. */
export class ReaderKernel<X extends SharedExports> extends Kernel<X> {
  readonly #lock: ReadLock;
  readonly #views: { u8: Uint8Array; u32: Uint32Array; i32: Int32Array };
  #open = true;

  private constructor(layer: string, exports: X, lock: ReadLock, base: number) {
    super(layer, { exports } as unknown as WebAssembly.Instance, "attach");
    this.#lock = lock;
    const { buffer } = exports.memory;
    const shift = base - WINDOW;
    this.#views = { u8: new Uint8Array(buffer, shift), u32: new Uint32Array(buffer, shift), i32: new Int32Array(buffer, shift) };
  }

  /**
   * Joins the memory of a handle.
   * @param wrap the exports that a facade calls, made of the real ones; or it throws, if the handle is not what it should be
   * @throws ERR_ARGUMENT for what is no handle of this module's; ERR_FULL; ERR_DISPOSED or ERR_POISONED if the writer is gone; ERR_WASM
   */
  static attach<X extends SharedExports>(layer: string, handle: SharedHandle, wrap: (reading: Reading<X>) => Partial<X>): ReaderKernel<X> {
    const { memory, module, roof } = checkHandle(layer, handle);
    const lock = new ReadLock(controlOf(memory, roof));
    const base = roof + PAGE + lock.slot * READER_BYTES;
    let x: X;
    let wrapped: Partial<X>;
    try {
      x = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as X;
      x.attach(base);
      const u8 = new Uint8Array(memory.buffer);
      const u32 = new Uint32Array(memory.buffer);
      wrapped = wrap({ x, look: (f) => lock.read(f), shift: base - WINDOW, u8, u32 });
    } catch (cause) {
      lock.detach();
      if (cause instanceof MfnError) throw cause;
      throw new MfnError("ERR_WASM", `handle.module cannot be instantiated as the ${layer} module here`, { cause });
    }
    // The memory is in use, as it should be: `Kernel` asks for the top only to refuse one that is not new.
    const exports = { memory, attach: x.attach, arenaTop: () => 0, ...wrapped } as unknown as X;
    return new ReaderKernel(layer, exports, lock, base);
  }

  override get u8(): Uint8Array {
    return this.#own().u8;
  }
  override get u32(): Uint32Array {
    return this.#own().u32;
  }
  override get i32(): Int32Array {
    return this.#own().i32;
  }

  /** The views, while the window is this reader's; later it may be another's. */
  #own() {
    if (!this.#open) this.x.arenaTop();
    return this.#views;
  }

  /** The number of this reader's slot. */
  get slot(): number {
    return this.#lock.slot;
  }

  /** The window: what a query needs beyond it would have to lie in the writer's memory. */
  override forQuery(bytes: Bytes): number {
    if (bytes <= WINDOW_BYTES) return WINDOW;
    throw badArgument("key", `at most ${WINDOW_BYTES} bytes, as readers of shared memory take them`, `one of ${bytes} bytes`, "ERR_KEY");
  }

  /** Gives the slot back. Idempotent. */
  override dispose(): void {
    if (this.#open) this.#lock.detach();
    this.#open = false;
    super.dispose();
  }
}

function checkHandle(layer: string, handle: SharedHandle): SharedHandle {
  const { layer: name, memory, module, roof } = (handle ?? {}) as SharedHandle;
  const whole = memory instanceof WebAssembly.Memory && module instanceof WebAssembly.Module && Number.isInteger(roof);
  if (name !== layer || !whole || !isShared(memory.buffer))
    throw badArgument("handle", `what handle() of a shared ${layer} returned`, handle);
  if (roof % PAGE !== 0 || roof < ARENA || roof + PAGE + READER_BYTES > memory.buffer.byteLength) {
    throw badArgument("handle.roof", "the address of a control page", roof);
  }
  return handle;
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
