/** What is told of the samples of one side. */
export interface Summary {
  samples: number;
  median: number;
  min: number;
  p99: number;
}

/**
 * The value below which a share `p` of the values lies, by linear interpolation between the two nearest ranks.
 * @param sorted ascending, at least one value
 * @param p in [0, 1]
 */
export function percentile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) throw new Error("percentile of no values");
  const rank = p * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.ceil(rank);
  return sorted[low] + (sorted[high] - sorted[low]) * (rank - low);
}

/** The middle value, which a few samples that fell on something else do not move. */
export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Summarises samples in nanoseconds a call as units an operation; `scale` is the nanoseconds in that unit times the operations in a call. */
export function summarise(samples: readonly number[], scale: number): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    samples: sorted.length,
    median: percentile(sorted, 0.5) / scale,
    min: percentile(sorted, 0) / scale,
    p99: percentile(sorted, 0.99) / scale,
  };
}

/** How many times better ours is than the peer's, > 1 when it is; null where a division says nothing. */
export function ratioOf(ours: number, peer: number, higherIsBetter: boolean): number | null {
  const ratio = higherIsBetter ? ours / peer : peer / ours;
  return Number.isFinite(ratio) ? ratio : null;
}
