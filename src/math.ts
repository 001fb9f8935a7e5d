// exp and log that give the same bits in every JavaScript engine: only +, -, *, / and bit moves, which IEEE 754 fixes, and
// never Math.exp or Math.log, whose last bit engines are free to choose. What the engine learns and the vectors of text go through these.

const bits = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;

/** e^x, relative error below 1e-15; 0 below -708 and the largest double above 709. */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.MAX_VALUE;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor series on |r| <= ln 2 / 2; the first term left out is below 2e-18.
  let p = 1 / 87178291200;
  for (let i = 13; i >= 0; i--) p = p * r + INVERSE_FACTORIAL[i];
  return p * powerOfTwo(k);
}

/** Natural logarithm of a positive, normal double, absolute error below 1e-15 near 1, else relative. */
export function log(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)); |s| <= 0.1716, so s^23 is below 3e-18.
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let series = 0;
  for (let i = 21; i >= 1; i -= 2) series = series * q + 1 / i;
  return exponent * LN2_HIGH + (2 * s * series + exponent * LN2_LOW);
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/**
 * Binary logarithm of a positive number to .09: what its bits in single precision say, linear between powers of two, so monotonic. In a tenth of the
 * time of `log`, for what is learned from and only has to be on such a scale.
 */
export function roughLog2(x: number): number {
  single[0] = x;
  return singleBits[0] / 0x80_0000 - 127;
}

const INVERSE_FACTORIAL: number[] = [1];
for (let i = 1; i <= 13; i++) INVERSE_FACTORIAL[i] = INVERSE_FACTORIAL[i - 1] / i;

function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
