// The scorer of the Numenta Anomaly Benchmark. Source: Lavin, Ahmad, "Evaluating real-time anomaly detection algorithms: the Numenta Anomaly Benchmark",
// ICMLA 2015, and the scoring rules of its repository (MIT): a sigmoid over each window of an anomaly, so that the first detection in a window counts, the
// earlier the more; what is detected outside costs, less if it is shortly after a window; the first 15 % of a file, at most 750 rows,
// are not scored; one threshold for all files, the one that scores best. Nothing here needs Node.

/** One file of the benchmark. */
export interface NabSeries {
  /** Category and file. */
  name: string;
  times: string[];
  values: Float64Array;
  /** First and last time of each window. */
  windows: [string, string][];
}

/** What a found window, a missed one and a false alarm weigh. */
export interface NabProfile {
  name: string;
  found: number;
  missed: number;
  falseAlarm: number;
}

export const nabProfiles: Record<"standard" | "lowFP" | "lowFN", NabProfile> = {
  standard: { name: "standard", found: 1, missed: 1, falseAlarm: 0.11 },
  lowFP: { name: "low FP", found: 1, missed: 1, falseAlarm: 0.22 },
  lowFN: { name: "low FN", found: 1, missed: 2, falseAlarm: 0.11 },
};

export interface NabScore {
  /** 0 for a detector that detects nothing, 100 for one that is right at the start of each window. */
  score: number;
  /** At or above it, a row is detected. */
  threshold: number;
  /** Windows found, and of how many. */
  found: number;
  windows: number;
  /** Detected rows outside of windows. */
  falseAlarms: number;
  /** The score before it is divided by that of a perfect detector: those of different files add up. */
  gain: number;
}

/** What one row is worth if it is detected. */
interface Worth {
  row: number;
  /** Number of its window, -1 outside. */
  window: number;
  /** In a window above 0, 1 at its first row; outside -1 to about 0. */
  value: number;
}

function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** The worth of all rows that are scored. Positions in and after a window are counted in its width, from its end. */
function worths({ name, times, windows }: NabSeries): Worth[] {
  const n = times.length;
  const probation = Math.min(Math.floor(0.15 * n), 0.15 * 5000);
  const rowOf = new Map<string, number>();
  times.forEach((time, i) => {
    if (!rowOf.has(time)) rowOf.set(time, i);
  });
  const spans = windows.map(([from, to]) => {
    const [first, last] = [rowOf.get(from), rowOf.get(to)];
    if (first === undefined || last === undefined) throw new Error(`${name} has no row at ${from} or ${to}`);
    return { first, last };
  });
  const result: Worth[] = [];
  let next = 0;
  for (let row = 0; row < n; row++) {
    while (next < spans.length && row > spans[next].last) next++;
    const inside = next < spans.length && row >= spans[next].first;
    let value = -1;
    if (inside) {
      const { first, last } = spans[next];
      value = scaledSigmoid(-(last - row + 1) / (last - first + 1)) / scaledSigmoid(-1);
    } else if (next > 0) {
      const { first, last } = spans[next - 1];
      value = scaledSigmoid((row - last) / (last - first));
    }
    if (row >= probation) result.push({ row, window: inside ? next : -1, value });
  }
  return result;
}

/**
 * Scores a detector by its scores of all rows of all files, higher being more of an anomaly.
 * @param threshold left out, the best one for these files is found, as the benchmark does
 */
export function scoreNab(
  series: readonly NabSeries[],
  scores: readonly ArrayLike<number>[],
  profile: NabProfile = nabProfiles.standard,
  threshold?: number,
): NabScore {
  const rows: { score: number; worth: number; window: number }[] = [];
  let windows = 0;
  for (const [i, each] of series.entries()) {
    for (const { row, window, value } of worths(each)) {
      const worth = value * (window < 0 ? profile.falseAlarm : profile.found);
      rows.push({ score: scores[i][row], worth, window: window < 0 ? -1 : windows + window });
    }
    windows += each.windows.length;
  }
  rows.sort((a, b) => b.score - a.score);
  const best = new Map<number, number>();
  let gain = 0;
  let falseAlarms = 0;
  let top = { gain: 0, threshold: Infinity, found: 0, falseAlarms: 0 };
  for (let i = 0; i < rows.length; ) {
    const at = rows[i].score;
    if (threshold !== undefined && at < threshold) break;
    for (; i < rows.length && rows[i].score === at; i++) {
      const { worth, window } = rows[i];
      if (window < 0) {
        gain += worth;
        falseAlarms++;
        continue;
      }
      const had = best.get(window);
      if (had === undefined) gain += profile.missed + worth;
      else if (worth > had) gain += worth - had;
      best.set(window, Math.max(worth, had ?? worth));
    }
    if (threshold !== undefined || gain > top.gain) top = { gain, threshold: at, found: best.size, falseAlarms };
  }
  return { ...top, threshold: threshold ?? top.threshold, windows, score: normalised(top.gain, windows, profile) };
}

/** A gain as a share of that of a perfect detector, in percent. */
export function normalised(gain: number, windows: number, profile: NabProfile = nabProfiles.standard): number {
  return (100 * gain) / (windows * (profile.found + profile.missed));
}
