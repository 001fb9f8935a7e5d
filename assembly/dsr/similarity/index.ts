// The similarity index's module: the vector store, and the spiking population that finds its rows.

export * from "../../core/exports";
export {
  storeCapacity,
  storeCount,
  storeCountNew,
  storeFirstBad,
  storePrepare,
  storeSlot,
  storeVector,
} from "../rows";
export { storeDistances, storeDistancesById } from "../search";
export { populationLearn } from "./build";
export { populationCompared, populationProbed, populationScanned, populationSearch, populationSearchById } from "./find";
export { populationInit } from "./population";
export {
  populationBits,
  populationError,
  populationImbalance,
  populationNeurons,
  populationNovelty,
  populationTrace,
  populationWeights,
  populationWinners,
} from "./trace";
// What changes rows has the store's names: the same facade adds and removes in both modules.
export {
  populationAdd as storeAdd,
  populationAddMany as storeAddMany,
  populationIndexed,
  populationRemove as storeRemove,
  populationSettle,
} from "./update";
