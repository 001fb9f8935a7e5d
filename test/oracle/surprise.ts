// The detector of anomalies written down plainly: counts in nested arrays, probabilities summed anew for each value. The order of the
// arithmetic is the kernel's, so that results agree to the last bit.

const CELLS = 64;
const FIRST = 32;
const OUTSIDE = 3;

/** Logarithm to base 2 by + - * / alone. */
export function slowLog2(x: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  let e = (view.getUint16(0) >>> 4) - 1023;
  view.setUint16(0, (view.getUint16(0) & 15) | 0x3ff0);
  let m = view.getFloat64(0);
  if (m >= Math.SQRT2) {
    m /= 2;
    e++;
  }
  const t = (m - 1) / (m + 1);
  const q = t * t;
  const c = (k: number) => 2 / k / Math.LN2;
  const low = c(1) + q * c(3) + q * q * (c(5) + q * c(7));
  const high = c(9) + q * c(11) + q * q * (c(13) + q * c(15));
  return e + t * (low + q * q * (q * q) * high);
}

/** The finaliser of XXH64, its lowest bit. */
function lowBit(x: bigint): number {
  let h = x;
  h ^= h >> 33n;
  h = BigInt.asUintN(64, h * 0xc2b2ae3d27d4eb4fn);
  h ^= h >> 29n;
  h = BigInt.asUintN(64, h * 0x165667b19e3779f9n);
  return Number((h ^ (h >> 32n)) & 1n);
}

const square = (n: number) => Array.from({ length: n }, () => new Array<number>(n).fill(0));

export interface SlowAnomaly {
  bits: number;
  score: number;
  alarm: boolean;
  resting: boolean;
  change: boolean;
}

export class SlowDetector {
  readonly #size: number;
  readonly #values: number[] = [];
  #count = 0;
  #cells = square(CELLS + 2);
  #cell = 0;
  #weight = 0;
  #origin = 0;
  #width = 0;
  #least = 0;
  #most = 0;
  #low = 0;
  #step = 0;
  #rows: number[][] = [];
  #totals: number[] = [];
  #recent: number[] = [];
  #symbol = 0;
  #next = FIRST;
  #fades = 0;
  #awake = 0;
  #sum = 0;
  #peak = 0;
  #excursions = 0;
  #excess = 0;

  constructor(
    readonly rate = 0.001,
    readonly levels = 6,
    readonly rest = 200,
    readonly horizon = 32_768,
    readonly warmUp = 256,
  ) {
    this.#size = levels + 2 * OUTSIDE;
  }

  observe(x: number): SlowAnomaly {
    const before = this.#count++;
    const none = { bits: 0, score: 0, alarm: false, resting: false, change: false };
    if (before < FIRST) {
      this.#values.push(x);
      return none;
    }
    if (before === FIRST) this.#lay();
    if (this.#weight >= this.horizon) {
      this.#fade();
      this.#next = before;
    }
    if (before === this.#next) {
      this.#layLevels();
      this.#next = 2 * before;
    }
    const result = this.#judge(this.#symbolOf(x));
    this.#take(x);
    return result;
  }

  #lay(): void {
    this.#least = Math.min(...this.#values);
    this.#most = Math.max(...this.#values);
    let range = this.#most - this.#least;
    if (!(range > 1e-290)) range = Math.max(Math.abs(this.#most) * 0.8, 1e-9);
    this.#width = range / 32;
    this.#origin = this.#least - this.#width * 16;
    this.#cell = this.#cellOf(this.#values[0]);
    for (const x of this.#values.slice(1)) this.#take(x);
  }

  #cellOf(x: number): number {
    return Math.max(0, Math.min(CELLS + 1, 1 + Math.floor((x - this.#origin) / this.#width)));
  }

  #take(x: number): void {
    for (let i = 0; i < 3; i++) {
      const cell = this.#cellOf(x);
      if (cell === 0 || cell === CELLS + 1) this.#double(cell === 0);
    }
    const cell = this.#cellOf(x);
    if (cell !== 0 && cell !== CELLS + 1) {
      this.#least = Math.min(this.#least, x);
      this.#most = Math.max(this.#most, x);
    }
    this.#cells[this.#cell][cell]++;
    this.#weight++;
    this.#cell = cell;
  }

  #double(below: boolean): void {
    const joined = (cell: number) => (cell === 0 || cell === CELLS + 1 ? cell : 1 + Math.floor((cell - 1 + (below ? CELLS : 0)) / 2));
    const wider = square(CELLS + 2);
    for (const [i, row] of this.#cells.entries()) for (const [j, n] of row.entries()) wider[joined(i)][joined(j)] += n;
    this.#cells = wider;
    this.#cell = joined(this.#cell);
    if (below) this.#origin -= this.#width * CELLS;
    this.#width *= 2;
  }

  #fade(): void {
    this.#fades++;
    const all = CELLS + 2;
    const used: number[] = [];
    this.#cells = this.#cells.map((row, i) =>
      row.map((n, j) => {
        const half = Math.floor((n + lowBit((BigInt(this.#fades) << 32n) | BigInt(i * all + j))) / 2);
        if (half > 0 && j !== 0 && j !== CELLS + 1) used.push(j);
        return half;
      }),
    );
    this.#weight = sum(this.#cells.flat());
    if (used.length === 0) return;
    this.#least = Math.max(this.#least, this.#origin + (Math.min(...used) - 1) * this.#width);
    this.#most = Math.min(this.#most, this.#origin + Math.max(...used) * this.#width);
  }

  #symbolOf(x: number): number {
    const d = (x - this.#low) / this.#step;
    if (d < -3) return 0;
    if (d < -1) return 1;
    if (d < 0) return 2;
    if (d > this.levels + 3) return this.#size - 1;
    if (d > this.levels + 1) return this.#size - 2;
    if (d > this.levels) return this.#size - 3;
    return OUTSIDE + Math.min(Math.floor(d), this.levels - 1);
  }

  #layLevels(): void {
    this.#low = this.#least;
    this.#step = (this.#most - this.#least) / this.levels;
    if (!(this.#step > 1e-290)) this.#step = (this.#width * 32) / this.levels;
    const symbolOfCell = (cell: number) => {
      if (cell === 0) return 0;
      if (cell === CELLS + 1) return this.#size - 1;
      return this.#symbolOf(Math.min(this.#most, Math.max(this.#least, this.#origin + (cell - 0.5) * this.#width)));
    };
    this.#rows = square(this.#size);
    const symbolOf = this.#cells.map((_, cell) => symbolOfCell(cell));
    for (const [i, row] of this.#cells.entries()) for (const [j, n] of row.entries()) this.#rows[symbolOf[i]][symbolOf[j]] += n;
    this.#totals = this.#rows[0].map((_, s) => sum(this.#rows.map((row) => row[s])));
    this.#recent = this.#totals.map((n) => n / sum(this.#totals));
    this.#symbol = symbolOfCell(this.#cell);
  }

  #judge(symbol: number): SlowAnomaly {
    const row = this.#rows[this.#symbol];
    const seen = this.#totals.filter((n) => n > 0).length;
    const flat = (seen * 0.25) / this.#size;
    const scale = 1 / (sum(this.#totals) + seen * 0.25);
    const escape = row.filter((n) => n > 0).length * 0.25;
    const followed = sum(row) > 0;
    const rowScale = followed ? 1 / (sum(row) + escape) : 0;
    const lower = followed ? escape * scale * rowScale : scale;
    const chances = row.map((n, s) => n * rowScale + (this.#totals[s] + flat) * lower);
    const p = chances[symbol];
    const rare = chances.map((other) => (other <= p * (1 + 1e-9) ? other : 0));
    // The kernel sums symbols in pairs, side by side.
    const tail = sum(rare.filter((_, s) => s % 2 === 0)) + sum(rare.filter((_, s) => s % 2 === 1));
    const bits = -slowLog2(p);
    const score = tail < 1 ? -slowLog2(tail) : 0;
    const resting = this.#count <= this.#awake;
    const known = this.#count > this.warmUp;
    const alarm = known && !resting && score >= -slowLog2(this.rate);
    if (alarm) this.#awake = this.#count + Math.min(this.rest, Math.floor(this.#count * 0.04));
    const change = known && this.#changed(slowLog2(0.5 + (0.5 * this.#recent[symbol]) / p));
    this.#recent = this.#recent.map((share, s) => share * (1 - 1 / 32) + (s === symbol ? 1 / 32 : 0));
    this.#totals[symbol]++;
    row[symbol]++;
    this.#symbol = symbol;
    return { bits, score, alarm, resting, change };
  }

  #changed(evidence: number): boolean {
    this.#sum += evidence;
    if (this.#sum <= 0) {
      this.#note();
      return false;
    }
    this.#peak = Math.max(this.#peak, this.#sum);
    if (this.#sum < -slowLog2(this.rate)) return false;
    const mean = (this.#excess + 10 * Math.LOG2E) / (this.#excursions + 10);
    const often = (this.#excursions + 10) / (this.#count * this.rate);
    if (often > 1 && this.#sum < 1 + mean * (slowLog2(often) * Math.LN2)) return false;
    this.#note();
    return true;
  }

  #note(): void {
    if (this.#peak > 1) {
      this.#excursions++;
      this.#excess += this.#peak - 1;
    }
    this.#peak = 0;
    this.#sum = 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
