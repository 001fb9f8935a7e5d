import { MeshQueries } from "./queries.js";

/** The ways between nodes of a live mesh: the part of `Alm` that routes. */
export class MeshRoutes extends MeshQueries {}
