import { badArgument } from "../../../errors.js";
import { checkInteger, checkList } from "../../../wasm/kernel.js";
import type { FrozenGraph } from "./types.js";

/** The most nodes or arcs of a graph: an index numbers them in an i32. */
const MOST = 0x7fff_ffff;

/**
 * Refuses what is not a graph, before anything is built from it. O(nodes + arcs).
 * @throws MfnError ERR_ARGUMENT, ERR_NOT_FINITE
 */
export function checkGraph(graph: FrozenGraph): void {
  if (typeof graph !== "object" || graph === null) throw badArgument("graph", "an object { nodes, offsets, targets, weights }", graph);
  const { nodes, offsets, targets } = graph;
  checkInteger("graph.nodes", nodes, 0, MOST);
  const rows = checkList("graph.offsets", offsets);
  const arcs = checkList("graph.targets", targets);
  if (rows !== nodes + 1) throw badArgument("graph.offsets", `${nodes + 1} of them`, rows);
  if (arcs > MOST) throw badArgument("graph.targets", `at most ${MOST} of them`, arcs);
  if (offsets[0] !== 0) throw badArgument("graph.offsets[0]", "0", offsets[0]);
  for (let u = 0; u < nodes; u++) {
    // Put so that NaN is refused.
    if (!(offsets[u + 1] >= offsets[u])) throw badArgument(`graph.offsets[${u + 1}]`, `at least ${offsets[u]}`, offsets[u + 1]);
  }
  if (offsets[nodes] !== arcs) throw badArgument(`graph.offsets[${nodes}]`, `the number of arcs, ${arcs}`, offsets[nodes]);
  for (let i = 0; i < arcs; i++) {
    if (!(targets[i] >= 0 && targets[i] < nodes)) throw badArgument(`graph.targets[${i}]`, `a node below ${nodes}`, targets[i]);
  }
  checkWeights("graph.weights", graph.weights, arcs);
}

/**
 * Refuses what are not the weights of `arcs` arcs: so many of them, finite and not negative.
 * @throws MfnError ERR_ARGUMENT, ERR_NOT_FINITE
 */
export function checkWeights(name: string, weights: Float32Array, arcs: number): void {
  const n = checkList(name, weights);
  if (n !== arcs) throw badArgument(name, `${arcs} weights`, n);
  for (let i = 0; i < n; i++) {
    const weight = weights[i];
    if (weight >= 0 && weight < Infinity) continue;
    const code = typeof weight === "number" && !Number.isFinite(weight) ? "ERR_NOT_FINITE" : "ERR_ARGUMENT";
    throw badArgument(`${name}[${i}]`, "a finite number >= 0", weight, code);
  }
}

/** Refuses a list of nodes of which one is not of the graph. @returns its length */
export function checkNodes(name: string, list: ArrayLike<number>, nodes: number): number {
  const n = checkList(name, list);
  for (let i = 0; i < n; i++) {
    if (!(Number.isInteger(list[i]) && list[i] >= 0 && list[i] < nodes))
      throw badArgument(`${name}[${i}]`, `a node below ${nodes}`, list[i]);
  }
  return n;
}
