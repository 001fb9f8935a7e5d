// Numbers as text.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(value);
export const short = (value: number): string => (Math.abs(value) < 10000 ? whole.format(value) : compact.format(value));

/** A share as per cent: three digits after the point below 0.1 %, two below 1 %, one below 100 %. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.000005) return "< 0.001 %";
  const hundredths = share * 100;
  return `${hundredths.toFixed(share === 0 || share >= 0.9995 ? 0 : share < 0.001 ? 3 : share < 0.01 ? 2 : 1)} %`;
}

/** A time given in microseconds, with three digits that count. */
export function microseconds(value: number): string {
  if (!Number.isFinite(value) || value <= 0) return "–";
  if (value < 1) return `${Math.round(value * 1000)} ns`;
  if (value < 1000) return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} µs`;
  return `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} ms`;
}

/** The 95 % interval of a share by Wilson (1927): of n trials, k succeeded. */
export function wilson(k: number, n: number): [low: number, high: number] {
  if (n === 0) return [0, 1];
  const z = 1.96;
  const middle = (k + (z * z) / 2) / (n + z * z);
  const half = (z / (n + z * z)) * Math.sqrt((k * (n - k)) / n + (z * z) / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** A long key keeps its two ends. */
export function clip(key: string, most: number): string {
  if (key.length <= most) return key;
  const tail = Math.floor((most - 1) / 3);
  return `${key.slice(0, most - 1 - tail)}…${key.slice(key.length - tail)}`;
}
