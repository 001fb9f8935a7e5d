import { Graph } from "./graph.js";
import type { MeshExports } from "./kernel.js";

/** What the mesh recalls: the part of `Alm` that walks from seeds. */
export class MeshQueries extends Graph<MeshExports> {}
