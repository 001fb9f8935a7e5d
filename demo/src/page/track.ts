// Values along a run, as few as a chart has room for: when there are too many, every second one goes.
const MOST = 256;

export class Track {
  readonly #columns: number[][];
  #stride = 1;
  #last = -1;

  /** @param columns how many values belong to a place */
  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => []);
  }

  get length(): number {
    return this.#columns[0]!.length;
  }

  column(i: number): number[] {
    return this.#columns[i]!;
  }

  /** Takes the values at this event of the run, if the last ones are far enough behind. */
  add(position: number, ...values: number[]): void {
    if (this.#last >= 0 && position < this.#last + this.#stride) return;
    this.#last = position;
    this.#columns.forEach((column, i) => {
      column.push(values[i]!);
    });
    if (this.length <= MOST) return;
    this.#stride *= 2;
    this.#columns.forEach((column, i) => {
      this.#columns[i] = column.filter((_, place) => place % 2 === 0);
    });
  }

  clear(): void {
    for (const column of this.#columns) column.length = 0;
    this.#stride = 1;
    this.#last = -1;
  }
}
