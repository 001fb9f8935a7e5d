// The fusion in plain JavaScript and double precision: the same scores, shares and steps as assembly/fusion, from the same starting weights.

const UNITS = 16;
const CONTEXT = 16;

export interface OracleColumn {
  prior: number;
  /** Bits that a mask must have for the column to count. */
  needs: number;
}

export interface OracleSituation {
  sureness: number;
  length: number;
  history: number;
  revisit: number;
}

export interface OracleRow {
  features: readonly number[];
  /** Bits of the layers that named it. */
  named: number;
}

/** What one call works with. */
interface View {
  mask: number;
  context: number[];
  rows: number[];
  counts: boolean[];
}

export class FusionOracle {
  /** Of the linear part, by row of situation. */
  readonly weights: number[][];
  readonly #weightSquares: number[][];
  readonly #inward: number[][];
  readonly #inwardSquares: number[][];
  readonly #outward = new Array(UNITS).fill(0);
  readonly #outwardSquares = new Array(UNITS).fill(16);

  /** @param inward the starting weights into the units: a row a column, then a row a number of the context */
  constructor(
    private readonly columns: readonly OracleColumn[],
    inward: number[][],
  ) {
    const rows = (value: number) => Array.from({ length: 15 }, () => new Array(columns.length).fill(value));
    this.weights = rows(0);
    this.weights[14] = columns.map(({ prior }) => prior);
    this.#weightSquares = rows(1);
    this.#inward = inward.map((row) => [...row]);
    this.#inwardSquares = inward.map(() => new Array(UNITS).fill(1));
  }

  #view(n: number, s: OracleSituation, mask: number): View {
    const sure = (mask & 8) !== 0;
    const context = new Array(CONTEXT).fill(0);
    context[0] = 1;
    context[1] = s.revisit;
    context[2] = s.history / (s.history + 4);
    context[3] = n / (n + 32);
    context[4] = s.length / 8;
    if (sure) context[5 + s.sureness] = 1;
    for (let b = 0; b < 5; b++) context[10 + b] = (mask >> b) & 1;
    const counts = this.columns.map(({ needs }) => (needs & mask) === needs);
    return { mask, context, rows: [sure ? s.sureness : 0, 5 + s.length, 14], counts };
  }

  #score({ context, rows, counts }: View, features: readonly number[]): { score: number; units: number[] } {
    let score = 0;
    const inputs = new Array(UNITS).fill(0);
    features.forEach((x, c) => {
      if (!counts[c]) return;
      for (const row of rows) score += x * this.weights[row][c];
      for (let u = 0; u < UNITS; u++) inputs[u] += x * this.#inward[c][u];
    });
    context.forEach((x, j) => {
      for (let u = 0; u < UNITS; u++) inputs[u] += x * this.#inward[this.columns.length + j][u];
    });
    const units = inputs.map((x) => x / (1 + Math.abs(x)));
    units.forEach((unit, u) => {
      score += unit * this.#outward[u];
    });
    return { score, units };
  }

  score(n: number, features: readonly number[], situation: OracleSituation, mask: number): number {
    return this.#score(this.#view(n, situation, mask), features).score;
  }

  shares(rows: readonly OracleRow[], situation: OracleSituation, mask: number): number[] {
    const view = this.#view(rows.length, situation, mask);
    const e = rows.map(({ features, named }) => ((named & mask) === 0 ? 0 : Math.exp(this.#score(view, features).score)));
    const total = e.reduce((a, b) => a + b, 0);
    return e.map((x) => (total === 0 ? 0 : x / total));
  }

  learn(rows: readonly OracleRow[], situation: OracleSituation, mask: number, truth: number): void {
    const view = this.#view(rows.length, situation, mask);
    const shares = this.shares(rows, situation, mask);
    const linear = new Array(this.columns.length).fill(0);
    const inward = this.#inward.map(() => new Array(UNITS).fill(0));
    const outward = new Array(UNITS).fill(0);
    rows.forEach(({ features, named }, i) => {
      if ((named & mask) === 0) return;
      const error = (i === truth ? 1 : 0) - shares[i];
      const { units } = this.#score(view, features);
      for (let u = 0; u < UNITS; u++) {
        outward[u] += error * units[u];
        const back = error * this.#outward[u] * (1 - Math.abs(units[u])) ** 2;
        features.forEach((x, c) => {
          if (view.counts[c]) inward[c][u] += back * x;
        });
        view.context.forEach((x, j) => {
          inward[this.columns.length + j][u] += back * x;
        });
      }
      features.forEach((x, c) => {
        if (view.counts[c]) linear[c] += error * x;
      });
    });
    for (const row of view.rows) step(this.weights[row], this.#weightSquares[row], linear, 0.12);
    inward.forEach((g, i) => {
      step(this.#inward[i], this.#inwardSquares[i], g, 0.1);
    });
    step(this.#outward, this.#outwardSquares, outward, 0.2);
  }
}

function step(weights: number[], squares: number[], gradients: readonly number[], rate: number): void {
  gradients.forEach((g, i) => {
    squares[i] = squares[i] * (1 - 1 / 65536) + 1 / 65536 + g * g;
    weights[i] += (rate * g) / Math.sqrt(squares[i]);
  });
}
