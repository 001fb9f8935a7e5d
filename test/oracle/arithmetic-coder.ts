/**
 * An arithmetic coder on whole numbers: 32-bit registers, bits out as soon as both ends of the range agree on them.
 * Source: Witten, Neal and Cleary, "Arithmetic coding for data compression", CACM 30 (1987). Numbers are doubles here: a range
 * below 2^32 times a total below 2^21 is exact.
 */

const TOP = 2 ** 32;
const HALF = TOP / 2;
const QUARTER = TOP / 4;

/** The least and most that a symbol's share may begin and end at: [low, high) of `total`. */
interface Share {
  low: number;
  high: number;
  total: number;
}

export class Encoder {
  readonly #bytes: number[] = [];
  #byte = 0;
  #bits = 0;
  #low = 0;
  #high = TOP - 1;
  /** Bits that will be the opposite of the next one that is known. */
  #pending = 0;

  encode({ low, high, total }: Share): void {
    const range = this.#high - this.#low + 1;
    this.#high = this.#low + Math.floor((range * high) / total) - 1;
    this.#low += Math.floor((range * low) / total);
    for (;;) {
      if (this.#high < HALF) this.#put(0, 0);
      else if (this.#low >= HALF) this.#put(1, HALF);
      else if (this.#low >= QUARTER && this.#high < HALF + QUARTER) {
        this.#pending++;
        this.#widen(QUARTER);
      } else return;
    }
  }

  /** The code, with the last bits that tell it from others. */
  finish(): Uint8Array {
    this.#pending++;
    this.#bit(this.#low < QUARTER ? 0 : 1);
    while (this.#bits !== 0) this.#write(0);
    return Uint8Array.from(this.#bytes);
  }

  #put(bit: number, from: number): void {
    this.#bit(bit);
    this.#widen(from);
  }

  #widen(from: number): void {
    this.#low = (this.#low - from) * 2;
    this.#high = (this.#high - from) * 2 + 1;
  }

  #bit(bit: number): void {
    this.#write(bit);
    for (; this.#pending > 0; this.#pending--) this.#write(1 - bit);
  }

  #write(bit: number): void {
    this.#byte = this.#byte * 2 + bit;
    if (++this.#bits < 8) return;
    this.#bytes.push(this.#byte);
    this.#byte = 0;
    this.#bits = 0;
  }
}

export class Decoder {
  #at = 0;
  #low = 0;
  #high = TOP - 1;
  #value = 0;

  constructor(readonly code: Uint8Array) {
    for (let i = 0; i < 32; i++) this.#value = this.#value * 2 + this.#read();
  }

  /** A number in [0, total): the symbol whose share holds it was sent. */
  target(total: number): number {
    const range = this.#high - this.#low + 1;
    return Math.floor(((this.#value - this.#low + 1) * total - 1) / range);
  }

  /** Goes on behind a symbol. */
  decode({ low, high, total }: Share): void {
    const range = this.#high - this.#low + 1;
    this.#high = this.#low + Math.floor((range * high) / total) - 1;
    this.#low += Math.floor((range * low) / total);
    for (;;) {
      let from = 0;
      if (this.#low >= HALF) from = HALF;
      else if (this.#low >= QUARTER && this.#high < HALF + QUARTER) from = QUARTER;
      else if (this.#high >= HALF) return;
      this.#low = (this.#low - from) * 2;
      this.#high = (this.#high - from) * 2 + 1;
      this.#value = (this.#value - from) * 2 + this.#read();
    }
  }

  #read(): number {
    const byte = this.code[this.#at >>> 3] ?? 0;
    return (byte >>> (7 - (this.#at++ & 7))) & 1;
  }
}

/** Whole shares of a total of about 2^20 for probabilities that add up to about 1: each gets some, however improbable. */
export class Shares {
  readonly #ends: number[] = [0];

  constructor(probabilities: ArrayLike<number>) {
    const most = 2 ** 20 - probabilities.length;
    for (let i = 0; i < probabilities.length; i++) this.#ends.push(this.#ends[i] + 1 + Math.floor(probabilities[i] * most));
  }

  get total(): number {
    return this.#ends[this.#ends.length - 1];
  }

  of(i: number): Share {
    return { low: this.#ends[i], high: this.#ends[i + 1], total: this.total };
  }

  /** Which one holds a number. */
  holder(target: number): number {
    let i = 0;
    while (this.#ends[i + 1] <= target) i++;
    return i;
  }
}
