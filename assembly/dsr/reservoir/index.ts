// The reservoir's module: a recurrent population that turns a stream of numbers into features.

export * from "../../core/exports";
export { reservoirInit } from "./init";
export { reservoirColumn, reservoirFired, reservoirReset, reservoirRun } from "./run";
