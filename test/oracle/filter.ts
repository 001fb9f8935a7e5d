// The split-block Bloom filter as Apache Parquet's BloomFilter.md writes it down.

const SALTS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

export class SplitBlockFilter {
  readonly words: Uint32Array;
  readonly #blocks: bigint;

  constructor(blocks: number) {
    this.words = new Uint32Array(blocks * 8);
    this.#blocks = BigInt(blocks);
  }

  add(hash: bigint): void {
    for (const [word, bit] of this.#bits(hash)) this.words[word] = this.words[word]! | (1 << bit);
  }

  has(hash: bigint): boolean {
    return this.#bits(hash).every(([word, bit]) => ((this.words[word]! >>> bit) & 1) === 1);
  }

  #bits(hash: bigint): [word: number, bit: number][] {
    const block = Number(((hash >> 32n) * this.#blocks) >> 32n);
    const x = Number(hash & 0xffffffffn);
    return SALTS.map((salt, i) => [block * 8 + i, Math.imul(x, salt) >>> 27]);
  }
}
