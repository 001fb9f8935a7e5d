// Panel 1: a Bloom filter that fills, and how often it errs beside how often it should.
import { SplitBlockBloom } from "mfn/ifr";
import type { IfrFrame } from "../protocol.js";
import { random } from "./random.js";

/** 32 blocks: few enough that the some hundred names of a run fill them visibly. */
const BITS = 8192;
/** Strangers asked at each event, and of how many events the last ones are counted. */
const ASKED = 32;
const COUNTED = 256;

export class FilterPanel {
  // Parquet's hash: only filters with it give out their bits.
  readonly #bloom = SplitBlockBloom.createSync({ capacity: BITS / 16, bitsPerKey: 16, hash: "xxh64" });
  /** All names that the engine's registries hold: keys of things and names of streams. */
  readonly #names = new Set<string>();
  readonly #random: () => number;
  /** False positives of the last events; entry n % COUNTED is event n's. */
  readonly #errors = new Uint8Array(COUNTED);
  #events = 0;
  #fresh = 0;
  #sum = 0;

  constructor(seed: number) {
    this.#random = random(seed ^ 0x1f2e3d4c);
  }

  /** An event; `fresh` says whether the exact registry did not know its key. O(1). */
  event(key: string, stream: string, fresh: boolean): void {
    if (fresh) this.#fresh++;
    for (const name of [key, stream]) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.#bloom.add(name);
    }
    // Nobody is called so.
    const strangers = Array.from({ length: ASKED }, () => `\0${Math.floor(this.#random() * 2 ** 32)}`);
    const errors = this.#bloom.hasMany(strangers);
    const place = this.#events++ % COUNTED;
    this.#sum += errors - this.#errors[place];
    this.#errors[place] = errors;
  }

  frame(): IfrFrame {
    const { bits, bitsSet, falsePositiveRate } = this.#bloom.stats();
    const file = this.#bloom.toParquet();
    return {
      // The blocks are the end of the file.
      bits: file.slice(file.length - bits / 8),
      setBits: bitsSet,
      totalBits: bits,
      keys: this.#names.size,
      strangers: Math.min(this.#events, COUNTED) * ASKED,
      falsePositives: this.#sum,
      predictedRate: falsePositiveRate,
      fresh: this.#fresh,
      known: this.#events - this.#fresh,
    };
  }

  dispose(): void {
    this.#bloom.dispose();
  }
}
