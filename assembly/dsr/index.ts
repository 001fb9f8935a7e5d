// The DSR module: the vector store and the reservoir. One instance is one of the two, by which `...Init` it was started with.

export * from "../core/exports";
export { reservoirColumn, reservoirFired, reservoirReset, reservoirStep } from "./lif";
export { reservoirInit } from "./network";
export {
  storeAdd,
  storeAddMany,
  storeCapacity,
  storeCount,
  storeCountNew,
  storeFirstBad,
  storeInit,
  storePrepare,
  storeRemove,
  storeSlot,
  storeVector,
} from "./rows";
export { storeDistances, storeDistancesById, storeSearch, storeSearchById } from "./search";
