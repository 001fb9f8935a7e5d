// Transcendental functions that give the same bits on every machine: they are made of wasm arithmetic, never of the host's
// Math, which engines are free to round differently. f64 versions are AssemblyScript's port of musl (error below 1 ulp).

/** e^x. */
export function exp(x: f64): f64 {
  return NativeMath.exp(x);
}

/** Natural logarithm; -Infinity at 0, NaN below. */
export function log(x: f64): f64 {
  return NativeMath.log(x);
}

/** e^x in single precision. */
export function expf(x: f32): f32 {
  return NativeMathf.exp(x);
}

/** Natural logarithm in single precision. */
export function logf(x: f32): f32 {
  return NativeMathf.log(x);
}
