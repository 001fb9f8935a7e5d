// The spike codes by their definitions, a list of [step, channel] at a time. Math.exp is allowed here.

type Spikes = [step: number, channel: number][];

const fraction = (x: number, min: number, max: number) => Math.min(1, Math.max(0, (x - min) / (max - min)));

export function latencyOracle(input: number[], steps: number, min: number, max: number): Spikes {
  return input.map((x, i) => [Math.round((1 - fraction(x, min, max)) * (steps - 1)), i]);
}

/** Activations of Gaussian fields: centres and widths of Bohte, La Poutré and Kok, counted from 1 as there. */
export function activationsOracle(x: number, neurons: number, min: number, max: number, beta: number): number[] {
  const sigma = (max - min) / (beta * (neurons - 2));
  const inside = Math.min(max, Math.max(min, x));
  return Array.from({ length: neurons }, (_, j) => {
    const i = j + 1;
    const centre = min + ((2 * i - 3) / 2) * ((max - min) / (neurons - 2));
    return Math.exp(-((inside - centre) ** 2) / (2 * sigma * sigma));
  });
}

export function orderOracle(input: number[]): number[] {
  const left = input.map((value, i) => ({ value, i }));
  const order: number[] = [];
  while (left.length > 0) {
    let best = 0;
    left.forEach(({ value }, at) => {
      if (value > left[best].value) best = at;
    });
    order.push(left.splice(best, 1)[0].i);
  }
  return order;
}

/** Steps one threshold at a time after a moving reference. */
export function deltaOracle(rows: number[][], threshold: number, steps: number): Spikes {
  const spikes: Spikes = [];
  rows[0].forEach((first, i) => {
    let sent = 0;
    rows.forEach((row, r) => {
      for (let t = 0; t < steps; t++) {
        const behind = (row[i] - first) / threshold - sent;
        if (Math.abs(behind) < 1) break;
        spikes.push([r * steps + t, 2 * i + (behind > 0 ? 0 : 1)]);
        sent += behind > 0 ? 1 : -1;
      }
    });
  });
  return spikes;
}

/** A list of spikes as rows of 0 and 1. */
export function asRows(spikes: Spikes, steps: number, channels: number): Float32Array {
  const out = new Float32Array(steps * channels);
  for (const [t, c] of spikes) out[t * channels + c] = 1;
  return out;
}
