import type { Kernel } from "../../wasm/kernel.js";
import type { MeshExports } from "./kernel.js";
import type { Explanation } from "./query-types.js";
import type { Recalled } from "./types.js";

/** Reads the explanations of `ids` at an address; see assembly/alm/mesh/explain.ts. */
export function explanationsOf({ i32, f32 }: Kernel<MeshExports>, pointer: number, ids: Int32Array): Explanation[] {
  let p = pointer >>> 2;
  return Array.from(ids, (to) => {
    const explanation: Explanation = { own: f32[p], contributions: [] };
    const end = p + 2 + 4 * i32[p + 1];
    for (p += 2; p < end; p += 4) {
      explanation.contributions.push({ from: i32[p], to, type: i32[p + 1], weight: f32[p + 2], share: f32[p + 3] });
    }
    return explanation;
  });
}

/**
 * Gives each explanation of a walk the best path to its node. Nodes that walks often reach are among the first that a recall by the walks'
 * probabilities finds; where one is missing, more are asked for.
 * @param recalled the `k` nodes with the best paths
 */
export function pathsOf(ids: Int32Array, explanations: readonly Explanation[], nodes: number, recalled: (k: number) => Recalled[]): void {
  const wanted = new Map<number, Explanation>();
  for (const [i, explanation] of explanations.entries()) {
    if (explanation.own > 0) explanation.path = [];
    else wanted.set(ids[i], explanation);
  }
  for (let k = 4 * wanted.size; wanted.size > 0; k *= 4) {
    for (const { id, path } of recalled(Math.min(k, nodes))) {
      const explanation = wanted.get(id);
      if (explanation !== undefined) explanation.path = path;
      wanted.delete(id);
    }
    if (k >= nodes) return;
  }
}
