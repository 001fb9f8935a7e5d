// The similarity index's module: the vector store, and the spiking population that finds its rows.

export * from "../../core/exports";
export {
  storeCapacity,
  storeCount,
  storeCountNew,
  storeFirstBad,
  storePrepare,
  storeSlot,
} from "../rows";
export { populationLearn } from "./build";
export { populationSearch, populationSearchById } from "./find";
export { populationInit } from "./population";
export { populationWeights } from "./prototypes";
export { populationReport } from "./report";
// What reads or changes rows has the store's names: the same facade serves both modules.
export {
  populationDistances as storeDistances,
  populationDistancesById as storeDistancesById,
  populationVector as storeVector,
} from "./rows";
export { populationNovelty, populationTrace, populationWinners } from "./trace";
export {
  populationAdd as storeAdd,
  populationAddMany as storeAddMany,
  populationRemove as storeRemove,
  populationSettle,
} from "./update";
