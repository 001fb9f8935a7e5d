// A transcendental function that gives the same bits on every machine: it is made of wasm arithmetic, never of the host's Math,
// which engines are free to round differently. (In f64 AssemblyScript's are tables of 7 KiB: layers that need one have series.)

/** e^x in single precision: AssemblyScript's port of musl. */
export function expf(x: f32): f32 {
  return NativeMathf.exp(x);
}
