// Words of rows, and what they say about distances, as assembly/dsr/similarity/word.ts derives them: in f64, and without look-up tables.

import type { OracleMetric } from "./vectors.js";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);

export interface Word {
  neuron: number;
  spikes: boolean[];
  /** |r|^2 / sum |r_j| */
  slope: number;
}

/** Squared distance of two rotated vectors. */
export function square(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);
}

/** The neuron nearest to a rotated row; of equal ones the first. */
export function winnerOf(row: readonly number[], weights: readonly (readonly number[])[]): number {
  let best = 0;
  let least = Infinity;
  weights.forEach((w, j) => {
    const s = square(row, w);
    if (s < least) [least, best] = [s, j];
  });
  return best;
}

/** The word of a rotated row under a neuron. */
export function wordOf(row: readonly number[], neuron: number, weights: readonly (readonly number[])[]): Word {
  const residual = row.map((x, i) => x - weights[neuron][i]);
  const spread = residual.reduce((sum, r) => sum + Math.abs(r), 0);
  return { neuron, spikes: residual.map((r) => r > 0), slope: spread > 0 ? dot(residual, residual) / spread : 0 };
}

/**
 * The distance that a word says its row has from a rotated query: squared, or under ip the negated product (of the row without the centre).
 * The residual is taken for slope times its signs, but where its length and its product with the weights are known: so under ip only for
 * what of the query is not along the weights.
 */
export function estimate(
  query: readonly number[],
  row: readonly number[],
  word: Word,
  weights: readonly (readonly number[])[],
  metric: OracleMetric,
): number {
  const c = weights[word.neuron];
  const residual = row.map((x, i) => x - c[i]);
  const signed = (v: readonly number[]) => word.slope * v.reduce((sum, x, i) => sum + (word.spikes[i] ? x : -x), 0);
  const size = dot(c, c);
  const share = metric !== "ip" ? 1 : size > 0 ? dot(query, c) / size : 0;
  const off = query.map((x, i) => x - share * c[i]);
  if (metric === "ip") return -(dot(query, c) + share * dot(residual, c) + signed(off));
  return dot(off, off) + dot(residual, residual) - 2 * signed(off);
}
