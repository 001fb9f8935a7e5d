// Detectors to compare with, written after the benchmark's own (MIT). Nothing here needs Node.
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
