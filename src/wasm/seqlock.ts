// One writer and many readers of one shared memory, without a lock that a reader could hold: a sequence counter that is odd
// while the writer is at work (Lameter, "Effective synchronization on Linux/NUMA systems", 2005; Boehm, "Can seqlocks get along
// with programming language memory models?", MSPC 2012). A reader that finds another count after its look than before looks again.
//
// The order of memory accesses. The state is read and written by plain accesses of WebAssembly, which the counter must fence.
//   writer  [count becomes odd] ... plain writes ... [count becomes even]
//           A plain write must not be seen before the odd count. A sequentially consistent store alone does not see to that on
//           ARM: later accesses may overtake it. So a load follows (`begin`): an acquiring load is not overtaken by what comes
//           after it, and does not itself overtake a releasing store. The even count is a release, which nothing before it passes.
//   reader  [count is even] ... plain reads ... [count is the same]
//           The first load acquires. Plain reads may be done after the second load, which only acquires; so between them the
//           reader stores to a word of its own: a release is not overtaken by what is before it, and the load not by the store.
// On x86 both stores are full barriers and everything else is in order already. No engine moves a call into WebAssembly across
// an operation of Atomics.
//
// Words of the control page, in lines of 16 so that nobody's writes disturb another's:
//   +0    count   +1 mark   +2 end (0 open, 1 disposed, 2 trapped)   +3 readers
//   +16   asked: a reader that is never left in peace asks for a pause   +17 sleeping: a reader waits to be woken
//   +32 + 16 r    slot of reader r: +0 taken   +1 its own word for the order above

import { badArgument, MfnError } from "../errors.js";

const COUNT = 0;
const MARK = 1;
const END = 2;
const READERS = 3;
const ASKED = 16;
const SLEEPING = 17;
const SLOTS = 32;
const SLOT_WORDS = 16;

const IS_OURS = 0x4d464e53;
const DISPOSED = 1;
const TRAPPED = 2;

/** The most readers whose slots fit into the page. */
export const MOST_READERS = 1000;

/** Attempts of a reader before it asks for a pause. */
const PATIENCE = 3;
/** Looks at a word before sleeping on it: a few microseconds. */
const SPINS = 1000;
/** How long a pause lasts at most; a reader that ends in the midst of one costs the writer this once. */
const PAUSE_MS = 2;
/** After so long the writer is taken for dead: its thread ended while the count was odd. */
const DEAD_MS = 10_000;

/** The writer's side of a control page. */
export class WriteLock {
  readonly #words: Int32Array;
  #count = 0;

  constructor(words: Int32Array, readers: number) {
    this.#words = words;
    words[READERS] = readers;
    Atomics.store(words, MARK, IS_OURS);
  }

  /** Before the state is changed. */
  begin(): void {
    const words = this.#words;
    if (Atomics.load(words, ASKED) !== 0) this.#pause();
    Atomics.store(words, COUNT, ++this.#count);
    Atomics.load(words, COUNT);
  }

  /** When it is whole again. */
  end(): void {
    const words = this.#words;
    Atomics.store(words, COUNT, ++this.#count);
    if (Atomics.load(words, SLEEPING) !== 0) this.#wake();
  }

  /**
   * Does a change, after which readers are told the truth even if it failed. One that poisoned leaves the count odd: a reader that had
   * looked for the end before would take the state for whole.
   */
  change(work: () => void): void {
    this.begin();
    try {
      work();
    } catch (error) {
      if (error instanceof MfnError && error.code === "ERR_POISONED") this.trapped();
      else this.end();
      throw error;
    }
    this.end();
  }

  /** For a change that trapped: it is never whole again, and readers are told so. */
  trapped(): void {
    this.#close(TRAPPED);
  }

  /** The writer is gone. */
  dispose(): void {
    this.#close(DISPOSED);
  }

  /** Readers that are attached. */
  get readers(): number {
    let taken = 0;
    for (let slot = 0; slot < this.#words[READERS]!; slot++) taken += Atomics.load(this.#words, slotOf(slot)) === 0 ? 0 : 1;
    return taken;
  }

  /** Frees the slot of a reader whose thread has ended. @throws ERR_ARGUMENT if there is no such slot: the word is another's then */
  free(slot: number): void {
    const most = this.#words[READERS]! - 1;
    if (!Number.isInteger(slot) || slot < 0 || slot > most) throw badArgument("slot", `an integer in [0, ${most}]`, slot);
    Atomics.store(this.#words, slotOf(slot), 0);
  }

  #close(how: number): void {
    Atomics.compareExchange(this.#words, END, 0, how);
    this.#wake();
  }

  #wake(): void {
    Atomics.store(this.#words, SLEEPING, 0);
    Atomics.notify(this.#words, COUNT);
  }

  #pause(): void {
    waitWhile(this.#words, ASKED, 1, PAUSE_MS);
    Atomics.store(this.#words, ASKED, 0);
  }
}

/** A reader's side. */
export class ReadLock {
  readonly slot: number;
  readonly #words: Int32Array;

  /**
   * Takes a slot.
   * @throws ERR_ARGUMENT if this is no control page; ERR_FULL if all slots are taken; as `read` if the writer is gone
   */
  constructor(words: Int32Array) {
    if (Atomics.load(words, MARK) !== IS_OURS) throw badArgument("handle", "what handle() of a shared registry returned", words);
    this.#words = words;
    this.#check();
    const readers = words[READERS]!;
    let slot = 0;
    while (slot < readers && Atomics.compareExchange(words, slotOf(slot), 0, 1) !== 0) slot++;
    if (slot === readers) throw new MfnError("ERR_FULL", `all ${readers} readers of the shared registry are attached`);
    this.slot = slot;
  }

  /** Gives the slot back. */
  detach(): void {
    Atomics.store(this.#words, slotOf(this.slot), 0);
  }

  /**
   * What `look` answers about a state that was whole all the while; it is called again until that is so. It may write only
   * what is the reader's own, and what it throws about a state that was not whole is forgotten.
   * @throws ERR_DISPOSED if the writer is; ERR_POISONED if it trapped or its thread ended in the midst of a change
   */
  read<T>(look: () => T): T {
    const words = this.#words;
    const mine = slotOf(this.slot) + 1;
    for (let attempt = 1; ; attempt++) {
      this.#check();
      const count = this.#whole();
      let answer: T | undefined;
      let failure: unknown;
      let failed = false;
      try {
        answer = look();
      } catch (error) {
        failure = error;
        failed = true;
      }
      Atomics.store(words, mine, 0);
      if (Atomics.load(words, COUNT) === count) {
        if (attempt > PATIENCE) this.#thank();
        if (failed) throw failure;
        return answer as T;
      }
      if (attempt >= PATIENCE) Atomics.store(words, ASKED, 1);
    }
  }

  /** Waits until no change is under way. @returns the count, which is even */
  #whole(): number {
    const words = this.#words;
    let count = Atomics.load(words, COUNT);
    if ((count & 1) === 0) return count;
    const start = performance.now();
    do {
      // The writer looks at the flag after it has made the count even, and the reader sleeps only if it is odd still.
      waitWhile(words, COUNT, count, 100, SLEEPING);
      this.#check();
      if (performance.now() - start > DEAD_MS) {
        throw new MfnError("ERR_POISONED", "the writer of the shared registry does not finish its change");
      }
      count = Atomics.load(words, COUNT);
    } while ((count & 1) !== 0);
    return count;
  }

  #thank(): void {
    Atomics.store(this.#words, ASKED, 0);
    Atomics.notify(this.#words, ASKED);
  }

  #check(): void {
    const end = Atomics.load(this.#words, END);
    if (end === DISPOSED) throw new MfnError("ERR_DISPOSED", "the writer of the shared registry was disposed");
    if (end === TRAPPED) throw new MfnError("ERR_POISONED", "the writer of the shared registry trapped; its state cannot be trusted");
  }
}

function slotOf(reader: number): number {
  return SLOTS + SLOT_WORDS * reader;
}

/** Waits, at most `ms`, for a word to become another: first looking, then, where the thread may, asleep under a flag. */
function waitWhile(words: Int32Array, index: number, value: number, ms: number, flag?: number): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, index) !== value) return;
  if (flag !== undefined) Atomics.store(words, flag, 1);
  try {
    Atomics.wait(words, index, value, ms);
  } catch {
    // The main thread of a browser may not sleep: its caller looks again.
  }
}
