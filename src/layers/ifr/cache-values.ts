// The values of a cache, by the address of their key's record.
//
// By the id would be denser, but the id is in the record, so it is known only when the record has come from memory. Its address is
// known one cache miss earlier, and a processor that guesses well fetches value and record at the same time.

/** log2 of the addresses in a page, and of the bytes between records. */
const PAGE = 16;
const UNIT = 4;
const SLOT_MASK = (1 << (PAGE - UNIT)) - 1;

/** Values in pages of 4,096 slots, one slot for each 16 bytes of memory that records can begin at; pages without records do not exist. */
export class RecordValues<V> {
  #pages: (V | undefined)[][] = [];

  /** The value of the record at an address, of which the low four bits do not count. The record must have been given one before. */
  get(record: number): V | undefined {
    return this.#pages[record >>> PAGE]![(record >>> UNIT) & SLOT_MASK];
  }

  /** Sets the value of a record; undefined lets go of it. */
  set(record: number, value: V | undefined): void {
    const pages = this.#pages;
    const number = record >>> PAGE;
    while (number >= pages.length) pages.push([]);
    const page = pages[number]!;
    if (page.length === 0) for (let i = 0; i <= SLOT_MASK; i++) page.push(undefined);
    page[(record >>> UNIT) & SLOT_MASK] = value;
  }

  /** Lets go of all values. */
  clear(): void {
    this.#pages = [];
  }
}
