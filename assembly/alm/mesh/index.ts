// The ALM's full module: the graph that the engine carries, and all that only `mfn/alm` has.

import { watch } from "../watch";

export { nextNode } from "../arcs";
export { prepare as rescale } from "../decay";
export { edgeOfRow, generationOf, rowOf } from "../handles";
export * from "../index";
export { rankOn } from "../push";
export { allow } from "../query";
export { recallOn } from "../recall";
export { nodeRoom } from "../store";
export { reinforceMany, unlinkMany, updateMany } from "./batch";
export { bfs, depthsAt, reachedCount } from "./bfs";
export { bulkLink, bulkRows, bulkUnlink, bulkUpdate } from "./bulk";
export { arcCount, changes, columnIds, columnsAt, decays, exportColumns, importWeights, shapes } from "./columns";
export { compact } from "./compact";
export { disjointPair, disjointPairAt } from "./disjoint";
export { nodeCap, nodeCount, unlink, update } from "./edges";
export { explain, explanations } from "./explain";
export { found, kHop, kHopOn } from "./hops";
export { hasBound, measure, placeRoom } from "./places";
export { activate, activateOn } from "./spread";
export { sssp, treeDistances, treeParents } from "./sssp";
export { distances, distancesAt, way } from "./way";
export { kPaths, kPathsAt } from "./yen";

watch();
