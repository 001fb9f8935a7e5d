// Dense linear algebra for readouts, in f64: products of rows in tiles of 4 x 4, on which the rest is built. Plain JavaScript, + - * / and square
// roots in a fixed order: the same bits on every machine.

/** Rows of one block and numbers of a row that are worked on at once: 128 KiB, which stay in the second-level cache. */
const BLOCK = 32;
const DEPTH = 512;

/** A matrix, row after row. */
export interface Matrix {
  data: Float64Array;
  /** Numbers of a row. */
  width: number;
}

/** c[i, j] += sign * a[i, from..to) . b[j, from..to) for rows i of [i0, i1) and j of [j0, j1). */
function products(c: Matrix, a: Matrix, b: Matrix, i0: number, i1: number, j0: number, j1: number, from: number, to: number, sign: number) {
  let i = i0;
  for (; i + 3 < i1; i += 4) {
    let j = j0;
    for (; j + 3 < j1; j += 4) tile(c, a, b, i, j, from, to, sign);
    for (; j < j1; j++) for (let r = i; r < i + 4; r++) single(c, a, b, r, j, from, to, sign);
  }
  for (; i < i1; i++) for (let j = j0; j < j1; j++) single(c, a, b, i, j, from, to, sign);
}

function single(c: Matrix, a: Matrix, b: Matrix, i: number, j: number, from: number, to: number, sign: number): void {
  c.data[i * c.width + j] += sign * dot(a.data, i * a.width + from, b.data, j * b.width + from, to - from);
}

/** Sixteen products at once: eight numbers are read for sixteen multiplications. */
function tile(cs: Matrix, as: Matrix, bs: Matrix, i: number, j: number, from: number, to: number, sign: number): void {
  const a = as.data;
  const b = bs.data;
  const c = cs.data;
  const a1 = as.width;
  const a2 = 2 * a1;
  const a3 = 3 * a1;
  const b1 = bs.width;
  const b2 = 2 * b1;
  const b3 = 3 * b1;
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  let p = i * a1 + from;
  let q = j * b1 + from;
  for (let k = from; k < to; k++, p++, q++) {
    const y0 = b[q];
    const y1 = b[q + b1];
    const y2 = b[q + b2];
    const y3 = b[q + b3];
    let x = a[p];
    c00 += x * y0;
    c01 += x * y1;
    c02 += x * y2;
    c03 += x * y3;
    x = a[p + a1];
    c10 += x * y0;
    c11 += x * y1;
    c12 += x * y2;
    c13 += x * y3;
    x = a[p + a2];
    c20 += x * y0;
    c21 += x * y1;
    c22 += x * y2;
    c23 += x * y3;
    x = a[p + a3];
    c30 += x * y0;
    c31 += x * y1;
    c32 += x * y2;
    c33 += x * y3;
  }
  let w = i * cs.width + j;
  c[w] += sign * c00;
  c[w + 1] += sign * c01;
  c[w + 2] += sign * c02;
  c[w + 3] += sign * c03;
  w += cs.width;
  c[w] += sign * c10;
  c[w + 1] += sign * c11;
  c[w + 2] += sign * c12;
  c[w + 3] += sign * c13;
  w += cs.width;
  c[w] += sign * c20;
  c[w + 1] += sign * c21;
  c[w + 2] += sign * c22;
  c[w + 3] += sign * c23;
  w += cs.width;
  c[w] += sign * c30;
  c[w + 1] += sign * c31;
  c[w + 2] += sign * c32;
  c[w + 3] += sign * c33;
}

/** Adds sign * a aT to the lower half of c (n x n), for a of n rows. O(n^2 width / 2). The upper half of c is left undefined. */
export function addOuter(c: Matrix, a: Matrix, sign = 1): void {
  const n = c.width;
  for (let from = 0; from < a.width; from += DEPTH) {
    const to = Math.min(a.width, from + DEPTH);
    for (let j = 0; j < n; j += BLOCK) products(c, a, a, j, n, j, Math.min(n, j + BLOCK), from, to, sign);
  }
}

/**
 * Replaces the lower half of a (n x n) by the Cholesky factor of a + ridge I, block of columns after block; the upper half is left
 * undefined. O(n^3 / 6).
 * @returns false if that is not positive definite; a is then undefined
 */
export function factorise(a: Matrix, ridge: number): boolean {
  const n = a.width;
  const d = a.data;
  for (let j0 = 0; j0 < n; j0 += BLOCK) {
    const j1 = Math.min(n, j0 + BLOCK);
    for (let from = 0; from < j0; from += DEPTH) products(a, a, a, j0, n, j0, j1, from, Math.min(j0, from + DEPTH), -1);
    for (let i = j0; i < n; i++) {
      const row = i * n;
      const end = Math.min(i, j1);
      for (let j = j0; j < end; j++) d[row + j] = (d[row + j] - dot(d, row + j0, d, j * n + j0, j - j0)) / d[j * n + j];
      if (i >= j1) continue;
      const pivot = d[row + i] + ridge - dot(d, row + j0, d, row + j0, i - j0);
      if (!(pivot > 1e-300)) return false;
      d[row + i] = Math.sqrt(pivot);
    }
  }
  return true;
}

/** Solves l lT x = b for the factor l, in place of b. O(n^2). */
export function substitute(l: Matrix, b: Float64Array): void {
  const n = l.width;
  const d = l.data;
  for (let i = 0; i < n; i++) b[i] = (b[i] - dot(d, i * n, b, 0, i)) / d[i * n + i];
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i] / d[i * n + i];
    b[i] = x;
    for (let j = 0, at = i * n; j < i; j++, at++) b[j] -= d[at] * x;
  }
}

/** Four sums, so that an addition need not wait for the one before it. */
export function dot(a: Float64Array, ai: number, b: Float64Array, bi: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[ai + i] * b[bi + i];
    s1 += a[ai + i + 1] * b[bi + i + 1];
    s2 += a[ai + i + 2] * b[bi + i + 2];
    s3 += a[ai + i + 3] * b[bi + i + 3];
  }
  for (; i < n; i++) s0 += a[ai + i] * b[bi + i];
  return s0 + s1 + (s2 + s3);
}
