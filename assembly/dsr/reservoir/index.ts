// The reservoir's module: a recurrent population that turns a stream of numbers into features.

export * from "../../core/exports";
export { reservoirColumn, reservoirFired, reservoirReset, reservoirStep } from "./lif";
export { reservoirInit } from "./network";
