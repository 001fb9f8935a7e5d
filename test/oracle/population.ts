// The population stepped through time, neuron by neuron: what assembly/dsr/similarity/trace.ts says it does.

/** mV above rest at which a neuron fires. */
export const THRESHOLD = 15;
const TIME_CONSTANT = 20;
const MOST_STEPS = 1000;

/**
 * Input currents, in mV: twice the threshold for the nearest neuron, the threshold for one at the mean distance, linear, and never negative.
 * @param distances squared, of the neurons from the vector
 */
export function currents(distances: readonly number[]): number[] {
  const mean = distances.reduce((a, b) => a + b, 0) / distances.length;
  const least = Math.min(...distances);
  return distances.map((s) => Math.max(0, THRESHOLD * (1 + (mean > least ? (mean - s) / (mean - least) : 1))));
}

export interface Fired {
  winners: number[];
  times: number[];
  potentials: number[];
  steps: number;
}

/** Leaky integrate-and-fire neurons from rest, in steps of 1 ms, until `count` have fired: then inhibition shuts the others off. */
export function fire(input: readonly number[], count: number): Fired {
  const keep = Math.exp(-1 / TIME_CONSTANT);
  const potentials = input.map(() => 0);
  const winners: number[] = [];
  const times: number[] = [];
  let steps = 0;
  while (winners.length < Math.min(count, input.length) && steps < MOST_STEPS) {
    steps++;
    input.forEach((current, j) => {
      if (!winners.includes(j)) potentials[j] = keep * potentials[j] + (1 - keep) * current;
    });
    const above = potentials.map((v, j) => ({ v, j })).filter(({ v, j }) => v >= THRESHOLD && !winners.includes(j));
    above.sort((a, b) => b.v - a.v || a.j - b.j);
    for (const { j } of above.slice(0, count - winners.length)) {
      winners.push(j);
      times.push(steps);
    }
  }
  return { winners, times, potentials, steps };
}
