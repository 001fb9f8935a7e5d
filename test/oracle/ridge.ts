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
