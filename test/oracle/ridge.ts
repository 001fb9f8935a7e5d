// Ridge regression by the definition: standardise, solve (zT z + ridge I) w = zT y by Gaussian elimination with pivoting.

export function ridgeOracle(
  states: ArrayLike<number>,
  targets: ArrayLike<number>,
  features: number,
  outputs: number,
  ridge: number,
): (state: ArrayLike<number>) => number[] {
  const rows = states.length / features;
  const column = (i: number) => Array.from({ length: rows }, (_, r) => states[r * features + i]);
  const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
  const means = Array.from({ length: features }, (_, i) => mean(column(i)));
  const deviations = means.map((m, i) => Math.sqrt(mean(column(i).map((x) => (x - m) ** 2))));
  const standard = (state: ArrayLike<number>) => means.map((m, i) => (deviations[i] > 0 ? (state[i] - m) / deviations[i] : 0));
  const z = Array.from({ length: rows }, (_, r) => standard(Array.from({ length: features }, (_, i) => states[r * features + i])));
  const solved = Array.from({ length: outputs }, (_, o) => {
    const y = Array.from({ length: rows }, (_, r) => targets[r * outputs + o]);
    const a = means.map((_, i) => [
      ...means.map((_, j) => z.reduce((sum, row) => sum + row[i] * row[j], i === j ? ridge : 0)),
      z.reduce((sum, row, r) => sum + row[i] * (y[r] - mean(y)), 0),
    ]);
    return { weights: eliminate(a), mean: mean(y) };
  });
  return (state) => solved.map(({ weights, mean: m }) => standard(state).reduce((sum, x, i) => sum + x * weights[i], m));
}

/** Mean squared error of leaving each row out of the fit, one output; features are scaled by their deviation over all rows. */
export function leftOutOracle(states: ArrayLike<number>, targets: ArrayLike<number>, features: number, ridge: number): number {
  const rows = targets.length;
  const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
  const columns = Array.from({ length: features }, (_, i) => Array.from({ length: rows }, (_, r) => states[r * features + i]));
  const scaled = columns.map((c) => {
    const deviation = Math.sqrt(mean(c.map((x) => (x - mean(c)) ** 2)));
    return c.map((x) => x / deviation);
  });
  const errors = Array.from(targets, (want, left) => {
    const without = (c: number[]) => c.filter((_, r) => r !== left);
    const means = scaled.map((c) => mean(without(c)));
    const z = scaled.map((c, i) => without(c).map((x) => x - means[i]));
    const middle = mean(without(Array.from(targets)));
    const y = without(Array.from(targets)).map((t) => t - middle);
    const product = (u: number[], v: number[]) => u.reduce((sum, x, r) => sum + x * v[r], 0);
    const weights = eliminate(z.map((u, i) => [...z.map((v, j) => product(u, v) + (i === j ? ridge : 0)), product(u, y)]));
    return weights.reduce((sum, w, i) => sum + w * (scaled[i][left] - means[i]), middle) - want;
  });
  return mean(errors.map((e) => e * e));
}

export function eliminate(a: number[][]): number[] {
  const n = a.length;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(a[r][i]) > Math.abs(a[pivot][i])) pivot = r;
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let r = i + 1; r < n; r++) {
      const factor = a[r][i] / a[i][i];
      for (let c = i; c <= n; c++) a[r][c] -= factor * a[i][c];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = a[i][n];
    for (let c = i + 1; c < n; c++) sum -= a[i][c] * x[c];
    x[i] = sum / a[i][i];
  }
  return x;
}
