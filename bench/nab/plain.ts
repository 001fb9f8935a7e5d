// The detector of anomalies in plain JavaScript over typed arrays, for its time: the same arithmetic, without a change point and without fading counts,
// which files of less than 32,768 rows do not need. Nothing here needs Node.

const CELLS = 64;
const ROW = CELLS + 2;
const FIRST = 32;
const OUTSIDE = 3;
const ESCAPE = 0.25;

export class PlainDetector {
  readonly #levels: number;
  readonly #size: number;
  readonly #first: number[] = [];
  #cells = new Uint16Array(ROW * ROW);
  readonly #map = new Uint8Array(ROW);
  readonly #rows: Float64Array;
  readonly #totals: Float64Array;
  #count = 0;
  #next = FIRST;
  #cell = 0;
  #symbol = 0;
  #origin = 0;
  #width = 1;
  #least = Infinity;
  #most = -Infinity;
  #low = 0;
  #step = 1;
  /** Of the last value. */
  bits = 0;
  score = 0;

  constructor(levels: number) {
    this.#levels = levels;
    this.#size = levels + 2 * OUTSIDE;
    this.#rows = new Float64Array(this.#size * this.#size);
    this.#totals = new Float64Array(this.#size);
  }

  observe(x: number): void {
    const before = this.#count++;
    if (before < FIRST) {
      this.#first.push(x);
      return;
    }
    if (before === FIRST) this.#lay();
    if (before === this.#next) {
      this.#layLevels();
      this.#next = 2 * before;
    }
    this.#judge(this.#symbolOf(x));
    this.#take(x);
  }

  #lay(): void {
    this.#least = Math.min(...this.#first);
    this.#most = Math.max(...this.#first);
    let range = this.#most - this.#least;
    if (!(range > 1e-290)) range = Math.max(Math.abs(this.#most) * 0.8, 1e-9);
    this.#width = range / (CELLS / 2);
    this.#origin = this.#least - (this.#width * CELLS) / 4;
    this.#cell = this.#cellOf(this.#first[0]);
    for (const x of this.#first.slice(1)) this.#take(x);
  }

  #cellOf(x: number): number {
    const d = (x - this.#origin) / this.#width;
    if (d < 0) return 0;
    return d >= CELLS ? CELLS + 1 : 1 + Math.floor(d);
  }

  #take(x: number): void {
    for (let i = 0; i < 3; i++) {
      const cell = this.#cellOf(x);
      if (cell > 0 && cell <= CELLS) break;
      this.#double(cell === 0);
    }
    const cell = this.#cellOf(x);
    if (cell > 0 && cell <= CELLS) {
      if (x < this.#least) this.#least = x;
      if (x > this.#most) this.#most = x;
    }
    this.#cells[this.#cell * ROW + cell]++;
    this.#cell = cell;
  }

  #double(below: boolean): void {
    const shift = below ? CELLS : 0;
    const joined = (cell: number) => (cell === 0 || cell === CELLS + 1 ? cell : 1 + ((shift + cell - 1) >> 1));
    const wider = new Uint16Array(ROW * ROW);
    for (let i = 0; i < ROW; i++) for (let j = 0; j < ROW; j++) wider[joined(i) * ROW + joined(j)] += this.#cells[i * ROW + j];
    this.#cells = wider;
    this.#cell = joined(this.#cell);
    if (below) this.#origin -= this.#width * CELLS;
    this.#width *= 2;
  }

  #symbolOf(x: number): number {
    const d = (x - this.#low) / this.#step;
    if (d < 0) return d >= -1 ? 2 : d >= -3 ? 1 : 0;
    const beyond = d - this.#levels;
    if (beyond > 0) return OUTSIDE + this.#levels + (beyond <= 1 ? 0 : beyond <= 3 ? 1 : 2);
    return OUTSIDE + Math.min(Math.floor(d), this.#levels - 1);
  }

  #layLevels(): void {
    const size = this.#size;
    this.#low = this.#least;
    this.#step = (this.#most - this.#least) / this.#levels;
    if (!(this.#step > 1e-290)) this.#step = (this.#width * CELLS) / 2 / this.#levels;
    for (let cell = 0; cell < ROW; cell++) {
      const middle = Math.min(this.#most, Math.max(this.#least, this.#origin + (cell - 0.5) * this.#width));
      this.#map[cell] = cell === 0 ? 0 : cell === ROW - 1 ? size - 1 : this.#symbolOf(middle);
    }
    this.#rows.fill(0);
    this.#totals.fill(0);
    for (let i = 0; i < ROW; i++) {
      for (let j = 0; j < ROW; j++) {
        const n = this.#cells[i * ROW + j];
        if (n === 0) continue;
        this.#rows[this.#map[i] * size + this.#map[j]] += n;
        this.#totals[this.#map[j]] += n;
      }
    }
    this.#symbol = this.#map[this.#cell];
  }

  #judge(symbol: number): void {
    const size = this.#size;
    const rows = this.#rows;
    const totals = this.#totals;
    const row = this.#symbol * size;
    let sum = 0;
    let seen = 0;
    let rowSum = 0;
    let rowSeen = 0;
    for (let s = 0; s < size; s++) {
      sum += totals[s];
      rowSum += rows[row + s];
      if (totals[s] > 0) seen++;
      if (rows[row + s] > 0) rowSeen++;
    }
    const flat = (seen * ESCAPE) / size;
    const scale = 1 / (sum + seen * ESCAPE);
    const escape = rowSeen * ESCAPE;
    const rowScale = rowSum > 0 ? 1 / (rowSum + escape) : 0;
    const lower = rowSum > 0 ? escape * scale * rowScale : scale;
    const p = rows[row + symbol] * rowScale + (totals[symbol] + flat) * lower;
    let tail = 0;
    for (let s = 0; s < size; s++) {
      const other = rows[row + s] * rowScale + (totals[s] + flat) * lower;
      if (other <= p * (1 + 1e-9)) tail += other;
    }
    this.bits = -Math.log2(p);
    this.score = tail < 1 ? -Math.log2(tail) : 0;
    totals[symbol]++;
    rows[row + symbol]++;
    this.#symbol = symbol;
  }
}
