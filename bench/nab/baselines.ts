// Detectors to compare with, written anew after their descriptions. Nothing here needs Node.
import { Random } from "../data.js";

/** A number for each row, by its past alone. */
export type NabDetector = (values: Float64Array) => Float64Array;

/** Nothing is an anomaly. */
export const nothing: NabDetector = (values) => new Float64Array(values.length).fill(0.5);

/** A number in [0, 1) for each row. */
export function chance(seed: number): NabDetector {
  const random = new Random(seed);
  return (values) => values.map(() => random.unit());
}

/** How far out a value is in the normal distribution of a window of 6,400 that moves on by steps of 100: the benchmark's "windowed Gaussian". */
export const windowedGaussian: NabDetector = (values) => {
  const size = 6400;
  const step = 100;
  const scores = new Float64Array(values.length);
  let window: number[] = [];
  let waiting: number[] = [];
  let mean = 0;
  let deviation = 1;
  const remeasure = () => {
    mean = window.reduce((a, b) => a + b, 0) / window.length;
    deviation = Math.sqrt(window.reduce((sum, x) => sum + (x - mean) ** 2, 0) / window.length) || 1e-6;
  };
  values.forEach((x, i) => {
    if (window.length > 0) scores[i] = 1 - upperTail(Math.abs(x - mean) / deviation);
    if (window.length < size) {
      window.push(x);
      remeasure();
      return;
    }
    waiting.push(x);
    if (waiting.length < step) return;
    window = [...window.slice(step), ...waiting];
    waiting = [];
    remeasure();
  });
  return scores;
};

/**
 * Shares of five equal levels in the last 52 values, held against those of earlier windows: an anomaly is a window that fits none of them. Source: Wang,
 * Viswanathan, Choudur, Talwar, Satterfield, Schwan, "Statistical techniques for online anomaly detection in data centers", IM 2011; window and
 * levels as the benchmark's "relative entropy" has them. Like all of the benchmark's detectors it is told the range of the whole file beforehand.
 */
export const relativeEntropy: NabDetector = (values) => {
  const bins = 5;
  const size = 52;
  // Quantile 0.99 of the chi-squared distribution with bins - 1 degrees of freedom.
  const limit = 13.2767;
  const [least, most] = values.reduce(([a, z], x) => [Math.min(a, x), Math.max(z, x)], [Infinity, -Infinity]);
  const scores = new Float64Array(values.length);
  if (most === least) return scores;
  // The upper edge of a level belongs to it; the lowest value alone is a level below the first, and the highest one joins the last.
  const levels = values.map((x) => Math.min(bins - 1, Math.ceil((bins * (x - least)) / (most - least))));
  const known: Float64Array[] = [];
  const counts = new Float64Array(bins);
  levels.forEach((level, i) => {
    counts[level]++;
    if (i >= size) counts[levels[i - size]]--;
    if (i < size - 1) return;
    const shares = counts.map((n) => n / size);
    const fits = known.some((each) => 2 * size * divergence(shares, each) < limit);
    if (fits) return;
    scores[i] = known.length === 0 ? 0 : 1;
    known.push(shares);
  });
  return scores;
};

/** Relative entropy in nats. */
function divergence(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, x, i) => (x === 0 ? sum : sum + x * Math.log(x / q[i])), 0);
}

/** Probability of a standard normal variable above z >= 0: erfc by its continued fraction (Lentz), or its series where that converges faster. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return 0.5 - sum / Math.sqrt(Math.PI);
  }
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (2 * fraction * Math.sqrt(Math.PI));
}
