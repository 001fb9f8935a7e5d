// The ALM's full module: the graph that the engine carries, and all that only `mfn/alm` has.

import { watch } from "../watch";

export { prepare as rescale } from "../decay";
export * from "../index";
export { nodeRoom } from "../store";
export { reinforceMany, unlinkMany, updateMany } from "./batch";
export { bulkLink, bulkRows, bulkUnlink, bulkUpdate } from "./bulk";
export { arcCount, changes, columnsAt, exportColumns, importWeights, shapes } from "./columns";
export { compact } from "./compact";
export { disjointPair, disjointPairAt } from "./disjoint";
export { hasBound, measure, placeRoom } from "./places";
export { distances, distancesAt, way } from "./way";
export { kPaths, kPathsAt } from "./yen";

watch();
