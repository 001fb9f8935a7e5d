// The ALM's full module: the graph that the engine carries, and all that only `mfn/alm` has.

export { prepare as rescale } from "../decay";
export * from "../index";
export { reinforceMany, unlinkMany, updateMany } from "./batch";
export { arcCount, columnsAt, exportColumns, importWeights } from "./columns";
export { compact } from "./compact";
