import { badArgument } from "../../errors.js";
import { checkNumber } from "../../wasm/kernel.js";

/**
 * Checks that an array is whole rows of numbers that are not too large.
 * @param width numbers of a row
 * @param rows how many rows, if that is known
 * @param most the largest magnitude of a number
 * @returns how many rows
 */
export function checkRows(name: string, data: ArrayLike<number>, width: number, rows: number | undefined, most: number): number {
  if (typeof data !== "object" || data === null) throw badArgument(name, "an array of numbers", data);
  const n = data.length / width;
  if (rows === undefined ? n < 1 || !Number.isInteger(n) : n !== rows) {
    throw badArgument(name, `${rows ?? "one or more"} rows of ${width} numbers`, `${data.length} numbers`, "ERR_DIMENSION");
  }
  for (let i = 0; i < data.length; i++) {
    const x = data[i];
    if (typeof x !== "number" || !(x <= most && x >= -most)) checkNumber(`${name}[${i}]`, x, -most, most);
  }
  return n;
}
