import type { Kernel } from "../../wasm/kernel.js";
import type { MeshExports } from "./kernel.js";

/** The arcs of a mesh as compressed sparse rows: those of node `u` are `offsets[u]` to `offsets[u + 1] - 1`. */
export interface ArcColumns {
  /** Ids up to the largest one with an edge. */
  nodes: number;
  offsets: Uint32Array;
  targets: Uint32Array;
  /** As of the largest time seen. */
  weights: Float32Array;
  /** Undefined where all are 0. */
  types: Uint8Array | undefined;
}

/** The edges of a mesh, a row each: in an undirected graph that of the lower end. */
export interface EdgeColumns {
  /** Node that each edge leaves. */
  from: Int32Array;
  /** Node that it leads to. */
  to: Int32Array;
  /** Its type, in [0, 255]. */
  types: Uint8Array;
  /** As of the largest time seen. */
  weights: Float32Array;
}

/** Copies all arcs. O(nodes + arcs). @throws MfnError `ERR_MEMORY` */
export function readArcs(k: Kernel<MeshExports>): ArcColumns {
  const m = k.x.exportColumns();
  if (m < 0) throw k.full();
  const nodes = k.x.columnIds() >>> 0;
  const offsetsAt = (k.x.columnsAt() >>> 0) >>> 2;
  const targetsAt = offsetsAt + nodes + 1;
  const typesAt = (targetsAt + 2 * m) * 4;
  const types = k.u8.subarray(typesAt, typesAt + m);
  return {
    nodes,
    offsets: k.u32.slice(offsetsAt, targetsAt),
    targets: k.u32.slice(targetsAt, targetsAt + m),
    weights: k.f32.slice(targetsAt + m, targetsAt + 2 * m),
    types: types.some((type) => type !== 0) ? types.slice() : undefined,
  };
}

/** Gives all arcs new weights, in the order of `readArcs`. O(nodes + arcs). @throws MfnError `ERR_MEMORY` */
export function writeWeights(k: Kernel<MeshExports>, weights: Float32Array): void {
  const pointer = k.x.scratch(weights.length * 4) >>> 0;
  if (pointer === 0) throw k.full();
  k.f32.set(weights, pointer >>> 2);
  k.x.importWeights(pointer, k.x.now());
}

/** The edges among the arcs, in their order: in an undirected graph those whose other end is not lower. */
export function edgesOf({ nodes, offsets, targets, weights, types }: ArcColumns, directed: boolean): EdgeColumns {
  let n = targets.length;
  if (!directed) {
    n = 0;
    for (let u = 0; u < nodes; u++) for (let a = offsets[u]; a < offsets[u + 1]; a++) if (targets[a] >= u) n++;
  }
  const edges: EdgeColumns = {
    from: new Int32Array(n),
    to: new Int32Array(n),
    types: new Uint8Array(n),
    weights: new Float32Array(n),
  };
  for (let u = 0, e = 0; u < nodes; u++) {
    for (let a = offsets[u]; a < offsets[u + 1]; a++) {
      if (!directed && targets[a] < u) continue;
      edges.from[e] = u;
      edges.to[e] = targets[a];
      edges.weights[e] = weights[a];
      if (types !== undefined) edges.types[e] = types[a];
      e++;
    }
  }
  return edges;
}

/** Few enough arcs of a node to look through for each of them. */
const FEW = 16;

/** For each arc of an undirected mesh the row of its edge in `edgesOf`. O(nodes + arcs). */
export function edgeOfArc({ nodes, offsets, targets, types }: ArcColumns): Uint32Array {
  const edge = new Uint32Array(targets.length);
  for (let u = 0, e = 0; u < nodes; u++) for (let a = offsets[u]; a < offsets[u + 1]; a++) if (targets[a] >= u) edge[a] = e++;
  const key = (a: number, end: number) => end * 256 + (types === undefined ? 0 : types[a]);
  // The arcs of u that lead to lower ends are the twins of arcs that come before: each is looked for among those of the lower end.
  const rows = new Map<number, Map<number, number>>();
  for (let u = 0; u < nodes; u++) {
    for (let a = offsets[u]; a < offsets[u + 1]; a++) {
      const v = targets[a];
      if (v >= u) continue;
      const wanted = key(a, u);
      if (offsets[v + 1] - offsets[v] <= FEW) {
        let twin = offsets[v];
        while (key(twin, targets[twin]) !== wanted) twin++;
        edge[a] = edge[twin];
        continue;
      }
      let row = rows.get(v);
      if (row === undefined) {
        row = new Map();
        for (let b = offsets[v]; b < offsets[v + 1]; b++) row.set(key(b, targets[b]), edge[b]);
        rows.set(v, row);
      }
      edge[a] = row.get(wanted) as number;
    }
  }
  return edge;
}
