// The M4 competition's hourly series and its scores. Source: Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition:
// 100,000 time series and 61 forecasting methods", International Journal of Forecasting 36 (2020). Nothing here needs Node.

/** Steps to forecast, and steps in a day, of the hourly series. */
export const m4Horizon = 48;
export const m4Season = 24;

export interface M4Series {
  past: number[];
  future: number[];
}

/** Reads the two files of the competition: one series a line, its name first. */
export function readM4(train: string, test: string): M4Series[] {
  const rows = (text: string) =>
    text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) =>
        line
          .replaceAll('"', "")
          .split(",")
          .slice(1)
          .filter((field) => field !== "" && field !== "NA")
          .map(Number),
      );
  const futures = rows(test);
  return rows(train).map((past, i) => ({ past, future: futures[i] }));
}

export interface M4Forecast {
  mean: ArrayLike<number>;
  lower?: ArrayLike<number>;
  upper?: ArrayLike<number>;
}

export interface M4Score {
  mase: number;
  /** Percent, 0 to 200. */
  smape: number;
  /** Overall weighted average: the mean of both relative to those of the competition's benchmark Naive 2. */
  owa: number;
  /** Share of the true values inside the interval, and its mean scaled interval score. NaN without intervals. */
  coverage: number;
  msis: number;
}

/** Scores of Naive 2 on the hourly series, from the competition's published table. */
const naive2 = { mase: 2.395, smape: 18.383 };

/** The seasonal naive forecast. */
export function seasonalNaive(past: number[], horizon = m4Horizon): M4Forecast {
  return { mean: Array.from({ length: horizon }, (_, h) => past[past.length - m4Season + (h % m4Season)]) };
}

/** Mean scores of a forecaster over the series. `coverage` is what its intervals promise. */
export function scoreM4(series: readonly M4Series[], forecast: (past: number[]) => M4Forecast, coverage = 0.95): M4Score {
  const total = { mase: 0, smape: 0, coverage: 0, msis: 0 };
  for (const { past, future } of series) {
    const { mean, lower, upper } = forecast(past);
    let scale = 0;
    for (let t = m4Season; t < past.length; t++) scale += Math.abs(past[t] - past[t - m4Season]);
    scale /= past.length - m4Season;
    for (let h = 0; h < m4Horizon; h++) {
      const y = future[h];
      const error = Math.abs(mean[h] - y);
      total.mase += error / scale;
      total.smape += error === 0 ? 0 : (200 * error) / (Math.abs(mean[h]) + Math.abs(y));
      const [low, high] = [lower?.[h] ?? NaN, upper?.[h] ?? NaN];
      total.coverage += Number.isNaN(low) ? NaN : y >= low && y <= high ? 1 : 0;
      total.msis += (high - low + (2 / (1 - coverage)) * (Math.max(0, low - y) + Math.max(0, y - high))) / scale;
    }
  }
  const steps = series.length * m4Horizon;
  const [mase, smape] = [total.mase / steps, total.smape / steps];
  return {
    mase,
    smape,
    owa: (mase / naive2.mase + smape / naive2.smape) / 2,
    coverage: total.coverage / steps,
    msis: total.msis / steps,
  };
}
