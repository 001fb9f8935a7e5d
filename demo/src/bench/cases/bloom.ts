/**
 * A Bloom filter as one writes it in JavaScript: eight bits a key, from two hashes. Source: Kirsch and Mitzenmacher, "Less hashing, same
 * performance: building a better Bloom filter" (2006); the hash is MurmurHash3 (32 bits) of whole words.
 */
export class JsBloom {
  readonly #words: Uint32Array;
  readonly #bits: number;
  #first = 0;
  #second = 0;

  /** @param bits a multiple of 32 */
  constructor(bits: number) {
    this.#bits = bits;
    this.#words = new Uint32Array(Math.ceil(bits / 32));
  }

  /** @param length of the key that begins at `from`, in bytes: a multiple of 4 */
  add(bytes: Uint8Array, from: number, length: number): void {
    this.#hash(bytes, from, length);
    for (let i = 0, h = this.#first; i < 8; i++, h = (h + this.#second) >>> 0) {
      const bit = h % this.#bits;
      this.#words[bit >>> 5] |= 1 << (bit & 31);
    }
  }

  has(bytes: Uint8Array, from: number, length: number): boolean {
    this.#hash(bytes, from, length);
    for (let i = 0, h = this.#first; i < 8; i++, h = (h + this.#second) >>> 0) {
      const bit = h % this.#bits;
      if ((this.#words[bit >>> 5] & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  /** Two hashes; the second is odd, so that its multiples differ. */
  #hash(bytes: Uint8Array, from: number, length: number): void {
    let h = 0;
    for (let i = from; i < from + length; i += 4) {
      let k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
      k = Math.imul(k, 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      h ^= k;
      h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
    }
    this.#first = mix(h ^ length) >>> 0;
    this.#second = (mix(h ^ 0x9e3779b9) | 1) >>> 0;
  }
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
