// Panel 1: a Bloom filter that fills, and how often it errs beside how often it should.
import { SplitBlockBloom } from "mfn/ifr";
import type { IfrFrame } from "../protocol.js";
import { random } from "./random.js";

/** Bits at first, 4 blocks: few enough that the first hundred names of a run fill them, and errors come within a minute. */
const LEAST_BITS = 1024;
/** Most bits: they go to the page with each frame. */
const MOST_BITS = 131_072;
/** Beyond this predicted rate a filter of twice the size takes the place of the full one. */
const FULL = 0.05;
/** Names that come before the rate is looked at again. */
const LOOKED_AT = 8;
/** Strangers asked at each event, and of how many events the last ones are counted: few, as the filter fills meanwhile. */
const ASKED = 128;
const COUNTED = 64;

export class FilterPanel {
  #bloom = filter(LEAST_BITS);
  /** All names that the engine's registries hold: keys of things and names of streams. */
  readonly #names = new Set<string>();
  readonly #random: () => number;
  /** False positives of the last events; entry n % COUNTED is that of the n-th event since the filter was made. */
  readonly #errors = new Uint8Array(COUNTED);
  #asked = 0;
  #sum = 0;
  #fresh = 0;
  #known = 0;

  constructor(seed: number) {
    this.#random = random(seed ^ 0x1f2e3d4c);
  }

  /** An event; `fresh` says whether the exact registry did not know its key. O(1), amortised. */
  event(key: string, stream: string, fresh: boolean): void {
    if (fresh) this.#fresh++;
    else this.#known++;
    for (const name of [key, stream]) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.#bloom.add(name);
      if (this.#names.size % LOOKED_AT === 0) this.#grow();
    }
    // Nobody is called so.
    const strangers = Array.from({ length: ASKED }, () => `\0${Math.floor(this.#random() * 2 ** 32)}`);
    const errors = this.#bloom.hasMany(strangers);
    const place = this.#asked++ % COUNTED;
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
      strangers: Math.min(this.#asked, COUNTED) * ASKED,
      falsePositives: this.#sum,
      predictedRate: falsePositiveRate,
      fresh: this.#fresh,
      known: this.#known,
    };
  }

  dispose(): void {
    this.#bloom.dispose();
  }

  /** A Bloom filter cannot grow: a full one is made anew from the names. */
  #grow(): void {
    const { bits, falsePositiveRate } = this.#bloom.stats();
    if (falsePositiveRate <= FULL || bits >= MOST_BITS) return;
    this.#bloom.dispose();
    this.#bloom = filter(2 * bits);
    this.#bloom.addMany([...this.#names]);
    // What the old one took for known says nothing of the new one.
    this.#errors.fill(0);
    this.#asked = 0;
    this.#sum = 0;
  }
}

/** A filter of so many bits, with Parquet's hash: only filters with it give out their bits. */
function filter(bits: number): SplitBlockBloom {
  return SplitBlockBloom.createSync({ capacity: bits / 16, bitsPerKey: 16, hash: "xxh64" });
}
