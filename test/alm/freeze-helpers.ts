import type { Alm, Edge, FreezeOptions, RouteIndexKind, WayOptions } from "../../src/alm.js";
import { type Build, type Layer, wasm } from "../helpers/modules.js";
import { slowDijkstra } from "../oracle/graph.js";
import { stepsOf } from "../oracle/paths.js";
import { stepsIn } from "./route-helpers.js";

export const kinds: readonly RouteIndexKind[] = ["labels", "ch", "cch", "alt"];
const layers: { readonly [kind in RouteIndexKind]: Layer } = { labels: "alm-labels", ch: "alm-ch", cch: "alm-cch", alt: "alm-labels" };

/** How often an index was asked. */
export interface Counter {
  calls: number;
}

/** The modules of all indices, in one build; calls of what they export are counted. An instance each: for one freeze. */
export function indexModules(build: Build, counter: Counter = { calls: 0 }): NonNullable<FreezeOptions["wasm"]> {
  const counted = (layer: Layer): WebAssembly.Instance => {
    const source = wasm(layer, build);
    const real = source instanceof WebAssembly.Module ? new WebAssembly.Instance(source) : source;
    const exports: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(real.exports)) {
      exports[name] = value;
      if (typeof value !== "function") continue;
      exports[name] = (...args: unknown[]) => {
        counter.calls++;
        return value(...args);
      };
    }
    return Object.create(real, { exports: { value: exports } });
  };
  return Object.fromEntries(kinds.map((kind) => [kind, counted(layers[kind])]));
}

/** By default within what the order of a sum may change. */
export function near(got: number | undefined, want: number | undefined, within = 1e-12): boolean {
  return got === want || (got !== undefined && want !== undefined && Math.abs(got - want) <= within * want);
}

/**
 * Checks the ways between these ids against Dijkstra's algorithm over the edges.
 * @param within how exactly, where decay makes weights that f32s only come near to; then the steps of paths are not looked at
 */
export function expectRoutes(mesh: Alm, ids: readonly number[], options: Pick<WayOptions, "types" | "cost"> = {}, within?: number): void {
  const edges = [...mesh.edges()];
  const steps = stepsOf(edges, { directed: mesh.directed, types: options.types });
  const nodes = new Set(edges.flatMap((e: Edge) => [e.from, e.to]));
  const byHops = options.cost === "hops";
  const all = mesh.distanceMatrix(ids, ids, options);
  ids.forEach((from, i) => {
    const costs = nodes.has(from) ? slowDijkstra(steps, from, byHops) : new Map<number, number>();
    const row = mesh.distances(from, ids, options);
    ids.forEach((to, j) => {
      const want = nodes.has(to) ? costs.get(to) : undefined;
      const path = mesh.shortestPath(from, to, options);
      const where = `${from} -> ${to}`;
      if (!near(path?.cost, want, within)) throw new Error(`${where}: a path of ${path?.cost}, not ${want}`);
      if (!near(row[j], want ?? Infinity, within)) throw new Error(`${where}: a distance of ${row[j]}, not ${want}`);
      if (!near(all[i * ids.length + j], want ?? Infinity, within))
        throw new Error(`${where}: ${all[i * ids.length + j]} in the matrix, not ${want}`);
      if (path !== undefined && within === undefined) stepsIn(path, steps, from, to, byHops);
      const live = mesh.shortestPath(from, to, { ...options, algorithm: "dijkstra" });
      if (!near(live?.cost, want, within)) throw new Error(`${where}: the live search finds ${live?.cost}, not ${want}`);
    });
  });
}
