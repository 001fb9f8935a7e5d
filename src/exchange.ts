/**
 * Graph files: GraphML, GEXF and the serialised format of graphology, to and from columns ({@link GraphData}), and those to and from a mesh.
 *
 * @module
 */
export { type ErrorCode, MfnError } from "./errors.js";
export { readGexf } from "./exchange/gexf-read.js";
export { writeGexf } from "./exchange/gexf-write.js";
export { readGraphML } from "./exchange/graphml-read.js";
export { writeGraphML } from "./exchange/graphml-write.js";
export { readGraphology, type SerializedGraph } from "./exchange/graphology-read.js";
export { writeGraphology } from "./exchange/graphology-write.js";
export { addTo, toGraph } from "./exchange/mesh.js";
export type * from "./exchange/types.js";
export type { ItemId } from "./types.js";
