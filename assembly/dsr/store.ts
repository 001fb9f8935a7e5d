// The exports of the vector store, of which the similarity index's module has all and more.

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
