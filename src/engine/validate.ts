// Checks of operations, all made before anything changes.

import { badArgument, MfnError } from "../errors.js";
import { checkTime, checkWeight } from "../layers/alm/kernel.js";
import { MOST_VALUE } from "../layers/cpe/demand.js";
import { checkArray, checkInteger, checkNumber } from "../wasm/kernel.js";
import type { Operation } from "./operations.js";

/** Most bytes of a key in UTF-8. */
export const MAX_KEY_BYTES = 65_535;

const encoder = new TextEncoder();

/** @throws MfnError ERR_KEY if the key is empty or has 64 KiB and more, ERR_ARGUMENT if it is no string */
export function checkKey(name: string, key: unknown): string {
  if (typeof key !== "string") throw badArgument(name, "a string", key);
  if (key.length === 0) throw badArgument(name, "a key of at least one character", key, "ERR_KEY");
  if (key.length * 3 > MAX_KEY_BYTES && encoder.encode(key).length > MAX_KEY_BYTES) {
    throw badArgument(name, `a key below 64 KiB in UTF-8`, key, "ERR_KEY");
  }
  return key;
}

/** @throws MfnError ERR_DIMENSION, ERR_NOT_FINITE or ERR_ARGUMENT */
export function checkVector(name: string, vector: ArrayLike<number>, dimensions: number): void {
  if (vector === null || typeof vector !== "object" || typeof vector.length !== "number")
    throw badArgument(name, "an array of numbers", vector);
  if (vector.length !== dimensions) {
    throw new MfnError("ERR_DIMENSION", `${name}: expected ${dimensions} numbers, got ${vector.length}`);
  }
  for (let i = 0; i < dimensions; i++) {
    // What overflows single precision is an infinity for the layer that keeps it.
    if (typeof vector[i] !== "number" || !Number.isFinite(Math.fround(vector[i])))
      throw badArgument(`${name}[${i}]`, "a finite number in single precision", vector[i], "ERR_NOT_FINITE");
  }
}

/** Checks all of an operation but what only the layers know. @throws MfnError */
export function checkOperation(operation: Operation, dimensions: number): void {
  if (operation === null || typeof operation !== "object") throw badArgument("operation", "an object", operation);
  if ("at" in operation && operation.at !== undefined) checkTime(operation.at);
  switch (operation.op) {
    case "remember":
      checkKey("key", operation.key);
      if (operation.vector !== undefined) checkVector("vector", operation.vector, dimensions);
      if (operation.links === undefined) return;
      checkArray("links", operation.links).forEach((link, i) => {
        if (link === null || typeof link !== "object") throw badArgument(`links[${i}]`, "an object", link);
        checkKey(`links[${i}].to`, link.to);
        if (link.type !== undefined) checkKey(`links[${i}].type`, link.type);
        if (link.weight !== undefined) checkWeight(`links[${i}].weight`, link.weight);
      });
      return;
    case "observe":
      checkKey("stream", operation.stream);
      checkKey("key", operation.key);
      if (operation.value !== undefined) checkNumber("value", operation.value, -MOST_VALUE, MOST_VALUE);
      return;
    case "link":
      checkKey("from", operation.from);
      checkKey("to", operation.to);
      if (operation.type !== undefined) checkKey("type", operation.type);
      if (operation.weight !== undefined) checkWeight("weight", operation.weight);
      return;
    case "record":
      checkKey("series", operation.series);
      checkNumber("value", operation.value, -MOST_VALUE, MOST_VALUE);
      if (operation.interval !== undefined) checkInteger("interval", operation.interval, 1, 1e12);
      return;
    case "forget":
      checkKey("key", operation.key);
      return;
    default:
      throw badArgument("operation.op", `"remember", "observe", "link", "record" or "forget"`, (operation as { op: unknown }).op);
  }
}
